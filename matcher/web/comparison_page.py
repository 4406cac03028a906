"""The page on which coaches of a shortlist stand side by side."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Response, make_response, render_template, request

from matcher.web import comparison, presentation, wording
from matcher.web.access import SEEING_LISTS, open_to
from matcher.web.blueprint import web
from matcher.web.comparison import FEWEST, MOST
from matcher.web.language import gettext
from matcher.web.shortlist_pages import sealed_shortlist


@web.get("/shortlists/<shortlist_id>/compare")
@open_to(SEEING_LISTS)
def compare(shortlist_id: str) -> Response:
    """Those coaches side by side who are asked for; a choice of them when they are too few or too many."""
    kept = sealed_shortlist(shortlist_id)
    shown = [coach.coach_id for coach in kept.answer.coaches]
    asked = [coach_id for coach_id in dict.fromkeys(request.args.getlist("coach")) if coach_id in shown]
    complaint = _complaint(len(asked), bool(request.args.getlist("coach")))
    found = None
    if FEWEST <= len(asked) <= MOST:
        found = comparison.compare(kept.answer, kept.sealed, asked, datetime.now(UTC).date())
    page = render_template(
        "compare.html",
        answer=kept.answer,
        title=presentation.title(kept.answer.need),
        created=wording.day(kept.answer.created_at.date()),
        comparison=found,
        complaint=complaint,
        asked=asked,
    )
    return make_response(page, HTTPStatus.UNPROCESSABLE_ENTITY if complaint else HTTPStatus.OK)


def _complaint(asked: int, any_named: bool) -> str:
    if not any_named or FEWEST <= asked <= MOST:
        return ""
    if asked < FEWEST:
        return gettext("Tick at least two coaches.")
    return gettext("Tick at most four coaches; more do not fit on a page.")
