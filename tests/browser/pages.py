"""Every page there is, by the rule of its route; a page without an entry fails the tests, and so gets one."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from flask import Flask
from playwright.sync_api import Page

from matcher.domain import Account
from tests.browser.person import SITUATION, find, open_folds, sign_in, situation
from tests.browser.served import Served


@dataclass(frozen=True)
class Things:
    """What addresses name: a shortlist and one that nobody is on, a coach who is on neither, somebody's account."""

    shortlist: str
    shortlist_of_nobody: str
    coach: str
    account: str


PAGES: Mapping[str, tuple[str, ...]] = {
    "/": ("/", "/?from={shortlist}"),
    "/shortlists/<shortlist_id>": ("/shortlists/{shortlist}", "/shortlists/{shortlist_of_nobody}", "/shortlists/none"),
    "/shortlists/<shortlist_id>/why-not": tuple(
        f"/shortlists/{{shortlist}}/why-not{asked}" for asked in ("", "?coach={coach}", "?coach=e", "?coach=nobody")
    ),
    "/shortlists/<shortlist_id>/delete": ("/shortlists/{shortlist}/delete",),
    "/deleted": ("/deleted",),
    "/sign-in": ("/sign-in",),
    "/account": ("/account",),
    "/accounts": ("/accounts",),
    "/accounts/<uuid:account_id>": ("/accounts/{account}",),
    "/problems/<name>": ("/problems/not-found",),
}
"""The addresses at which a page is visited, which differ in what it shows."""

NO_PAGES = ("/api/", "/assets/", "/healthz", "/readyz")
"""How the rules of routes begin that answer with something else than a page."""


def page_rules(app: Flask) -> Iterator[str]:
    """The rules of an application's routes that answer with a page."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.rule.startswith(NO_PAGES):
            yield rule.rule


def addresses(things: Things) -> list[str]:
    """All addresses to visit."""
    return [address.format_map(vars(things)) for visits in PAGES.values() for address in visits]


# Pages that answer to a form, or to somebody in particular.


def _need_with_wrong_fields(page: Page, served: Served) -> None:
    sign_in(page, served.an_account().email)
    open_folds(page)
    page.get_by_label("Budget per session").fill("a lot")
    page.get_by_label("Monday, span 1, from").fill("09:00")
    find(page).click()


def _need_after_the_sign_in_ended(page: Page, served: Served) -> None:
    account = served.an_account()
    situation(sign_in(page, account.email)).fill(SITUATION)
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
    sign_in(page, served.an_account("coach_manager").email)
    page.goto("/accounts")


def _administrator(page: Page, served: Served) -> Account:
    account = served.an_account("administrator")
    sign_in(page, account.email)
    page.goto("/accounts")
    return account


def _account_without_a_name(page: Page, served: Served) -> None:
    _administrator(page, served)
    page.get_by_role("button", name="Add the account").click()


def _one_time_password(page: Page, served: Served) -> None:
    account = _administrator(page, served)
    page.get_by_label("Email address").fill(f"new.{account.email}")
    page.get_by_label("Name", exact=True).fill("Ben Ode")
    page.get_by_role("button", name="Add the account").click()


def _disabled_account(page: Page, served: Served) -> None:
    _administrator(page, served)
    page.goto(f"/accounts/{served.an_account().id}")
    page.get_by_role("button", name="Disable the account").click()


def _own_account_among_all(page: Page, served: Served) -> None:
    page.goto(f"/accounts/{_administrator(page, served).id}")


ANSWERS: tuple[Callable[[Page, Served], object], ...] = (
    _need_with_wrong_fields,
    _need_after_the_sign_in_ended,
    _refused_sign_in,
    _password_to_be_replaced,
    _password_that_is_too_weak,
    _page_for_another_role,
    _account_without_a_name,
    _one_time_password,
    _disabled_account,
    _own_account_among_all,
)
"""Each leads a page in which nobody is signed in to such an answer."""
