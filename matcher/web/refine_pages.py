"""Refines a shortlist on its page: pins a coach, drops one with a reason, changes what a goal counts or a limit."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from matcher.domain import Refinement, Shortlist
from matcher.errors import InvalidInput, Problem
from matcher.intake import refinement_from
from matcher.service import refine, refined_need
from matcher.texts import Phrase
from matcher.web import need_form, refine_form
from matcher.web.access import MATCHING, open_to
from matcher.web.blueprint import service, web
from matcher.web.language import language, said
from matcher.web.live_line import line_of, not_counted
from matcher.web.need_form import NeedForm, Sent, first
from matcher.web.shortlist_pages import Kept, sealed_shortlist, shortlist_page
from matcher.web.signed_in import account

OUT_OF_DATE = Phrase("This page was opened before you signed in. Nothing was changed yet; send it once more.")
NOTHING_CHANGED = Phrase("Nothing was changed, so the list is as it was.")

_SAID: Mapping[str, str] = {
    "/drop/0/reason": Phrase("Choose why you drop the coach."),
    "/drop/0/words": Phrase("Say in a few words why you drop the coach; that goes with “another reason” alone."),
    "/goals": Phrase("Keep at least one goal: there is no text to read goals from."),
}
"""What is said of problems that belong to no field of the form of a need, by their place in the refinement."""


def _sent() -> Sent:
    return request.form.to_dict(flat=False)


def _again() -> Response:
    kept = sealed_shortlist(str((request.view_args or {})["shortlist_id"]))
    return shortlist_page(kept, refining=NeedForm(_sent(), general=(OUT_OF_DATE,)), status=HTTPStatus.BAD_REQUEST)


@web.post("/shortlists/<shortlist_id>/refinements")
@open_to(MATCHING, again=_again)
def refine_one(shortlist_id: str) -> AnyResponse:
    """Goes to the refined shortlist; shows the page again, with a word on why, when there is none to be drawn up."""
    kept, sent = sealed_shortlist(shortlist_id), _sent()
    if first(sent, "do") == "count":
        return _counted(kept, sent)
    try:
        document = _document(sent, kept.answer)
        refined = refine(
            service().desk,
            shortlist_id,
            refinement_from(document),
            account().requester,
            datetime.now(UTC),
            language=language(),
        )
    except InvalidInput as error:
        if [problem.pointer for problem in error.problems] == [""]:
            flash(said(NOTHING_CHANGED))
            return _to(shortlist_id)
        return shortlist_page(
            kept, refining=_with_problems(sent, error.problems), status=HTTPStatus.UNPROCESSABLE_ENTITY
        )
    return _to(refined.id)


def _counted(kept: Kept, sent: Sent) -> AnyResponse:
    """How many coaches could do what is filled in: the line for htmx, the whole page for a browser by itself."""
    try:
        refinement = refinement_from(_document(sent, kept.answer))
        live = line_of(service(), refined_need(kept.sealed, refinement), datetime.now(UTC))
    except InvalidInput as error:
        wrong = _with_problems(sent, error.problems)
        live = not_counted(next(iter([message.full for message in wrong.messages.values()] or wrong.general)))
    if "HX-Request" in request.headers:
        return make_response(render_template("counted.html", live=live))
    return shortlist_page(kept, refining=NeedForm(sent), live=live)


def _to(shortlist_id: str) -> AnyResponse:
    return redirect(url_for("web.shortlist", shortlist_id=shortlist_id, _anchor="changed"), HTTPStatus.SEE_OTHER)


def _document(sent: Sent, answer: Shortlist) -> dict[str, Any]:
    """What a button of the page asks for, as a refinement."""
    coach = first(sent, "coach")
    match first(sent, "do"):
        case "pin":
            return {"pin": [coach]}
        case "unpin":
            return {"unpin": [coach]}
        case "drop":
            return {
                "drop": [{"coach_id": coach, "reason": first(sent, "reason"), "words": first(sent, "words").strip()}]
            }
        case "bring_back":
            return {"bring_back": [coach]}
        case "relax":
            return _relaxed(answer, first(sent, "relaxation"))
        case _:
            return refine_form.changes(sent, answer.need)


def _relaxed(answer: Shortlist, place: str) -> dict[str, Any]:
    """What makes the relaxation at that place of the answer; nothing for a place that has none."""
    chosen = [one.refinement for number, one in enumerate(answer.relaxations) if str(number) == place]
    refinement = next(filter(None, chosen), Refinement())
    return refinement.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _with_problems(sent: Sent, problems: Sequence[Problem]) -> NeedForm:
    """The form as it was sent: problems of limits at their fields, all others above."""
    general = [told for problem in problems if (told := _said(problem.pointer))]
    of_fields = [Problem(problem.pointer.removeprefix("/limits"), problem.detail) for problem in problems]
    placed = need_form.with_problems(sent, [one for one in of_fields if not _said(one.pointer)])
    return NeedForm(sent, placed.messages, (*dict.fromkeys(general), *placed.general))


def _said(pointer: str) -> str:
    if pointer in _SAID:
        return _SAID[pointer]
    if pointer.startswith(("/pin", "/unpin", "/drop", "/bring_back")):
        return Phrase("That coach cannot be pinned or dropped here. Nothing was changed.")
    return Phrase("Choose each goal and its weight from the list.") if pointer.startswith("/goals/") else ""
