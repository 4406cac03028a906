"""The main pages in German, whose words are longer: rules of accessibility, and a narrow screen."""

import pytest

from tests.browser.conftest import NewContext
from tests.browser.person import shortlist_of, signed_in
from tests.browser.served import Served
from tests.browser.test_pages import faults, width_to_spare


def test_the_main_pages_in_german_break_no_rule_and_fit_a_narrow_screen(
    new_context: NewContext, served: Served, subtests: pytest.Subtests
) -> None:
    page = signed_in(new_context().new_page(), served.an_account("administrator").email)
    shortlist = f"/shortlists/{shortlist_of(page)}"
    german = new_context(locale="de-DE", storage_state=page.context.storage_state()).new_page()
    for address in (
        "/",
        shortlist,
        f"{shortlist}/links",
        "/coaches",
        "/new-coach",
        "/account",
        "/audit",
        "/about-the-ranking",
    ):
        with subtests.test(address=address):
            german.set_viewport_size({"width": 1280, "height": 800})
            german.goto(address)
            assert german.locator("html").get_attribute("lang") == "de-DE"
            assert faults(german) == []
            german.set_viewport_size({"width": 320, "height": 700})
            assert width_to_spare(german) >= 0
