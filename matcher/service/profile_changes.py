"""Changes of one profile by a person: none is made to a version that the person has not seen."""

from datetime import datetime

from sqlalchemy import Engine

from matcher.domain import Coach
from matcher.errors import NotFound
from matcher.matching.areas import AreaReading
from matcher.matching.embedding import Encoder
from matcher.service.profiles import keep_texts, missing_texts
from matcher.store import coaches, database, directory
from matcher.store.coaches import Versioned


def profile_with_id(engine: Engine, coach_id: str) -> tuple[Coach, Versioned, directory.Confirmed]:
    """The profile with that id, its version, and when it was last confirmed. Raises NotFound when there is none."""
    with database.snapshots(engine).begin() as session:
        found, confirmed = coaches.versioned(session, coach_id), directory.confirmed(session, coach_id)
    if found is None or found.coach is None or confirmed is None:
        raise NotFound("There is no coach with this id, or no longer.")
    return found.coach, found, confirmed


def change_profile(
    engine: Engine, encoder: Encoder, areas: AreaReading, coach: Coach, *, version: int | None, now: datetime
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
        coaches.put(session, [coach], now)
    return None


def confirm_profile(engine: Engine, coach_id: str, now: datetime) -> None:
    """Notes that all of a profile is still right. Raises NotFound when there is none."""
    with database.sessions(engine).begin() as session:
        if not directory.confirm(session, coach_id, now):
            raise NotFound("There is no coach with this id, or no longer.")


def delete_profile(engine: Engine, coach_id: str, now: datetime) -> Versioned:
    """Drops a profile; the version that its deletion has, with the profile as it was: no other place keeps that.

    Raises NotFound when there is none.
    """
    with database.sessions(engine).begin() as session:
        present = coaches.locked(session, coach_id)
        if present is None or not coaches.delete(session, coach_id, now):
            raise NotFound("There is no coach with this id, or no longer.")
        deleted = coaches.versioned(session, coach_id)
    if deleted is None:
        raise LookupError("a deleted profile leaves its version")
    return Versioned(present.coach, deleted.version, deleted.created_at, deleted.updated_at)
