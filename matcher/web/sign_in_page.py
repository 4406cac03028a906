"""Signing in and out; what was wanted, or typed, before is gone on with afterwards."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Response, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from matcher.domain import Account
from matcher.errors import Gone, Throttled
from matcher.service import account_by_password
from matcher.texts import Phrase
from matcher.web import carried, need_page, onward
from matcher.web.access import EVERYBODY, OWN_ACCOUNT, open_to
from matcher.web.account_page import go_on
from matcher.web.blueprint import READING, service, web
from matcher.web.forms import FilledForm, Message
from matcher.web.language import said
from matcher.web.onward import Onward
from matcher.web.signed_in import THROUGH_PROVIDER, begin, end, signed_in

_LEFT = "left"

LABELS = {"email": Phrase("Email address"), "password": Phrase("Password")}

REFUSED = Phrase("No account that may sign in has this address and this password.")
OUT_OF_DATE = Phrase("This page was open for too long. Sign in from here.")
NOTHING_LOST = Phrase(
    "You are not signed in any more. Nothing you typed is lost: it is sent as soon as you have signed in."
)


@web.get("/sign-in")
@open_to(EVERYBODY)
def show_sign_in() -> AnyResponse:
    """The form that asks who it is; whoever is signed in already goes on at once."""
    going, known = onward.asked_for(), signed_in()
    return go_on(known, going) if known else _page(going)


def sent_again() -> Response:
    """The form that asks who it is, in place of one that was sent too late."""
    return shown_with(onward.sent(), HTTPStatus.BAD_REQUEST, OUT_OF_DATE)


def shown_with(going: Onward, status: HTTPStatus, problem: str) -> Response:
    """The form that asks who it is, with what keeps somebody from coming in."""
    return _page(going, status, FilledForm(LABELS, _typed(), general=(problem,)))


@web.post("/sign-in")
@open_to(EVERYBODY, again=sent_again)
def sign_in() -> AnyResponse:
    """Signs in and goes on; the form again, with a word on why, when that is not to be."""
    going = onward.sent()
    try:
        found = _account(request.form.get("email", ""), request.form.get("password", ""))
    except Throttled as error:
        return throttled(going, error)
    except Gone as error:
        return _refused(going, error.words)
    if found is None:
        return _refused(going, REFUSED)
    begin(found)
    return go_on(found, going)


def _account(email: str, password: str) -> Account | None:
    known, address = service(), request.remote_addr or ""
    return account_by_password(known.engine, email, password, known.settings, address=address, now=datetime.now(UTC))


def _refused(going: Onward, why: str) -> Response:
    form = FilledForm(LABELS, _typed(), {"password": Message("password", said(why), said(why))})
    return _page(going, HTTPStatus.UNPROCESSABLE_ENTITY, form)


def throttled(going: Onward, error: Throttled) -> Response:
    """The form that asks who it is, with when that may be tried again."""
    response = shown_with(going, HTTPStatus.TOO_MANY_REQUESTS, error.words)
    response.headers["Retry-After"] = str(error.retry_after)
    return response


def _typed() -> dict[str, str]:
    return {"email": request.form.get("email", "")}


def ask_to_sign_in() -> AnyResponse:
    """What somebody sees who is not signed in, and asks for a page or sends a form."""
    if request.method in READING:
        # Home is where one goes anyway, and needs no mention in the address.
        wanted = onward.own_page(request.full_path.removesuffix("?"))
        return redirect(url_for("web.show_sign_in", next=wanted if wanted != "/" else None), HTTPStatus.SEE_OTHER)
    if request.endpoint == "web.ask":
        return _page(Onward(carried=carried.packed(need_page.typed())), HTTPStatus.UNAUTHORIZED)
    return _page(Onward(onward.own_page(request.path)), HTTPStatus.UNAUTHORIZED)


@web.post("/sign-out")
@open_to(OWN_ACCOUNT)
def sign_out() -> AnyResponse:
    """Signs this browser out; at the provider, through which somebody came in, they may sign out after that."""
    through = session.get(THROUGH_PROVIDER, False)
    end()
    if through:
        session[_LEFT] = True
    return redirect(url_for("web.show_sign_in"), HTTPStatus.SEE_OTHER)


def _page(going: Onward, status: HTTPStatus = HTTPStatus.OK, form: FilledForm | None = None) -> Response:
    settings = service().settings
    page = render_template(
        "sign_in.html",
        form=form or FilledForm(LABELS),
        going=going,
        note=said(NOTHING_LOST) if going.carried else "",
        provider=settings.oidc_name if settings.oidc_issuer else "",
        for_administrators=not settings.takes_password_of("hr_partner"),
        left=session.pop(_LEFT, False),
    )
    response = make_response(page, status)
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Form realm="Coach matcher"'
    return response
