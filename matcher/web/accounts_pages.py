"""The pages on which administrators make accounts and change them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from uuid import UUID

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from matcher.domain import Account, Actor
from matcher.errors import Conflict, InvalidInput
from matcher.intake import account_from, account_role_from
from matcher.service import (
    account_with_id,
    add_account,
    add_account_without_password,
    disable_account,
    enable_account,
    every_account,
    expiry,
    reset_password,
    set_role,
    unlink_account,
)
from matcher.texts import Phrase
from matcher.web.access import ADMINISTRATION, open_to
from matcher.web.blueprint import service, web
from matcher.web.forms import FilledForm, with_problems
from matcher.web.language import gettext
from matcher.web.roles import ROLE_NAMES, ROLES
from matcher.web.signed_in import account

LABELS = {
    "email": Phrase("Email address"),
    "name": Phrase("Name"),
    "organisation": Phrase("Organisation"),
    "role": Phrase("Role"),
}
OUT_OF_DATE = Phrase("This page was opened before you signed in. Nothing was changed; send it once more.")


@web.get("/accounts")
@open_to(ADMINISTRATION)
def list_accounts() -> Response:
    """All accounts, and the form for another one."""
    return _list(FilledForm(LABELS, {"organisation": account().organisation, "role": "hr_partner"}))


def _list_again() -> Response:
    return _list(FilledForm(LABELS, _typed(), general=(OUT_OF_DATE,)), HTTPStatus.BAD_REQUEST)


@web.post("/accounts")
@open_to(ADMINISTRATION, again=_list_again)
def add_one() -> AnyResponse:
    """Makes an account and shows its one-time password, if it is one for passwords; the form again when it cannot be
    made."""
    engine, settings, now = service().engine, service().settings, datetime.now(UTC)
    until = expiry(settings, now)
    try:
        new = account_from(_typed())
        if not settings.takes_password_of(new.role):
            return _done(add_account_without_password(engine, new, now, by=_by()), gettext("The account is made."))
        made, password = add_account(engine, new, now, until, by=_by())
    except InvalidInput as error:
        return _list(with_problems(LABELS, _typed(), error.problems), HTTPStatus.UNPROCESSABLE_ENTITY)
    return _with_password(made, password, until, HTTPStatus.CREATED)


@web.get("/accounts/<uuid:account_id>")
@open_to(ADMINISTRATION)
def show_account(account_id: UUID) -> Response:
    """One account, and what can be changed of it."""
    return _one(_found(account_id))


@web.post("/accounts/<uuid:account_id>/role")
@open_to(ADMINISTRATION)
def change_role(account_id: UUID) -> AnyResponse:
    """Gives the account another role."""
    found = _found(account_id)
    try:
        role = account_role_from(request.form.get("role", ""))
        set_role(service().engine, found.id, role, datetime.now(UTC), by=_by())
    except InvalidInput as error:
        form = with_problems(LABELS, {"role": found.role}, error.problems)
        return _one(found, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    except Conflict as error:
        return _refused(found, error)
    return _done(found, gettext("The role is changed."))


@web.post("/accounts/<uuid:account_id>/disable")
@open_to(ADMINISTRATION)
def disable_one(account_id: UUID) -> AnyResponse:
    """Keeps the account from signing in, and ends its sign-ins at once."""
    found = _found(account_id)
    try:
        disable_account(service().engine, found.id, account(), datetime.now(UTC))
    except Conflict as error:
        return _refused(found, error)
    return _done(found, gettext("The account is disabled, and signed out everywhere."))


@web.post("/accounts/<uuid:account_id>/enable")
@open_to(ADMINISTRATION)
def enable_one(account_id: UUID) -> AnyResponse:
    """Lets the account sign in again."""
    found = _found(account_id)
    enable_account(service().engine, found.id, datetime.now(UTC), by=_by())
    return _done(found, gettext("The account may sign in again, with the password that it had."))


@web.post("/accounts/<uuid:account_id>/password")
@open_to(ADMINISTRATION)
def reset_one(account_id: UUID) -> AnyResponse:
    """Gives the account a one-time password and shows it, if it is one for passwords."""
    found = _found(account_id)
    if not service().settings.takes_password_of(found.role):
        return _refused(found, Conflict("Administrators alone sign in by password."))
    now = datetime.now(UTC)
    until = expiry(service().settings, now)
    return _with_password(found, reset_password(service().engine, found.id, until, now, by=_by()), until)


@web.post("/accounts/<uuid:account_id>/unlink")
@open_to(ADMINISTRATION)
def unlink_one(account_id: UUID) -> AnyResponse:
    """Forgets as whom the provider knows the account."""
    found = _found(account_id)
    unlink_account(service().engine, found.id, datetime.now(UTC), by=_by())
    return _done(found, gettext("The link is undone. The next sign-in with this address makes another one."))


def _by() -> Actor:
    return account().requester.actor


def _found(account_id: UUID) -> Account:
    return account_with_id(service().engine, str(account_id))


def _typed() -> Mapping[str, str]:
    return {name: request.form.get(name, "") for name in LABELS}


def _list(form: FilledForm, status: HTTPStatus = HTTPStatus.OK) -> Response:
    page = render_template(
        "accounts.html",
        form=form,
        accounts=every_account(service().engine),
        role_names=ROLE_NAMES,
        roles=ROLES,
        now=datetime.now(UTC),
        settings=service().settings,
    )
    return make_response(page, status)


def _one(found: Account, form: FilledForm | None = None, status: HTTPStatus = HTTPStatus.OK) -> Response:
    page = render_template(
        "one_account.html",
        found=found,
        now=datetime.now(UTC),
        settings=service().settings,
        form=form or FilledForm(LABELS, {"role": found.role}),
        role_names=ROLE_NAMES,
        roles=ROLES,
    )
    return make_response(page, status)


def _refused(found: Account, error: Conflict) -> Response:
    return _one(found, FilledForm(LABELS, {"role": found.role}, general=(error.words,)), HTTPStatus.CONFLICT)


def _done(found: Account, said: str) -> AnyResponse:
    flash(said)
    return redirect(url_for("web.show_account", account_id=found.id), HTTPStatus.SEE_OTHER)


def _with_password(found: Account, password: str, until: datetime, status: HTTPStatus = HTTPStatus.OK) -> Response:
    # Not gone to from here, as other pages are: the password is kept nowhere to be shown by another request.
    page = render_template("one_time_password.html", found=found, password=password, until=until)
    return make_response(page, status)
