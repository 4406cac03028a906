"""Links that show coaches of a shortlist to a manager, each known by the hash of its token."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from matcher.domain import Requester
from matcher.domain.link import SharedLink
from matcher.store.database import rows_changed
from matcher.store.tables import AccountRow, SharedLinkRow


def add(
    session: Session,
    shortlist_id: str,
    coach_ids: Sequence[str],
    requester: Requester,
    *,
    now: datetime,
    expires_at: datetime,
) -> str:
    """Makes a link to coaches of a shortlist that is there, and answers its token, which is stored nowhere."""
    token = secrets.token_urlsafe(32)
    row = SharedLinkRow(
        id=str(uuid4()),
        token_hash=_hashed(token),
        shortlist_id=shortlist_id,
        coach_ids=json.dumps(list(coach_ids), ensure_ascii=False),
        created_at=now,
        expires_at=expires_at,
        account_id=requester.account_id,
    )
    session.add(row)
    session.flush()
    return token


def with_token(session: Session, token: str) -> SharedLink | None:
    """The link with that token, open or not; None when there is none."""
    return next(iter(_found(session, SharedLinkRow.token_hash == _hashed(token))), None)


def of_shortlist(session: Session, shortlist_id: str) -> list[SharedLink]:
    """All links to a shortlist, the newest first."""
    return _found(session, SharedLinkRow.shortlist_id == shortlist_id)


def revoke(session: Session, shortlist_id: str, link_id: str, now: datetime) -> bool:
    """Closes a link to a shortlist; one that is closed stays so since then. False when there is none."""
    own = (SharedLinkRow.id == link_id) & (SharedLinkRow.shortlist_id == shortlist_id)
    statement = update(SharedLinkRow).where(own & SharedLinkRow.revoked_at.is_(None)).values(revoked_at=now)
    return rows_changed(session, statement) > 0 or session.scalar(select(SharedLinkRow.id).where(own)) is not None


def _found(session: Session, condition: ColumnElement[bool]) -> list[SharedLink]:
    query = (
        select(SharedLinkRow, AccountRow.name)
        .outerjoin(AccountRow, SharedLinkRow.account_id == AccountRow.id)
        .where(condition)
        .order_by(SharedLinkRow.created_at.desc(), SharedLinkRow.id)
    )
    return [
        SharedLink(
            row.id,
            row.shortlist_id,
            tuple(json.loads(row.coach_ids)),
            row.created_at,
            row.expires_at,
            row.revoked_at,
            made_by,
        )
        for row, made_by in session.execute(query)
    ]


def _hashed(token: str) -> str:
    # As for sign-ins: a random token needs no slow hash.
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
