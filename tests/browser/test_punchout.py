"""From a procurement portal into the pages and back, over HTTP on both sides, in a browser."""

import http.client
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from matcher.domain.punchout import Party
from matcher.service import add_buyer
from tests.browser.axe import violations
from tests.browser.conftest import LONGEST
from tests.browser.person import SITUATION, find, open_folds, situation
from tests.browser.served import Served
from tests.buyer_portal import Portal, ReturnPage, valid


@pytest.fixture
def returned() -> Iterator[ReturnPage]:
    with ReturnPage() as page:
        yield page


def visit(served: Served, portal: Portal, *about: object) -> str:
    """The address at which a visit begins that a portal asks for."""
    connection = http.client.HTTPConnection(urlsplit(served.address).netloc, timeout=60)
    connection.request("POST", "/punchout/cxml", portal.request(*about).encode(), {"Content-Type": "text/xml"})
    root = valid(connection.getresponse().read())
    connection.close()
    return str(root.findtext("Response/PunchOutSetupResponse/StartPage/URL"))


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_coach_is_taken_into_the_basket_of_a_portal(
    browser: Browser, served: Served, returned: ReturnPage, script: bool
) -> None:
    identity, origin = str(script), returned.address.removesuffix("/baskets")
    party, now = Party("DUNS", identity), datetime.now(UTC)
    _, secret = add_buyer(served.engine, f"Acme {script}", "Kestrel", party, origins=[origin], now=now)
    portal = Portal(secret, return_to=returned.address, identity=identity)
    context = browser.new_context(java_script_enabled=script)
    context.set_default_timeout(LONGEST)
    page: Page = context.new_page()
    page.goto(visit(served, portal))
    situation(page).fill(SITUATION)
    page.get_by_label("Number of sessions").fill("5")
    find(page).click()
    page.wait_for_url("**/shortlists/*")
    if script:
        page.set_viewport_size({"width": 320, "height": 640})
        open_folds(page)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Take into the basket").nth(1).click()
    if not script:
        page.get_by_role("button", name=f"Go back to Acme {script}").click()
    assert returned.arrived.wait(60)
    expect(page).to_have_title("Basket")
    (message,) = returned.received
    item = valid(message).find(".//ItemIn")
    assert item.get("quantity") == "5"
    shortlist = item.findtext("ItemID/SupplierPartAuxiliaryID")
    page.goto(visit(served, portal, "inspect", (item.findtext("ItemID/SupplierPartID"), shortlist)))
    expect(page).to_have_url(f"{served.address}/shortlists/{shortlist}")
    # Beside the pages, and in the menu where there is little room.
    expect(page.get_by_text(f"Looking for Acme {script}")).to_have_count(2)
    expect(page.get_by_role("button", name="Take into the basket")).to_have_count(0)
    context.close()
