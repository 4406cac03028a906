"""What became of the coaches of a shortlist, recorded and taken back on its page; on both databases."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from apiflask import APIFlask
from werkzeug.test import TestResponse

from matcher.domain.outcome import RATINGS, DeclineReason
from matcher.web.outcome_history import CHOICES
from tests.clients import ApiCaller, Browser, a_caller, signed_in
from tests.factories import a_coach, a_need
from tests.test_web import Page, page

HERE = "Kestrel"


@pytest.fixture
def app(start: Callable[..., APIFlask]) -> APIFlask:
    return start()


@pytest.fixture
def caller(app: APIFlask) -> ApiCaller:
    found = a_caller(app, organisation=HERE)
    found.put(*(a_coach(id=f"c{number}", name=name) for number, name in enumerate(("Ada Bell", "Ben Ode", "Cleo Öz"))))
    return found


@pytest.fixture
def browser(app: APIFlask) -> Browser:
    return signed_in(app, name="Dana Fox", organisation=HERE)


@pytest.fixture
def address(caller: ApiCaller) -> str:
    return f"/shortlists/{caller.shortlist(a_need())['id']}"


def record(browser: Browser, address: str, what: str, coach: int = 0, on: str = "2026-01-20") -> TestResponse:
    fields = {"coach": f"c{coach}", f"what-{coach + 1}": what, f"on-{coach + 1}": on}
    return browser.post(f"{address}/outcomes", data=fields)


def shown(browser: Browser, address: str) -> Page:
    return page(browser.get(address))


def test_nothing_is_said_of_a_shortlist_of_which_nothing_is_recorded(browser: Browser, address: str) -> None:
    html = browser.get(address).text
    assert html.count("Nothing is recorded yet.") == 3
    assert 'class="state"' not in html


def test_what_is_recorded_stands_on_the_page_with_its_day_and_who_recorded_it(browser: Browser, address: str) -> None:
    answer = record(browser, address, "first_talk")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{address}#happened")
    told = shown(browser, address).text
    now = datetime.now(UTC)
    assert "First talk asked for 20 January 2026 recorded by Dana Fox, " in told
    assert f"recorded by Dana Fox, {now.day} {now:%B %Y}" in told
    assert "Recorded: First talk asked for." in told


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("first_talk", "First talk asked for"),
        ("talk_held", "First talk held"),
        ("talk_rated:4", "First talk rated 4 of 5 by the manager"),
        ("talk_rated_by_coach:2", "First talk rated 2 of 5 by the coach"),
        ("talk_rated_by_hr:5", "First talk rated 5 of 5 by HR"),
        ("chosen", "Chosen"),
        ("declined", "Declined"),
        ("declined:times", "Declined: no times that suit both"),
        ("finished", "Coaching finished"),
        ("goal_reached:partly", "Goal reached in part"),
    ],
)
def test_each_event_can_be_recorded_and_is_what_the_api_tells(
    browser: Browser, caller: ApiCaller, address: str, what: str, words: str
) -> None:
    assert record(browser, address, what).status_code == 303
    assert f"{words} 20 January 2026" in shown(browser, address).text
    (told,) = caller.send("GET", f"{address}/outcomes").get_json()["outcomes"]
    event, _, detail = what.partition(":")
    assert (told["coach_id"], told["event"], told["on"]) == ("c0", event, "2026-01-20")
    assert detail in ("", *(str(told.get(name)) for name in ("rating", "reason", "degree")))


def test_every_reason_and_rating_of_the_contract_can_be_chosen() -> None:
    values = {choice.value for entry in CHOICES for choice in getattr(entry, "choices", (entry,))}
    assert {f"declined:{reason}" for reason in DeclineReason.__args__} <= values
    assert {f"{event}:{rating}" for event in RATINGS for rating in range(1, 6)} <= values


def test_what_is_taken_back_is_gone_and_taking_it_back_twice_is_no_error(browser: Browser, address: str) -> None:
    record(browser, address, "chosen")
    sent = {"coach": "c0", "event": "chosen"}
    assert browser.post(f"{address}/outcomes/withdraw", data=sent).headers["Location"] == f"{address}#happened"
    told = shown(browser, address).text
    assert "Taken back." in told and told.count("Nothing is recorded yet.") == 3
    assert browser.post(f"{address}/outcomes/withdraw", data=sent).status_code == 303
    assert "taken back already" in shown(browser, address).text


def test_a_shortlist_says_how_far_it_has_come(browser: Browser, address: str) -> None:
    for what, coach in (("first_talk", 0), ("first_talk", 1), ("talk_rated:5", 1), ("declined:price", 0)):
        record(browser, address, what, coach)
    for what, coach in (("chosen", 1), ("talk_held", 1), ("talk_rated_by_coach:1", 1)):
        record(browser, address, what, coach)
    assert "Two talks asked for, one talk held, Ben Ode chosen, one declined." in shown(browser, address).text


def test_what_a_program_recorded_is_told_as_that(browser: Browser, caller: ApiCaller, address: str) -> None:
    caller.send("PUT", f"{address}/coaches/c2/outcomes/chosen", {"on": "2026-02-01"})
    assert "Chosen 1 February 2026 recorded by portal, a program, " in shown(browser, address).text


@pytest.mark.parametrize(
    ("what", "on", "field", "said"),
    [
        ("", "2026-01-20", "what-2", "What happened must be one of those listed."),
        ("talk_rated:6", "2026-01-20", "what-2", "What happened must be one of those listed."),
        ("talk_rated", "2026-01-20", "what-2", "What happened must be one of those listed."),
        ("chosen", "2026-02-30", "on-2", "On which day is not a date that exists in the calendar."),
        ("chosen", "yesterday", "on-2", 'On which day must be a date like "2027-01-31".'),
        ("chosen", "tomorrow", "on-2", "On which day lies in the future."),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_recorded(
    browser: Browser, caller: ApiCaller, address: str, what: str, on: str, field: str, said: str
) -> None:
    on = (datetime.now(UTC).date() + timedelta(days=1)).isoformat() if on == "tomorrow" else on
    answer = record(browser, address, what, 1, on)
    found = page(answer, 422)
    assert said in found.text
    assert [link for link in found.links if link.startswith("#what") or link.startswith("#on")] == [f"#{field}"]
    assert found.ids[field]["aria-invalid"] == "true"
    assert f"{field}-message" in str(found.ids[field]["aria-describedby"])
    assert found.fields["on-2"] == [on]
    assert len(re.findall(r'<details class="record" open>', answer.text)) == 1
    assert caller.send("GET", f"{address}/outcomes").get_json()["outcomes"] == []


def test_a_day_that_contradicts_another_is_said_beside_its_field(browser: Browser, address: str) -> None:
    record(browser, address, "first_talk", 1, "2026-01-20")
    found = page(record(browser, address, "talk_held", 1, "2026-01-19"), 422)
    assert "On which day would have the talk held before it was asked for." in found.text
    assert found.ids["on-2"]["aria-invalid"] == "true"


def test_a_coach_whom_the_shortlist_does_not_show_is_refused(browser: Browser, address: str) -> None:
    answer = browser.post(f"{address}/outcomes", data={"coach": "c9", "what-1": "chosen"})
    assert "Nobody of this shortlist was named" in page(answer, 422).text


def test_a_day_that_is_left_out_is_today(browser: Browser, caller: ApiCaller, address: str) -> None:
    record(browser, address, "chosen", on="")
    (told,) = caller.send("GET", f"{address}/outcomes").get_json()["outcomes"]
    assert told["on"] == datetime.now(UTC).date().isoformat()
