"""`matcher purge`: what its setting says is over goes, in steps, and all else stays; on both databases."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import update

from matcher.cxml import request_from
from matcher.domain import COMMAND_LINE
from matcher.domain.punchout import SetupRequest
from matcher.service import open_visit, purge, set_up_visit, verify_audit
from matcher.service.retention import AT_ONCE
from matcher.settings import Settings
from matcher.store import audit, database, drafts, sign_ins, sign_ons
from matcher.store.drafts import Draft
from matcher.store.tables import (
    DeliveryRow,
    KeyedRequestRow,
    NeedRow,
    Row,
    ShortlistBatchRow,
    ShortlistRow,
    SignInRow,
    VisitRow,
)
from tests.buyer_portal import Portal
from tests.clients import ApiCaller, a_caller, an_account, document, row_counts, service
from tests.commands import run
from tests.factories import a_coach, a_need
from tests.test_punchout import a_buyer

Start = Callable[..., APIFlask]
NOW = datetime.now(UTC)
SECRET = "Beatrix weint nach jeder Sitzung"
KEY = {"Idempotency-Key": '"k"'}

pytestmark = pytest.mark.usefixtures("configured")


@pytest.fixture
def caller(start: Start) -> ApiCaller:
    found = a_caller(start(), organisation="Kestrel")
    found.put(a_coach())
    return found


def age(caller: ApiCaller, row: type[Row], days: float, *columns: str, **where: str | None) -> None:
    """Makes rows so many days old."""
    with database.sessions(service(caller.app).engine).begin() as session:
        values = dict.fromkeys(columns, NOW - timedelta(days=days))
        session.execute(update(row).filter_by(**where).values(values))


def counts(caller: ApiCaller, *tables: str) -> tuple[int, ...]:
    found = row_counts(caller.app)
    return tuple(found[table] for table in tables)


def log(caller: ApiCaller) -> list[dict[str, Any]]:
    with database.snapshots(service(caller.app).engine).begin() as session:
        return [filed.entry.document() for filed in audit.entries(session)]


def told(*words: str) -> dict[str, str]:
    """What the command says of each kind."""
    result = run("purge", *words)
    assert result.exit_code == 0, result.output
    return dict(line.split("\t") for line in result.stdout.splitlines())


def test_shortlists_go_with_their_needs_only_if_a_setting_says_so_and_each_is_noted(
    caller: ApiCaller, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = (caller.shortlist(a_need(summary=f"{SECRET} {number}"))["id"] for number in range(2))
    sent = caller.send("POST", "/shortlists", document(a_need(summary=SECRET)), headers=KEY).get_json()["id"]
    caller.send("PUT", f"/shortlists/{old}/coaches/c1/outcomes/chosen", {})
    for one in (old, sent):
        age(caller, ShortlistRow, 31, "created_at", id=one)
    assert "shortlists" not in told()
    monkeypatch.setenv("MATCHER_SHORTLIST_DAYS", "30")
    assert told("--dry-run") == {"shortlists": "2 would be deleted"}
    assert counts(caller, "shortlist", "need", "outcome", "keyed_request") == (3, 3, 1, 1)
    assert told() == {"shortlists": "2 deleted"}
    assert counts(caller, "shortlist", "need", "outcome", "keyed_request") == (1, 1, 0, 0)
    assert caller.send("GET", f"/shortlists/{new}").status_code == 200
    noted = [entry for entry in log(caller) if entry["action"] == "shortlist.deleted"]
    assert {entry["subject"] for entry in noted} == {old, sent}
    assert {entry["actor_kind"] for entry in noted} == {"command_line"}
    assert all(entry["details"]["need"] for entry in noted)
    assert SECRET not in str(log(caller))
    assert verify_audit(service(caller.app).engine).holds
    assert told() == {}


def test_a_shortlist_that_was_refined_of_late_stays_with_what_it_refines(
    caller: ApiCaller, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = caller.shortlist(a_need())["id"]
    age(caller, ShortlistRow, 31, "created_at")
    change = {"limits": {"budget": {"per_session": 900, "currency": "EUR"}}}
    assert caller.send("POST", f"/shortlists/{first}/refinements", change).status_code == 201
    monkeypatch.setenv("MATCHER_SHORTLIST_DAYS", "30")
    assert told() == {}
    age(caller, ShortlistRow, 31, "created_at")
    assert told() == {"shortlists": "2 deleted"}
    assert counts(caller, "shortlist", "need") == (0, 0)


def test_finished_batches_and_needs_that_nobody_asked_about_go_by_their_settings(
    caller: ApiCaller, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        assert caller.send("POST", "/shortlist-batches", {"needs": [{"summary": "x"}]}).status_code == 202
    with database.sessions(service(caller.app).engine).begin() as session:
        session.add(NeedRow(id="n", organisation="Kestrel", document="{}", content_hash="", received_at=NOW))
    age(caller, ShortlistBatchRow, 99, "created_at")
    age(caller, NeedRow, 99, "received_at")
    batch = caller.send("GET", "/shortlist-batches").get_json()["batches"][0]["id"]
    assert caller.send("POST", f"/shortlist-batches/{batch}/cancel").status_code == 200
    age(caller, ShortlistBatchRow, 99, "finished_at", id=batch)
    assert told() == {}
    monkeypatch.setenv("MATCHER_BATCH_DAYS", "30")
    monkeypatch.setenv("MATCHER_SHORTLIST_DAYS", "30")
    assert told() == {"needs": "1 deleted", "batches": "1 deleted"}
    assert counts(caller, "shortlist_batch", "need") == (1, 0)


def begun(caller: ApiCaller, secret: str) -> str:
    """The account of a guest whose visit has begun."""
    return open_visit(service(caller.app).engine, set_up(caller, secret), service(caller.app).settings, NOW)[1].id


def set_up(caller: ApiCaller, secret: str) -> str:
    """The token of a visit that nobody has begun."""
    asked = request_from(Portal(secret).request().encode())
    assert isinstance(asked, SetupRequest)
    return set_up_visit(service(caller.app).engine, asked, service(caller.app).settings, address="", now=NOW)


def test_visits_that_are_over_go_with_their_guests_unless_something_is_theirs(
    caller: ApiCaller, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = service(caller.app).engine
    secret = a_buyer(caller.app)
    idle, busy, late = (begun(caller, secret) for _ in range(3))
    set_up(caller, secret)
    age(caller, VisitRow, 31, "opens_until", account_id=None)
    with database.sessions(engine).begin() as session:
        sign_ins.begin(session, idle, NOW)
        for guest in (idle, late):
            drafts.keep(session, guest, Draft("d", "{}", NOW), "")
    caller.shortlist(a_need())
    with database.sessions(engine).begin() as session:
        session.execute(update(ShortlistRow).values(account_id=busy))
        session.execute(update(NeedRow).values(account_id=busy))
    # One that began soon and was over soon after is as old as it ended.
    age(caller, VisitRow, 31, "opens_until", account_id=late)
    age(caller, VisitRow, 29, "expires_at", account_id=late)
    for guest in (idle, busy):
        age(caller, VisitRow, 31, "opens_until", "expires_at", account_id=guest)
    an_account(caller.app)
    # Attempts to come in are counted by quarters of an hour, of which one may just have ended.
    deleted = {kind: number for kind, number in told().items() if kind != "sign in attempts"}
    assert deleted == {
        "visits": "3 deleted",
        "sign ins": "1 deleted",
        "drafts": "1 deleted",
        "guests": "1 deleted",
    }
    assert counts(caller, "visit", "account", "draft") == (1, 3, 1)
    monkeypatch.setenv("MATCHER_SHORTLIST_DAYS", "1")
    age(caller, ShortlistRow, 2, "created_at")
    assert told() == {"shortlists": "1 deleted", "guests": "1 deleted"}
    assert counts(caller, "visit", "account") == (1, 2)


def test_what_expires_by_itself_goes_and_what_has_not_stays(caller: ApiCaller) -> None:
    engine = service(caller.app).engine
    accounts = [an_account(caller.app, f"{name}@kestrel.example").id for name in ("ada", "ben")]
    hook = {"url": "https://portal.example/x", "events": ["shortlist.created"]}
    assert caller.send("POST", "/webhooks", hook, headers=KEY).status_code == 201
    caller.send("POST", "/shortlists", {"limit": 0}, headers={"Idempotency-Key": '"other"'})
    caller.shortlist(a_need())
    caller.shortlist(a_need())
    with database.sessions(engine).begin() as session:
        for days, account in ((31, accounts[0]), (29, accounts[1])):
            sign_ins.begin(session, account, NOW)
            drafts.keep(session, account, Draft("d", "{}", NOW - timedelta(days=days)), "")
            sign_ons.keep(session, account, "{}", NOW + timedelta(days=30 - days))
        some = session.query(DeliveryRow).first()
        assert some
        some.created_at = NOW - timedelta(days=31)
    age(caller, SignInRow, 8, "begun_at", account_id=accounts[0])
    age(caller, KeyedRequestRow, 2, "claimed_at", key="k")
    before = counts(caller, "draft", "sign_on", "sign_in", "webhook_delivery", "keyed_request")
    assert before == (2, 2, 2, 2, 2)
    kinds = ("sign ins", "sign ons", "drafts", "keyed requests", "deliveries")
    assert told() == dict.fromkeys(kinds, "1 deleted")
    assert counts(caller, "draft", "sign_on", "sign_in", "webhook_delivery", "keyed_request") == (1, 1, 1, 1, 1)
    noted = [entry for entry in log(caller) if entry["action"] == "data.purged"]
    assert {entry["subject"]: entry["details"] for entry in noted} == {
        kind.replace(" ", "_"): {"deleted": 1} for kind in kinds
    }


def test_it_can_be_stopped_between_two_steps_and_goes_on_when_it_is_run_again(caller: ApiCaller) -> None:
    engine = service(caller.app).engine
    with database.sessions(engine).begin() as session:
        for number in range(AT_ONCE + 50):
            sign_ons.keep(session, str(number), "{}", NOW - timedelta(days=1))
    steps = purge(engine, Settings(), COMMAND_LINE, NOW)
    assert next(steps).number == AT_ONCE
    steps.close()
    assert counts(caller, "sign_on") == (50,)
    assert log(caller)[-1]["details"] == {"deleted": AT_ONCE}
    assert told() == {"sign ons": "50 deleted"}
    assert verify_audit(engine).holds
