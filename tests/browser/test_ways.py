"""The ways that people go through the pages, in a browser: with and without JavaScript, back, twice, interrupted."""

import pytest
from playwright.sync_api import Locator, Page, expect

from matcher.domain import Account
from tests.browser.conftest import NewContext
from tests.browser.person import (
    SITUATION,
    a_coach_not_shown,
    coaches_shown,
    find,
    open_folds,
    shortlist_of,
    sign_in,
    signed_in,
    situation,
)
from tests.browser.served import Served

MOST_INTERACTIONS = 6
SLOW = {"offline": False, "latency": 1500, "downloadThroughput": -1, "uploadThroughput": -1}
"""A network on which an answer takes 1.5 seconds."""
OUTCOME = "Two evenings a week free."


class Hand:
    """Clicks and fills fields, and counts how often."""

    def __init__(self) -> None:
        self.interactions = 0

    def click(self, what: Locator) -> None:
        what.click()
        self.interactions += 1

    def paste(self, what: Locator, text: str) -> None:
        what.fill(text)
        self.interactions += 1


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_from_signing_in_to_why_not_and_back(
    new_context: NewContext, served: Served, account: Account, script: bool
) -> None:
    page = sign_in(new_context(java_script_enabled=script).new_page(), account.email)
    situation(page).fill(SITUATION)
    find(page).click()
    assert len(coaches_shown(page)) == 3
    shortlist, other = page.url, a_coach_not_shown(page)
    page.get_by_label("Name or id of the coach").fill(other)
    page.get_by_role("button", name="Why not?").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(other)
    page.get_by_role("link", name="Back to the shortlist").click()
    expect(page).to_have_url(shortlist)
    page.get_by_role("link", name="Change the need", exact=True).click()
    expect(situation(page)).to_have_value(SITUATION)
    assert served.needs_of(account) == 1


def test_a_newcomer_gets_a_shortlist_in_few_steps(page: Page) -> None:
    hand = Hand()
    hand.click(page.get_by_role("link", name="Find a coach"))
    hand.paste(situation(page), SITUATION)
    hand.click(find(page))
    assert coaches_shown(page)
    assert hand.interactions <= MOST_INTERACTIONS


def test_the_text_about_a_manager_is_in_no_address_and_no_log(
    new_context: NewContext, served: Served, account: Account
) -> None:
    context = new_context()
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = sign_in(context.new_page(), account.email)
    shortlist_of(page, "Quagmire. She does all of it alone.")
    page.get_by_role("link", name="Change the need", exact=True).click()
    served.end_sign_ins(account)
    find(page).click()
    sign_in(page, account.email)
    assert coaches_shown(page)
    assert asked and not [address for address in asked if "uagmire" in address]
    assert "uagmire" not in served.log.read_text()


def test_going_back_and_reloading_ask_for_nothing_twice(page: Page, served: Served, account: Account) -> None:
    shortlist_of(page)
    shortlist = page.url
    page.reload()
    assert len(coaches_shown(page)) == 3
    page.go_back()
    expect(situation(page)).to_have_value(SITUATION)
    page.go_forward()
    expect(page).to_have_url(shortlist)
    page.go_back()
    page.reload()
    assert served.needs_of(account) == 1


def test_reloading_a_form_with_a_wrong_field_stores_nothing(page: Page, served: Served, account: Account) -> None:
    page.get_by_label("Budget per session").fill("a lot")
    situation(page).fill(SITUATION)
    find(page).click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.reload()
    expect(situation(page)).to_have_value(SITUATION)
    assert served.needs_of(account) == 0
    page.get_by_label("Budget per session").fill("400")
    find(page).click()
    assert coaches_shown(page)
    assert served.needs_of(account) == 1


