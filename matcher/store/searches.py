"""The searches of an organisation: each a first shortlist with all that came of it by refinement."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from matcher.store.tables import AccountRow, CallerRow, OutcomeRow, ShortlistRow


@dataclass(frozen=True)
class Search:
    """A search as it is listed: which of its lists shows how far it is, with its answer, and how many there are.

    That is the newest list of which something was recorded, else the newest. `account` and `caller` name who began it.
    """

    begun_at: datetime
    account: str | None
    caller: str | None
    lists: int
    shortlist_id: str
    answer: str


_Lists = dict[str, list[tuple[datetime, str]]]
"""When each list of a search was drawn up, and its id, by the id of the first."""


def count(session: Session, organisation: str, account_id: str | None = None) -> int:
    """How many searches an organisation has, or one of its accounts began."""
    return session.scalar(select(func.count()).select_from(ShortlistRow).where(*_begun(organisation, account_id))) or 0


def page(session: Session, organisation: str, first: int, limit: int, account_id: str | None = None) -> list[Search]:
    """Some of those searches, the one that was begun last first; `first` is the place of the first, from 0."""
    row = ShortlistRow
    begun = session.execute(
        select(row.id, row.created_at, AccountRow.name, CallerRow.name)
        .outerjoin(AccountRow, row.account_id == AccountRow.id)
        .outerjoin(CallerRow, row.caller_id == CallerRow.id)
        .where(*_begun(organisation, account_id))
        .order_by(row.created_at.desc(), row.id)
        .offset(first)
        .limit(limit)
    ).all()
    lists = _lists(session, [one.id for one in begun])
    shown = _shown(session, lists)
    answers = _answers(session, shown.values())
    return [
        Search(created_at, account, caller, len(lists[chain_id]), shown[chain_id], answers[shown[chain_id]])
        for chain_id, created_at, account, caller in begun
    ]


def _begun(organisation: str, account_id: str | None) -> tuple[ColumnElement[bool], ...]:
    own = (ShortlistRow.account_id == account_id,) if account_id else ()
    return (ShortlistRow.owner == organisation, ShortlistRow.first_id.is_(None), *own)


def _lists(session: Session, chain_ids: Collection[str]) -> _Lists:
    row = ShortlistRow
    query = select(row.id, row.first_id, row.created_at).where(row.id.in_(chain_ids) | row.first_id.in_(chain_ids))
    found: _Lists = defaultdict(list)
    for shortlist_id, first_id, created_at in session.execute(query):
        found[first_id or shortlist_id].append((created_at, shortlist_id))
    return found


def _shown(session: Session, lists: _Lists) -> dict[str, str]:
    """Which list of each search is shown."""
    every = [shortlist_id for own in lists.values() for _, shortlist_id in own]
    told = set(session.scalars(select(OutcomeRow.shortlist_id).where(OutcomeRow.shortlist_id.in_(every))))
    return {chain_id: max(own, key=lambda one: (one[1] in told, *one))[1] for chain_id, own in lists.items()}


def _answers(session: Session, shortlist_ids: Collection[str]) -> dict[str, str]:
    found = session.execute(select(ShortlistRow.id, ShortlistRow.answer).where(ShortlistRow.id.in_(shortlist_ids)))
    return {row.id: row.answer for row in found}
