"""Coaches dropped from a list who stay left out when the need is changed and asked again; on both databases."""

from collections.abc import Callable
from typing import Any

import pytest
from apiflask import APIFlask

from tests.clients import ApiCaller, Browser, a_caller, signed_in
from tests.factories import a_coach, a_need
from tests.pages import Page, opened, page

HERE = "Kestrel"


@pytest.fixture
def app(start: Callable[..., APIFlask]) -> APIFlask:
    return start()


@pytest.fixture
def caller(app: APIFlask) -> ApiCaller:
    found = a_caller(app, organisation=HERE)
    found.put(*(a_coach(id=name[0].lower(), name=name) for name in ("Ada Bell", "Ben Ode", "Cleo Öz", "Dora Hay")))
    return found


@pytest.fixture
def browser(app: APIFlask) -> Browser:
    return signed_in(app, organisation=HERE)


@pytest.fixture
def refined(caller: ApiCaller) -> Any:
    """A list from which two coaches were dropped; a third one its need excludes without a word."""
    first = caller.shortlist(a_need(requirements={"exclude_coaches": ["d"]}))
    dropped = [
        {"coach_id": "a", "reason": "price"},
        {"coach_id": "b", "reason": "other", "words": "Moves away"},
    ]
    return caller.send("POST", f"/shortlists/{first['id']}/refinements", {"drop": dropped}).json


def asked(browser: Browser, told: Page, **changes: Any) -> Page:
    """The page of the list that the form of a need leads to."""
    answer = browser.post("/", data=told.fields | changes)
    assert answer.status_code == 303, answer.text
    return opened(browser, answer.headers["Location"])


def test_who_was_dropped_stays_left_out_with_the_reason_when_the_need_is_asked_again(
    browser: Browser, refined: Any
) -> None:
    told = opened(browser, f"/?from={refined['id']}")
    assert told.fields["requirements.exclude_coaches"] == ["d", "a", "b"]
    assert "Ada Bell too expensive" in told.text and "Ben Ode another reason (“Moves away”)" in told.text
    again = asked(browser, told, **{"budget.per_session": "300", "budget.currency": "EUR"})
    assert "Ada Bell dropped: too expensive" in again.text
    assert "Ben Ode dropped: another reason (“Moves away”)" in again.text
    assert "1 of 4 coaches in the directory meets every requirement." in again.text


def test_who_is_unticked_is_let_in_again_and_can_be_ticked_once_more(browser: Browser, refined: Any) -> None:
    told = opened(browser, f"/?from={refined['id']}")
    kept = browser.post("/", data=told.fields | {"requirements.exclude_coaches": ["b"], "do": "keep"})
    draft = opened(browser, kept.headers["Location"])
    assert draft.fields["requirements.exclude_coaches"] == ["b"] and "Ada Bell too expensive" in draft.text
    again = asked(browser, draft)
    assert "Ben Ode dropped" in again.text and "Ada Bell dropped" not in again.text
    assert "3 of 4 coaches in the directory meet every requirement." in again.text


def test_a_coach_brought_back_on_the_new_list_is_told_by_name(browser: Browser, refined: Any) -> None:
    answer = browser.post("/", data=opened(browser, f"/?from={refined['id']}").fields)
    address = answer.headers["Location"]
    back = browser.post(f"{address}/refinements", data={"do": "bring_back", "coach": "a"})
    assert "What this changed Brought back Ada Bell" in opened(browser, back.headers["Location"].partition("#")[0]).text


def test_without_the_earlier_list_its_coaches_stay_left_out_without_a_reason(
    app: APIFlask, browser: Browser, refined: Any
) -> None:
    told = opened(browser, f"/?from={refined['id']}")
    browser.post(f"/shortlists/{refined['id']}/delete")
    again = asked(browser, told)
    assert "Ada Bell dropped" not in again.text
    assert "1 of 4 coaches in the directory meets every requirement." in again.text
    others = signed_in(app, "x@other.example", organisation="Other")
    sent = {name: values for name, values in told.fields.items() if name != "csrf_token"}
    stolen = page(others.post("/", data=sent | {"sessions.minutes": "x"}), 422)
    assert "too expensive" not in stolen.text and "earlier" not in stolen.fields


def test_a_need_of_which_nobody_is_left_out_shows_no_such_field(browser: Browser, caller: ApiCaller) -> None:
    first = caller.shortlist(a_need())
    for address in ("/", f"/?from={first['id']}"):
        assert "Left out by name" not in opened(browser, address).text
