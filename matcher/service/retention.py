"""Deletes what its setting says is over: some at a time, each time as a whole, so it may be stopped and repeated."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine

from matcher.domain import Actor
from matcher.domain.audit import need_hash
from matcher.service.sign_in import sign_in_limits
from matcher.service.staged_imports import KEPT as UPLOADS_KEPT
from matcher.service.throttle import WINDOW
from matcher.service.webhook_work import KEPT as DELIVERIES_KEPT
from matcher.settings import Settings
from matcher.store import audit, database, retention, shortlists
from matcher.store.retention import Limits, Over
from matcher.store.shortlists import ChainedAnswer

AT_ONCE = 200
"""Rows that one transaction deletes at most, so that nobody waits long for it."""

_CHAINS_AT_ONCE = 20


@dataclass(frozen=True)
class Purged:
    """How many of one kind are over, or how many of them are deleted by now."""

    what: str
    number: int


def purgeable(engine: Engine, settings: Settings, now: datetime) -> list[Purged]:
    """How much of each kind is over; nothing is deleted. What refers to it alone goes along and is not counted."""
    limits = _limits(settings, now)
    with database.snapshots(engine).begin() as session:
        counts = [Purged(over.what, retention.count(session, over)) for over in retention.all_over(limits)]
        if limits.shortlists is None:
            return counts
        return [Purged("shortlists", retention.count_chains(session, limits.shortlists)), *counts]


def purge(engine: Engine, settings: Settings, by: Actor, now: datetime) -> Iterator[Purged]:
    """Deletes all that is over; tells after each transaction how many of that kind it has deleted."""
    limits = _limits(settings, now)
    if limits.shortlists is not None:
        yield from _purged_shortlists(engine, limits.shortlists, by, now)
    for over in retention.all_over(limits):
        yield from _purged(engine, over, by, now)


def _purged(engine: Engine, over: Over, by: Actor, now: datetime) -> Iterator[Purged]:
    deleted = 0
    while True:
        with database.sessions(engine).begin() as session:
            some = retention.delete_some(session, over, AT_ONCE)
            if some:
                audit.append(session, by, "data.purged", now, over.what, deleted=some)
        if not some:
            return
        deleted += some
        yield Purged(over.what, deleted)


def _purged_shortlists(engine: Engine, moment: datetime, by: Actor, now: datetime) -> Iterator[Purged]:
    deleted = 0
    while True:
        with database.sessions(engine).begin() as session:
            gone: list[ChainedAnswer] = []
            for first in retention.old_chains(session, moment, _CHAINS_AT_ONCE):
                chain = shortlists.chain(session, first)
                gone += chain if shortlists.forget(session, first) else ()
            for one in gone:
                audit.append(session, by, "shortlist.deleted", now, one.id, need=need_hash(one.answer))
        if not gone:
            return
        deleted += len(gone)
        yield Purged("shortlists", deleted)


def _limits(settings: Settings, now: datetime) -> Limits:
    def days(number: int) -> datetime | None:
        return now - timedelta(days=number) if number else None

    return Limits(
        now=now,
        shortlists=days(settings.shortlist_days),
        batches=days(settings.batch_days),
        visits=now - timedelta(days=settings.visit_days),
        sign_ins=now - sign_in_limits(settings).whole,
        attempts=now - WINDOW,
        drafts=now - timedelta(days=settings.draft_days),
        keyed_requests=now - timedelta(hours=settings.idempotency_hours),
        deliveries=now - DELIVERIES_KEPT,
        uploads=now - UPLOADS_KEPT,
    )
