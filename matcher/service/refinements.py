"""Refines a shortlist: draws up a new one for a changed need, which says what it refines and who moved on the way."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Engine

from matcher.domain import Coach, Moved, Need, Refinement, Requester, Shortlist, importance_of
from matcher.errors import InvalidInput, NotFound, Problem
from matcher.intake import need_from
from matcher.matching.assessment import Assessment
from matcher.matching.explanation.moves import Standings, moves
from matcher.service.sealing import Asked, Drawn, Place, asked_for, seal_of
from matcher.service.shortlists import Alongside, Desk, log_drawn_up, sealed_shortlist, tell_audit
from matcher.service.webhooks import note_shortlist
from matcher.store import database, outcomes, shortlists
from matcher.store.outcomes import RecordedOutcome
from matcher.store.shortlists import ChainedAnswer, SealedShortlist
from matcher.texts import ENGLISH, Language, Phrase, texts_in

_CHANGES_NOTHING = Phrase("changes nothing of what the shortlist was drawn up for")
_NO_CANDIDATE = Phrase("was not in the directory when the shortlist was drawn up")


@dataclass(frozen=True)
class ChainedShortlist:
    """One of the shortlists that belong together, and what was recorded of its coaches."""

    kept: ChainedAnswer
    recorded: tuple[RecordedOutcome, ...]


def refine(
    desk: Desk,
    shortlist_id: str,
    refinement: Refinement,
    requester: Requester,
    now: datetime,
    *,
    language: Language = ENGLISH,
    alongside: Alongside = lambda _session, _sealed: None,
) -> SealedShortlist:
    """The shortlist that another one becomes by a refinement; the other one stays as it is.

    The same refinement of the same list, on one day and with the same profiles and weights, is the same list: it is
    drawn up once in each `language`, however often it is sent. What `alongside` stores is stored with it or not at all.
    Raises NotFound for a shortlist that is not there, or not for that requester, and InvalidInput, by its place in the
    refinement, for coaches who cannot be pinned or dropped, for limits that do not go together, and for no change.
    """
    before = desk.find(shortlist_id, requester)
    asked = replace(_changed(before, refinement), language=language)
    drawn = desk.draw(asked, now)
    sealed = seal_of(drawn, _id_of(before.id, drawn), Place(before.id, before.chain_id, _moved(before, drawn)))
    with database.sessions(desk.engine).begin() as session:
        if not shortlists.hold(session, before.chain_id):
            raise NotFound("There is no such shortlist.")
        present = shortlists.get(session, sealed.id, requester)
        if present is None:
            shortlists.seal(session, sealed, asked.need, requester)
            note_shortlist(session, sealed.id, requester, now)
            log_drawn_up(sealed.id, drawn)
        alongside(session, present or sealed)
        if present is None:
            tell_audit(session, sealed.id, drawn, requester)
    return present or sealed


def chain_of(engine: Engine, shortlist_id: str, requester: Requester) -> tuple[ChainedShortlist, ...]:
    """The first shortlist, and all that came of it by refinement, in the order in which they were drawn up.

    Raises NotFound for a shortlist as `refine` does.
    """
    with database.snapshots(engine).begin() as session:
        sealed = sealed_shortlist(session, shortlist_id, requester)
        return tuple(
            ChainedShortlist(kept, outcomes.history(session, kept.id))
            for kept in shortlists.chain(session, sealed.chain_id)
        )


def refined_need(before: SealedShortlist, refinement: Refinement) -> Need:
    """The need that a shortlist would be drawn up for after a refinement, which may change nothing of it.

    Raises InvalidInput, but for no change, as `refine` does.
    """
    return _refined(before, asked_for(before), refinement).need


def _changed(before: SealedShortlist, refinement: Refinement) -> Asked:
    """What the refined shortlist is to be drawn up for. Raises InvalidInput as `refine` does."""
    old = asked_for(before)
    asked = _refined(before, old, refinement)
    if asked == old:
        raise InvalidInput([Problem("", _CHANGES_NOTHING)])
    return asked


def _refined(before: SealedShortlist, old: Asked, refinement: Refinement) -> Asked:
    problems = list(_wrong_coaches(before, old, refinement))
    if problems:
        raise InvalidInput(problems)
    new = {one.coach_id: one for one in refinement.drop}
    back = set(old.need.requirements.exclude_coaches if _all_are_back(refinement) else refinement.bring_back)
    dropped = [one for one in old.dropped if one.coach_id not in {*back, *new}] + list(new.values())
    pinned = dict.fromkeys((*old.pinned, *refinement.pin))
    off = {change.area for change in refinement.goals if change.importance == 0}
    on = {change.area for change in refinement.goals if change.importance > 0}
    return Asked(
        need=_changed_need(old.need, refinement, _goals(before), excluded=(back, list(new))),
        limit=old.limit,
        passed_over=(old.passed_over | off) - on,
        pinned=tuple(coach_id for coach_id in pinned if coach_id not in {*refinement.unpin, *new}),
        dropped=tuple(dropped),
    )


def _all_are_back(refinement: Refinement) -> bool:
    return "exclude_coaches" in refinement.lift


def _wrong_coaches(before: SealedShortlist, old: Asked, refinement: Refinement) -> Iterator[Problem]:
    candidates = set(Assessment.from_bytes(before.assessment).ids)
    excluded = set(old.need.requirements.exclude_coaches)
    for place, coach_id in enumerate(refinement.pin):
        if coach_id not in candidates:
            yield Problem(f"/pin/{place}", _NO_CANDIDATE)
    for place, one in enumerate(refinement.drop):
        if one.coach_id not in candidates:
            yield Problem(f"/drop/{place}/coach_id", _NO_CANDIDATE)
        elif one.coach_id in refinement.pin:
            yield Problem(f"/drop/{place}/coach_id", "is pinned at the same time")
    for place, coach_id in enumerate(refinement.bring_back):
        if coach_id not in excluded:
            yield Problem(f"/bring_back/{place}", "was not dropped")


def _goals(before: SealedShortlist) -> Mapping[str, float]:
    """The weight of each goal that counted, stated or read."""
    return {goal["area"]: goal["weight"] for goal in json.loads(before.facts).get("goals", ())}


def _changed_need(
    need: Need, refinement: Refinement, counted: Mapping[str, float], excluded: tuple[Collection[str], Sequence[str]]
) -> Need:
    document: dict[str, Any] = need.model_dump(mode="json", by_alias=True, exclude_none=True)
    required = document["requirements"]
    for name in refinement.lift:
        document.pop(name, None)
        if name != "exclude_coaches":
            required.pop(name, None)
    limits = refinement.limits.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    required |= limits.pop("requirements", {})
    document["sessions"] |= limits.pop("sessions", {})
    if (budget := limits.get("budget")) and budget["currency"] == document.get("budget", {}).get("currency"):
        # A ceiling for all sessions stays, unless another one is sent.
        limits["budget"] = document["budget"] | budget
    back, new = excluded
    required["exclude_coaches"] = [
        *(coach_id for coach_id in required["exclude_coaches"] if coach_id not in {*back, *new}),
        *new,
    ]
    document |= limits
    document["focus_areas"] = _stated(need, refinement, counted)
    try:
        return need_from(document)
    except InvalidInput as error:
        raise InvalidInput([_placed(problem) for problem in error.problems]) from None


def _stated(need: Need, refinement: Refinement, counted: Mapping[str, float]) -> list[dict[str, Any]]:
    """The goals that the need states from now on; none where they are still to be read from its text."""
    changed = {change.area: change.importance for change in refinement.goals}
    stated = {goal.area: goal.importance for goal in need.focus_areas}
    if not stated and any(changed.values()):
        most = max(counted.values(), default=1)
        stated = {area: importance_of(weight / most) for area, weight in counted.items()}
    return [{"area": area, "importance": importance} for area, importance in (stated | changed).items() if importance]


def _placed(problem: Problem) -> Problem:
    """A problem of the changed need, where it stands in the refinement."""
    if problem.pointer.startswith(("/focus_areas", "/summary")):
        return Problem("/goals", "leave neither a goal nor a text to read goals from")
    if problem.pointer.startswith("/requirements/exclude_coaches"):
        return Problem("/drop", problem.detail)
    return Problem(f"/limits{problem.pointer}", problem.detail)


def _id_of(refines_id: str, drawn: Drawn) -> str:
    """The id of what a refinement makes of a shortlist: the same for the same one, so that none is made twice."""
    asked = drawn.asked
    told = [
        asked.need.model_dump_json(by_alias=True),
        asked.limit,
        sorted(asked.passed_over),
        asked.pinned,
        [one.model_dump() for one in asked.dropped],
        drawn.today.isoformat(),
        drawn.model.model_dump(),
        *([asked.language] if asked.language != ENGLISH else []),
    ]
    return str(uuid5(UUID(refines_id), hashlib.sha256(json.dumps(told).encode()).hexdigest()))


def _moved(before: SealedShortlist, drawn: Drawn) -> tuple[Moved, ...]:
    answer, facts = Shortlist.model_validate_json(before.answer), json.loads(before.facts)
    earlier = Standings(
        edition=answer.model.index,
        need=answer.need,
        goals=_goals(before),
        assessment=Assessment.from_bytes(before.assessment),
        day=answer.need.start_by or date.fromisoformat(facts["today"]),
        prices={coach.coach_id: coach.price for coach in answer.coaches},
        profiles={coach_id: Coach.model_validate(document) for coach_id, document in facts.get("profiles", {}).items()},
    )
    later = Standings(
        edition=drawn.edition.version,
        need=drawn.asked.need,
        goals={goal.area: goal.weight for goal in drawn.found.reading.goals},
        assessment=drawn.found.assessment,
        day=drawn.asked.need.start_by or drawn.today,
        prices={ranked.coach_id: ranked.price for ranked in drawn.found.coaches},
        profiles=drawn.profiles,
    )
    names = {coach.coach_id: coach.name for coach in answer.coaches}
    names |= {coach_id: coach.name for coach_id, coach in drawn.profiles.items()}
    return moves(earlier, later, names, drawn.asked.dropped, texts_in(drawn.asked.language))
