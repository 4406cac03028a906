"""Requests that callers send under keys of their own: claimed before they are answered, kept with their answers."""

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from matcher.store.database import insert, rows_changed
from matcher.store.tables import KeyedRequestRow, ShortlistRow


@dataclass(frozen=True)
class Claim:
    """The right to answer what a caller sent under a key; `run` is of one attempt alone."""

    caller_id: str
    key: str
    run: str


@dataclass(frozen=True)
class KeptAnswer:
    """An answer as it was given; headers by name."""

    status: int
    headers: dict[str, str]
    body: str


@dataclass(frozen=True)
class KeyedRequest:
    """What was sent under a key, by its fingerprint, and the answer; None while there is none."""

    fingerprint: str
    answer: KeptAnswer | None


def claim(
    session: Session, wanted: Claim, fingerprint: str, now: datetime, *, lapsed: datetime, expired: datetime
) -> bool:
    """Takes a key for an attempt; False when the key is taken, answered or not.

    A key is free again when it was claimed before `expired`; and for the same request when it was claimed before
    `lapsed` and never answered, since whoever claimed it is taken to be dead.
    """
    row = KeyedRequestRow
    new = {"run": wanted.run, "fingerprint": fingerprint, "claimed_at": now}
    unanswered = and_(row.status.is_(None), row.fingerprint == fingerprint, row.claimed_at < lapsed)
    statement = insert(session, row).values(caller_id=wanted.caller_id, key=wanted.key, **new)
    # One statement, which locks the row: of several attempts at once, on whatever worker, one has the key.
    taken = statement.on_conflict_do_update(
        index_elements=[row.caller_id, row.key],
        set_=new | dict.fromkeys(("status", "headers", "body", "shortlist_id")),
        where=or_(row.claimed_at < expired, unanswered),
    )
    return rows_changed(session, taken) == 1


def get(session: Session, caller_id: str, key: str) -> KeyedRequest | None:
    """What the caller sent under that key; None when that was nothing, or it is kept no longer."""
    row = session.get(KeyedRequestRow, (caller_id, key))
    if row is None:
        return None
    if row.status is None or row.headers is None:
        return KeyedRequest(row.fingerprint, None)
    sealed = select(ShortlistRow.answer).where(ShortlistRow.id == row.shortlist_id)
    body = row.body if row.shortlist_id is None else session.scalar(sealed)
    return KeyedRequest(row.fingerprint, KeptAnswer(row.status, json.loads(row.headers), body or ""))


def keep(session: Session, claim: Claim, answer: KeptAnswer, shortlist_id: str | None = None) -> bool:
    """Keeps the answer of an attempt; False, and nothing is kept, when another attempt has the key by now.

    An answer that is a shortlist is named by its id, and goes with it.
    """
    values = {
        "status": answer.status,
        "headers": json.dumps(answer.headers),
        "body": answer.body if shortlist_id is None else None,
        "shortlist_id": shortlist_id,
    }
    return rows_changed(session, update(KeyedRequestRow).where(_is_of(claim)).values(values)) > 0


def bodies_with_secrets(session: Session, mark: str, prefix: str) -> dict[tuple[str, str], str]:
    """The bodies of answers that hold a secret, by caller and key: sealed ones, which begin with the mark, and those
    from before any were, in which a text begins with the prefix of secrets. Locked until the transaction ends."""
    row = KeyedRequestRow
    holds = or_(row.body.startswith(mark), row.body.contains(f'"{prefix}', autoescape=True))
    # In one order, so that no two that seal wait for each other in a circle.
    query = select(row.caller_id, row.key, row.body).where(holds).order_by(row.caller_id, row.key)
    found = session.execute(query.with_for_update())
    return {(caller_id, key): body or "" for caller_id, key, body in found}


def replace_body(session: Session, caller_id: str, key: str, body: str) -> None:
    """Keeps the same answer sealed in another way."""
    row = KeyedRequestRow
    session.execute(update(row).where(row.caller_id == caller_id, row.key == key).values(body=body))


def let_go(session: Session, claim: Claim) -> None:
    """Frees the key of an attempt that has kept no answer."""
    session.execute(delete(KeyedRequestRow).where(_is_of(claim), KeyedRequestRow.status.is_(None)))


def forget_before(session: Session, moment: datetime) -> None:
    """Drops every request that was claimed before that moment, whoever's it is."""
    row = KeyedRequestRow
    # Rows that another transaction holds are passed over, so that no two wait for each other in a circle.
    old = select(row.run).where(row.claimed_at < moment).with_for_update(skip_locked=True)
    session.execute(delete(row).where(row.run.in_(old)))


def _is_of(claim: Claim) -> ColumnElement[bool]:
    return KeyedRequestRow.run == claim.run
