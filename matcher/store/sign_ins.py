"""Sign-ins that have not ended, each known by a key that only the browser holds."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from matcher.store.tables import SignInRow


@dataclass(frozen=True)
class SignIn:
    """Whose it is, when it began, and when it was last used, to the minute."""

    account_id: str
    begun_at: datetime
    seen_at: datetime


def begin(session: Session, account_id: str, now: datetime) -> str:
    """Begins a sign-in and answers its key, which is stored nowhere."""
    key = secrets.token_urlsafe(32)
    session.add(SignInRow(key_hash=_hashed(key), account_id=account_id, begun_at=now, seen_at=now))
    session.flush()
    return key


def find(session: Session, key: str) -> SignIn | None:
    """The sign-in with that key; None when there is none, or it has ended."""
    row = session.get(SignInRow, _hashed(key))
    return None if row is None else SignIn(row.account_id, row.begun_at, row.seen_at)


def touch(session: Session, key: str, now: datetime) -> None:
    """Notes that a sign-in was used."""
    session.execute(update(SignInRow).where(SignInRow.key_hash == _hashed(key)).values(seen_at=now))


def end(session: Session, key: str) -> None:
    """Ends the sign-in with that key, if there is one."""
    session.execute(delete(SignInRow).where(SignInRow.key_hash == _hashed(key)))


def end_all(session: Session, account_id: str) -> None:
    """Ends every sign-in of an account."""
    session.execute(delete(SignInRow).where(SignInRow.account_id == account_id))


def forget_begun_before(session: Session, moment: datetime) -> None:
    """Drops what is too old to be of use, whoever's it is."""
    session.execute(delete(SignInRow).where(SignInRow.begun_at < moment))


def _hashed(key: str) -> str:
    # As for callers: a random key needs no slow hash.
    return hashlib.sha256(key.encode()).hexdigest()
