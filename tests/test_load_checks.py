"""What `make load` holds the database against; the load itself is no test."""

from collections.abc import Callable
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import delete

from benchmarks.load_checks import Traffic, faults, hours_of
from matcher.store import database
from matcher.store.tables import OutcomeRow
from tests.clients import ApiCaller, a_caller, document, service
from tests.factories import a_coach, a_need

Start = Callable[..., APIFlask]

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def caller(start: Start) -> ApiCaller:
    found = a_caller(start(), organisation="Kestrel")
    found.put(a_coach(experience={"coaching_hours": 7}))
    return found


def a_run(caller: ApiCaller) -> dict[str, list[dict[str, Any]]]:
    """One shortlist, one outcome and one change of a profile, as a portal notes them."""
    answer = caller.shortlist(a_need(id="load-0-0"))["id"]
    outcome = {"shortlist": answer, "coach": "c1", "event": "chosen"}
    assert caller.send("PUT", f"/shortlists/{answer}/coaches/c1/outcomes/chosen", {}).status_code == 201
    caller.send("PUT", "/coaches/c1", document(a_coach(experience={"coaching_hours": 8})))
    return {
        "shortlist.asked": [{"need": "load-0-0"}],
        "shortlist.accepted": [{"need": "load-0-0", "shortlist": answer}],
        "outcome.asked": [outcome],
        "outcome.accepted": [outcome],
        "change.asked": [{"coach": "c1"}],
        "change.accepted": [{"coach": "c1"}],
    }


def test_what_was_asked_accepted_and_stored_once_has_no_fault(caller: ApiCaller) -> None:
    engine = service(caller.app).engine
    before = hours_of(engine, ["c1"])
    assert before == {"c1": 7}
    assert faults(engine, Traffic(a_run(caller)), before) == []


def test_what_is_lost_doubled_unasked_or_left_open_is_named(caller: ApiCaller) -> None:
    engine = service(caller.app).engine
    lines = a_run(caller)
    caller.shortlist(a_need(id="load-0-0"))
    caller.shortlist(a_need(id="unasked"))
    with database.sessions(engine).begin() as session:
        session.execute(delete(OutcomeRow))
    lines["change.accepted"] *= 2
    lines["change.asked"] *= 2
    lines["batch.asked"] = [{"needs": ["load-0-1"]}]
    found = faults(engine, Traffic(lines), {"c1": 7.0})
    outcome = lines["outcome.asked"][0]
    assert found == [
        "1 of 1 never answered: batch",
        "stored 2 times: shortlist load-0-0",
        "stored and never asked for: shortlist unasked",
        f"accepted and not stored: outcome {(outcome['shortlist'], 'c1', 'chosen')}",
        "c1 was changed 1 times, 2 of 2 were accepted",
    ]
