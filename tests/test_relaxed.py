"""What would bring more coaches, applied as the answer says: through the API, and by a button of the page."""

from collections.abc import Callable
from typing import Any

import pytest
from apiflask import APIFlask

from matcher.domain import Coach
from matcher.store import database
from matcher.store.tables import ShortlistRow
from tests.clients import ApiCaller, Browser, a_caller, service, signed_in
from tests.factories import a_coach, a_need
from tests.pages import opened

HERE = "Kestrel"
ON_MONDAY = {
    "timezone": "Europe/Amsterdam",
    "availability": {"weekly": [{"day": "mon", "from": "09:00", "to": "12:00"}]},
}
ACC = {"credentials": [{"body": "ICF", "level": "ACC", "verified": True}]}


def free_on(day: str, start: str, end: str) -> dict[str, Any]:
    return {"availability": {"capacity": 1, "weekly": [{"day": day, "from": start, "to": end}]}}


@pytest.fixture
def app(start: Callable[..., APIFlask]) -> APIFlask:
    return start()


@pytest.fixture
def caller(app: APIFlask) -> ApiCaller:
    return a_caller(app, organisation=HERE)


@pytest.fixture
def browser(app: APIFlask) -> Browser:
    return signed_in(app, name="Dana Fox", organisation=HERE)


def with_coaches(caller: ApiCaller, *coaches: Coach) -> None:
    caller.put(*(coach.model_copy(update={"id": f"c{number}"}) for number, coach in enumerate(coaches)))


def refine(caller: ApiCaller, shortlist: Any, refinement: Any) -> Any:
    answer = caller.send("POST", f"/shortlists/{shortlist['id']}/refinements", refinement)
    assert answer.status_code == 201, answer.text
    return answer.json


@pytest.mark.parametrize(
    ("needed", "coach", "refinement"),
    [
        ({"languages": ["en"]}, {"languages": ["nl"]}, {"limits": {"languages": ["en", "nl"]}}),
        ({"modalities": ["phone"]}, {}, {"limits": {"modalities": ["phone", "video"]}}),
        (
            {"budget": {"per_session": 170.5, "currency": "EUR", "total": 900}},
            {},
            {"limits": {"budget": {"per_session": 200.5, "currency": "EUR", "total": 900}}},
        ),
        (
            {},
            {"availability": {"capacity": 1, "accepting_from": "2027-01-27"}},
            {"limits": {"start_by": "2027-01-27"}},
        ),
        (
            ON_MONDAY | {"sessions": {"minutes": 90, "count": 6}},
            free_on("mon", "11:00", "13:00"),
            {"limits": {"sessions": {"minutes": 60}}},
        ),
        (ON_MONDAY, free_on("tue", "11:00", "13:00"), {"lift": ["availability"]}),
        (
            {"requirements": {"min_credential_rank": 3}},
            ACC,
            {"limits": {"requirements": {"min_credential_rank": 1}}},
        ),
        ({"requirements": {"min_credential_rank": 0}}, {}, {"lift": ["min_credential_rank"]}),
        (
            {"requirements": {"min_verified_references": 3}},
            {"references": [{"rating": 5, "verified": True}]},
            {"limits": {"requirements": {"min_verified_references": 1}}},
        ),
        ({"requirements": {"min_verified_references": 3}}, {}, {"lift": ["min_verified_references"]}),
        ({"requirements": {"exclude_coaches": ["c0", "c9"]}}, {}, {"lift": ["exclude_coaches"]}),
        ({"requirements": {"framework_contract": True}}, {}, {"lift": ["framework_contract"]}),
    ],
)
def test_a_relaxation_sent_back_as_a_refinement_lets_in_just_as_many_as_it_says(
    caller: ApiCaller, needed: dict[str, Any], coach: dict[str, Any], refinement: Any
) -> None:
    with_coaches(caller, a_coach(**coach))
    nobody = caller.shortlist(a_need(**needed))
    (relaxation,) = nobody["relaxations"]
    assert (nobody["eligible_count"], relaxation["frees"], relaxation["refinement"]) == (0, 1, refinement)
    refined = refine(caller, nobody, relaxation["refinement"])
    assert (refined["refines"], refined["eligible_count"], refined["relaxations"]) == (nobody["id"], 1, [])