def test_a_second_click_sends_nothing_twice(page: Page, served: Served, account: Account) -> None:
    situation(page).fill(SITUATION)
    find(page).scroll_into_view_if_needed()
    button = find(page).bounding_box()
    assert button
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW)
    # Clicked by its place: whoever waits for the button itself waits until the answer is there.
    for _ in range(2):
        page.mouse.click(button["x"] + button["width"] / 2, button["y"] + button["height"] / 2)
        page.wait_for_timeout(500)
    assert len(coaches_shown(page)) == 3
    assert served.needs_of(account) == 1


def test_what_was_typed_last_leaves_no_draft_of_a_need_whose_shortlist_is_there(page: Page) -> None:
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW)
    situation(page).fill(SITUATION)
    page.get_by_label("Budget per session").fill("600")
    find(page).click()
    page.wait_for_url("**/shortlists/*")
    page.wait_for_load_state("networkidle")
    page.goto("/")
    expect(page.get_by_role("heading", name="You have a draft")).to_have_count(0)


def test_two_tabs_do_not_mix_up_their_needs(page: Page, served: Served, account: Account) -> None:
    other = page.context.new_page()
    other.goto("/")
    texts = {page: "She does all of it alone.", other: "He shouts at his team when something goes wrong."}
    for tab, text in texts.items():
        situation(tab).fill(text)
    for tab in (other, page):
        find(tab).click()
    for tab, text in texts.items():
        coaches_shown(tab)
        expect(tab.locator(".prose")).to_have_text(text)
    assert served.needs_of(account) == 2


def test_signing_in_anew_in_one_tab_costs_the_other_one_click_and_nothing_typed(
    page: Page, served: Served, account: Account
) -> None:
    situation(page).fill(SITUATION)
    other = page.context.new_page()
    other.goto("/account")
    other.get_by_role("button", name="Sign out", exact=True).click()
    sign_in(other, account.email)
    find(page).click()
    expect(page.get_by_text("Nothing you typed is lost.")).to_be_visible()
    expect(situation(page)).to_have_value(SITUATION)
    find(page).click()
    assert len(coaches_shown(page)) == 3
    assert served.needs_of(account) == 1


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_what_was_typed_outlives_the_sign_in(
    new_context: NewContext, served: Served, account: Account, script: bool
) -> None:
    page = signed_in(new_context(java_script_enabled=script).new_page(), account.email)
    situation(page).fill(SITUATION)
    page.get_by_label("The result hoped for").fill(OUTCOME)
    page.get_by_role("group", name="Ways to meet").get_by_label("By video").check()
    page.get_by_label("Minutes per session").fill("5")
    served.end_sign_ins(account)
    find(page).click()
    expect(page.get_by_text("Nothing you typed is lost")).to_be_visible()
    sign_in(page, account.email)
    expect(situation(page)).to_have_value(SITUATION)
    expect(page.get_by_label("The result hoped for")).to_have_value(OUTCOME)
    expect(page.get_by_role("group", name="Ways to meet").get_by_label("By video")).to_be_checked()
    page.get_by_label("Minutes per session").fill("60")
    find(page).click()
    assert coaches_shown(page)
    expect(page.locator(".prose")).to_have_text([SITUATION, OUTCOME])
    assert served.needs_of(account) == 1


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_wrong_field_is_named_first_and_led_to(new_context: NewContext, account: Account, script: bool) -> None:
    page = signed_in(new_context(java_script_enabled=script).new_page(), account.email)
    situation(page).fill(SITUATION)
    page.get_by_label("Minutes per session").fill("5")
    open_folds(page)
    page.get_by_label("Monday, span 1, from").fill("09:00")
    page.get_by_role("button", name="Find three coaches").last.click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(page).to_have_title("Error: Find a coach · Coach matcher")
    named = {"Minutes per session": "Minutes per session", "Monday, first span, start": "Monday, span 1, from"}
    for words, label in named.items():
        summary.get_by_role("link", name=words).click()
        field = page.get_by_label(label)
        expect(field).to_be_in_viewport()
        if script:
            expect(field).to_be_focused()
        expect(field).to_have_attribute("aria-invalid", "true")
        message = page.locator(f"[id='{field.get_attribute('aria-describedby')}']")
        expect(message).to_be_visible()
