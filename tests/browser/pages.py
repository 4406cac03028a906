"""Every page there is, by the rule of its route; a page without an entry fails the tests, and so gets one."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from flask import Flask
from playwright.sync_api import Page

from matcher.domain import Account
from tests.browser.person import (
    SITUATION,
    a_link,
    an_upload,
    find,
    open_folds,
    shortlist_of,
    sign_in,
    signed_in,
    situation,
)
from tests.browser.served import Served


@dataclass(frozen=True)
class Things:
    """What addresses name: a shortlist, the ids of two coaches who are on it, and the token of a link to it.

    Beside it a shortlist that nobody is on, the name of a coach who is on neither, somebody's account, a caller of the
    API, and an upload.
    """

    shortlist: str
    first: str
    second: str
    link: str
    shortlist_of_nobody: str
    coach: str
    account: str
    caller: str
    upload: str


REFERENCE = "/api/v1/docs"
"""The only page of the API."""

PAGES: Mapping[str, tuple[str, ...]] = {
    "/": ("/", "/?from={shortlist}", "/?draft=kept"),
    "/shortlists": ("/shortlists", "/shortlists?whose=mine"),
    "/shortlists/<shortlist_id>": ("/shortlists/{shortlist}", "/shortlists/{shortlist_of_nobody}", "/shortlists/none"),
    "/shortlists/<shortlist_id>/why-not": tuple(
        f"/shortlists/{{shortlist}}/why-not{asked}" for asked in ("", "?coach={coach}", "?coach=e", "?coach=nobody")
    ),
    "/shortlists/<shortlist_id>/delete": ("/shortlists/{shortlist}/delete",),
    "/deleted": ("/deleted",),
    "/shortlists/<shortlist_id>/compare": tuple(
        f"/shortlists/{{shortlist}}/compare{asked}" for asked in ("", "?coach={first}", "?coach={first}&coach={second}")
    ),
    "/shortlists/<shortlist_id>/links": ("/shortlists/{shortlist}/links", "/shortlists/{shortlist_of_nobody}/links"),
    "/shared/<token>": ("/shared/{link}", "/shared/none"),
    "/about-the-ranking": ("/about-the-ranking",),
    "/coaches": ("/coaches", "/coaches?level=first_line&order=hours", "/coaches?words=quagmire"),
    "/coaches/<coach:coach_id>": ("/coaches/{first}", "/coaches/nobody"),
    "/new-coach": ("/new-coach",),
    "/edit-coach/<coach:coach_id>": ("/edit-coach/{first}",),
    "/delete-coach/<coach:coach_id>": ("/delete-coach/{first}",),
    "/imports": ("/imports",),
    "/imports/<uuid:import_id>": ("/imports/{upload}",),
    "/sign-in": ("/sign-in",),
    "/account": ("/account",),
    "/accounts": ("/accounts",),
    "/callers": ("/callers",),
    "/callers/<uuid:caller_id>": ("/callers/{caller}",),
    "/rankers": ("/rankers",),
    "/audit": ("/audit", "/audit?check=yes", "/audit?what=nothing"),
    "/accounts/<uuid:account_id>": ("/accounts/{account}",),
    "/problems/<name>": ("/problems/not-found",),
    REFERENCE: (REFERENCE,),
}
"""The addresses at which a page is visited, which differ in what it shows."""

NO_PAGES = ("/api/", "/assets/", "/healthz", "/readyz", "/oauth/", "/.well-known/")
"""How the rules of routes begin that answer with something else than a page."""

NO_PAGE: Mapping[str, str] = {
    "/shortlists/<shortlist_id>/coaches.csv": "a file to save",
    "/audit/entries.jsonl": "a file to save",
    "/coach-export/<kind>": "a file to save",
    "/imports/<uuid:import_id>/problems.csv": "a file to save",
    "/sign-in/provider/back": "the way back from a provider, of which none is set",
    "/sign-in/provider/leave": "the way out of one",
    "/punchout/start/<token>": "the way in from a procurement portal, to pages that are visited",
    "/imports/<uuid:import_id>/progress": "the part of a page that htmx puts in place while an import runs",
}
"""The rules, by what they answer with, of routes among those of pages."""


def page_rules(app: Flask) -> Iterator[str]:
    """The rules of an application's routes that answer with a page."""
    for rule in app.url_map.iter_rules():
        is_page = rule.rule == REFERENCE or not (rule.rule.startswith(NO_PAGES) or rule.rule in NO_PAGE)
        if is_page and "GET" in (rule.methods or ()):
            yield rule.rule


