"""Makes and revokes callers of the API, of which the audit log tells."""

from datetime import datetime

from sqlalchemy.orm import Session

from matcher.domain import COMMAND_LINE, Actor
from matcher.store import audit, callers


def add_caller(
    session: Session, name: str, organisation: str | None, now: datetime, *, by: Actor = COMMAND_LINE
) -> str:
    """Makes a caller and answers its key, which is stored nowhere.

    Raises InvalidInput when a caller that is not revoked has that name.
    """
    made, key = callers.add(session, name, organisation, now)
    audit.append(session, by, "caller.made", now, made.id, organisation=made.organisation)
    return key


def revoke_caller(session: Session, name: str, now: datetime, *, by: Actor = COMMAND_LINE) -> bool:
    """Makes the key of the caller with that name worthless; False when there is none such."""
    in_use = (one for one in callers.list_all(session) if one.name == name.strip() and one.revoked_at is None)
    caller = next(in_use, None)
    if caller is None or not callers.revoke(session, name, now):
        return False
    audit.append(session, by, "caller.revoked", now, caller.id)
    return True
