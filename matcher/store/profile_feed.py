"""Changes of profiles in the order in which they became visible, and a place in it from which to go on.

Revisions become visible in order (`matcher.store.coaches` says why), and a profile that changes again takes a later
one. So whoever goes on from the last place that they saw misses no change, however many write at the same time.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from matcher.domain import Coach
from matcher.domain.fields import MOST_OF_AN_IDENTIFIER
from matcher.store.documents import read_coach
from matcher.store.tables import CoachRow

ChangeKind = Literal["created", "changed", "deleted"]


@dataclass(frozen=True)
class Place:
    """Up to where changes are known: a revision, and the last id of it; the beginning by default."""

    revision: int = 0
    coach_id: str = ""

    def to_cursor(self) -> str:
        """The place as callers keep it, who need not know what it says."""
        return base64.urlsafe_b64encode(json.dumps([self.revision, self.coach_id]).encode()).decode().rstrip("=")


@dataclass(frozen=True)
class ProfileChange:
    """The last change of a profile, and the profile as it is since then; None once it is deleted.

    It is "created" where nothing was changed since it was first added.
    """

    coach_id: str
    kind: ChangeKind
    at: datetime
    coach: Coach | None
    place: Place


def place_of(cursor: str) -> Place | None:
    """The place that a cursor names, the beginning for an empty one; None for what is no cursor.

    >>> place_of(Place(7, "c1").to_cursor()), place_of(""), place_of("x")
    (Place(revision=7, coach_id='c1'), Place(revision=0, coach_id=''), None)
    """
    if not cursor:
        return Place()
    try:
        found = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        return None
    match found:
        case [int(revision), str(coach_id)] if 0 <= revision < 2**31 and len(coach_id) <= MOST_OF_AN_IDENTIFIER:
            place = Place(revision, coach_id)
            return place if place.to_cursor() == cursor and "\x00" not in coach_id else None
    return None


def changes_after(session: Session, place: Place, limit: int) -> list[ProfileChange]:
    """The first `limit` profiles that changed after that place, each with its last change, in the order of these."""
    row = CoachRow
    # The revision by itself first: by one `or` alone a database finds and sorts all that changed since, documents too.
    later = and_(row.revision >= place.revision, or_(row.revision > place.revision, row.id > place.coach_id))
    query = select(row).where(later).order_by(row.revision, row.id).limit(limit)
    return [_change(found) for found in session.scalars(query)]


def _change(row: CoachRow) -> ProfileChange:
    kind: ChangeKind = "deleted" if row.deleted else "created" if row.created_at == row.updated_at else "changed"
    coach = None if row.document is None else read_coach(row.id, row.document)
    return ProfileChange(row.id, kind, row.updated_at, coach, Place(row.revision, row.id))