def addresses(things: Things) -> list[str]:
    """All addresses to visit."""
    named = {name: quote(thing) for name, thing in vars(things).items()}
    return [address.format_map(named) for visits in PAGES.values() for address in visits]


# Pages that answer to a form, or to somebody in particular.


def _need_with_wrong_fields(page: Page, served: Served) -> None:
    signed_in(page, served.an_account().email)
    open_folds(page)
    page.get_by_label("Budget per session").fill("a lot")
    page.get_by_label("Monday, span 1, from").fill("09:00")
    find(page).click()


def _need_that_was_read(page: Page, served: Served) -> None:
    situation(signed_in(page, served.an_account().email)).fill("She must delegate. She avoids giving feedback.")
    page.get_by_role("button", name="Read it").click()
    page.get_by_role("heading", name="Read from your text").first.wait_for()


def _need_beside_a_draft(page: Page, served: Served) -> None:
    situation(signed_in(page, served.an_account().email)).fill(SITUATION)
    page.get_by_text("Kept as your draft").wait_for()
    page.goto("/")
    page.get_by_role("heading", name="You have a draft").wait_for()


def _need_after_the_sign_in_ended(page: Page, served: Served) -> None:
    account = served.an_account()
    situation(signed_in(page, account.email)).fill(SITUATION)
    served.end_sign_ins(account)
    find(page).click()


def _refused_sign_in(page: Page, served: Served) -> None:
    sign_in(page, "nobody@kestrel.example", "wrong")


def _password_to_be_replaced(page: Page, served: Served) -> None:
    sign_in(page, served.an_account(one_time=True).email)


def _password_that_is_too_weak(page: Page, served: Served) -> None:
    _password_to_be_replaced(page, served)
    page.get_by_role("button", name="Change the password").click()


def _page_for_another_role(page: Page, served: Served) -> None:
    signed_in(page, served.an_account("coach_manager").email, "/accounts")


def _administrator(page: Page, served: Served) -> Account:
    account = served.an_account("administrator")
    signed_in(page, account.email, "/accounts")
    return account


def _account_without_a_name(page: Page, served: Served) -> None:
    _administrator(page, served)
    page.get_by_role("button", name="Add the account").click()


def _one_time_password(page: Page, served: Served) -> None:
    account = _administrator(page, served)
    page.get_by_label("Email address").fill(f"new.{account.email}")
    page.get_by_label("Name", exact=True).fill("Ben Ode")
    page.get_by_role("button", name="Add the account").click()


def _program_without_a_name(page: Page, served: Served) -> None:
    signed_in(page, served.an_account("administrator").email, "/callers")
    page.get_by_role("button", name="Add the program").click()


def _key_of_a_program(page: Page, served: Served) -> None:
    signed_in(page, served.an_account("administrator").email, "/callers")
    page.get_by_label("Name", exact=True).fill(page.url)
    page.get_by_role("button", name="Add the program").click()


def _disabled_account(page: Page, served: Served) -> None:
    _administrator(page, served)
    page.goto(f"/accounts/{served.an_account().id}")
    page.get_by_role("button", name="Disable the account").click()


def _own_account_among_all(page: Page, served: Served) -> None:
    page.goto(f"/accounts/{_administrator(page, served).id}")


def _shortlist(page: Page, served: Served) -> str:
    return shortlist_of(signed_in(page, served.an_account().email))


