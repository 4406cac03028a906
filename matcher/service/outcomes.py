"""Records what became of the coaches that a shortlist shows, for those who may see the shortlist."""

import json
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from matcher.domain import EVENTS, Outcome, Requester
from matcher.domain.audit import need_hash
from matcher.errors import InvalidInput, NotFound, Problem
from matcher.service.shortlists import sealed_shortlist
from matcher.service.webhooks import note_event
from matcher.store import audit, database, outcomes
from matcher.store.outcomes import RecordedOutcome
from matcher.store.shortlists import SealedShortlist


def record_outcome(engine: Engine, shortlist_id: str, outcome: Outcome, requester: Requester, now: datetime) -> bool:
    """Keeps an outcome, in place of an earlier one of the same coach and event; True when there was none.

    Raises NotFound for a shortlist that is not there, or not for that requester, and InvalidInput for a coach whom it
    does not show (/coach_id), or a day that does not go with what is recorded of the coach (/on).
    """
    with database.sessions(engine).begin() as session:
        sealed = sealed_shortlist(session, shortlist_id, requester)
        if outcome.coach_id not in _shown(sealed):
            raise InvalidInput([Problem("/coach_id", "is not one of the coaches that this shortlist shows")])
        if against := outcome.contradicts(outcomes.of_shortlist(session, sealed.id)):
            raise InvalidInput([Problem("/on", against)])
        is_first = outcomes.record(session, sealed.id, outcome, requester, now)
        note_outcome(session, sealed.id, outcome, requester, now)
        told = outcome.model_dump(mode="json", exclude_none=True)
        audit.append(
            session, requester.actor, "outcome.recorded", now, sealed.id, need=need_hash(sealed.answer), outcome=told
        )
        return is_first


def note_outcome(session: Session, shortlist_id: str, outcome: Outcome, requester: Requester, now: datetime) -> None:
    """Has webhooks told that an outcome is recorded, and not what it says beyond its coach and event."""
    links = {"outcomes": f"/api/v1/shortlists/{shortlist_id}/outcomes"}
    data = {"shortlist_id": shortlist_id, "coach_id": outcome.coach_id, "event": outcome.event, "links": links}
    note_event(session, "outcome.recorded", requester, data, now)


def withdraw_outcome(
    engine: Engine, shortlist_id: str, coach_id: str, event: str, requester: Requester, *, now: datetime
) -> None:
    """Takes back what was recorded. Raises NotFound for nothing, and for a shortlist as `record_outcome` does."""
    with database.sessions(engine).begin() as session:
        sealed = sealed_shortlist(session, shortlist_id, requester)
        if event not in EVENTS or not outcomes.withdraw(session, sealed.id, coach_id, event):
            raise NotFound("No such outcome of this coach is recorded.")
        told = {"coach_id": coach_id, "event": event}
        audit.append(
            session, requester.actor, "outcome.taken_back", now, sealed.id, need=need_hash(sealed.answer), outcome=told
        )


def outcomes_of(engine: Engine, shortlist_id: str, requester: Requester) -> tuple[Outcome, ...]:
    """What became of the coaches of a shortlist, by day, then in the usual order of events; empty when unknown.

    Raises NotFound for a shortlist as `record_outcome` does.
    """
    with database.snapshots(engine).begin() as session:
        return outcomes.of_shortlist(session, sealed_shortlist(session, shortlist_id, requester).id)


def history_of(engine: Engine, shortlist_id: str, requester: Requester) -> tuple[RecordedOutcome, ...]:
    """What `outcomes_of` answers, with who recorded it and when. Raises NotFound for a shortlist likewise."""
    with database.snapshots(engine).begin() as session:
        return outcomes.history(session, sealed_shortlist(session, shortlist_id, requester).id)


def _shown(sealed: SealedShortlist) -> set[str]:
    return {coach["coach_id"] for coach in json.loads(sealed.answer)["coaches"]}
