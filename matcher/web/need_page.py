"""The page on which a need is described; it opens with the paragraph, since that alone is enough."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from matcher.errors import InvalidInput
from matcher.web import choices, need_form
from matcher.web.access import MATCHING, open_to
from matcher.web.blueprint import service, web
from matcher.web.need_form import NeedForm, Sent
from matcher.web.shortlist_pages import sealed_shortlist
from matcher.web.signed_in import account

SHOWN = 3
"""How many coaches HR is shown."""

OUT_OF_DATE = "This page was opened before you signed in. Nothing was sent yet; send it once more."


@web.get("/")
@open_to(MATCHING)
def describe() -> Response:
    """The form, blank or as it was filled for the shortlist `from`."""
    earlier = request.args.get("from")
    if earlier:
        answer = sealed_shortlist(earlier).answer
        return _page(need_form.filled_with(answer.need), earlier=answer.id)
    defaults = {"organisation": [service().settings.form_organisation], "sessions.minutes": ["60"]}
    response = _page(NeedForm(defaults))
    # Without "no-store" a browser keeps what is typed when one leaves the page and comes back.
    response.headers["Cache-Control"] = "no-cache"
    return response


def _again() -> Response:
    return _page(NeedForm(typed(), general=(OUT_OF_DATE,)), HTTPStatus.BAD_REQUEST)


@web.post("/")
@open_to(MATCHING, again=_again)
def ask() -> AnyResponse:
    """Draws up a shortlist and goes to it; with problems, the form again with each beside its field."""
    return answer_to(typed())


def typed() -> Sent:
    """What was typed in the form that was sent."""
    return request.form.to_dict(flat=False)


def answer_to(sent: Sent) -> AnyResponse:
    """The answer to the form of a need, whichever way it came from somebody who may ask."""
    try:
        need = need_form.read_need(sent)
    except InvalidInput as error:
        return _page(need_form.with_problems(sent, error.problems), HTTPStatus.UNPROCESSABLE_ENTITY)
    sealed = service().desk.draw_up(need, SHOWN, account().requester, datetime.now(UTC))
    return redirect(url_for("web.shortlist", shortlist_id=sealed.id), HTTPStatus.SEE_OTHER)


def _page(form: NeedForm, status: HTTPStatus = HTTPStatus.OK, earlier: str = "") -> Response:
    with service().desk.catalogue.opened() as (_, edition):
        index = edition.index
    page = render_template(
        "need.html",
        form=form,
        earlier=earlier,
        coaches=len(index),
        choices=choices,
        languages=choices.languages(index, form.sent.get("languages", ())),
        currencies=choices.currencies(service().desk.rates.on(datetime.now(UTC).date())),
        days=need_form.DAY_NAMES,
        spans=need_form.SPANS,
    )
    return make_response(page, status)
