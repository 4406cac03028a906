"""Changes of one profile: none is made to a version that whoever makes it has not seen."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from matcher.domain import Actor, Coach
from matcher.domain.audit import Action
from matcher.errors import NotFound, PreconditionFailed
from matcher.matching.areas import AreaReading
from matcher.matching.embedding import Encoder
from matcher.service.profiles import keep_texts, missing_texts
from matcher.store import audit, coaches, database, directory
from matcher.store.coaches import Fate, Versioned
from matcher.store.documents import content_hash, written

Condition = Callable[[Coach | None], bool]
"""Whether a change may be made, seeing the profile that is there; None where there is none."""


def profile_with_id(engine: Engine, coach_id: str) -> tuple[Coach, Versioned, directory.Confirmed]:
    """The profile with that id, its version, and when it was last confirmed. Raises NotFound when there is none."""
    with database.snapshots(engine).begin() as session:
        found, confirmed = coaches.versioned(session, coach_id), directory.confirmed(session, coach_id)
    if found is None or found.coach is None or confirmed is None:
        raise NotFound("There is no coach with this id, or no longer.")
    return found.coach, found, confirmed


def change_profile(
    engine: Engine, encoder: Encoder, areas: AreaReading, coach: Coach, *, version: int | None, by: Actor, now: datetime
) -> Versioned | None:
    """Stores a profile in place of that version of it, or a new one for None.

    When another version is there by now nothing is stored, and that is answered; None when it was stored.
    """
    with database.snapshots(engine).begin() as session:
        found = missing_texts(session, encoder, areas, [coach])
    with database.sessions(engine).begin() as session:
        keep_texts(session, found)
        present = coaches.locked(session, coach.id)
        gone = present is None or present.coach is None
        if present is not None and version != present.version and not (gone and version is None):
            session.rollback()
            return present
        _put(session, coach, by, now)
    return None


def put_profile(
    engine: Engine,
    encoder: Encoder,
    areas: AreaReading,
    coach: Coach,
    *,
    condition: Condition | None,
    by: Actor,
    now: datetime,
) -> Fate:
    """Adds or replaces a profile. Raises PreconditionFailed, and stores nothing, when the condition does not hold.

    Nobody changes the profile between the condition and the change. Without a condition the profile that is there is
    not read, so that one which this version of the service cannot read can be replaced.
    """
    with database.snapshots(engine).begin() as session:
        found = missing_texts(session, encoder, areas, [coach])
    with database.sessions(engine).begin() as session:
        # The texts first, as everywhere, so that no two transactions wait for each other in a circle.
        keep_texts(session, found)
        _require(session, coach.id, condition)
        return _put(session, coach, by, now)


def _put(session: Session, coach: Coach, by: Actor, now: datetime) -> Fate:
    fate = coaches.put_each(session, [coach], now)[coach.id]
    if fate != "unchanged":
        action: Action = "profile.added" if fate == "added" else "profile.replaced"
        audit.append(session, by, action, now, coach.id, profile=content_hash(written(coach)))
    return fate


def drop_profile(engine: Engine, coach_id: str, *, condition: Condition | None, by: Actor, now: datetime) -> None:
    """Drops a profile, as `put_profile` replaces one. Raises NotFound, whatever the condition, when there is none."""
    with database.sessions(engine).begin() as session:
        if not coaches.is_there(session, coach_id):
            raise NotFound("There is no profile with this id.")
        _require(session, coach_id, condition)
        coaches.delete(session, coach_id, now)
        audit.append(session, by, "profile.deleted", now, coach_id)


def _require(session: Session, coach_id: str, condition: Condition | None) -> None:
    if condition is None:
        return
    present = coaches.locked(session, coach_id)
    if not condition(None if present is None else present.coach):
        raise PreconditionFailed(
            "The profile is not as this request expects it: it was changed, added or deleted since. Nothing was "
            "stored. Get it as it is now and decide again."
        )


def confirm_profile(engine: Engine, coach_id: str, by: Actor, now: datetime) -> None:
    """Notes that all of a profile is still right. Raises NotFound when there is none."""
    with database.sessions(engine).begin() as session:
        if not directory.confirm(session, coach_id, now):
            raise NotFound("There is no coach with this id, or no longer.")
        audit.append(session, by, "profile.confirmed", now, coach_id)


def delete_profile(engine: Engine, coach_id: str, by: Actor, now: datetime) -> Versioned:
    """Drops a profile; the version that its deletion has, with the profile as it was: no other place keeps that.

    Raises NotFound when there is none.
    """
    with database.sessions(engine).begin() as session:
        present = coaches.locked(session, coach_id)
        if present is None or not coaches.delete(session, coach_id, now):
            raise NotFound("There is no coach with this id, or no longer.")
        deleted = coaches.versioned(session, coach_id)
        audit.append(session, by, "profile.deleted", now, coach_id)
    if deleted is None:
        raise LookupError("a deleted profile leaves its version")
    return Versioned(present.coach, deleted.version, deleted.created_at, deleted.updated_at)
