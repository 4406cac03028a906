"""Needs as they were received."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from matcher.domain import Need
from matcher.store.callers import Caller
from matcher.store.database import chunks
from matcher.store.documents import content_hash, written
from matcher.store.tables import NeedRow


def add(session: Session, need: Need, caller: Caller | None, now: datetime) -> str:
    """Keeps a need, even one that was received before, and answers the id of this record of it."""
    document = written(need)
    row = NeedRow(
        id=str(uuid4()),
        given_id=need.id,
        organisation=need.organisation,
        document=document,
        content_hash=content_hash(document),
        caller_id=caller.id if caller else None,
        received_at=now,
    )
    session.add(row)
    session.flush()
    return row.id


def add_new(session: Session, needs: Sequence[Need], now: datetime) -> int:
    """Keeps those needs that are not stored yet, word for word, and answers how many that were."""
    by_hash = {content_hash(written(need)): need for need in needs}
    stored: set[str] = set()
    for chunk in chunks(by_hash):
        stored.update(session.scalars(select(NeedRow.content_hash).where(NeedRow.content_hash.in_(chunk))))
    new = [need for hashed, need in by_hash.items() if hashed not in stored]
    for need in new:
        add(session, need, None, now)
    return len(new)
