"""Who may use the API, each known by a key that is shown once."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matcher.domain import Requester
from matcher.errors import InvalidInput, Problem
from matcher.store.database import insert, rows_changed
from matcher.store.tables import CallerRow

_PREFIX_LENGTH = 11


@dataclass(frozen=True)
class Caller:
    """A party that calls the API; `key_prefix` is the part of its key that tells keys apart at sight."""

    id: str
    name: str
    organisation: str | None
    key_prefix: str
    created_at: datetime
    revoked_at: datetime | None = None

    @property
    def requester(self) -> Requester:
        """The caller as the party that asks for a shortlist."""
        return Requester(self.organisation, caller_id=self.id)


def add(session: Session, name: str, organisation: str | None, now: datetime) -> tuple[Caller, str]:
    """A new caller and its key, which is stored nowhere.

    Raises InvalidInput when a caller that is not revoked has that name.
    """
    key = f"cm_{secrets.token_urlsafe(32)}"
    caller = Caller(str(uuid4()), name.strip(), (organisation or "").strip() or None, key[:_PREFIX_LENGTH], now)
    statement = insert(session, CallerRow).values(**vars(caller), key_hash=_hashed(key))
    # Asked of the database, not looked up before, so that two at once do not both get the name.
    if not rows_changed(session, statement.on_conflict_do_nothing()):
        raise InvalidInput([Problem("/name", "is the name of another caller; revoke that one or take another name")])
    return caller, key


def authenticate(session: Session, key: str) -> Caller | None:
    """The caller with that key; None for an unknown or revoked one."""
    row = session.scalar(select(CallerRow).where(CallerRow.key_hash == _hashed(key), CallerRow.revoked_at.is_(None)))
    return None if row is None else _caller(row)


def revoke(session: Session, name: str, now: datetime) -> bool:
    """Makes the key of the caller with that name worthless; False when there is none such."""
    statement = update(CallerRow).where(CallerRow.name == name.strip(), CallerRow.revoked_at.is_(None))
    return rows_changed(session, statement.values(revoked_at=now)) > 0


def list_all(session: Session) -> list[Caller]:
    """All callers, revoked ones too, by name and then by age."""
    return [_caller(row) for row in session.scalars(select(CallerRow).order_by(CallerRow.name, CallerRow.created_at))]


def _hashed(key: str) -> str:
    # A key has 256 random bits, which nobody guesses: a slow, salted hash, as passwords need, would add nothing.
    return hashlib.sha256(key.encode()).hexdigest()


def _caller(row: CallerRow) -> Caller:
    return Caller(row.id, row.name, row.organisation, row.key_prefix, row.created_at, row.revoked_at)
