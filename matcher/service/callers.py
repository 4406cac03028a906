"""Makes callers of the API, gives them other keys and revokes them, of which the audit log tells."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from matcher.domain import COMMAND_LINE, Actor, Scope
from matcher.store import audit, callers
from matcher.store.callers import Caller


def add_caller(
    session: Session,
    name: str,
    organisation: str | None,
    now: datetime,
    scopes: Collection[Scope] = (),
    *,
    by: Actor = COMMAND_LINE,
) -> tuple[Caller, str]:
    """Makes a caller that may do what the scopes say, by default all; answers its key too, which is stored nowhere.

    Raises InvalidInput when a caller that is not revoked has that name.
    """
    made, key = callers.add(session, name, organisation, now, scopes)
    audit.append(session, by, "caller.made", now, made.id, organisation=made.organisation)
    return made, key


def rotate_caller(
    session: Session, name: str, now: datetime, overlap: timedelta, *, by: Actor = COMMAND_LINE
) -> str | None:
    """Gives the caller with that name another key; the old one holds for the overlap. None when there is none such."""
    caller, key = _in_use(session, name), callers.rotate(session, name, now, overlap)
    if caller is not None and key is not None:
        audit.append(session, by, "caller.key_replaced", now, caller.id)
    return key


def revoke_caller(session: Session, name: str, now: datetime, *, by: Actor = COMMAND_LINE) -> bool:
    """Makes the keys of the caller with that name worthless; False when there is none such."""
    caller = _in_use(session, name)
    if caller is None or not callers.revoke(session, name, now):
        return False
    audit.append(session, by, "caller.revoked", now, caller.id)
    return True


def _in_use(session: Session, name: str) -> Caller | None:
    every = callers.list_all(session)
    return next((one for one in every if one.name == name.strip() and one.revoked_at is None), None)
