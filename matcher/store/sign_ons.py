"""Sign-ins under way at an identity provider, each with what it goes on with when somebody comes back."""

import hashlib
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from matcher.store.tables import SignOnRow


def keep(session: Session, key: str, document: str, expires_at: datetime) -> None:
    """Keeps a text under a key, in place of an earlier one."""
    session.merge(SignOnRow(key_hash=_hashed(key), document=document, expires_at=expires_at))


def find(session: Session, key: str, now: datetime) -> str | None:
    """The text that is kept under a key; None when there is none, or it has expired."""
    row = session.get(SignOnRow, _hashed(key))
    return None if row is None or now >= row.expires_at else row.document


def forget(session: Session, key: str) -> None:
    """Drops what is kept under a key, if anything is."""
    session.execute(delete(SignOnRow).where(SignOnRow.key_hash == _hashed(key)))


def forget_expired(session: Session, now: datetime) -> None:
    """Drops all that has expired."""
    session.execute(delete(SignOnRow).where(SignOnRow.expires_at <= now))


def _hashed(key: str) -> str:
    # As for sign-ins: a random key needs no slow hash.
    return hashlib.sha256(key.encode()).hexdigest()
