"""Shortlists: asked for, shown again, and why a coach is or is not on one."""

from datetime import UTC, datetime

from apiflask import APIBlueprint
from flask import Response, url_for
from sqlalchemy.orm import Session

from matcher.api.context import asked_language, requester, sent_json, service
from matcher.api.description import takes
from matcher.api.idempotency import has_key, keep_with
from matcher.domain import Refinement, Shortlist, ShortlistRequest, WhyNot
from matcher.intake import refinement_from, shortlist_request_from
from matcher.service import refine
from matcher.service.sealing import language_of
from matcher.store.shortlists import SealedShortlist
from matcher.texts import Language

shortlists = APIBlueprint("shortlists", __name__, url_prefix="/shortlists", tag="Shortlists")


def _json(document: str, language: Language, status: int = 200) -> Response:
    response = Response(document, status, mimetype="application/json")
    response.content_language.add(language)
    return response


@shortlists.post("")
@takes(shortlists, ShortlistRequest)
@shortlists.output(Shortlist, status_code=201, description="The shortlist, kept under its id.")
@shortlists.doc(summary="Ask for a shortlist", responses=[400, 401, 409, 413, 415, 422], operation_id="createShortlist")
def create() -> Response:
    """The best coaches for a need, each with contributions that sum to the score, reasons and evidence.

    Sentences are in the language that Accept-Language asks for, English or German; Content-Language says which.
    """
    wanted = shortlist_request_from(sent_json())
    now = datetime.now(UTC)
    language = asked_language()
    desk = service().desk
    return _created(
        desk.draw_up(wanted.need, wanted.limit, requester(), now, language=language, alongside=_keep_answer), language
    )


def _created(sealed: SealedShortlist, language: Language) -> Response:
    response = _json(sealed.answer, language, 201)
    response.headers["Location"] = url_for("api.shortlists.show", shortlist_id=sealed.id)
    return response


def _keep_answer(session: Session, sealed: SealedShortlist) -> None:
    if has_key():
        keep_with(session, _created(sealed, language_of(sealed)), sealed.id)


@shortlists.get("/<shortlist_id>")
@shortlists.output(Shortlist, description="The answer as it was given.")
@shortlists.doc(summary="Show a shortlist again", responses=[401, 404], operation_id="getShortlist")
def show(shortlist_id: str) -> Response:
    """The stored answer, unchanged."""
    sealed = service().desk.find(shortlist_id, requester())
    return _json(sealed.answer, language_of(sealed))


@shortlists.post("/<shortlist_id>/refinements")
@takes(shortlists, Refinement)
@shortlists.output(Shortlist, status_code=201, description="The refined shortlist; `moved` says who moved, and why.")
@shortlists.doc(
    summary="Refine a shortlist", responses=[400, 401, 404, 409, 413, 415, 422], operation_id="refineShortlist"
)
def refined(shortlist_id: str) -> Response:
    """A new shortlist for the changed need; the one that it refines stays as it is. Sent again, it is the same one."""
    refinement, now = refinement_from(sent_json()), datetime.now(UTC)
    language, desk = asked_language(), service().desk
    sealed = refine(desk, shortlist_id, refinement, requester(), now, language=language, alongside=_keep_answer)
    return _created(sealed, language_of(sealed))


@shortlists.get("/<shortlist_id>/coaches/<coach:coach_id>")
@shortlists.output(WhyNot, description="Where the coach stood.")
@shortlists.doc(summary="Why, or why not, this coach", responses=[401, 404], operation_id="getWhyNot")
def why_not(shortlist_id: str, coach_id: str) -> Response:
    """Where a coach stood when the shortlist was drawn up, and why it is or is not shown."""
    language = asked_language()
    return _json(service().desk.why_not(shortlist_id, coach_id, requester(), language).model_dump_json(), language)
