"""Signing in and out; what was wanted, or typed, before is gone on with afterwards."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from matcher.errors import Gone, Throttled
from matcher.service import account_by_password
from matcher.web import carried, need_page, onward
from matcher.web.access import EVERYBODY, OWN_ACCOUNT, open_to
from matcher.web.account_page import go_on
from matcher.web.blueprint import READING, service, web
from matcher.web.forms import FilledForm, Message
from matcher.web.onward import Onward
from matcher.web.signed_in import begin, end, signed_in

LABELS = {"email": "Email address", "password": "Password"}

REFUSED = "No account that may sign in has this address and this password."
OUT_OF_DATE = "This page was open for too long. Sign in from here."
NOTHING_LOST = "You are not signed in any more. Nothing you typed is lost: it is sent as soon as you have signed in."


@web.get("/sign-in")
@open_to(EVERYBODY)
def show_sign_in() -> AnyResponse:
    """The form that asks who it is; whoever is signed in already goes on at once."""
    going, known = onward.asked_for(), signed_in()
    return go_on(known, going) if known else _page(going)


def _again() -> Response:
    return _page(onward.sent(), HTTPStatus.BAD_REQUEST, FilledForm(LABELS, _typed(), general=(OUT_OF_DATE,)))


@web.post("/sign-in")
@open_to(EVERYBODY, again=_again)
def sign_in() -> AnyResponse:
    """Signs in and goes on; the form again, with a word on why, when that is not to be."""
    going = onward.sent()
    email, password = request.form.get("email", ""), request.form.get("password", "")
    try:
        found = account_by_password(service().engine, email, password, request.remote_addr or "", datetime.now(UTC))
    except Throttled as error:
        return _throttled(going, error)
    except Gone as error:
        return _refused(going, str(error))
    if found is None:
        return _refused(going, REFUSED)
    begin(found)
    return go_on(found, going)


def _refused(going: Onward, why: str) -> Response:
    form = FilledForm(LABELS, _typed(), {"password": Message("password", why, why)})
    return _page(going, HTTPStatus.UNPROCESSABLE_ENTITY, form)


def _throttled(going: Onward, error: Throttled) -> Response:
    response = _page(going, HTTPStatus.TOO_MANY_REQUESTS, FilledForm(LABELS, _typed(), general=(str(error),)))
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
    """Signs this browser out."""
    end()
    return redirect(url_for("web.show_sign_in"), HTTPStatus.SEE_OTHER)


def _page(going: Onward, status: HTTPStatus = HTTPStatus.OK, form: FilledForm | None = None) -> Response:
    page = render_template(
        "sign_in.html", form=form or FilledForm(LABELS), going=going, note=NOTHING_LOST if going.carried else ""
    )
    response = make_response(page, status)
    if status == HTTPStatus.UNAUTHORIZED:
        response.headers["WWW-Authenticate"] = 'Form realm="Coach matcher"'
    return response
