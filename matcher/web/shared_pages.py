"""The page behind a link to a manager, who needs no account for it, and says there with whom to talk."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from matcher.errors import InvalidInput
from matcher.service import ask_for_talk, opened_link, take_back_talk
from matcher.texts import Phrase
from matcher.web import for_manager
from matcher.web.access import EVERYBODY, open_to
from matcher.web.blueprint import service, web
from matcher.web.forms import FilledForm
from matcher.web.language import gettext

OUT_OF_DATE = Phrase("This page was open for too long. Nothing was noted yet; press the button once more.")
NOT_ON_THE_PAGE = Phrase("That coach is not on this page. Nothing was noted.")

_ENDPOINTS = ("web.shared", "web.ask_to_talk", "web.take_back", "web.start_visit")


@web.get("/shared/<token>")
@open_to(EVERYBODY)
def shared(token: str) -> Response:
    """The coaches that the link shows."""
    return _page(token, FilledForm({}))


def _again() -> Response:
    token = str((request.view_args or {})["token"])
    return _page(token, FilledForm({}, general=(OUT_OF_DATE,)), HTTPStatus.BAD_REQUEST)


@web.post("/shared/<token>/talks")
@open_to(EVERYBODY, again=_again)
def ask_to_talk(token: str) -> AnyResponse:
    """Notes with whom the manager would like to talk."""
    try:
        ask_for_talk(service().engine, token, request.form.get("coach", ""), datetime.now(UTC))
    except InvalidInput:
        return _page(token, FilledForm({}, general=(NOT_ON_THE_PAGE,)), HTTPStatus.UNPROCESSABLE_ENTITY)
    flash(gettext("Noted. Whoever sent you this page sees it there and arranges the talk."))
    return _back(token)


@web.post("/shared/<token>/talks/withdraw")
@open_to(EVERYBODY, again=_again)
def take_back(token: str) -> AnyResponse:
    """Takes back what was noted through this link."""
    take_back_talk(service().engine, token, request.form.get("coach", ""), datetime.now(UTC))
    flash(gettext("Taken back. You can ask again at any time while this page is open to you."))
    return _back(token)


def _back(token: str) -> AnyResponse:
    return redirect(url_for("web.shared", token=token), HTTPStatus.SEE_OTHER)


def _page(token: str, form: FilledForm, status: HTTPStatus = HTTPStatus.OK) -> Response:
    now = datetime.now(UTC)
    page = for_manager.present(opened_link(service().engine, token, now), now.date())
    return make_response(render_template("shared.html", page=page, form=form, token_of_link=token), status)


@web.after_request
def keep_the_address(response: Response) -> Response:
    """Keeps the address of such a page, which is all that it takes to open it, from other sites and from indexes."""
    if request.endpoint in _ENDPOINTS:
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response.headers["Cache-Control"] = "no-store"
    return response
