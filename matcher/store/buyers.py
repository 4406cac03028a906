"""Buyers whose portal may send people here, each with the hash of the secret that it shares with this service."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from hmac import compare_digest
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matcher.domain.punchout import Buyer, Party
from matcher.errors import InvalidInput, Problem
from matcher.store.database import insert, rows_changed
from matcher.store.tables import BuyerRow


def add(
    session: Session,
    name: str,
    organisation: str,
    party: Party,
    *,
    origins: Sequence[str],
    unspsc: str,
    now: datetime,
) -> tuple[Buyer, str]:
    """A new buyer and its secret, which is stored nowhere.

    Raises InvalidInput when a buyer that is not revoked has that name, or is that party.
    """
    secret = secrets.token_urlsafe(32)
    buyer = Buyer(str(uuid4()), name, organisation, party, tuple(origins), unspsc, now)
    statement = insert(session, BuyerRow).values(
        id=buyer.id,
        name=name,
        organisation=organisation,
        domain=party.domain,
        identity=party.identity,
        secret_hash=_hashed(secret),
        origins=json.dumps(list(origins)),
        unspsc=unspsc,
        created_at=now,
    )
    # Asked of the database, not looked up before, so that two at once do not both get the name.
    if not rows_changed(session, statement.on_conflict_do_nothing()):
        raise InvalidInput([Problem("/name", "or the credential is that of another buyer; revoke that one first")])
    return buyer, secret


def authenticated(session: Session, parties: Sequence[Party], secret: str) -> Buyer | None:
    """The buyer that is one of those parties and shares that secret; None when there is none, or it is revoked."""
    row = next((found for party in parties if (found := _in_use(session, party))), None)
    kept = row.secret_hash if row else _hashed("")
    # In the same time, whatever the hash and whether there is such a buyer.
    is_right = compare_digest(kept, _hashed(secret))
    return _buyer(row) if row is not None and is_right else None


def get(session: Session, buyer_id: str) -> Buyer | None:
    """The buyer with that id, revoked or not; None when there is none."""
    row = session.get(BuyerRow, buyer_id)
    return None if row is None else _buyer(row)


def revoke(session: Session, name: str, now: datetime) -> bool:
    """Makes the secret of the buyer with that name worthless; False when there is none such."""
    statement = update(BuyerRow).where(BuyerRow.name == name, BuyerRow.revoked_at.is_(None)).values(revoked_at=now)
    return rows_changed(session, statement) > 0


def list_all(session: Session) -> list[Buyer]:
    """All buyers, revoked ones too, by name and then by age."""
    return [_buyer(row) for row in session.scalars(select(BuyerRow).order_by(BuyerRow.name, BuyerRow.created_at))]


def _in_use(session: Session, party: Party) -> BuyerRow | None:
    same = (BuyerRow.domain == party.domain) & (BuyerRow.identity == party.identity) & BuyerRow.revoked_at.is_(None)
    return session.scalar(select(BuyerRow).where(same))


def _hashed(secret: str) -> str:
    # As for callers: a random secret needs no slow hash.
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()


def _buyer(row: BuyerRow) -> Buyer:
    return Buyer(
        id=row.id,
        name=row.name,
        organisation=row.organisation,
        party=Party(row.domain, row.identity),
        origins=tuple(json.loads(row.origins)),
        unspsc=row.unspsc,
        created_at=row.created_at,
        revoked_at=row.revoked_at,
    )
