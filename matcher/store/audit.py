"""The audit log: entries are added in the transaction of what they tell of, and never changed.

A transaction that adds one locks the row of the head until it commits, so entries come one after another and the chain
does not fork. It takes that lock last, after any other, so that no two transactions wait for each other in a circle.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from matcher.domain import Actor
from matcher.domain.audit import Action, AuditEntry, Head, sealed_after
from matcher.store.audit_tables import AuditEntryRow, AuditHeadRow

_FIELDS = tuple(field.name for field in fields(AuditEntry))
_READ_AT_ONCE = 1_000

# Made once: as much time goes into making a statement as into executing it.
_HEAD = select(AuditHeadRow.count, AuditHeadRow.hash)
_LOCKED_HEAD = _HEAD.with_for_update()
_MOVE_HEAD = update(AuditHeadRow).values(count=bindparam("number"), hash=bindparam("hashed"))
_ADD_ENTRY = insert(AuditEntryRow)


@dataclass(frozen=True)
class Filed:
    """An entry with the hash that it was stored with."""

    entry: AuditEntry
    hash: str


@dataclass(frozen=True)
class Filters:
    """Which entries are looked for: all that fit each filter that is set; days are in UTC, the last one included."""

    action: str = ""
    actor_id: str = ""
    subject: str = ""
    first_day: datetime | None = None
    last_day: datetime | None = None


def append(
    session: Session, by: Actor, action: Action, now: datetime, subject: str | None = None, **details: Any
) -> None:
    """Adds an entry; to be called last in a transaction. It is there when the transaction is, and not otherwise.

    `details` may hold ids, codes, numbers and hashes, and no text about a manager.
    """
    session.flush()
    connection = session.connection()
    # SQLite, which locks no rows, is told nothing of it: a transaction that writes has the whole database to itself.
    entry = sealed_after(_head(session, _LOCKED_HEAD), moment(now), action, by, subject=subject, details=details)
    hashed = entry.hash()
    connection.execute(_ADD_ENTRY, vars(entry) | {"hash": hashed})
    connection.execute(_MOVE_HEAD, {"number": entry.number, "hashed": hashed})


def moment(at: datetime) -> str:
    """A moment as entries have it: in UTC, to the microsecond, so that moments sort as texts do."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def head(session: Session) -> Head:
    """How far the log has come."""
    return _head(session, _HEAD)


def _head(session: Session, statement: Select[int, str]) -> Head:
    count, hashed = session.connection().execute(statement).one()
    return Head(count, hashed)


def entries(session: Session, after: int = 0) -> Iterator[Filed]:
    """All entries with a number above that, in order, read a few at a time."""
    query = select(AuditEntryRow).where(AuditEntryRow.number > after).order_by(AuditEntryRow.number)
    # Closed whoever stops reading: PostgreSQL keeps a cursor open for it.
    with closing(session.scalars(query.execution_options(yield_per=_READ_AT_ONCE))) as rows:
        for row in rows:
            yield _filed(row)
            session.expunge(row)


def page(session: Session, filters: Filters, offset: int, limit: int) -> list[Filed]:
    """A page of those entries, the newest first."""
    query = select(AuditEntryRow).where(*_conditions(filters)).order_by(AuditEntryRow.number.desc())
    return [_filed(row) for row in session.scalars(query.offset(offset).limit(limit))]


def count(session: Session, filters: Filters) -> int:
    """How many entries fit."""
    return session.scalar(select(func.count()).select_from(AuditEntryRow).where(*_conditions(filters))) or 0


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    row = AuditEntryRow
    asked: list[tuple[object, ColumnElement[bool]]] = [
        (filters.action, row.action == filters.action),
        (filters.actor_id, row.actor_id == filters.actor_id),
        (filters.subject, row.subject == filters.subject),
    ]
    if filters.first_day:
        asked.append((True, row.at >= moment(filters.first_day)))
    if filters.last_day:
        asked.append((True, row.at < moment(filters.last_day + timedelta(days=1))))
    return [condition for is_set, condition in asked if is_set]


def _filed(row: AuditEntryRow) -> Filed:
    return Filed(AuditEntry(**{name: getattr(row, name) for name in _FIELDS}), row.hash)
