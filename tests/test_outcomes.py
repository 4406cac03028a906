"""What became of shortlisted coaches: through the API, and as the store gives it to training; on both databases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from apiflask import APIFlask
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.test import TestResponse

from matcher.domain import DEFAULT_ORGANISATION, EVENTS, Outcome, Requester
from matcher.intake import outcome_from
from matcher.store import callers, coaches, database, outcomes, schema, shortlists
from matcher.store.outcomes import ShortlistOutcomes
from matcher.store.shortlists import SealedShortlist
from tests.clients import ApiCaller, a_caller, pointers, row_counts, service, told
from tests.factories import REQUESTER, a_coach, a_need
from tests.older_databases import bring_to, older_profile, older_shortlist

NOW = datetime(2027, 1, 4, 9, 30, tzinfo=UTC)
DETAILS: dict[str, dict[str, Any]] = {
    **{event: {"rating": 4} for event in ("talk_rated", "talk_rated_by_coach", "talk_rated_by_hr")},
    "goal_reached": {"degree": "partly"},
}
SECRET = "Beatrix weint nach jeder Sitzung"
Sessions = sessionmaker[Session]


def record(caller: ApiCaller, shortlist: str, coach: str, event: str, /, **details: Any) -> TestResponse:
    """The answer to an outcome that is put."""
    return caller.send("PUT", f"/shortlists/{shortlist}/coaches/{quote(coach, safe='')}/outcomes/{event}", details)


def listed(caller: ApiCaller, shortlist: str) -> list[dict[str, Any]]:
    answer = caller.send("GET", f"/shortlists/{shortlist}/outcomes")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.get_json()["outcomes"]
    return found


def an_outcome(event: str = "chosen", coach: str = "c1", **changes: Any) -> Outcome:
    return Outcome.model_validate({"coach_id": coach, "event": event, "on": date(2027, 1, 20)} | changes)


@pytest.fixture
def shortlist(api: ApiCaller) -> str:
    """The id of a shortlist that shows c1 and c2, and neither c3, who came third, nor c4, who speaks no English."""
    api.put(*(a_coach(id=f"c{number}") for number in (1, 2, 3)), a_coach(id="c4", languages=["fr"]))
    found = api.shortlist(a_need(languages=["en"]), limit=2)
    assert [coach["coach_id"] for coach in found["coaches"]] == ["c1", "c2"]
    return str(found["id"])


@pytest.fixture
def session(sessions: Sessions) -> Any:
    with sessions.begin() as session:
        yield session


# Recording, listing and taking back


def test_each_event_is_recorded_with_its_details_and_its_day(
    api: ApiCaller, shortlist: str, subtests: pytest.Subtests
) -> None:
    for event in EVENTS:
        with subtests.test(event=event):
            sent = {"on": "2027-02-01"} | DETAILS.get(event, {})
            answer = record(api, shortlist, "c1", event, **sent)
            assert (answer.status_code, answer.mimetype) == (201, "application/json")
            assert answer.get_json() == {"coach_id": "c1", "event": event} | sent
    assert [outcome["event"] for outcome in listed(api, shortlist)] == list(EVENTS)


def test_a_reason_for_declining_may_be_given_or_left_out(api: ApiCaller, shortlist: str) -> None:
    assert record(api, shortlist, "c1", "declined", on="2027-02-01").status_code == 201
    assert record(api, shortlist, "c2", "declined", reason="chemistry", on="2027-02-01").status_code == 201
    assert [outcome.get("reason") for outcome in listed(api, shortlist)] == [None, "chemistry"]


def test_the_day_is_that_of_the_request_unless_it_says_another(api: ApiCaller, shortlist: str) -> None:
    before = datetime.now(UTC).date()
    days = [record(api, shortlist, "c1", "chosen", **sent).get_json()["on"] for sent in ({}, {"on": None}, {"on": ""})]
    assert all(before <= date.fromisoformat(day) <= datetime.now(UTC).date() for day in days)


def test_outcomes_are_listed_by_day_then_in_the_usual_order_of_events_then_by_coach(
    api: ApiCaller, shortlist: str
) -> None:
    assert listed(api, shortlist) == []
    recorded = [("c2", "finished", 9), ("c2", "chosen", 2), ("c1", "declined", 2), ("c2", "first_talk", 2)]
    for coach, event, day in [*recorded, ("c1", "first_talk", 2), ("c1", "finished", 1)]:
        assert record(api, shortlist, coach, event, on=f"2027-02-0{day}").status_code == 201
    found = [(outcome["coach_id"], outcome["event"]) for outcome in listed(api, shortlist)]
    assert found == [
        ("c1", "finished"),
        ("c1", "first_talk"),
        ("c2", "first_talk"),
        ("c2", "chosen"),
        ("c1", "declined"),
        ("c2", "finished"),
    ]


def test_an_outcome_that_is_sent_again_replaces_the_earlier_one(api: ApiCaller, shortlist: str) -> None:
    first = record(api, shortlist, "c1", "talk_rated", rating=2, on="2027-02-01")
    again = record(api, shortlist, "c1", "talk_rated", rating=2, on="2027-02-01")
    assert (first.status_code, again.status_code, first.get_json()) == (201, 200, again.get_json())
    changed = record(api, shortlist, "c1", "talk_rated", rating=5, on="2027-02-03")
    other = record(api, shortlist, "c2", "talk_rated", rating=1, on="2027-02-02")
    assert (changed.status_code, other.status_code) == (200, 201)
    assert [(outcome["coach_id"], outcome["rating"]) for outcome in listed(api, shortlist)] == [("c2", 1), ("c1", 5)]


def test_a_detail_that_is_left_out_of_a_replacement_is_gone(api: ApiCaller, shortlist: str) -> None:
    record(api, shortlist, "c1", "declined", reason="price", on="2027-02-01")
    record(api, shortlist, "c1", "declined", on="2027-02-01")
    assert listed(api, shortlist) == [{"coach_id": "c1", "event": "declined", "on": "2027-02-01"}]


def test_what_is_listed_can_be_sent_back_as_it_is(api: ApiCaller, shortlist: str) -> None:
    record(api, shortlist, "c1", "goal_reached", degree="not")
    (outcome,) = listed(api, shortlist)
    assert record(api, shortlist, "c1", "goal_reached", **outcome).get_json() == outcome


def test_an_outcome_is_taken_back_once(api: ApiCaller, shortlist: str) -> None:
    path = f"/shortlists/{shortlist}/coaches/c1/outcomes"
    record(api, shortlist, "c1", "chosen")
    record(api, shortlist, "c1", "first_talk")
    record(api, shortlist, "c2", "chosen")
    answers = [api.send("DELETE", f"{path}/chosen") for _ in range(2)]
    assert (answers[0].status_code, answers[0].data) == (204, b"")
    told(answers[1], 404, "not-found")
    for event in ("declined", "boredom", "a%00b"):
        told(api.send("DELETE", f"{path}/{event}"), 404, "not-found")
    assert sorted(outcome["coach_id"] + outcome["event"] for outcome in listed(api, shortlist)) == [
        "c1first_talk",
        "c2chosen",
    ]


def test_outcomes_outlive_the_profile_that_they_are_about(api: ApiCaller, shortlist: str) -> None:
    assert api.send("DELETE", "/coaches/c1").status_code == 204
    assert record(api, shortlist, "c1", "finished").status_code == 201
    assert len(listed(api, shortlist)) == 1


def test_any_id_that_a_profile_may_have_can_be_addressed(api: ApiCaller, subtests: pytest.Subtests) -> None:
    for coach_id in ("a b", "a/b", "/a//b/", "müller-Łódź", "x?y#z%20", "+", "😀", "a/outcomes/chosen", "outcomes"):
        with subtests.test(id=coach_id):
            api.put(a_coach(id=coach_id))
            found = api.shortlist(a_need())["id"]
            assert [record(api, found, coach_id, "chosen").status_code for _ in range(2)] == [201, 200]
            assert [outcome["coach_id"] for outcome in listed(api, found)] == [coach_id]
            path = f"/shortlists/{found}/coaches/{quote(coach_id, safe='')}"
            assert api.send("GET", path).get_json()["coach_id"] == coach_id
            assert api.send("DELETE", f"{path}/outcomes/chosen").status_code == 204
            assert api.send("DELETE", f"/coaches/{quote(coach_id, safe='')}").status_code == 204


def test_one_of_several_callers_at_once_records_the_first_outcome(
    api: ApiCaller, shortlist: str, start: Callable[..., APIFlask]
) -> None:
    workers = [api, api.at(start())]
    with ThreadPoolExecutor(6) as threads:
        answers = threads.map(lambda turn: record(workers[turn % 2], shortlist, "c1", "chosen"), range(6))
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]
    assert len(listed(api, shortlist)) == 1


# Bad input

WRONG: list[tuple[str, dict[str, Any], list[str]]] = [
    ("boredom", {}, ["/event"]),
    ("Chosen", {}, ["/event"]),
    ("talk_rated", {}, ["/rating"]),
    ("talk_rated", {"rating": None}, ["/rating"]),
    ("talk_rated", {"rating": 0}, ["/rating"]),
    ("talk_rated", {"rating": 6}, ["/rating"]),
    ("talk_rated", {"rating": 3.5}, ["/rating"]),
    ("talk_rated", {"rating": "4"}, ["/rating"]),
    ("talk_rated", {"rating": True}, ["/rating"]),
    ("talk_rated_by_coach", {}, ["/rating"]),
    ("talk_rated_by_hr", {"rating": 6}, ["/rating"]),
    ("talk_held", {"rating": 4}, ["/rating"]),
    ("goal_reached", {}, ["/degree"]),
    ("goal_reached", {"degree": "mostly"}, ["/degree"]),
    ("declined", {"reason": "She cried."}, ["/reason"]),
    ("declined", {"reason": ["price"]}, ["/reason"]),
    ("chosen", {"rating": 4}, ["/rating"]),
    ("chosen", {"reason": "price", "degree": "fully", "rating": 1}, ["/degree", "/rating", "/reason"]),
    ("goal_reached", {"reason": "price"}, ["/degree", "/reason"]),
    ("chosen", {"on": "2027-02-30"}, ["/on"]),
    ("chosen", {"on": "yesterday"}, ["/on"]),
    ("chosen", {"on": 20270201}, ["/on"]),
    ("chosen", {"comment": "She cried."}, ["/comment"]),
    ("chosen", {"coach_id": "c2"}, ["/coach_id"]),
    ("chosen", {"event": "declined", "coach_id": 1}, ["/coach_id", "/event"]),
    ("talk_rated", {"rating": 9, "reason": "price", "on": "x", "mood": 1}, ["/mood", "/on", "/rating", "/reason"]),
]


def test_a_wrong_outcome_is_refused_with_every_wrong_field(
    api: ApiCaller, shortlist: str, subtests: pytest.Subtests
) -> None:
    before = row_counts(api.app)
    for event, sent, wrong in WRONG:
        with subtests.test(event=event, sent=sent):
            answer = record(api, shortlist, "c1", event, **sent)
            assert pointers(answer) == wrong
            assert "She cried." not in answer.text
    assert row_counts(api.app) == before


def test_both_sides_rate_a_talk_and_neither_replaces_the_other(api: ApiCaller, shortlist: str) -> None:
    for event, rating in [("talk_rated", 2), ("talk_rated_by_coach", 4), ("talk_rated_by_hr", 5)]:
        assert record(api, shortlist, "c1", event, rating=rating).status_code == 201
    assert record(api, shortlist, "c1", "talk_rated_by_coach", rating=3).status_code == 200
    assert [outcome["rating"] for outcome in listed(api, shortlist)] == [2, 3, 5]
    path = f"/shortlists/{shortlist}/coaches/c1/outcomes"
    assert api.send("DELETE", f"{path}/talk_rated_by_coach").status_code == 204
    assert [outcome["rating"] for outcome in listed(api, shortlist)] == [2, 5]


BEFORE_ASKED = "would have the talk held before it was asked for"
BEFORE_HELD = "would have the talk rated before it was held"


@pytest.mark.parametrize(
    ("first", "then", "said"),
    [
        (("first_talk", 3), ("talk_held", 2), BEFORE_ASKED),
        (("talk_held", 2), ("first_talk", 3), BEFORE_ASKED),
        (("talk_held", 3), ("talk_rated", 2), BEFORE_HELD),
        (("talk_held", 3), ("talk_rated_by_coach", 2), BEFORE_HELD),
        (("talk_rated_by_hr", 2), ("talk_held", 3), BEFORE_HELD),
        (("talk_held", 2), ("first_talk", 2), ""),
        (("talk_rated", 2), ("talk_held", 2), ""),
        (("talk_rated", 2), ("first_talk", 3), ""),
        (("finished", 1), ("talk_held", 3), ""),
        (("talk_held", 3), ("chosen", 1), ""),
    ],
)
def test_a_day_that_contradicts_another_of_the_same_talk_is_refused_in_whatever_order(
    api: ApiCaller, shortlist: str, first: tuple[str, int], then: tuple[str, int], said: str
) -> None:
    def put(coach: str, event: str, day: int) -> TestResponse:
        return record(api, shortlist, coach, event, on=f"2027-02-0{day}", **DETAILS.get(event, {}))

    assert put("c1", *first).status_code == 201
    answer = put("c1", *then)
    if said:
        assert pointers(answer) == ["/on"] and said in answer.text
        assert len(listed(api, shortlist)) == 1
    else:
        assert answer.status_code == 201
    assert put("c2", *then).status_code == 201


def test_a_day_that_was_wrong_can_be_put_right(api: ApiCaller, shortlist: str) -> None:
    record(api, shortlist, "c1", "talk_held", on="2027-02-05")
    record(api, shortlist, "c1", "talk_rated", rating=3, on="2027-02-06")
    assert record(api, shortlist, "c1", "talk_held", on="2027-02-06").status_code == 200
    assert pointers(record(api, shortlist, "c1", "talk_held", on="2027-02-07")) == ["/on"]


def test_a_body_that_is_no_outcome_is_refused(api: ApiCaller, shortlist: str) -> None:
    path = f"/shortlists/{shortlist}/coaches/c1/outcomes/chosen"
    for body, kind, status in [(b"", "application/json", 400), (b"{}", "text/plain", 415), (b"[]", None, 415)]:
        assert api.send("PUT", path, data=body, content_type=kind).status_code == status
    for body in (b"[]", b'"chosen"', b"null"):
        assert pointers(api.send("PUT", path, data=body, content_type="application/json")) == [""]
    assert listed(api, shortlist) == []


def test_only_a_coach_that_the_shortlist_shows_has_an_outcome(
    api: ApiCaller, shortlist: str, subtests: pytest.Subtests
) -> None:
    for coach in ("c3", "c4", "nobody", "C1", "x" * 200):
        with subtests.test(coach=coach):
            answer = record(api, shortlist, coach, "chosen")
            assert pointers(answer) == ["/coach_id"]
    said = told(record(api, shortlist, "c3", "chosen"), 422, "invalid-input")["errors"][0]["detail"]
    assert said == "is not one of the coaches that this shortlist shows"
    assert listed(api, shortlist) == []


# Who may


def test_the_outcomes_of_a_shortlist_are_its_organisations_alone(api: ApiCaller) -> None:
    api.put(a_coach())
    hers, colleague, rival, freelancer = (
        a_caller(api.app, name, organisation)
        for name, organisation in [("a", "Kestrel"), ("b", "Kestrel"), ("c", "Corvus"), ("d", None)]
    )
    found = hers.shortlist(a_need())["id"]
    assert record(hers, found, "c1", "chosen").status_code == 201
    for other in (rival, freelancer, api):
        told(record(other, found, "c1", "chosen"), 404, "not-found")
        told(record(other, found, "nobody", "chosen"), 404, "not-found")
        told(other.send("GET", f"/shortlists/{found}/outcomes"), 404, "not-found")
        told(other.send("DELETE", f"/shortlists/{found}/coaches/c1/outcomes/chosen"), 404, "not-found")
    assert record(colleague, found, "c1", "chosen").status_code == 200
    assert listed(colleague, found) == listed(hers, found) != []
    assert colleague.send("DELETE", f"/shortlists/{found}/coaches/c1/outcomes/chosen").status_code == 204


def test_a_shortlist_that_is_not_there_has_no_outcomes(api: ApiCaller, shortlist: str) -> None:
    for unknown in (str(uuid4()), "no-uuid", shortlist.upper(), "%00"):
        told(record(api, unknown, "c1", "chosen"), 404, "not-found")
        told(api.send("GET", f"/shortlists/{unknown}/outcomes"), 404, "not-found")
        told(api.send("DELETE", f"/shortlists/{unknown}/coaches/c1/outcomes/chosen"), 404, "not-found")


def test_outcomes_ask_for_a_key(api: ApiCaller, shortlist: str) -> None:
    one = f"/shortlists/{shortlist}/coaches/c1/outcomes/chosen"
    for method, path in [("GET", f"/shortlists/{shortlist}/outcomes"), ("PUT", one), ("DELETE", one)]:
        told(api.send(method, path, {}, headers={"Authorization": "Bearer wrong"}), 401, "unauthorised")


def test_nothing_that_was_sent_with_an_outcome_is_in_the_log_or_in_an_error(
    api: ApiCaller, shortlist: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = [
        record(api, shortlist, "c1", "declined", reason=SECRET, note=SECRET, on=SECRET, rating=SECRET),
        record(api, shortlist, SECRET, "chosen"),
        record(api, shortlist, "c1", quote(SECRET)),
    ]
    assert [answer.status_code for answer in answers] == [422] * 3
    assert SECRET not in "".join(answer.text for answer in answers) + "".join(capsys.readouterr())


# The store


def a_sealed(session: Session, shortlist_id: str, created_at: datetime = NOW) -> SealedShortlist:
    sealed = SealedShortlist(shortlist_id, created_at, f'{{"id": "{shortlist_id}"}}', shortlist_id.encode(), "{}")
    shortlists.seal(session, sealed, a_need(), REQUESTER)
    return sealed


def test_a_forgotten_shortlist_takes_its_outcomes_along(session: Session) -> None:
    for shortlist_id in ("s1", "s2"):
        a_sealed(session, shortlist_id)
        outcomes.record(session, shortlist_id, an_outcome(), REQUESTER, NOW)
    assert shortlists.forget(session, "s1")
    assert outcomes.of_shortlist(session, "s1") == ()
    assert session.scalars(text("SELECT shortlist_id FROM outcome")).all() == ["s2"]


def test_who_recorded_an_outcome_last_and_when_is_kept(session: Session) -> None:
    a_sealed(session, "s1")
    caller, _ = callers.add(session, "portal", None, NOW)
    assert outcomes.record(session, "s1", an_outcome(), REQUESTER, NOW)
    assert not outcomes.record(session, "s1", an_outcome(), caller.requester, NOW + timedelta(days=1))
    (row,) = session.execute(text("SELECT caller_id, recorded_at FROM outcome")).all()
    assert row.caller_id == caller.id
    assert str(row.recorded_at).startswith("2027-01-05")


def test_all_outcomes_come_with_the_shortlist_that_they_belong_to(session: Session) -> None:
    assert list(outcomes.every(session)) == []
    newer, older, _ = a_sealed(session, "a"), a_sealed(session, "b", NOW - timedelta(days=1)), a_sealed(session, "c")
    caller, _ = callers.add(session, "portal", "Kestrel", NOW)
    of_older = (an_outcome("first_talk"), an_outcome("talk_rated", rating=2), an_outcome("declined", reason="style"))
    of_newer = (an_outcome("goal_reached", "c2", degree="fully", on=date(2027, 6, 1)),)
    for shortlist_id, told_of in [("a", of_newer), ("b", of_older[::-1])]:
        for outcome in told_of:
            outcomes.record(session, shortlist_id, outcome, caller.requester, NOW)
    found = list(outcomes.every(session))
    assert found == [ShortlistOutcomes(older, of_older), ShortlistOutcomes(newer, of_newer)]


def test_outcomes_recorded_through_the_api_come_with_the_answer_and_its_assessment(
    api: ApiCaller, shortlist: str
) -> None:
    record(api, shortlist, "c2", "chosen", on="2027-02-01")
    with database.snapshots(service(api.app).engine).begin() as session:
        (found,) = outcomes.every(session)
        assert found.shortlist == shortlists.get_anyones(session, shortlist)
    assert found.outcomes == (an_outcome(coach="c2", on=date(2027, 2, 1)),)
    assert found.shortlist.assessment


def test_the_day_of_an_outcome_is_told_it_and_never_read_from_the_clock() -> None:
    assert outcome_from({}, "c1", "chosen", date(2020, 2, 29)).on == date(2020, 2, 29)


def test_a_database_of_a_version_before_outcomes_is_brought_up_to_date_with_all_that_it_holds(
    empty_database_url: str,
) -> None:
    engine = database.open_engine(empty_database_url)
    bring_to(engine, "0001")
    with database.sessions(engine).begin() as session:
        older_profile(session, a_coach())
        older_shortlist(session, "s1", None)
    assert not schema.is_current(engine)
    schema.upgrade(engine)
    assert schema.is_current(engine)
    with database.sessions(engine).begin() as session:
        assert coaches.get(session, "c1") == a_coach()
        kept = shortlists.get(session, "s1", Requester(DEFAULT_ORGANISATION))
        assert kept and kept.answer == "{}"
        assert outcomes.record(session, "s1", an_outcome(), REQUESTER, NOW)
    engine.dispose()
