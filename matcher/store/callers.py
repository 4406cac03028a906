"""Who may use the API, each known by a key that is shown once and can be replaced."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Row, and_, bindparam, or_, select, update
from sqlalchemy.orm import Session

from matcher.domain import EVERY_SCOPE, Requester, Scope, scope_text, scopes_in
from matcher.errors import InvalidInput, Problem
from matcher.store.database import insert, rows_changed
from matcher.store.tables import CallerRow

LAST_USE_WITHIN = timedelta(minutes=15)
"""How exactly it is noted when a caller last called, so that not every request writes."""

_PREFIX_LENGTH = 11
_MARK_LENGTH = 16

_OLD_KEY = and_(CallerRow.old_key_hash == bindparam("hashed"), CallerRow.old_key_expires_at > bindparam("now"))
_WITH_KEY = select(CallerRow).where(
    CallerRow.revoked_at.is_(None), or_(CallerRow.key_hash == bindparam("hashed"), _OLD_KEY)
)


@dataclass(frozen=True)
class Caller:
    """A party that calls the API; `key_prefix` is the part of its key that tells keys apart at sight.

    `scopes` is what it may do. A key that was replaced holds until `old_key_expires_at`.
    """

    id: str
    name: str
    organisation: str | None
    key_prefix: str
    created_at: datetime
    revoked_at: datetime | None = None
    scopes: frozenset[Scope] = EVERY_SCOPE
    last_used_at: datetime | None = None
    old_key_expires_at: datetime | None = None

    @property
    def requester(self) -> Requester:
        """The caller as the party that asks for a shortlist."""
        return Requester(self.organisation, caller_id=self.id)


def add(
    session: Session,
    name: str,
    organisation: str | None,
    now: datetime,
    scopes: Collection[Scope] = (),
) -> tuple[Caller, str]:
    """A new caller and its key, which is stored nowhere; without scopes it may do everything.

    Raises InvalidInput when a caller that is not revoked has that name.
    """
    key = _new_key()
    allowed = frozenset(scopes) or EVERY_SCOPE
    owner = (organisation or "").strip() or None
    caller = Caller(str(uuid4()), name.strip(), owner, key[:_PREFIX_LENGTH], now, scopes=allowed)
    # A caller that may do everything may also do what there is no scope for yet.
    kept = vars(caller) | {"scopes": scope_text(scopes) or None, "key_hash": _hashed(key)}
    statement = insert(session, CallerRow).values(**kept)
    # Asked of the database, not looked up before, so that two at once do not both get the name.
    if not rows_changed(session, statement.on_conflict_do_nothing()):
        raise InvalidInput([Problem("/name", "is the name of another caller; revoke that one or take another name")])
    return caller, key


def authenticate(session: Session, key: str, now: datetime) -> Caller | None:
    """The caller with that key; None for an unknown or revoked one, and for one replaced for too long."""
    row = session.connection().execute(_WITH_KEY, {"hashed": _hashed(key), "now": now}).first()
    return None if row is None else _caller(row)


def key_mark(key: str) -> str:
    """What an access token says of the key that it was had with; tells keys apart, and opens nothing."""
    return _hashed(key)[:_MARK_LENGTH]


def with_key_marked(session: Session, caller_id: str, mark: str, now: datetime) -> Caller | None:
    """The caller of that id, if the key with that mark still holds; None otherwise, and for one that is revoked."""
    row = session.scalar(select(CallerRow).where(CallerRow.id == caller_id, CallerRow.revoked_at.is_(None)))
    if row is None or mark not in {hashed[:_MARK_LENGTH] for hashed in _hashes_in_use(row, now)}:
        return None
    return _caller(row)


def note_use(session: Session, caller: Caller, now: datetime) -> None:
    """Notes that a caller calls, if that was not noted a short while ago."""
    before = or_(CallerRow.last_used_at.is_(None), CallerRow.last_used_at < now - LAST_USE_WITHIN)
    session.execute(update(CallerRow).where(CallerRow.id == caller.id, before).values(last_used_at=now))


def is_use_noted(caller: Caller, now: datetime) -> bool:
    """Whether it is noted that the caller called a short while ago."""
    return caller.last_used_at is not None and caller.last_used_at >= now - LAST_USE_WITHIN


def rotate(session: Session, name: str, now: datetime, overlap: timedelta) -> str | None:
    """A new key for the caller with that name; None when there is none whose key is in use.

    The old key holds for the overlap, unless the next one is replaced sooner; without an overlap it is worthless now.
    """
    key = _new_key()
    old = {"old_key_hash": CallerRow.key_hash, "old_key_expires_at": now + overlap}
    gone = {"old_key_hash": None, "old_key_expires_at": None}
    new = {"key_hash": _hashed(key), "key_prefix": key[:_PREFIX_LENGTH]}
    statement = update(CallerRow).where(_goes_by(name)).values(new | (old if overlap else gone))
    return key if rows_changed(session, statement) else None


def revoke(session: Session, name: str, now: datetime) -> bool:
    """Makes all keys of the caller with that name worthless; False when there is none such."""
    return rows_changed(session, update(CallerRow).where(_goes_by(name)).values(revoked_at=now)) > 0


def list_all(session: Session) -> list[Caller]:
    """All callers, revoked ones too, by name and then by age."""
    return [_caller(row) for row in session.scalars(select(CallerRow).order_by(CallerRow.name, CallerRow.created_at))]


def _new_key() -> str:
    return f"cm_{secrets.token_urlsafe(32)}"


def _hashed(key: str) -> str:
    # A key has 256 random bits, which nobody guesses: a slow, salted hash, as passwords need, would add nothing.
    return hashlib.sha256(key.encode()).hexdigest()


def _hashes_in_use(row: CallerRow, now: datetime) -> list[str]:
    if row.old_key_hash is None or row.old_key_expires_at is None or row.old_key_expires_at <= now:
        return [row.key_hash]
    return [row.key_hash, row.old_key_hash]


def _goes_by(name: str) -> ColumnElement[bool]:
    return and_(CallerRow.name == name.strip(), CallerRow.revoked_at.is_(None))


def _caller(row: CallerRow | Row[Any]) -> Caller:
    return Caller(
        row.id,
        row.name,
        row.organisation,
        row.key_prefix,
        row.created_at,
        row.revoked_at,
        # A scope that there is no more allows nothing.
        EVERY_SCOPE if row.scopes is None else scopes_in(row.scopes) or frozenset(),
        row.last_used_at,
        row.old_key_expires_at,
    )
