"""Signing in through an OpenID provider: off to it, back from it, and out of it too."""

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Response, flash, make_response, redirect, render_template, request, session, url_for
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from matcher.domain import Account
from matcher.errors import NotFound, Throttled
from matcher.service import account_by_identity, count_sign_on, newcomers
from matcher.service.sign_on import Refusal
from matcher.texts import Phrase
from matcher.web import onward
from matcher.web.access import EVERYBODY, open_to
from matcher.web.account_page import go_on
from matcher.web.blueprint import service, web
from matcher.web.claims import identity_from
from matcher.web.language import gettext
from matcher.web.onward import Onward
from matcher.web.provider import Failure, SignOnFailed, come_back, has_provider, leave_address, leave_for
from matcher.web.sign_in_page import sent_again, shown_with, throttled
from matcher.web.signed_in import THROUGH_PROVIDER, begin

_MOST_CARRIED = 100_000
"""Characters that are kept while somebody is away; a need, whose texts are limited, fits in easily."""

_TOLD: Mapping[Failure | Refusal, tuple[HTTPStatus, Phrase]] = {
    "no_account": (
        HTTPStatus.FORBIDDEN,
        Phrase(
            "No account that may sign in here goes with yours at %(name)s. An administrator of your "
            "organisation can see to it."
        ),
    ),
    "not_verified": (
        HTTPStatus.FORBIDDEN,
        Phrase(
            "The sign-in of %(name)s does not confirm your email address, by which your account would be "
            "found. Ask whoever "
            "runs it to have the address confirmed."
        ),
    ),
    "unreachable": (
        HTTPStatus.SERVICE_UNAVAILABLE,
        Phrase("The sign-in of %(name)s cannot be reached at the moment. Try again in a few minutes."),
    ),
    "too_late": (
        HTTPStatus.BAD_REQUEST,
        Phrase("You were away for too long. Sign in again from here; it has to be done within 15 minutes."),
    ),
    "foreign": (
        HTTPStatus.BAD_REQUEST,
        Phrase("This sign-in was not begun in this browser, or was used before. Sign in from here."),
    ),
    "declined": (
        HTTPStatus.FORBIDDEN,
        Phrase("The sign-in of %(name)s was broken off. Try again, or ask whoever runs it."),
    ),
    "unverified": (
        HTTPStatus.BAD_REQUEST,
        Phrase(
            "What the sign-in of %(name)s answered could not be verified, so you are not signed in. Try again; "
            "if it stays "
            "like this, tell an administrator of your organisation."
        ),
    ),
}


@web.post("/sign-in/provider")
@open_to(EVERYBODY, again=sent_again)
def go_to_provider() -> AnyResponse:
    """Leads on to the provider; raises NotFound when there is none."""
    _require_provider()
    going, now = onward.sent(), datetime.now(UTC)
    if len(going.carried) > _MOST_CARRIED:
        raise RequestEntityTooLarge
    try:
        count_sign_on(service().engine, request.remote_addr or "", now)
        address = leave_for(url_for("web.back_from_provider", _external=True), going, now)
    except Throttled as error:
        return throttled(going, error)
    except SignOnFailed as error:
        return _refused(error.why, going)
    # Led on by a page of its own: browsers hold a redirect that answers a form against the policy for forms, and with
    # it every further one of the provider, whose hosts nobody here knows.
    return make_response(render_template("to_provider.html", address=address, name=_name()))


@web.get("/sign-in/provider/back")
@open_to(EVERYBODY)
def back_from_provider() -> AnyResponse:
    """Signs in whom the provider sends back, and goes on; the form with a word on why, when that is not to be."""
    _require_provider()
    settings, now = service().settings, datetime.now(UTC)
    try:
        claims, going = come_back(now)
    except SignOnFailed as error:
        return _refused(error.why, error.going)
    decides_role = bool(settings.oidc_role_claim)
    known = identity_from(claims, settings)
    found = account_by_identity(service().engine, known, newcomers(settings), decides_role=decides_role, now=now)
    if not isinstance(found, Account):
        return _refused(found, going)
    begin(found)
    session[THROUGH_PROVIDER] = True
    return go_on(found, _own_again(going))


@web.get("/sign-in/provider/leave")
@open_to(EVERYBODY)
def leave_provider() -> AnyResponse:
    """Leads on to where one signs out at the provider, if it has such a page."""
    _require_provider()
    address = leave_address(url_for("web.show_sign_in", _external=True))
    if address is None:
        flash(
            gettext(
                "There is no page to sign out at there. Closing all windows of the browser signs you out, as a rule."
            )
        )
    return redirect(address or url_for("web.show_sign_in"), HTTPStatus.SEE_OTHER)


def _own_again(going: Onward) -> Onward:
    return Onward(onward.own_page(going.wanted), going.carried)


def _require_provider() -> None:
    if not has_provider():
        raise NotFound("People sign in here by password.")


def _refused(why: Failure | Refusal, going: Onward) -> Response:
    status, words = _TOLD[why]
    return shown_with(going, status, gettext(words.message, name=_name()))


def _name() -> str:
    return service().settings.oidc_name