def test_a_coach_who_comes_in_for_a_framework_contract_is_told_why(caller: ApiCaller) -> None:
    contract = {"number": "F-1", "valid_from": "2027-02-01", "valid_until": "2027-12-31"}
    with_coaches(caller, a_coach(supplier={"contract": contract}))
    early = caller.shortlist(a_need(requirements={"framework_contract": True}))
    later = refine(caller, early, {"limits": {"start_by": "2027-02-01"}})
    (moved,) = later["moved"]
    assert moved["why"] == ["Has a framework contract that is valid at the start asked for now."]
    lifted = refine(caller, early, {"lift": ["framework_contract"]})
    assert lifted["moved"][0]["why"] == ["No framework contract is asked for any more."]


def test_all_who_were_dropped_or_excluded_are_brought_back_at_once(caller: ApiCaller) -> None:
    with_coaches(caller, a_coach(), a_coach(), a_coach())
    first = caller.shortlist(a_need(requirements={"exclude_coaches": ["c0"]}))
    without = refine(caller, first, {"drop": [{"coach_id": "c1", "reason": "price"}]})
    assert [one["coach_id"] for one in without["dropped"]] == ["c1"]
    (relaxation,) = without["relaxations"]
    assert relaxation["change"] == "2 excluded coaches allowed again: 2 more coaches"
    back = refine(caller, without, relaxation["refinement"])
    assert (back["eligible_count"], back["dropped"]) == (3, [])
    assert back["need"]["requirements"]["exclude_coaches"] == []
    one_back = refine(caller, without, {"bring_back": ["c0"]})
    assert (one_back["eligible_count"], [one["coach_id"] for one in one_back["dropped"]]) == (2, ["c1"])


def test_sessions_of_no_sensible_length_are_refused_at_their_place(caller: ApiCaller) -> None:
    with_coaches(caller, a_coach())
    shortlist = caller.shortlist(a_need())
    answer = caller.send("POST", f"/shortlists/{shortlist['id']}/refinements", {"limits": {"sessions": {"minutes": 5}}})
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == ["/limits/sessions/minutes"]


def relax(browser: Browser, shortlist: Any, place: object) -> str:
    """Where the button at that place leads to."""
    address = f"/shortlists/{shortlist['id']}/refinements"
    answer = browser.post(address, data={"do": "relax", "relaxation": place})
    assert answer.status_code == 303
    return answer.headers["Location"]


def test_a_button_of_the_page_makes_the_change_and_there_is_a_way_back(caller: ApiCaller, browser: Browser) -> None:
    with_coaches(caller, a_coach(languages=["nl"]), a_coach(languages=["nl"]))
    nobody = caller.shortlist(a_need(languages=["en"]))
    before = opened(browser, f"/shortlists/{nobody['id']}")
    assert "Coaching in Dutch as well: 2 more coaches" in before.text and before.fields["relaxation"] == ["0"]
    after = opened(browser, relax(browser, nobody, 0).partition("#")[0])
    assert "Language: English or Dutch (was English)" in after.text
    assert "2 coaches can do this; 0 could before." in after.text
    assert f"/shortlists/{nobody['id']}" in after.links
    assert relax(browser, nobody, 0) == relax(browser, nobody, 0)


def test_excluded_coaches_that_are_allowed_again_are_counted_among_the_changes(
    caller: ApiCaller, browser: Browser
) -> None:
    with_coaches(caller, a_coach(), a_coach())
    nobody = caller.shortlist(a_need(requirements={"exclude_coaches": ["c0", "c1"]}))
    after = opened(browser, relax(browser, nobody, 0).partition("#")[0])
    assert "What this changed 2 excluded coaches allowed again" in after.text


@pytest.mark.parametrize("place", ["1", "-1", "x", ""])
def test_a_relaxation_that_is_not_there_changes_nothing(caller: ApiCaller, browser: Browser, place: str) -> None:
    with_coaches(caller, a_coach(languages=["nl"]))
    nobody = caller.shortlist(a_need(languages=["en"]))
    assert relax(browser, nobody, place).startswith(f"/shortlists/{nobody['id']}")


def test_a_record_from_before_relaxations_could_be_applied_shows_their_words_alone(
    app: APIFlask, caller: ApiCaller, browser: Browser
) -> None:
    with_coaches(caller, a_coach(languages=["nl"]))
    nobody = caller.shortlist(a_need(languages=["en"]))
    with database.sessions(service(app).engine).begin() as session:
        row = session.get_one(ShortlistRow, nobody["id"])
        row.answer = row.answer.replace(',"refinement":{"limits":{"languages":["en","nl"]}}', "")
        assert '"refinement"' not in row.answer
    told = opened(browser, f"/shortlists/{nobody['id']}")
    assert "Coaching in Dutch as well: 1 more coach" in told.text and "relaxation" not in told.fields
    assert relax(browser, nobody, 0).startswith(f"/shortlists/{nobody['id']}")
