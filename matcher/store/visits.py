"""Visits from procurement portals, each opened once by a token that is stored nowhere."""

import hashlib
import json
import secrets
from datetime import datetime
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matcher.domain import Account
from matcher.domain.account import GUEST_ROLES
from matcher.domain.punchout import Buyer, Party, SetupRequest, Visit
from matcher.store import buyers
from matcher.store.database import rows_changed
from matcher.store.tables import AccountRow, VisitRow


def add(session: Session, buyer: Buyer, asked: SetupRequest, *, now: datetime, opens_until: datetime) -> str:
    """Keeps what a portal asked for, and answers the token that opens the visit once until then."""
    token = secrets.token_urlsafe(32)
    kept = {
        "supplier": [asked.supplier.domain, asked.supplier.identity],
        "operation": asked.operation,
        "buyer_cookie": asked.buyer_cookie,
        "return_to": asked.return_to,
        "shortlist_id": asked.shortlist_id,
        "deployment_mode": asked.deployment_mode,
    }
    row = VisitRow(
        id=str(uuid4()),
        buyer_id=buyer.id,
        token_hash=_hashed(token),
        request=json.dumps(kept, ensure_ascii=False),
        created_at=now,
        opens_until=opens_until,
    )
    session.add(row)
    session.flush()
    return token


def open_once(session: Session, token: str, *, now: datetime, expires_at: datetime) -> Visit | None:
    """Begins the visit of a token; None for an unknown, used or expired one, and for a buyer that was revoked."""
    unused = (VisitRow.token_hash == _hashed(token)) & VisitRow.opened_at.is_(None) & (VisitRow.opens_until > now)
    # The database decides which of two that open it at once was first.
    if not rows_changed(session, update(VisitRow).where(unused).values(opened_at=now, expires_at=expires_at)):
        return None
    row = session.scalar(select(VisitRow).where(VisitRow.token_hash == _hashed(token)))
    return None if row is None else _visit(session, row)


def give_guest(session: Session, visit: Visit, now: datetime) -> Account:
    """Makes the account of the guest of a visit, under which nobody can sign in by any other way."""
    role = GUEST_ROLES["inspect" if visit.operation == "inspect" else "order"]
    account = Account(
        id=str(uuid4()),
        # A name under .invalid is nobody's (RFC 2606), so no provider can vouch for the address.
        email=f"{visit.id}@visit.invalid",
        name=visit.buyer.name,
        organisation=visit.buyer.organisation,
        role=role,
        created_at=now,
        has_password=False,
    )
    session.add(
        AccountRow(
            id=account.id,
            email=account.email,
            name=account.name,
            organisation=account.organisation,
            role=account.role,
            must_change_password=False,
            created_at=now,
        )
    )
    session.flush()
    session.execute(update(VisitRow).where(VisitRow.id == visit.id).values(account_id=account.id))
    return account


def of_guest(session: Session, account_id: str, now: datetime) -> Visit | None:
    """The visit of a guest; None when it is over, or its buyer was revoked."""
    row = session.scalar(select(VisitRow).where(VisitRow.account_id == account_id, VisitRow.expires_at > now))
    return None if row is None else _visit(session, row)


def _visit(session: Session, row: VisitRow) -> Visit | None:
    buyer = buyers.get(session, row.buyer_id)
    if buyer is None or buyer.revoked_at or row.expires_at is None:
        return None
    kept = json.loads(row.request)
    supplier = Party(*kept.pop("supplier"))
    return Visit(id=row.id, buyer=buyer, supplier=supplier, expires_at=row.expires_at, **kept)


def _hashed(token: str) -> str:
    # As for sign-ins: a random token needs no slow hash.
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
