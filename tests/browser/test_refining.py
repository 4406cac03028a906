"""A shortlist refined in place in a browser: by mouse and by keyboard, with JavaScript and without."""

import pytest
from playwright.sync_api import Page, expect

from matcher.domain import Account
from tests.browser.axe import violations
from tests.browser.conftest import NewContext
from tests.browser.person import coaches_shown, shortlist_of, signed_in
from tests.browser.test_keyboard import focus, tab_to


def elsewhere(page: Page, address: str) -> str:
    """The address of the list that took the place of the one at an address."""
    page.wait_for_url(lambda now: "/shortlists/" in now and not now.startswith(address))
    return page.url


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_list_is_refined_by_mouse_and_undone(new_context: NewContext, account: Account, script: bool) -> None:
    page = signed_in(new_context(java_script_enabled=script).new_page(), account.email)
    shortlist_of(page)
    first, (best, second, _) = page.url, coaches_shown(page)
    page.get_by_role("button", name=f"Pin {second}").click()
    pinned = elsewhere(page, first)
    expect(page.locator("#changed")).to_contain_text(f"Pinned {second}")
    page.locator("summary").filter(has_text=f"Drop {best}").click()
    page.get_by_label("Why", exact=True).locator("visible=true").select_option("Too expensive")
    page.get_by_role("button", name=f"Drop {best}").click()
    elsewhere(page, pinned)
    assert best not in coaches_shown(page)
    expect(page.locator("#changed")).to_contain_text(f"{best} is out; was at 1")
    expect(page.locator("#changed")).to_contain_text(f"{second} rose from 2 to 1")
    page.get_by_role("link", name="Undo: back to the list before").click()
    page.wait_for_url(pinned.partition("#")[0])
    page.go_back()
    page.go_back()
    expect(page.get_by_role("button", name=f"Unpin {second}")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("button", name=f"Pin {second}")).to_be_visible()


def test_a_list_is_refined_by_keyboard_with_the_focus_kept_and_the_change_read_out(page: Page) -> None:
    shortlist_of(page)
    first, name = page.url, coaches_shown(page)[2]
    pin = page.get_by_role("button", name=f"Pin {name}")
    tab_to(page, pin)
    page.keyboard.press("Enter")
    pinned = elsewhere(page, first)
    expect(page.get_by_role("button", name=f"Unpin {name}")).to_be_focused()
    expect(page.locator("#list-status")).to_contain_text("Nobody moved.")
    page.keyboard.press("Home")
    page.get_by_role("link", name="Skip to the content").focus()
    tab_to(page, page.locator("summary").filter(has_text="Refine this list"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("Budget per session"))
    page.keyboard.type("250")
    page.keyboard.press("Enter")
    elsewhere(page, pinned)
    expect(page.locator("#list-status")).to_contain_text("The list was drawn up anew. ")
    expect(page.get_by_label("Budget per session")).to_be_focused()
    focus(page)
    expect(page.locator("#changed")).to_contain_text("Budget: €250 a session (was open)")
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("a lot")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Budget per session must be a number")).to_be_visible()
    expect(page.locator("#errors")).to_be_focused()
    assert violations(page) == []


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_when_nobody_is_left_one_button_brings_coaches_and_one_link_goes_back(
    new_context: NewContext, account: Account, script: bool
) -> None:
    page = signed_in(new_context(java_script_enabled=script).new_page(), account.email)
    page.get_by_label("Budget per session").fill("1")
    shortlist_of(page)
    nobody = page.url
    page.get_by_role("button", name="more per session: ").click()
    elsewhere(page, nobody)
    expect(page.locator("#changed")).to_contain_text("could before.")
    assert coaches_shown(page)
    page.get_by_role("link", name="Undo: back to the list before").click()
    page.wait_for_url(nobody)


def test_a_line_counts_while_the_limits_are_filled_in_and_takes_no_focus(page: Page) -> None:
    shortlist_of(page)
    address = page.url
    page.locator("summary").filter(has_text="Refine this list").click()
    expect(page.locator("#refine-live")).to_contain_text("coaches can do this.")
    budget = page.get_by_label("Budget per session")
    budget.press_sequentially("1")
    expect(page.locator("#refine-live")).to_contain_text("None of the 12 coaches can do this.")
    expect(budget).to_be_focused()
    budget.fill("a lot")
    expect(page.locator("#refine-live")).to_contain_text("Not counted yet.")
    assert page.url == address


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_the_smallest_step_is_made_in_the_form_of_a_need(
    new_context: NewContext, account: Account, script: bool
) -> None:
    page = signed_in(new_context(java_script_enabled=script).new_page(), account.email)
    page.get_by_label("Budget per session").fill("1")
    if not script:
        page.get_by_role("button", name="Count again").click()
    page.get_by_role("button", name="more per session: ").click()
    expect(page.locator("#live-line")).not_to_contain_text("None of")
    assert page.get_by_label("Budget per session").input_value() != "1"
