"""What is kept no longer than a setting says: counted, and deleted some at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from matcher.domain.account import GUEST_ROLES
from matcher.store.database import rows_changed
from matcher.store.tables import (
    AccountRow,
    DeliveryRow,
    DraftRow,
    KeyedRequestRow,
    NeedRow,
    OutcomeRow,
    ProfileImportRow,
    Row,
    SharedLinkRow,
    ShortlistBatchRow,
    ShortlistRow,
    SignInAttemptRow,
    SignInRow,
    SignOnRow,
    VisitRow,
)


@dataclass(frozen=True)
class Limits:
    """The moments before which things are over; None where they are kept for good."""

    now: datetime
    shortlists: datetime | None
    batches: datetime | None
    visits: datetime
    sign_ins: datetime
    attempts: datetime
    drafts: datetime
    keyed_requests: datetime
    deliveries: datetime
    uploads: datetime


@dataclass(frozen=True)
class Over:
    """Rows of a table that are over, by a key that each has alone."""

    what: str
    table: type[Row]
    key: InstrumentedAttribute[str]
    condition: ColumnElement[bool]


def all_over(limits: Limits) -> Iterator[Over]:
    """Everything that is over apart from shortlists, in an order in which nothing refers to what goes before it."""
    if limits.shortlists is not None:
        unasked = ~exists().where(ShortlistRow.need_id == NeedRow.id)
        yield Over("needs", NeedRow, NeedRow.id, and_(NeedRow.received_at < limits.shortlists, unasked))
    if limits.batches is not None:
        yield Over("batches", ShortlistBatchRow, ShortlistBatchRow.id, ShortlistBatchRow.finished_at < limits.batches)
    ended = func.coalesce(VisitRow.expires_at, VisitRow.opens_until)
    yield Over("visits", VisitRow, VisitRow.id, ended < limits.visits)
    guests = select(AccountRow.id).where(_is_past_guest())
    stale = SignInRow.begun_at < limits.sign_ins
    yield Over("sign_ins", SignInRow, SignInRow.key_hash, or_(stale, SignInRow.account_id.in_(guests)))
    yield Over("sign_ons", SignOnRow, SignOnRow.key_hash, SignOnRow.expires_at <= limits.now)
    yield Over("sign_in_attempts", SignInAttemptRow, SignInAttemptRow.subject, SignInAttemptRow.since < limits.attempts)
    old = DraftRow.kept_at < limits.drafts
    yield Over("drafts", DraftRow, DraftRow.account_id, or_(old, DraftRow.account_id.in_(guests)))
    yield Over(
        "keyed_requests", KeyedRequestRow, KeyedRequestRow.run, KeyedRequestRow.claimed_at < limits.keyed_requests
    )
    yield Over("deliveries", DeliveryRow, DeliveryRow.id, DeliveryRow.created_at < limits.deliveries)
    yield Over("uploads", ProfileImportRow, ProfileImportRow.id, ProfileImportRow.seen_at < limits.uploads)
    yield Over("guests", AccountRow, AccountRow.id, and_(_is_past_guest(), ~_is_named()))


def count(session: Session, over: Over) -> int:
    """How many there are."""
    return session.scalar(select(func.count()).select_from(over.table).where(over.condition)) or 0


def delete_some(session: Session, over: Over, limit: int) -> int:
    """Deletes so many of them at most; answers how many it deleted."""
    # Rows that another transaction holds are passed over, so that no two wait for each other in a circle.
    some = select(over.key).where(over.condition).limit(limit).with_for_update(skip_locked=True, of=over.table)
    keys = session.scalars(some).all()
    return rows_changed(session, delete(over.table).where(over.key.in_(keys), over.condition)) if keys else 0


def count_chains(session: Session, moment: datetime) -> int:
    """How many shortlists are of a chain whose last one was drawn up before that moment."""
    first = func.coalesce(ShortlistRow.first_id, ShortlistRow.id)
    query = select(func.count()).select_from(ShortlistRow).where(first.in_(_old_chains(moment)))
    return session.scalar(query) or 0


def old_chains(session: Session, moment: datetime, limit: int) -> list[str]:
    """The first shortlists of so many chains at most whose last one was drawn up before that moment."""
    free = _old_chains(moment).limit(limit).with_for_update(skip_locked=True, of=ShortlistRow)
    return list(session.scalars(free))


def _old_chains(moment: datetime) -> Select[str]:
    later = aliased(ShortlistRow)
    goes_on = exists().where(later.first_id == ShortlistRow.id, later.created_at >= moment)
    return select(ShortlistRow.id).where(ShortlistRow.first_id.is_(None), ShortlistRow.created_at < moment, ~goes_on)


def _is_past_guest() -> ColumnElement[bool]:
    """Of an account: that it is of a visit that was deleted."""
    is_guest = AccountRow.role.in_(list(GUEST_ROLES.values()))
    return and_(is_guest, ~exists().where(VisitRow.account_id == AccountRow.id))


def _is_named() -> ColumnElement[bool]:
    """Of an account: that something which is kept says who did it."""
    who_did = (NeedRow, ShortlistRow, OutcomeRow, SharedLinkRow, ProfileImportRow)
    return or_(*(exists().where(row.account_id == AccountRow.id) for row in who_did))
