"""Needs as they were received."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from matcher.domain import Need, Requester
from matcher.store.database import chunks
from matcher.store.documents import content_hash, written
from matcher.store.tables import NeedRow

_ADD = insert(NeedRow)


def add(session: Session, need: Need, requester: Requester, now: datetime) -> str:
    """Keeps a need, even one that was received before, and answers the id of this record of it."""
    need_id, document = str(uuid4()), written(need)
    row = {
        "id": need_id,
        "given_id": need.id,
        "organisation": need.organisation,
        "document": document,
        "content_hash": content_hash(document),
        "caller_id": requester.caller_id,
        "received_at": now,
        "owner": requester.organisation,
        "account_id": requester.account_id,
    }
    session.connection().execute(_ADD, row)
    return need_id


def add_new(session: Session, needs: Sequence[Need], organisation: str, now: datetime) -> list[Need]:
    """Keeps those needs that the organisation does not have yet, word for word, and answers which those were."""
    by_hash = {content_hash(written(need)): need for need in needs}
    stored: set[str] = set()
    for chunk in chunks(by_hash):
        known = (NeedRow.owner == organisation) & NeedRow.content_hash.in_(chunk)
        stored.update(session.scalars(select(NeedRow.content_hash).where(known)))
    new = [need for hashed, need in by_hash.items() if hashed not in stored]
    for need in new:
        add(session, need, Requester(organisation), now)
    return new
