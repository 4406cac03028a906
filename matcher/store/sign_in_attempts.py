"""How often somebody tried to sign in of late, counted where all workers see it.

Each function is a transaction's only work, so that no two of them wait for each other in a circle.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, delete, select, update
from sqlalchemy.orm import Session

from matcher.store.database import insert
from matcher.store.tables import SignInAttemptRow


@dataclass(frozen=True)
class Attempts:
    """How many there were, this one included, and since when they are counted."""

    number: int
    since: datetime


def count(session: Session, subject: str, now: datetime, window: timedelta) -> Attempts:
    """Counts one more attempt of a subject; the count begins anew a `window` after its first."""
    row = SignInAttemptRow
    statement = insert(session, row).values(subject=_hashed(subject), since=now, attempts=1)
    over = row.since <= now - window
    anew = {"attempts": case((over, 1), else_=row.attempts + 1), "since": case((over, now), else_=row.since)}
    # One statement, which locks the row: of many attempts at once, on whatever worker, each gets a number of its own.
    session.execute(statement.on_conflict_do_update(index_elements=[row.subject], set_=anew))
    found = session.execute(select(row.attempts, row.since).where(row.subject == _hashed(subject))).one()
    return Attempts(found.attempts, found.since)


def take_back(session: Session, subject: str) -> None:
    """Counts one attempt of a subject less, since it was none to be wary of."""
    found = SignInAttemptRow.subject == _hashed(subject)
    session.execute(update(SignInAttemptRow).where(found).values(attempts=SignInAttemptRow.attempts - 1))


def forget(session: Session, subject: str) -> None:
    """Begins the count of a subject anew."""
    session.execute(delete(SignInAttemptRow).where(SignInAttemptRow.subject == _hashed(subject)))


def forget_before(session: Session, moment: datetime) -> None:
    """Drops every count that began before that moment."""
    session.execute(delete(SignInAttemptRow).where(SignInAttemptRow.since < moment))


def _hashed(subject: str) -> str:
    # What is typed as an address may be a password by mistake; it is not kept in the clear.
    return hashlib.sha256(subject.encode()).hexdigest()
