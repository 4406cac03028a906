"""Every page that there is, as every role sees it: rules of accessibility, narrow screens, large text, motion."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import pytest
from apiflask import APIFlask
from playwright.sync_api import Browser, Page

from matcher.domain import ACCOUNT_ROLES
from tests.browser.axe import violations
from tests.browser.conftest import NewContext, contexts
from tests.browser.pages import ANSWERS, PAGES, REFERENCE, Things, addresses, page_rules
from tests.browser.person import a_coach_not_shown, a_link, an_upload, first_two, open_folds, shortlist_of, signed_in
from tests.browser.served import Served

NOBODY = "nobody"
VIEWS = {
    "320 px": (320, "100%"),
    "200 % zoom": (640, "100%"),
    "200 % text": (1280, "200%"),
    "200 % text on half the screen": (640, "200%"),
}
"""Width of the window, and size of the text. Zoomed to 200 %, a window 1280 pixels wide is one of 640 to a page."""

MOVING = """() => [...document.querySelectorAll("*")]
  .flatMap(element => ["", "::before", "::after"].map(part => getComputedStyle(element, part || null)))
  .filter(style => style.animationName !== "none" || parseFloat(style.transitionDuration) > 0).length"""

CUT = """() => {
  const isUnseen = element =>
    element && (getComputedStyle(element).clipPath !== "none" || isUnseen(element.parentElement));
  const isCut = element => {
    const { left, right } = element.getBoundingClientRect(), own = getComputedStyle(element).overflowX;
    const hides = ["hidden", "clip"].includes(own) && element.scrollWidth > element.clientWidth + 1;
    return hides || ((right > innerWidth + 1 || left < -1) && !element.closest(".scrolls, pre"));
  };
  return [...document.querySelectorAll("main *, footer *, .masthead *")]
    .filter(element => element.checkVisibility() && !element.matches("input, textarea, select, svg *"))
    .filter(element => isCut(element) && !isUnseen(element))
    .map(element => `${element.tagName} ${element.className}: ${element.textContent.trim().slice(0, 60)}`);
}"""
"""What stands partly to the left or right of the window, or of a box that hides what is too much, but for what scrolls
by itself."""


class Seen(NamedTuple):
    """A page looked at: rules it breaks, pixels to spare and what is cut in each view, and what moves with and without
    leave."""

    faults: list[str]
    to_spare: Mapping[str, int]
    cut: Mapping[str, list[str]]
    moving: int
    moving_still: int


def width_to_spare(page: Page) -> int:
    """Pixels between the right end of the content and that of the window; less than 0 where one must scroll."""
    spare: int = page.evaluate("document.documentElement.clientWidth - document.documentElement.scrollWidth")
    return spare


def faults(page: Page) -> list[str]:
    """What breaks a rule in either theme."""
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    found = violations(page)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    return found + [f"in the dark: {fault}" for fault in violations(page, colours=True)]


def look_at(page: Page) -> Seen:
    """All that is measured of the page that is open, with all its folds."""
    open_folds(page)
    moving = page.evaluate(MOVING)
    found = faults(page)
    still = page.evaluate(MOVING)
    to_spare, cut = {}, {}
    for view, (width, text) in VIEWS.items():
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate("size => document.documentElement.style.fontSize = size", text)
        to_spare[view], cut[view] = width_to_spare(page), page.evaluate(CUT)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    return Seen(found, to_spare, cut, moving, still)


def a_rich_need(page: Page) -> str:
    """The shortlist for a need that states a bit of everything."""
    page.goto("/")
    open_folds(page)
    for area, importance in (("Delegation", "Crucial"), ("Giving feedback", "Some")):
        page.get_by_role("group", name=area).get_by_label(importance).check(force=True)
    page.locator("input[name^='style.']:not([value=''])").first.check(force=True)
    page.get_by_label("Budget per session").fill("600")
    page.get_by_label("Time zone").select_option("Europe/Amsterdam")
    return shortlist_of(page)


def a_need_that_nobody_meets(page: Page) -> str:
    """The shortlist for a need that costs more than it may."""
    page.goto("/")
    page.get_by_label("Budget per session").fill("1")
    return shortlist_of(page)


def all_things(partner: Page, manager: Page, served: Served) -> Things:
    """What an HR partner and a coach manager make, for all to look at."""
    nobody, shortlist = a_need_that_nobody_meets(partner), a_rich_need(partner)
    other = a_coach_not_shown(partner)
    first, second = first_two(partner)
    return Things(
        shortlist=shortlist,
        first=first,
        second=second,
        link=a_link(partner, shortlist),
        shortlist_of_nobody=nobody,
        coach=other,
        account=served.an_account().id,
        caller=served.a_caller(),
        upload=an_upload(manager),
    )


def open_to(page: Page, things: Things) -> Iterator[tuple[str, str]]:
    """Each address that the person of a page may open, with what stands there; not those that lead elsewhere."""
    for address in addresses(things):
        answer = page.request.get(address, max_redirects=0)
        if answer.status != 403 and not 300 <= answer.status < 400:
            main = answer.text().partition("<main")[2].partition("</main>")[0]
            # What differs each time, such as the tokens of its forms.
            yield address, re.sub(r'<input type="hidden"[^>]*>', "", main)


@pytest.fixture(scope="module")
def new_in_module(browser: Browser, served: Served) -> Iterator[NewContext]:
    """Makes browsers for all tests of this module."""
    with contexts(browser, served) as new:
        yield new


@pytest.fixture(scope="module")
def cookies(new_in_module: NewContext, served: Served) -> Mapping[str, Any]:
    """Those of people of one organisation, by role."""
    found: dict[str, Any] = {NOBODY: None}
    for role in ACCOUNT_ROLES:
        context = new_in_module()
        account = served.an_account(role, organisation="Heron")
        signed_in(context.new_page(), account.email, "/account")
        found[role] = context.storage_state()
    return found


@pytest.fixture(scope="module")
def things(new_in_module: NewContext, served: Served, cookies: Mapping[str, Any]) -> Things:
    """What there is to look at, made by people of that organisation."""
    partner, manager = (
        new_in_module(storage_state=cookies[role]).new_page() for role in ("hr_partner", "coach_manager")
    )
    return all_things(partner, manager, served)


@pytest.fixture(scope="module")
def seen(new_in_module: NewContext, cookies: Mapping[str, Any], things: Things) -> Mapping[tuple[str, str], Seen]:
    """What each page looks like to each role that may open it, by role and address.

    Content that another role saw before is not measured again, but the first page of each is, for the frame around it.
    """
    found: dict[tuple[str, str], Seen] = {}
    known: dict[str, Seen] = {}
    for role, state in cookies.items():
        page = new_in_module(storage_state=state).new_page()
        for number, (address, main) in enumerate(open_to(page, things)):
            if number == 0 or main not in known:
                page.goto(address)
                known[main] = look_at(page)
            found[role, address] = known[main]
    return found


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_page_is_visited(start: Callable[..., APIFlask]) -> None:
    assert set(page_rules(start())) == PAGES.keys()


def test_every_page_is_seen_by_somebody_and_everybody_sees_one(
    seen: Mapping[tuple[str, str], Seen], things: Things
) -> None:
    assert {role for role, _ in seen} == {NOBODY, *ACCOUNT_ROLES}
    assert {address for _, address in seen} == set(addresses(things))


def test_no_page_breaks_a_rule_of_accessibility(seen: Mapping[tuple[str, str], Seen]) -> None:
    assert {of: page.faults for of, page in seen.items() if page.faults} == {}


@pytest.mark.parametrize("view", VIEWS)
def test_no_page_is_wider_than_its_window(seen: Mapping[tuple[str, str], Seen], view: str) -> None:
    assert {of: page.to_spare[view] for of, page in seen.items() if page.to_spare[view] < 0} == {}


@pytest.mark.parametrize("view", VIEWS)
def test_nothing_on_a_page_is_cut_sideways(seen: Mapping[tuple[str, str], Seen], view: str) -> None:
    assert {of: page.cut[view] for of, page in seen.items() if page.cut[view]} == {}


def test_what_is_cut_sideways_is_seen(new_context: NewContext) -> None:
    page = new_context(viewport={"width": 320, "height": 640}).new_page()
    box = '<div style="width: 50px; white-space: nowrap; overflow: {}">Words that are longer than that</div>'
    page.set_content(f"<main>{box.format('hidden')}{box.format('visible')}<div>Short</div></main>")
    assert page.evaluate(CUT) == ["DIV : Words that are longer than that"]


def test_nothing_moves_for_those_who_do_not_want_it(seen: Mapping[tuple[str, str], Seen]) -> None:
    assert any(page.moving for page in seen.values())
    assert not any(page.moving_still for page in seen.values())


def test_no_page_in_german_breaks_a_rule_or_is_cut_or_wider_than_its_window(
    new_in_module: NewContext, cookies: Mapping[str, Any], things: Things, subtests: pytest.Subtests
) -> None:
    options = {"locale": "de-DE", "viewport": {"width": 320, "height": 700}}
    for role in (NOBODY, "administrator"):
        page = new_in_module(storage_state=cookies[role], color_scheme="dark", **options).new_page()
        places = [address for address, _ in open_to(page, things)]
        for address in places if role != NOBODY else ["/sign-in", f"/shared/{things.link}"]:
            with subtests.test(address=address):
                page.goto(address)
                open_folds(page)
                assert address == REFERENCE or page.locator("html").get_attribute("lang") == "de-DE"
                assert violations(page) == []
                # The narrower one last, since the next page opens in it.
                for width in (640, 320):
                    page.set_viewport_size({"width": width, "height": 700})
                    assert width_to_spare(page) >= 0
                    assert page.evaluate(CUT) == []


@pytest.mark.parametrize("lead", ANSWERS, ids=lambda lead: lead.__name__.strip("_"))
def test_no_answer_to_a_form_breaks_a_rule_or_is_wider_than_its_window(
    new_context: NewContext, served: Served, lead: Callable[[Page, Served], object]
) -> None:
    page = new_context(viewport={"width": 320, "height": 640}).new_page()
    lead(page, served)
    page.wait_for_load_state()
    open_folds(page)
    assert width_to_spare(page) >= 0
    assert faults(page) == []
