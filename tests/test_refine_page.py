"""A shortlist refined on its page, without JavaScript: pinned, dropped, weighed and limited; on both databases."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import select
from werkzeug.test import TestResponse

from matcher.store import database
from matcher.store.tables import ShortlistRow
from tests.clients import ApiCaller, Browser, a_caller, row_counts, service, signed_in
from tests.factories import a_coach, a_need
from tests.pages import opened, page
from tests.strategies import ABOUT
from tests.test_web import HOSTILE

HERE = "Kestrel"
GOALS = {
    "summary": "",
    "focus_areas": [{"area": "delegation", "importance": 3}, {"area": "boundaries", "importance": 1}],
}
UNCHANGED = {"do": "change", "importance.delegation": "3", "importance.boundaries": "1", "start_by": "2027-01-04"}
"""What a browser sends from the small form of a list with those goals in which nothing was touched."""


@pytest.fixture
def app(start: Callable[..., APIFlask]) -> APIFlask:
    return start()


@pytest.fixture
def caller(app: APIFlask) -> ApiCaller:
    found = a_caller(app, organisation=HERE)
    found.put(
        a_coach(id="a", name="Ada Bell", bio=ABOUT["delegation"]["profile"], focus_areas=["delegation"]),
        a_coach(id="b", name="Ben Ode", focus_areas=["delegation"], languages=["en", "nl"]),
        a_coach(id="c", name="Cleo Öz", focus_areas=["boundaries"]),
        a_coach(id="d", name="Dora Hay", focus_areas=["negotiation"], languages=["nl"]),
    )
    return found


@pytest.fixture
def browser(app: APIFlask) -> Browser:
    return signed_in(app, name="Dana Fox", organisation=HERE)


@pytest.fixture
def first(caller: ApiCaller) -> str:
    """The address of a shortlist that refines none."""
    return f"/shortlists/{caller.shortlist(a_need(**GOALS))['id']}"


def send(browser: Browser, address: str, **fields: Any) -> TestResponse:
    return browser.post(f"{address}/refinements", data=fields)


def refined(browser: Browser, address: str, **fields: Any) -> str:
    """The address of the list that a refinement leads to."""
    answer = send(browser, address, **fields)
    assert answer.status_code == 303, answer.text[:3000]
    to, _, place = answer.headers["Location"].partition("#")
    assert place == "changed" and to != address
    return to


def test_a_first_list_offers_to_refine_it_as_it_stands_and_has_no_history(browser: Browser, first: str) -> None:
    told = opened(browser, first)
    for name, value in UNCHANGED.items():
        if name != "do":
            assert told.fields[name] == [value]
    assert "What this changed" not in told.text and "All lists of this search" not in told.text


def test_a_form_in_which_nothing_was_changed_makes_no_list(app: APIFlask, browser: Browser, first: str) -> None:
    before = row_counts(app)
    answer = send(browser, first, **UNCHANGED)
    assert answer.headers["Location"].startswith(first)
    assert "Nothing was changed, so the list is as it was." in opened(browser, first).text
    assert row_counts(app) == before


def test_a_limit_is_changed_and_the_page_says_who_moved_and_why(browser: Browser, first: str) -> None:
    address = refined(browser, first, **UNCHANGED | {"languages": "nl"})
    told = opened(browser, address)
    assert "What this changed Language: Dutch (was open) 2 coaches can do this; 4 could before." in told.text
    assert "Ben Ode rose from 2 to 1 Ada Bell, who was ahead, is out." in told.text
    assert "Ada Bell is out; was at 1 Speaks none of the languages asked for." in told.text
    assert first in told.links
    assert told.fields["languages"] == ["nl"]
    wider = opened(browser, refined(browser, address, **UNCHANGED))
    assert "Language: open (was Dutch)" in wider.text
    assert "Ada Bell came in at 1 No language is asked for any more." in wider.text


def test_a_goal_is_weighed_dropped_and_added(browser: Browser, first: str) -> None:
    address = refined(browser, first, **UNCHANGED | {"importance.boundaries": "3", "importance.delegation": "dropped"})
    told = opened(browser, address)
    assert "Boundaries: crucial, was of some importance Delegation: no goal any more" in told.text
    assert "importance.delegation" not in told.fields
    sent = {
        "do": "change",
        "importance.boundaries": "3",
        "start_by": "2027-01-04",
        "add": "negotiation",
        "add.importance": "1",
    }
    assert "Negotiation: of some importance" in opened(browser, refined(browser, address, **sent)).text


def test_a_goal_that_was_read_keeps_its_weight_until_one_is_weighed(caller: ApiCaller, browser: Browser) -> None:
    text = f"{ABOUT['delegation']['need']}\n\n{ABOUT['boundaries']['need']}"
    address = f"/shortlists/{caller.shortlist(a_need(summary=text))['id']}"
    told = opened(browser, address)
    assert told.fields["importance.delegation"] == [""]
    assert "As read, " in told.text
    told = opened(
        browser, refined(browser, address, do="change", start_by="2027-01-04", **{"importance.delegation": "1"})
    )
    assert told.fields["importance.delegation"] == ["1"]
    assert told.fields["importance.boundaries"][0] in ("1", "2", "3")


def test_a_coach_is_pinned_and_unpinned(browser: Browser, first: str) -> None:
    address = refined(browser, first, do="pin", coach="d")
    told = opened(browser, address)
    assert "What this changed Pinned Dora Hay 4 coaches can do this. Nobody moved." in told.text
    assert "Pinned shown beside the best, at its own rank" in told.text
    assert "These are the three that fit best." in told.text
    assert "Unpinned Dora Hay" in opened(browser, refined(browser, address, do="unpin", coach="d")).text


def test_a_coach_is_dropped_with_a_reason_and_brought_back(browser: Browser, first: str) -> None:
    address = refined(browser, first, do="drop", coach="a", reason="other", words=f"Sits on our board {HOSTILE}")
    html = browser.get(address).text
    told = page(browser.get(address))
    assert f"Dropped Ada Bell: another reason (“Sits on our board {HOSTILE}”)" in told.text
    assert HOSTILE not in html
    assert "Ada Bell is out; was at 1 Was dropped: another reason." in told.text
    back = opened(browser, refined(browser, address, do="bring_back", coach="a"))
    assert "Brought back Ada Bell" in back.text


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"do": "drop", "coach": "a"}, "Choose why you drop the coach."),
        ({"do": "drop", "coach": "a", "reason": "other", "words": " "}, "Say in a few words why you drop the coach"),
        ({"do": "pin", "coach": "nobody"}, "That coach cannot be pinned or dropped here."),
        (UNCHANGED | {"budget.per_session": "a lot"}, "Budget per session must be a number"),
        (UNCHANGED | {"week": "mon-09"}, "Choose the time zone of the times given."),
        (UNCHANGED | {"importance.delegation": "7"}, "Choose each goal and its weight from the list."),
        (
            UNCHANGED | {"importance.delegation": "dropped", "importance.boundaries": "dropped"},
            "Keep at least one goal: there is no text to read goals from.",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    app: APIFlask, browser: Browser, first: str, sent: dict[str, str], said: str
) -> None:
    before = row_counts(app)
    answer = send(browser, first, **sent)
    told = page(answer, 422)
    assert said in told.text
    assert answer.headers["HX-Push-Url"] == "false"
    if sent["do"] == "change" and "7" not in sent.values():
        assert all(value in told.fields[name] for name, value in sent.items() if name != "do")
    assert row_counts(app) == before


def test_what_was_sent_from_before_a_sign_in_is_shown_again(browser: Browser, first: str) -> None:
    answer = browser.post(
        f"{first}/refinements", data=UNCHANGED | {"budget.per_session": "90"}, headers={"X-CSRFToken": "stale"}
    )
    told = page(answer, 400)
    assert told.fields["budget.per_session"] == ["90"]
    assert "Nothing was changed yet; send it once more." in told.text


def test_times_are_ticked_and_exact_ones_dropped(caller: ApiCaller, browser: Browser) -> None:
    exact = {
        "timezone": "Europe/Amsterdam",
        "availability": {"weekly": [{"day": "mon", "from": "09:30", "to": "12:00"}]},
    }
    address = f"/shortlists/{caller.shortlist(a_need(**GOALS | exact))['id']}"
    assert "Do without these times Monday 09:30–12:00" in opened(browser, address).text
    zone = {"timezone": "Europe/Amsterdam"}
    more = opened(browser, refined(browser, address, **UNCHANGED | zone | {"week": ["tue-09", "tue-10"]}))
    assert "Times: Mon 09:30–12:00, Tue 09:00–11:00 (Amsterdam)" in more.text
    none = opened(browser, refined(browser, address, **UNCHANGED | zone | {"times.dropped": "yes"}))
    assert "Times: open (was Mon 09:30–12:00 (Amsterdam))" in none.text


def test_sent_twice_it_is_one_list_and_the_history_has_each_with_what_happened_there(
    app: APIFlask, browser: Browser, first: str
) -> None:
    browser.post(f"{first}/outcomes", data={"coach": "a", "what-1": "first_talk", "on-1": "2026-01-20"})
    once, twice = (refined(browser, first, do="pin", coach="d") for _ in range(2))
    assert once == twice
    other = refined(browser, first, do="drop", coach="b", reason="price")
    third = refined(browser, once, do="drop", coach="c", reason="style")
    told = opened(browser, third)
    lists = told.text.partition("All lists of this search")[2].partition("Hand it on")[0]
    assert "The first list" in lists and "by Dana Fox" in lists
    assert "Recorded there: One talk asked for." in lists
    assert "refines list 1" in lists and "refines list 2" in lists
    assert [link for link in told.links if link in (first, once, other)].count(other) == 1
    assert "This list refines list 2 Dropped Cleo Öz: the style does not fit" in lists


def test_deleting_a_refined_list_deletes_all_of_its_search(app: APIFlask, browser: Browser, first: str) -> None:
    address = refined(browser, first, do="pin", coach="d")
    assert "every list that it refines or that refines it" in opened(browser, f"{address}/delete").text
    assert browser.post(f"{address}/delete").status_code == 303
    with database.snapshots(service(app).engine).begin() as session:
        assert session.scalars(select(ShortlistRow.id)).all() == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "All 4 coaches can do this."),
        ({"languages": "nl"}, "2 of 4 coaches can do this. Without the languages asked for, 4 could."),
        ({"budget.per_session": "1", "budget.currency": "EUR"}, "None of the 4 coaches can do this."),
        ({"budget.per_session": "a lot"}, "Not counted yet. Budget per session must be a number such as 12.5."),
        ({"importance.delegation": "9"}, "Not counted yet. Choose each goal and its weight from the list."),
    ],
)
def test_a_line_says_how_many_can_do_what_the_small_form_asks_for_and_makes_no_list(
    app: APIFlask, browser: Browser, first: str, changes: dict[str, str], said: str
) -> None:
    before = row_counts(app)
    sent = UNCHANGED | changes | {"do": "count"}
    part = browser.post(f"{first}/refinements", data=sent, headers={"HX-Request": "true"})
    assert part.status_code == 200 and "<html" not in part.text
    assert " ".join(re.sub(r"<[^>]+>", " ", part.text).split()).startswith(said)
    whole = page(send(browser, first, **sent))
    assert said in whole.text
    for name, value in changes.items():
        assert whole.fields.get(name, []) == [value] or value == "9"
    assert row_counts(app) == before


def test_those_dropped_are_counted_as_left_out(browser: Browser, first: str) -> None:
    address = refined(browser, first, do="drop", coach="a", reason="price")
    assert "3 of 4 coaches can do this." in page(send(browser, address, **UNCHANGED | {"do": "count"})).text
