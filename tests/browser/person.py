"""What a person does on the pages, by the names that they read there."""

import json
import re

from playwright.sync_api import FilePayload, Locator, Page

from matcher.store.documents import written
from tests.clients import PASSWORD
from tests.factories import a_coach

SITUATION = "She took over the team in spring and still does half of its work herself, at night, and tells nobody."


def sign_in(page: Page, email: str, password: str = PASSWORD) -> Page:
    """The page after signing in, from the start or from a page that asks for it."""
    if page.url == "about:blank":
        page.goto("/")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    return page


def signed_in(page: Page, email: str, address: str = "/") -> Page:
    """The page at an address, opened by somebody who has signed in; the form to do so is sent without drawing it."""
    (token, *_) = re.findall(r'name="csrf_token" value="([^"]+)"', page.request.get("/sign-in").text())
    page.request.post("/sign-in", form={"csrf_token": token, "email": email, "password": PASSWORD}, max_redirects=0)
    page.goto(address)
    return page


def situation(page: Page) -> Locator:
    """The field for the paragraph."""
    return page.get_by_label("Situation and wishes")


def find(page: Page) -> Locator:
    """The button that sends the need, the first of that name."""
    return page.get_by_role("button", name="Find three coaches").first


def open_folds(page: Page) -> None:
    """Opens all that is folded away."""
    page.locator("details").evaluate_all("folds => folds.forEach(fold => fold.open = true)")


def shortlist_of(page: Page, text: str = SITUATION) -> str:
    """The id of the shortlist that the form answers to a paragraph, and to what else is filled in."""
    situation(page).fill(text)
    find(page).click()
    page.wait_for_url("**/shortlists/*")
    return page.url.rpartition("/")[2]


def coaches_shown(page: Page) -> list[str]:
    """The names on the shortlist that a page shows, which it must."""
    page.wait_for_url("**/shortlists/*")
    return page.locator(".card h3").all_inner_texts()


def a_coach_not_shown(page: Page) -> str:
    """The name of a coach of the directory who is not on the shortlist that a page shows."""
    shown = coaches_shown(page)
    names = page.locator("#names option").evaluate_all("options => options.map(option => option.value)")
    return next(name for name in names if name not in shown)


def first_two(page: Page) -> tuple[str, str]:
    """The ids of the first two coaches of the shortlist that a page shows, as they are picked to be compared."""
    first, second, *_ = page.locator(".pick input").evaluate_all("boxes => boxes.map(box => box.value)")
    return first, second


def a_link(page: Page, shortlist: str) -> str:
    """The token of a new link to all coaches of a shortlist."""
    page.goto(f"/shortlists/{shortlist}/links")
    page.get_by_role("button", name="Make the link").click()
    return page.locator(".secret code").inner_text().rpartition("/")[2]


def an_upload(page: Page) -> str:
    """The id of an uploaded file of profiles, of which one can be imported and one has something wrong."""
    page.goto("/imports")
    good = written(a_coach(id="uploaded", name="Wren Ash"))
    lines = [good, json.dumps(json.loads(good) | {"id": "wrong", "languages": ["klingon"]})]
    file = FilePayload(name="profiles.jsonl", mimeType="application/jsonl", buffer="\n".join(lines).encode())
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Look through the file").click()
    page.wait_for_url("**/imports/*")
    return page.url.rpartition("/")[2]
