"""Answers, sealed: the same bytes can be shown, and checked, for as long as they are kept."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from matcher.domain import Need, Requester
from matcher.store import needs
from matcher.store.tables import NeedRow, ShortlistRow


@dataclass(frozen=True)
class SealedShortlist:
    """An answer as it was given, and what it was computed from.

    `answer` and `facts` are JSON texts, `assessment` is compressed; the store looks into none of them.
    """

    id: str
    created_at: datetime
    answer: str
    assessment: bytes
    facts: str


def seal(session: Session, sealed: SealedShortlist, need: Need, requester: Requester) -> None:
    """Keeps an answer with the need that it is for; both belong to the requester's organisation."""
    session.add(
        ShortlistRow(
            **vars(sealed),
            need_id=needs.add(session, need, requester, sealed.created_at),
            caller_id=requester.caller_id,
            owner=requester.organisation,
            account_id=requester.account_id,
        )
    )
    session.flush()


def get(session: Session, shortlist_id: str, requester: Requester) -> SealedShortlist | None:
    """The answer with that id; None when there is none that the requester may see.

    Whoever asks for an organisation sees all that was asked for it, a caller without one only what it asked for
    itself.
    """
    return _found(session, ShortlistRow.id == shortlist_id, _visible_to(requester))


def get_anyones(session: Session, shortlist_id: str) -> SealedShortlist | None:
    """The answer with that id, whoever asked for it; None when there is none."""
    return _found(session, ShortlistRow.id == shortlist_id)


def requester_of(session: Session, shortlist_id: str) -> Requester | None:
    """Whose an answer is; None when there is none with that id."""
    row = ShortlistRow
    found = session.execute(select(row.owner, row.caller_id, row.account_id).where(row.id == shortlist_id)).first()
    return None if found is None else Requester(*found)


def forget(session: Session, shortlist_id: str) -> bool:
    """Deletes an answer, its outcomes and its need, all that they say about the manager; False when there is none."""
    need_id = session.scalar(select(ShortlistRow.need_id).where(ShortlistRow.id == shortlist_id))
    if need_id is None:
        return False
    # The database deletes the outcomes along, also one that is recorded at the same moment.
    session.execute(delete(ShortlistRow).where(ShortlistRow.id == shortlist_id))
    session.execute(delete(NeedRow).where(NeedRow.id == need_id))
    return True


def _found(session: Session, *conditions: ColumnElement[bool]) -> SealedShortlist | None:
    row = session.scalar(select(ShortlistRow).where(*conditions))
    return None if row is None else SealedShortlist(row.id, row.created_at, row.answer, row.assessment, row.facts)


def _visible_to(requester: Requester) -> ColumnElement[bool]:
    if requester.organisation is None:
        return ShortlistRow.owner.is_(None) & (ShortlistRow.caller_id == requester.caller_id)
    return ShortlistRow.owner == requester.organisation
