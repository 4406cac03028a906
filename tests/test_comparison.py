"""Coaches side by side, and as a file for a spreadsheet; on both databases."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from apiflask import APIFlask

from matcher.domain import Coach
from matcher.matching.first_session import first_session
from tests.clients import ApiCaller, Browser, a_caller, signed_in
from tests.factories import a_coach, a_need
from tests.test_web import HOSTILE, page

HERE = "Kestrel"
SECRET = "Beatrix weint nach jeder Sitzung."


@pytest.fixture
def app(start: Callable[..., APIFlask]) -> APIFlask:
    return start()


@pytest.fixture
def browser(app: APIFlask) -> Browser:
    return signed_in(app, organisation=HERE)


@pytest.fixture
def caller(app: APIFlask) -> ApiCaller:
    return a_caller(app, organisation=HERE)


@pytest.fixture
def address(caller: ApiCaller) -> str:
    """A shortlist of five, of whom the first is well described."""
    caller.put(
        a_coach(
            id="c1",
            name="Ada Bell",
            focus_areas=["delegation"],
            styles=["systemic"],
            experience={"levels_coached": ["middle"]},
            languages=["en", "nl"],
            modalities=["video", "in_person"],
            locations=["Utrecht"],
            credentials=[
                {"body": "ICF", "level": "PCC", "valid_until": "2028-03-01", "verified": True},
                {"body": "EMCC", "level": "Senior Practitioner"},
            ],
            references=[{"rating": 5, "verified": True, "date": "2026-05-02"}, {"rating": 4}],
        ),
        a_coach(id="c2", name="Coach 2", references=[{"rating": 4}]),
        *(a_coach(id=f"c{number}", name=f"Coach {number}") for number in (3, 4)),
        a_coach(id="=c5", name="=HYPERLINK(1)"),
    )
    need = a_need(
        summary=SECRET,
        focus_areas=[{"area": "delegation"}],
        sessions={"count": 6, "minutes": 60},
        start_by="2027-03-01",
    )
    return f"/shortlists/{caller.shortlist(need, limit=5)['id']}"


def cells(html: str) -> dict[str, list[str]]:
    """The words in each cell of the table side by side, by the heading of its row."""
    table = html[html.index('<table class="needs beside') :].partition("</table>")[0]
    found = {}
    for row in re.findall(r"<tr role.*?</tr>", table, re.DOTALL)[1:]:
        head, *others = [
            " ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)
        ]
        found[head] = others
    return found


def test_what_tells_coaches_apart_stands_side_by_side(browser: Browser, address: str) -> None:
    found = cells(browser.get(f"{address}/compare?coach=c1&coach=c2").text)
    ada = {head: others[0].removeprefix("Ada Bell ") for head, others in found.items()}
    assert re.match(r"Rank 1, score 0\.\d{3}", ada["In the list"])
    assert ada["Price, without VAT"] == "€200 for 60 minutes €1,200 for 6 sessions"
    assert ada["Styles"] == "Systemic" and ada["Levels coached"] == "Middle"
    assert ada["Languages"] == "English Dutch"
    assert ada["Meets"] == "By video In person (Utrecht)"
    assert ada["Credentials"] == (
        "ICF PCC, valid until 1 March 2028, checked EMCC Senior Practitioner, does not expire, not checked"
    )
    assert ada["References"] == "2 references, one checked, rated 4.5 of 5 The newest of 2 May 2026"
    assert found["References"][1].endswith("1 reference, none checked, rated 4.0 of 5")
    assert re.match(r"Monday, \d+ \w+ \d{4} 09:00–17:00, Amsterdam time", ada["First session at the earliest"])
    assert found["Credentials"][1] == "Coach 2 Not said in the profile"


def test_only_those_ticked_are_on_it_the_grid_and_the_sums_included(browser: Browser, address: str) -> None:
    html = browser.get(f"{address}/compare?coach=c3&coach=c1").text
    names = re.findall(r'<th scope="col" role="columnheader">(?:<span.*?</span>)?\s*([^<]+)</th>', html)
    assert names == ["Ada Bell", "Coach 3", "Goal", "Ada Bell", "Coach 3"]
    assert "Coach 2" not in html[: html.index('id="others-title"')]
    for table in re.findall(r'<table class="sum">.*?</table>', html, re.DOTALL):
        amounts = [cell.replace("−", "-") for cell in re.findall(r'class="amount">([^<]+)</td>', table)]
        base, *added, score = [float(amount) for amount in amounts if amount != "not counted"]
        assert round(base + sum(added), 3) == score


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("", 200, "Coaches to compare, two to four"),
        ("?coach=c1", 422, "Tick at least two coaches."),
        ("?coach=c1&coach=c1", 422, "Tick at least two coaches."),
        ("?coach=c1&coach=nobody", 422, "Tick at least two coaches."),
        ("?coach=c1&coach=c2&coach=c3&coach=c4&coach=%3Dc5", 422, "Tick at most four coaches"),
    ],
)
def test_too_few_or_too_many_are_asked_for_again(
    browser: Browser, address: str, query: str, status: int, said: str
) -> None:
    shown = page(browser.get(f"{address}/compare{query}"), status)
    assert said in shown.text
    assert "c1" in shown.fields.get("coach", ["c1"])


def test_coaches_are_ticked_on_the_page_of_the_shortlist(browser: Browser, address: str) -> None:
    html = browser.get(address).text
    assert len(re.findall(r'<input type="checkbox" name="coach" value="[^"]+" form="compare">', html)) == 5
    assert f'id="compare" method="get" action="{address}/compare"' in html


def test_no_profile_can_become_markup_there(browser: Browser, caller: ApiCaller) -> None:
    caller.put(
        a_coach(id="x", name=HOSTILE, bio=HOSTILE), a_coach(id="y", locations=[HOSTILE], modalities=["in_person"])
    )
    address = f"/shortlists/{caller.shortlist(a_need())['id']}"
    assert "<script>" not in browser.get(f"{address}/compare?coach=x&coach=y").text


def rows(browser: Browser, address: str) -> list[dict[str, str]]:
    answer = browser.get(f"{address}/coaches.csv")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert "attachment" in answer.headers["Content-Disposition"] and answer.headers["Cache-Control"] == "no-store"
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_the_file_has_a_row_a_coach_and_nothing_of_the_manager(browser: Browser, address: str) -> None:
    browser.post(f"{address}/outcomes", data={"coach": "c1", "what-1": "chosen", "on-1": "2026-01-20"})
    first, *others = rows(browser, address)
    assert len(others) == 4
    assert (first["Rank"], first["Coach"], first["Price in all"], first["Currency"]) == ("1", "Ada Bell", "1200", "EUR")
    assert first["Languages"] == "English; Dutch" and first["What happened"] == "Chosen (20 January 2026)"
    assert SECRET not in browser.get(f"{address}/coaches.csv").text


def test_no_cell_of_the_file_is_taken_for_a_formula(browser: Browser, address: str) -> None:
    (hostile,) = [row for row in rows(browser, address) if "HYPERLINK" in row["Coach"]]
    assert (hostile["Coach"], hostile["Id"]) == ("'=HYPERLINK(1)", "'=c5")
    for row in rows(browser, address):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row.values())


def test_a_shortlist_of_nobody_can_be_opened_everywhere(browser: Browser, caller: ApiCaller) -> None:
    address = f"/shortlists/{caller.shortlist(a_need(languages=['fr']))['id']}"
    assert "not two coaches" in page(browser.get(f"{address}/compare")).text
    assert rows(browser, address) == []
    assert "nobody to show" in page(browser.get(f"{address}/links")).text


# The first session; 4 January 2027 is a Monday.


def earliest(coach: Coach, after: date = date(2027, 1, 4), **need: Any) -> str:
    found = first_session(coach, a_need(sessions={"minutes": 60}, **need), after)
    return "" if found is None else f"{found.start:%a %d %b %H:%M}-{found.end:%H:%M %Z}"


def available(*spans: tuple[str, str, str], **more: Any) -> Coach:
    weekly = [{"day": day, "from": start, "to": end} for day, start, end in spans]
    return a_coach(availability={"capacity": 1, "weekly": weekly} | more)


def test_the_first_session_is_the_next_time_that_is_long_enough() -> None:
    coach = available(("mon", "09:00", "17:00"), ("tue", "12:00", "12:30"), ("thu", "08:00", "10:00"))
    assert earliest(coach) == "Thu 07 Jan 08:00-10:00 CET"


def test_nobody_is_met_before_they_take_anybody_on() -> None:
    coach = available(("mon", "09:00", "17:00"), accepting_from="2027-01-12")
    assert earliest(coach) == "Mon 18 Jan 09:00-17:00 CET"


def test_times_of_the_need_are_met_and_told_in_its_zone() -> None:
    wanted = {
        "timezone": "America/New_York",
        "availability": {"weekly": [{"day": "tue", "from": "08:00", "to": "10:30"}]},
    }
    coach = available(("tue", "09:00", "14:30"), ("tue", "15:00", "18:00"))
    assert earliest(coach, **wanted) == "Tue 05 Jan 09:00-10:30 EST"


def test_without_times_or_in_common_there_is_no_first_session() -> None:
    wanted = {
        "timezone": "Europe/Amsterdam",
        "availability": {"weekly": [{"day": "sun", "from": "08:00", "to": "10:00"}]},
    }
    assert earliest(available()) == ""
    assert earliest(available(("mon", "09:00", "17:00")), **wanted) == ""


def test_a_day_may_end_at_midnight() -> None:
    assert earliest(available(("tue", "23:00", "24:00"))) == "Tue 05 Jan 23:00-00:00 CET"