def _outcome_of_no_kind(page: Page, served: Served) -> None:
    _shortlist(page, served)
    page.get_by_role("heading", name="What happened").wait_for()
    open_folds(page)
    page.get_by_role("button", name="Record it").first.click()


def _outcome_that_is_noted(page: Page, served: Served) -> None:
    _shortlist(page, served)
    page.get_by_role("heading", name="What happened").wait_for()
    open_folds(page)
    page.get_by_role("combobox", name="What happened").first.select_option("Chosen")
    page.get_by_role("button", name="Record it").first.click()


def _link_to_nobody(page: Page, served: Served) -> None:
    page.goto(f"/shortlists/{_shortlist(page, served)}/links")
    for box in page.get_by_role("checkbox").all():
        box.uncheck()
    page.get_by_role("button", name="Make the link").click()


def _refinement_with_a_wrong_limit(page: Page, served: Served) -> None:
    _shortlist(page, served)
    open_folds(page)
    page.get_by_label("Budget per session").fill("a lot")
    page.get_by_role("button", name="Draw up the list anew").click()
    page.locator("#errors").wait_for()


def _refinement_that_moves_coaches(page: Page, served: Served) -> None:
    _shortlist(page, served)
    open_folds(page)
    page.locator("select[name='reason']").first.select_option("style")
    page.get_by_role("button", name="Drop").first.click()
    page.locator("#changed").wait_for()


def _link_that_is_made(page: Page, served: Served) -> None:
    a_link(page, _shortlist(page, served))


def _link_that_is_closed(page: Page, served: Served) -> None:
    shortlist = _shortlist(page, served)
    a_link(page, shortlist)
    page.goto(f"/shortlists/{shortlist}/links")
    open_folds(page)
    page.get_by_role("button", name="Close this link").click()


def _talk_that_is_asked_for(page: Page, served: Served) -> None:
    page.goto(f"/shared/{a_link(page, _shortlist(page, served))}")
    page.locator(".talk button").first.click()


def _coach_manager(page: Page, served: Served, address: str) -> Page:
    return signed_in(page, served.an_account("coach_manager").email, address)


def _new_coach_without_a_name(page: Page, served: Served) -> None:
    _coach_manager(page, served, "/new-coach")
    page.get_by_role("button", name="Add the coach").first.click()


def _deleted_coach(page: Page, served: Served) -> None:
    _coach_manager(page, served, "/coaches")
    page.locator("main a[href^='/coaches/']").first.click()
    page.goto(page.url.replace("/coaches/", "/delete-coach/"))
    page.get_by_role("button", name="Delete").click()


def _import_of_no_file(page: Page, served: Served) -> None:
    _coach_manager(page, served, "/imports")
    page.get_by_role("button", name="Look through the file").click()


def _import_that_was_begun(page: Page, served: Served) -> None:
    an_upload(_coach_manager(page, served, "/imports"))
    page.get_by_role("button", name="Import them").click()


ANSWERS: tuple[Callable[[Page, Served], object], ...] = (
    _need_with_wrong_fields,
    _need_that_was_read,
    _need_beside_a_draft,
    _need_after_the_sign_in_ended,
    _outcome_of_no_kind,
    _outcome_that_is_noted,
    _link_to_nobody,
    _refinement_with_a_wrong_limit,
    _refinement_that_moves_coaches,
    _link_that_is_made,
    _link_that_is_closed,
    _talk_that_is_asked_for,
    _new_coach_without_a_name,
    _import_of_no_file,
    _import_that_was_begun,
    _deleted_coach,
    _refused_sign_in,
    _password_to_be_replaced,
    _password_that_is_too_weak,
    _page_for_another_role,
    _account_without_a_name,
    _one_time_password,
    _program_without_a_name,
    _key_of_a_program,
    _disabled_account,
    _own_account_among_all,
)
"""Each leads a page in which nobody is signed in to such an answer."""
