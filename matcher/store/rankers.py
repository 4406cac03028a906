"""Rankers beside the packaged one: a candidate until promoted, then in use until another one is, or none."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from matcher.domain import Comparison
from matcher.errors import InvalidInput, Problem
from matcher.store.database import insert, rows_changed
from matcher.store.documents import read_comparison
from matcher.store.tables import RankerRow

_IN_USE = RankerRow.promoted_at.is_not(None) & RankerRow.retired_at.is_(None)
_PROMOTED = select(RankerRow).where(_IN_USE)


@dataclass(frozen=True)
class Ranker:
    """A ranker and its comparison, both as JSON texts, and its times: made, last promoted, and retired since.

    `promoted_at` is None for a candidate, `retired_at` for a candidate and for the one in use.
    """

    name: str
    document: str
    comparison_document: str
    created_at: datetime
    promoted_at: datetime | None = None
    retired_at: datetime | None = None

    @property
    def comparison(self) -> Comparison:
        """The comparison; ConfigurationError when a later version of the service no longer reads it."""
        return read_comparison(self.name, self.comparison_document)

    @property
    def is_promoted(self) -> bool:
        """Whether it is the promoted one now."""
        return self.promoted_at is not None and self.retired_at is None


def add_candidate(session: Session, document: Mapping[str, Any], comparison: Comparison, now: datetime) -> Ranker:
    """Keeps the document of a ranker file, which has a `name`, as a candidate.

    Raises InvalidInput when there is a ranker of that name, whatever became of it: answers name their ranker.
    """
    ranker = Ranker(document["name"], json.dumps(document), comparison.model_dump_json(), now)
    values = {
        "name": ranker.name,
        "document": ranker.document,
        "comparison": ranker.comparison_document,
        "created_at": now,
    }
    # Asked of the database, not looked up before, so that two at once do not both get the name.
    if not rows_changed(session, insert(session, RankerRow).values(values).on_conflict_do_nothing()):
        raise InvalidInput([Problem("/ranker/name", "is the name of another ranker; take another name")])
    return ranker


def promoted(session: Session) -> Ranker | None:
    """The ranker that is promoted; None when the packaged one is to be used."""
    row = session.connection().execute(_PROMOTED).first()
    return None if row is None else _ranker(row)


def get(session: Session, name: str) -> Ranker | None:
    """The ranker of that name; None when there is none."""
    row = session.get(RankerRow, name)
    return None if row is None else _ranker(row)


def every(session: Session) -> list[Ranker]:
    """All rankers, the newest first, those of one moment by name."""
    return [
        _ranker(row) for row in session.scalars(select(RankerRow).order_by(RankerRow.created_at.desc(), RankerRow.name))
    ]


def promote(session: Session, name: str, now: datetime) -> bool:
    """Puts a ranker in the place of the one that is promoted, if any; False when there is none of that name.

    The one that is promoted already stays so since then.
    """
    # Locks them all, so that two at once do not leave two in use; SQLite has no such clause and needs none.
    names = session.scalars(select(RankerRow.name).order_by(RankerRow.name).with_for_update()).all()
    if name not in names:
        return False
    session.execute(update(RankerRow).where(_IN_USE, RankerRow.name != name).values(retired_at=now))
    session.execute(update(RankerRow).where(~_IN_USE, RankerRow.name == name).values(promoted_at=now, retired_at=None))
    return True


def withdraw_promotion(session: Session, now: datetime) -> bool:
    """Goes back to the packaged ranker; False when none is promoted."""
    return rows_changed(session, update(RankerRow).where(_IN_USE).values(retired_at=now)) > 0


def _ranker(row: RankerRow | Row[Any]) -> Ranker:
    return Ranker(row.name, row.document, row.comparison, row.created_at, row.promoted_at, row.retired_at)
