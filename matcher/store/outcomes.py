"""What became of the coaches of shortlists: one record for each shortlist, coach and event."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from matcher.domain import Outcome, Requester
from matcher.domain.link import SharedLink
from matcher.store import shortlists
from matcher.store.database import insert, rows_changed
from matcher.store.shortlists import SealedShortlist
from matcher.store.tables import AccountRow, CallerRow, OutcomeRow, ShortlistRow

_KEY = ("shortlist_id", "coach_id", "event")


@dataclass(frozen=True)
class ShortlistOutcomes:
    """A shortlist as it was sealed, and all that is known of what became of its coaches; never nothing."""

    shortlist: SealedShortlist
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True)
class RecordedOutcome:
    """An outcome, when it was recorded, and by whom: the name of an account, or of a caller of the API.

    `link_id` is that of the link through which the manager said it.
    """

    outcome: Outcome
    recorded_at: datetime
    account: str | None
    caller: str | None
    link_id: str | None = None


def record(session: Session, shortlist_id: str, outcome: Outcome, requester: Requester, now: datetime) -> bool:
    """Keeps an outcome in place of what was recorded of that coach and event before; True when that was nothing.

    The shortlist must be there; whether the requester may see it is not asked here.
    """
    values = outcome.model_dump() | {
        "shortlist_id": shortlist_id,
        "recorded_at": now,
        "caller_id": requester.caller_id,
        "account_id": requester.account_id,
        "link_id": None,
    }
    statement = insert(session, OutcomeRow).values(values)
    # Asked of the database, not looked up before, so that of two at once only one is the first.
    if rows_changed(session, statement.on_conflict_do_nothing()):
        return True
    new = {name: value for name, value in values.items() if name not in _KEY}
    session.execute(statement.on_conflict_do_update(index_elements=_KEY, set_=new))
    return False


def record_from_link(session: Session, link: SharedLink, outcome: Outcome, now: datetime) -> bool:
    """Keeps an outcome that the manager tells through a link, unless that coach and event have one; True if so."""
    values = outcome.model_dump() | {"shortlist_id": link.shortlist_id, "recorded_at": now, "link_id": link.id}
    return rows_changed(session, insert(session, OutcomeRow).values(values).on_conflict_do_nothing()) > 0


def withdraw_from_link(session: Session, link: SharedLink, coach_id: str, event: str) -> bool:
    """Deletes what was recorded through that link of that coach and event; False when that was nothing."""
    statement = delete(OutcomeRow).where(
        OutcomeRow.link_id == link.id, OutcomeRow.coach_id == coach_id, OutcomeRow.event == event
    )
    return rows_changed(session, statement) > 0


def withdraw(session: Session, shortlist_id: str, coach_id: str, event: str) -> bool:
    """Deletes what was recorded of that coach and event; False when that was nothing."""
    statement = delete(OutcomeRow).where(
        OutcomeRow.shortlist_id == shortlist_id, OutcomeRow.coach_id == coach_id, OutcomeRow.event == event
    )
    return rows_changed(session, statement) > 0


def of_shortlist(session: Session, shortlist_id: str) -> tuple[Outcome, ...]:
    """What became of the coaches of a shortlist, by day, then in the usual order of events; empty when unknown."""
    return _sorted(session.scalars(select(OutcomeRow).where(OutcomeRow.shortlist_id == shortlist_id)))


def history(session: Session, shortlist_id: str) -> tuple[RecordedOutcome, ...]:
    """What became of the coaches of a shortlist, in the order of `of_shortlist`, and who recorded it."""
    query = (
        select(OutcomeRow, AccountRow.name, CallerRow.name)
        .outerjoin(AccountRow, OutcomeRow.account_id == AccountRow.id)
        .outerjoin(CallerRow, OutcomeRow.caller_id == CallerRow.id)
        .where(OutcomeRow.shortlist_id == shortlist_id)
    )
    found = (
        RecordedOutcome(_outcome(row), row.recorded_at, account, caller, row.link_id)
        for row, account, caller in session.execute(query)
    )
    return tuple(sorted(found, key=attrgetter("outcome.place")))


def count_shortlists(session: Session) -> int:
    """How many shortlists `every` gives."""
    return session.scalar(select(func.count(OutcomeRow.shortlist_id.distinct()))) or 0


def every(session: Session) -> Iterator[ShortlistOutcomes]:
    """All outcomes, whoever recorded them, with the shortlist that they belong to; the oldest shortlist first.

    One shortlist is read at a time, since what it was computed from is large.
    """
    by_shortlist = select(OutcomeRow).join(ShortlistRow).order_by(ShortlistRow.created_at, ShortlistRow.id)
    for shortlist_id, rows in groupby(session.scalars(by_shortlist).all(), attrgetter("shortlist_id")):
        sealed = shortlists.get_anyones(session, shortlist_id)
        if sealed is not None:
            yield ShortlistOutcomes(sealed, _sorted(rows))


def _sorted(rows: Iterable[OutcomeRow]) -> tuple[Outcome, ...]:
    return tuple(sorted(map(_outcome, rows), key=attrgetter("place")))


def _outcome(row: OutcomeRow) -> Outcome:
    return Outcome.model_validate({name: getattr(row, name) for name in Outcome.model_fields})
