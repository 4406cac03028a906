"""Answers, sealed: the same bytes can be shown, and checked, for as long as they are kept."""

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, insert, select
from sqlalchemy.orm import Session

from matcher.domain import Need, Requester
from matcher.store import needs
from matcher.store.tables import AccountRow, NeedRow, ShortlistRow


@dataclass(frozen=True)
class SealedShortlist:
    """An answer as it was given, and what it was computed from.

    `answer` and `facts` are JSON texts, `assessment` is compressed; the store looks into none of them. Of one that
    refines another, `refines_id` is that one and `first_id` the first of all that led to it.
    """

    id: str
    created_at: datetime
    answer: str
    assessment: bytes
    facts: str
    refines_id: str | None = None
    first_id: str | None = None

    @property
    def chain_id(self) -> str:
        """The id of the first of all shortlists that belong together."""
        return self.first_id or self.id


_ADD = insert(ShortlistRow)


def seal(session: Session, sealed: SealedShortlist, need: Need, requester: Requester) -> None:
    """Keeps an answer with the need that it is for; both belong to the requester's organisation."""
    whose = {
        "need_id": needs.add(session, need, requester, sealed.created_at),
        "caller_id": requester.caller_id,
        "owner": requester.organisation,
        "account_id": requester.account_id,
    }
    session.connection().execute(_ADD, vars(sealed) | whose)


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
    """Deletes an answer with all that refine it or that it refines, their outcomes and their needs; False when there
    is none. Nothing stays of what they say about the manager."""
    chain_id = session.scalar(
        select(func.coalesce(ShortlistRow.first_id, ShortlistRow.id)).where(ShortlistRow.id == shortlist_id)
    )
    if chain_id is None or not hold(session, chain_id):
        return False
    chain = (ShortlistRow.id == chain_id) | (ShortlistRow.first_id == chain_id)
    need_ids = session.scalars(select(ShortlistRow.need_id).where(chain)).all()
    # The database deletes the outcomes along, also one that is recorded at the same moment.
    session.execute(delete(ShortlistRow).where(chain))
    session.execute(delete(NeedRow).where(NeedRow.id.in_(need_ids)))
    return True


def hold(session: Session, chain_id: str) -> bool:
    """Lets nobody else add to a chain or delete it until the transaction ends; False when it is not there any more."""
    first = select(ShortlistRow.id).where(ShortlistRow.id == chain_id)
    return session.scalar(first.with_for_update()) is not None


@dataclass(frozen=True)
class ChainedAnswer:
    """One of the answers that belong together: which one it refines, and who asked for it, if an account did."""

    id: str
    refines_id: str | None
    created_at: datetime
    answer: str
    account: str | None


def chain(session: Session, chain_id: str) -> list[ChainedAnswer]:
    """A first answer and all that came of it by refinement, in the order in which they were drawn up."""
    row = ShortlistRow
    query = (
        select(row.id, row.refines_id, row.created_at, row.answer, AccountRow.name)
        .outerjoin(AccountRow, row.account_id == AccountRow.id)
        .where((row.id == chain_id) | (row.first_id == chain_id))
        .order_by(row.created_at, row.id)
    )
    return [ChainedAnswer(*found) for found in session.execute(query)]


def _found(session: Session, *conditions: ColumnElement[bool]) -> SealedShortlist | None:
    row = session.scalar(select(ShortlistRow).where(*conditions))
    if row is None:
        return None
    return SealedShortlist(**{field.name: getattr(row, field.name) for field in fields(SealedShortlist)})


def _visible_to(requester: Requester) -> ColumnElement[bool]:
    if requester.organisation is None:
        return ShortlistRow.owner.is_(None) & (ShortlistRow.caller_id == requester.caller_id)
    return ShortlistRow.owner == requester.organisation
