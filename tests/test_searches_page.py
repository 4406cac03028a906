"""The searches of an organisation, listed with how far each is; on both databases."""

import re
from collections.abc import Callable

import pytest
from apiflask import APIFlask

from matcher.web.searches_page import PAGE
from tests.clients import ApiCaller, Browser, a_caller, signed_in
from tests.factories import a_coach, a_need
from tests.test_web import page

HERE, ELSEWHERE = "Kestrel", "Corvus"
NAMES = ("Ada Bell", "Ben Ode", "Cleo Öz", "Dov Ray")


@pytest.fixture
def app(start: Callable[..., APIFlask]) -> APIFlask:
    return start()


@pytest.fixture
def caller(app: APIFlask) -> ApiCaller:
    found = a_caller(app, organisation=HERE)
    found.put(*(a_coach(id=f"c{number}", name=name) for number, name in enumerate(NAMES)))
    return found


@pytest.fixture
def browser(app: APIFlask) -> Browser:
    return signed_in(app, name="Dana Fox", organisation=HERE)


def listed(browser: Browser, asked: str = "") -> list[str]:
    """The addresses of the shortlists on the page."""
    return re.findall(r'<th scope="row"[^>]*><a href="(/shortlists/[^"]+)"', browser.get(f"/shortlists{asked}").text)


def ask(browser: Browser, role: str) -> str:
    """The address of a shortlist that somebody asks for on the pages."""
    return browser.post("/", data={"summary": "She does all of it alone.", "role": role}).headers["Location"]


def test_without_any_the_page_leads_to_the_form(browser: Browser) -> None:
    html = browser.get("/shortlists").text
    assert "No shortlist yet" in html
    assert "<table" not in html


def test_the_latest_search_stands_first_with_role_coaches_and_who_asked(caller: ApiCaller, browser: Browser) -> None:
    by_program = f"/shortlists/{caller.shortlist(a_need(role='head of claims'))['id']}"
    by_person = ask(browser, "lead of a team")
    assert listed(browser) == [by_person, by_program]
    told = page(browser.get("/shortlists")).text
    for words in ("Lead of a team", "Head of claims", "Dana Fox", "portal, a program", "Ada Bell"):
        assert words in told
    assert "alone" not in told
    assert listed(browser, "?whose=mine") == [by_person]


def test_nobody_sees_the_searches_of_another_organisation(app: APIFlask, caller: ApiCaller, browser: Browser) -> None:
    caller.shortlist(a_need())
    elsewhere = signed_in(app, "eve@corvus.example", organisation=ELSEWHERE)
    assert listed(elsewhere) == []
    assert len(listed(browser)) == 1


def test_a_search_that_was_refined_is_one_line_and_leads_to_the_newest_list(
    caller: ApiCaller, browser: Browser
) -> None:
    first = caller.shortlist(a_need())["id"]
    newest = caller.send("POST", f"/shortlists/{first}/refinements", {"pin": ["c2"]}).json["id"]
    assert listed(browser) == [f"/shortlists/{newest}"]
    assert "refined, 2 lists" in page(browser.get("/shortlists")).text


def test_a_search_leads_to_the_list_of_which_something_is_recorded(caller: ApiCaller, browser: Browser) -> None:
    answer = caller.shortlist(a_need())
    caller.send("POST", f"/shortlists/{answer['id']}/refinements", {"pin": ["c2"]})
    coach = answer["coaches"][0]
    browser.post(
        f"/shortlists/{answer['id']}/outcomes",
        data={"coach": coach["coach_id"], "what-1": "chosen", "on-1": "2026-01-20"},
    )
    assert listed(browser) == [f"/shortlists/{answer['id']}"]
    assert f"{coach['name']} chosen." in page(browser.get("/shortlists")).text


def test_many_searches_are_turned_over_page_by_page(caller: ApiCaller, browser: Browser) -> None:
    asked = [f"/shortlists/{caller.shortlist(a_need())['id']}" for _ in range(PAGE + 1)]
    assert listed(browser) == asked[:0:-1]
    assert listed(browser, "?page=2") == asked[:1]
    assert listed(browser, "?page=99999999999") == listed(browser)
