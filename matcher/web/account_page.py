"""The page on which somebody sees their own account, changes its password and ends its sign-ins."""

from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from matcher.domain import Account
from matcher.errors import InvalidInput, Problem, Throttled
from matcher.service import change_password, sign_out_everywhere
from matcher.texts import Phrase
from matcher.web import carried, need_page, onward
from matcher.web.access import OWN_ACCOUNT, open_to
from matcher.web.blueprint import service, web
from matcher.web.forms import FilledForm, with_problems
from matcher.web.language import gettext, said
from matcher.web.onward import Onward
from matcher.web.roles import ROLE_NAMES
from matcher.web.signed_in import account, begin, end, home

LABELS = {
    "current": Phrase("Current password"),
    "new": Phrase("New password"),
    "repeated": Phrase("New password, once more"),
}
OUT_OF_DATE = Phrase("This page was opened before you signed in. Nothing was changed; type the passwords once more.")


@web.get("/account")
@open_to(OWN_ACCOUNT)
def own_account() -> Response:
    """Whose account it is, and what can be changed of it."""
    return _page(onward.asked_for())


def go_on(found: Account, going: Onward) -> AnyResponse:
    """Where somebody goes who has just signed in: a password of their own first, then what was typed or wanted."""
    if found.must_change_password:
        return _page(going)
    if going.carried and found.may("match"):
        return need_page.answer_to(carried.unpacked(going.carried))
    return redirect(going.wanted or home(found), HTTPStatus.SEE_OTHER)


def ask_to_change() -> AnyResponse:
    """What somebody sees who asks for a page or sends a form, and must replace a one-time password first."""
    if request.endpoint == "web.ask":
        return _page(Onward(carried=carried.packed(need_page.typed())), HTTPStatus.FORBIDDEN)
    wanted = onward.own_page(request.full_path.removesuffix("?"))
    return redirect(url_for("web.own_account", next=wanted), HTTPStatus.SEE_OTHER)


def _again() -> Response:
    return _page(onward.sent(), HTTPStatus.BAD_REQUEST, FilledForm(_labels(), general=(OUT_OF_DATE,)))


@web.post("/account/password")
@open_to(OWN_ACCOUNT, again=_again)
def change() -> AnyResponse:
    """Replaces the password and ends all other sign-ins; the form again when it cannot be replaced."""
    going, known = onward.sent(), account()
    try:
        _change(known)
    except InvalidInput as error:
        return _page(going, HTTPStatus.UNPROCESSABLE_ENTITY, with_problems(_labels(), {}, error.problems))
    except Throttled as error:
        response = _page(going, HTTPStatus.TOO_MANY_REQUESTS, FilledForm(_labels(), general=(error.words,)))
        response.headers["Retry-After"] = str(error.retry_after)
        return response
    changed = replace(known, must_change_password=False)
    begin(changed)
    flash(gettext("Your password is changed, and you are signed out everywhere else."))
    if known.must_change_password:
        return go_on(changed, going)
    return redirect(url_for("web.own_account"), HTTPStatus.SEE_OTHER)


def _change(known: Account) -> None:
    current, new, repeated = (request.form.get(name, "") for name in LABELS)
    if new != repeated:
        raise InvalidInput([Problem("/repeated", "is not the same as the new one")])
    address, now = request.remote_addr or "", datetime.now(UTC)
    change_password(service().engine, known, current, new, address=address, now=now)


@web.post("/account/sign-out-everywhere")
@open_to(OWN_ACCOUNT)
def leave_everywhere() -> AnyResponse:
    """Ends all sign-ins of the account, this one included."""
    sign_out_everywhere(service().engine, account().id)
    end()
    return redirect(url_for("web.show_sign_in"), HTTPStatus.SEE_OTHER)


def _labels() -> dict[str, Phrase]:
    return {**LABELS} | ({"current": Phrase("One-time password")} if account().must_change_password else {})


def _page(going: Onward, status: HTTPStatus = HTTPStatus.OK, form: FilledForm | None = None) -> Response:
    known = account()
    page = render_template(
        "account.html",
        form=form or FilledForm(_labels()),
        going=going,
        role=said(ROLE_NAMES[known.role]),
        by_password=known.has_password and service().settings.takes_password_of(known.role),
        provider=service().settings.oidc_name,
    )
    return make_response(page, status)
