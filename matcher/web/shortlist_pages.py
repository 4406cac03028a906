"""The pages of a shortlist: the answer, why a coach is not on it, and its end."""

from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from matcher.domain import DROPPED_FOR, Shortlist, WhyNot
from matcher.errors import NotFound
from matcher.service import chain_of, forget_shortlist
from matcher.service.sealing import language_of
from matcher.store import coaches, database
from matcher.store.shortlists import SealedShortlist
from matcher.texts import Phrase
from matcher.web import choices, outcome_history, presentation, refine_form, refined, week_grid, wording
from matcher.web.access import MATCHING, SEEING_LISTS, open_to
from matcher.web.bars import Stretch, stretch_of, sum_bars
from matcher.web.blueprint import service, web
from matcher.web.forms import FilledForm
from matcher.web.language import language, other_than_page
from matcher.web.live_line import LiveLine
from matcher.web.need_form import NeedForm
from matcher.web.signed_in import account

NAMES_OFFERED = 500
"""Coaches that the field for a name proposes."""

OUTCOME_LABELS = {"what": Phrase("What happened"), "on": Phrase("On which day")}

_MATCHES_SHOWN = 20
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Kept:
    """A shortlist as it is kept: its seal, and the answer read from it."""

    sealed: SealedShortlist
    answer: Shortlist


def sealed_shortlist(shortlist_id: str) -> Kept:
    """The shortlist with that id of the organisation of who is signed in. Raises NotFound when there is none."""
    sealed = service().desk.find(shortlist_id, account().requester)
    return Kept(sealed, Shortlist.model_validate_json(sealed.answer))


@web.get("/shortlists/<shortlist_id>")
@open_to(SEEING_LISTS)
def shortlist(shortlist_id: str) -> Response:
    """The shortlist, as it was sealed, and what became of its coaches."""
    return shortlist_page(sealed_shortlist(shortlist_id))


def shortlist_page(
    kept: Kept,
    form: FilledForm | None = None,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    refining: NeedForm | None = None,
    live: LiveLine | None = None,
) -> Response:
    """The page of a shortlist; with the form that records an outcome, or that refines, as it was filled in, if that
    went wrong; `live` says how many could do what was filled in."""
    chained = chain_of(service().engine, kept.answer.id, account().requester)
    recorded = next(one.recorded for one in chained if one.kept.id == kept.answer.id)
    page = render_template(
        "shortlist.html",
        page=presentation.present(kept.answer, kept.sealed),
        names=_coaches_named("", NAMES_OFFERED),
        drawn_up=wording.day(kept.answer.created_at.date()),
        state=outcome_history.state(kept.answer, recorded),
        histories=outcome_history.histories(kept.answer, recorded),
        outcome_choices=outcome_history.CHOICES,
        form=form or outcome_form(kept.answer),
        today=datetime.now(UTC).date(),
        refined=refined.refined(kept.answer, chained, other_than_page(language_of(kept.sealed))),
        refining=refining or NeedForm(),
        refine=refine_form.refine_form(service(), kept.answer, kept.sealed, refining, live),
        choices=choices,
        week_grid=week_grid,
        drop_reasons=DROPPED_FOR,
    )
    response = make_response(page, status)
    if refining:
        # The address that the form went to is no page.
        response.headers["HX-Push-Url"] = "false"
    return response


def outcome_form(answer: Shortlist) -> FilledForm:
    """The blank forms that record an outcome; the fields of each coach's end in the rank."""
    ranks = [coach.rank for coach in answer.coaches]
    labels = {f"{name}-{rank}": label for rank in ranks for name, label in OUTCOME_LABELS.items()}
    return FilledForm(labels, {f"on-{rank}": datetime.now(UTC).date().isoformat() for rank in ranks})


@web.get("/shortlists/<shortlist_id>/why-not")
@open_to(MATCHING)
def why_not(shortlist_id: str) -> Response:
    """Where the coach of that id or name stood; a choice when several, or none, have such a name."""
    answer = sealed_shortlist(shortlist_id).answer
    asked = _one_line(request.args.get("coach", ""))
    named = _coaches_named(asked, _MATCHES_SHOWN + 1) if asked else []
    whole = [entry for entry in named if entry[1].casefold() == asked.casefold()]
    only = whole if len(whole) == 1 else named if len(named) == 1 else []
    found = _stood(shortlist_id, [asked, *(coach_id for coach_id, _ in only)])
    stretch = stretch_of([found]) if found else Stretch(0, 1)
    page = render_template(
        "why_not.html",
        answer=answer,
        title=presentation.title(answer.need),
        asked=asked,
        named=named,
        matches_shown=_MATCHES_SHOWN,
        names=_coaches_named("", NAMES_OFFERED),
        found=found,
        bars=sum_bars(found.base, found.contributions, stretch) if found and found.base is not None else (),
        stretch=stretch,
    )
    return make_response(page, HTTPStatus.OK if found or named or not asked else HTTPStatus.NOT_FOUND)


def _stood(shortlist_id: str, coach_ids: list[str]) -> WhyNot | None:
    for coach_id in coach_ids:
        try:
            return service().desk.why_not(shortlist_id, coach_id, account().requester, language())
        except NotFound:
            continue
    return None


def _coaches_named(part: str, limit: int) -> list[tuple[str, str]]:
    with database.snapshots(service().engine).begin() as session:
        return coaches.named(session, part, limit)


def _one_line(text: str) -> str:
    return "".join(character for character in text if character.isprintable()).strip()[:_LONGEST_NAME]


@web.get("/shortlists/<shortlist_id>/delete")
@open_to(MATCHING)
def confirm_deletion(shortlist_id: str) -> str:
    """Asks whether the shortlist shall be deleted, and says what that means."""
    answer = sealed_shortlist(shortlist_id).answer
    return render_template("delete.html", answer=answer, title=presentation.title(answer.need))


@web.post("/shortlists/<shortlist_id>/delete")
@open_to(MATCHING)
def delete(shortlist_id: str) -> AnyResponse:
    """Deletes the shortlist with the need that it is for."""
    forget_shortlist(service().engine, shortlist_id, account().requester, datetime.now(UTC))
    return redirect(url_for("web.deleted"), HTTPStatus.SEE_OTHER)


@web.get("/deleted")
@open_to(MATCHING)
def deleted() -> str:
    """Says that a shortlist is gone."""
    return render_template("deleted.html")
