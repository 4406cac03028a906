"""The pages by keyboard alone, where one must always see where one is."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from matcher.domain import Account
from tests.browser.conftest import NewContext
from tests.browser.person import SITUATION, a_coach_not_shown, coaches_shown, find, open_folds, shortlist_of, situation
from tests.clients import PASSWORD

MOST_STOPS = 400
TELLING = "She must delegate. She avoids giving feedback, and lets every conflict in her team go on."

# The ring of a box that is itself not drawn stands on what follows it, or on the label around it.
FOCUS = """() => {
  const element = document.activeElement;
  const ring = found => {
    if (!found) return false;
    const style = getComputedStyle(found);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && parseFloat(style.opacity) > 0;
  };
  const box = element.getBoundingClientRect();
  return {
    what: element.outerHTML.slice(0, 160),
    on_page: element !== document.body,
    ring: ring(element) || ring(element.nextElementSibling) || ring(element.closest("label")),
    in_view: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
}"""


def focus(page: Page) -> dict[str, Any]:
    """What has the focus, which must be seen; `on_page` is false at the end of the page."""
    page.wait_for_load_state()  # The words of a page come before its style sheet, which draws the ring.
    found: dict[str, Any] = page.evaluate(FOCUS)
    assert not found["on_page"] or (found["ring"] and found["in_view"]), found
    return found


def tab_to(page: Page, wanted: Locator) -> None:
    """Presses Tab until what is wanted has the focus."""
    expect(wanted).to_be_visible()
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        focus(page)
        if wanted.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"{wanted} is not reached by Tab")


def test_the_whole_way_by_keyboard(new_context: NewContext, account: Account) -> None:
    page = new_context().new_page()
    page.goto("/")
    tab_to(page, page.get_by_label("Email address"))
    page.keyboard.type(account.email)
    tab_to(page, page.get_by_label("Password"))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    tab_to(page, situation(page))
    page.keyboard.type(SITUATION)
    tab_to(page, find(page))
    page.keyboard.press("Enter")
    assert len(coaches_shown(page)) == 3
    shortlist, other = page.url, a_coach_not_shown(page)
    tab_to(page, page.get_by_label("Name or id of the coach"))
    page.keyboard.type(other)
    tab_to(page, page.get_by_role("button", name="Why not?"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(other)
    tab_to(page, page.get_by_role("link", name="Back to the shortlist"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(shortlist)


def test_a_goal_is_chosen_and_a_fold_opened_by_keyboard(page: Page) -> None:
    tab_to(page, page.locator("summary").filter(has_text="Delegation"))
    page.keyboard.press("Space")
    goal = page.get_by_role("group", name="Delegation")
    tab_to(page, goal.get_by_label("No goal"))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(goal.get_by_label("Important")).to_be_checked()
    focus(page)
    page.keyboard.press("Enter")
    coaches_shown(page)
    expect(page.locator(".chips li")).to_have_text(["Delegation important"])


def test_hours_are_ticked_with_the_arrow_keys(page: Page) -> None:
    tab_to(page, page.locator("summary").filter(has_text="Times in the week"))
    page.keyboard.press("Space")
    hours = page.get_by_role("group", name="Hours of the week")
    tab_to(page, hours.get_by_label("Monday, 7 to 8"))
    for key in ("ArrowDown", "ArrowRight", "Space"):
        page.keyboard.press(key)
        focus(page)
    expect(hours.get_by_label("Tuesday, 8 to 9")).to_be_checked()
    expect(hours.get_by_role("checkbox", checked=True)).to_have_count(1)
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_label("Time zone")).to_be_focused()


def test_proposals_are_weighed_dropped_and_accepted_by_keyboard(page: Page) -> None:
    situation(page).fill(TELLING)
    situation(page).focus()
    tab_to(page, page.get_by_role("button", name="Read it"))
    page.keyboard.press("Enter")
    proposals = page.locator("#told .proposal")
    expect(proposals.nth(1)).to_be_visible()
    first = proposals.first.get_by_role("radio")
    tab_to(page, first.first)
    page.keyboard.press("ArrowRight")
    focus(page)
    expect(first.nth(1)).to_be_checked()
    tab_to(page, page.get_by_role("button", name="Accept all that is open"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Every proposal is accepted or dropped.")).to_be_visible()
    expect(first.nth(1)).to_be_checked()
    expect(page.get_by_role("heading", name="Goals", exact=True)).to_be_focused()


def test_a_draft_is_taken_up_and_discarded_by_keyboard(page: Page) -> None:
    page.keyboard.press("Tab")
    situation(page).focus()
    page.keyboard.type(SITUATION)
    expect(page.get_by_text("Kept as your draft")).to_be_visible()
    page.goto("/")
    tab_to(page, page.get_by_role("link", name="Go on with it"))
    page.keyboard.press("Enter")
    expect(situation(page)).to_have_value(SITUATION)
    tab_to(page, page.locator("summary").filter(has_text="Discard it"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Discard it for good"))
    page.keyboard.press("Enter")
    expect(situation(page)).to_have_value("")
    page.reload()
    expect(page.get_by_role("heading", name="You have a draft")).to_have_count(0)


def test_the_first_stop_skips_to_the_content(page: Page) -> None:
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    tab_to(page, situation(page))


@pytest.mark.parametrize("of", ["need", "shortlist"])
def test_every_stop_of_a_long_page_is_seen_and_the_end_is_reached(page: Page, of: str) -> None:
    if of == "shortlist":
        shortlist_of(page)
    open_folds(page)
    stops = 0
    page.keyboard.press("Tab")
    while focus(page)["on_page"]:
        stops += 1
        assert stops < MOST_STOPS
        page.keyboard.press("Tab")
    assert stops > 10
