"""Batches of needs, and their lines: waiting, claimed by one worker, answered by a shortlist or by problems."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from matcher.domain import Requester
from matcher.domain.batch import Batch, BatchStatus
from matcher.store.database import insert, rows_changed
from matcher.store.tables import BatchLineRow, ShortlistBatchRow, ShortlistRow

_AT_ONCE = 500
_MOVE = timedelta(seconds=10)


@dataclass(frozen=True)
class NewLine:
    """A need as it came: its document, a JSON text, or the problems that it has, another one."""

    line: int
    given_id: str | None
    document: str | None
    problems: str | None = None


@dataclass(frozen=True)
class ClaimedLine:
    """A need that a run has to answer; `attempts` counts this one."""

    batch_id: str
    line: int
    document: str
    run: str
    attempts: int


@dataclass(frozen=True)
class LineResult:
    """What became of a need: the answer of its shortlist, or problems, both JSON texts.

    Neither is there when the shortlist was deleted.
    """

    line: int
    given_id: str | None
    answer: str | None
    problems: str | None


def add(session: Session, batch_id: str, lines: Sequence[NewLine], requester: Requester, now: datetime) -> None:
    """Keeps a batch; lines with problems are answered by them."""
    session.add(
        ShortlistBatchRow(
            id=batch_id,
            owner=requester.organisation,
            caller_id=requester.caller_id,
            total=len(lines),
            created_at=now,
            cancelled=False,
        )
    )
    session.flush()
    remaining = iter(lines)
    while some := list(islice(remaining, _AT_ONCE)):
        rows = [
            vars(line) | {"batch_id": batch_id, "attempts": 0, "answered_at": now if line.problems else None}
            for line in some
        ]
        session.execute(insert(session, BatchLineRow), rows)


def get(session: Session, batch_id: str, requester: Requester) -> Batch | None:
    """The batch with that id as it is now; None when there is none that the requester may see."""
    row = session.scalar(select(ShortlistBatchRow).where(ShortlistBatchRow.id == batch_id, _visible_to(requester)))
    return None if row is None else _read(session, [row])[0]


def page(session: Session, requester: Requester, after: str | None, limit: int) -> list[Batch]:
    """The first `limit` batches that the requester may see, the newest first; `after` that one when it is there."""
    row = ShortlistBatchRow
    query = select(row).where(_visible_to(requester)).order_by(row.created_at.desc(), row.id.desc()).limit(limit)
    last = session.scalar(select(row).where(row.id == after, _visible_to(requester))) if after else None
    if last is not None:
        same_moment = and_(row.created_at == last.created_at, row.id < last.id)
        query = query.where(or_(row.created_at < last.created_at, same_moment))
    return _read(session, list(session.scalars(query)))


def unfinished(session: Session) -> list[str]:
    """The ids of all batches that are not finished, whoever's they are, the oldest first."""
    row = ShortlistBatchRow
    return list(session.scalars(select(row.id).where(row.finished_at.is_(None)).order_by(row.created_at, row.id)))


def requester_of(session: Session, batch_id: str) -> Requester | None:
    """Who sent a batch; None when there is none, or it is finished."""
    row = session.get(ShortlistBatchRow, batch_id)
    return None if row is None or row.finished_at else Requester(row.owner, caller_id=row.caller_id)


def claim(
    session: Session, batch_id: str, run: str, now: datetime, *, lapsed: datetime, most: int
) -> list[ClaimedLine]:
    """Gives lines that nobody has to one run, at most so many, in their order; none when there are no more.

    A line that was claimed before `lapsed` is free again, since whoever had it is taken to be dead. Such a line is
    given alone: it may be what the other one died of.
    """
    # Before any line, as when a batch is cancelled, so that no two wait for each other in a circle.
    batch = ShortlistBatchRow
    session.execute(update(batch).where(batch.id == batch_id, batch.started_at.is_(None)).values(started_at=now))
    row = BatchLineRow
    free = [row.batch_id == batch_id, row.answered_at.is_(None), or_(row.run.is_(None), row.claimed_at < lapsed)]
    for tried, at_once in ((row.attempts == 0, most), (row.attempts > 0, 1)):
        query = select(row).where(*free, tried).order_by(row.line).limit(at_once)
        # Lines that another worker claims at this moment are passed over.
        found = session.scalars(query.with_for_update(skip_locked=True)).all()
        for line in found:
            line.run, line.claimed_at, line.attempts = run, now, line.attempts + 1
        if found:
            return [ClaimedLine(batch_id, line.line, line.document or "", run, line.attempts) for line in found]
    return []


def keep_shortlist(session: Session, line: ClaimedLine, shortlist_id: str, now: datetime) -> bool:
    """Answers a line; False, and nothing is kept, when it is not the run's any more."""
    return _answer(session, line, now, shortlist_id=shortlist_id)


def keep_problems(session: Session, line: ClaimedLine, problems: str, now: datetime) -> bool:
    """Answers a line by what is wrong with it; False, and nothing is kept, when it is not the run's any more."""
    return _answer(session, line, now, problems=problems)


def _answer(session: Session, line: ClaimedLine, now: datetime, **answer: str) -> bool:
    batch, row = ShortlistBatchRow, BatchLineRow
    # Before the line, as when a batch is cancelled, so that no two wait for each other in a circle.
    failing = (batch.id == line.batch_id) & batch.failing_since.is_not(None)
    session.execute(update(batch).where(failing).values(failing_since=None, failed_at=None))
    own = (row.batch_id == line.batch_id) & (row.line == line.line) & (row.run == line.run)
    # The need itself goes: it stands with its shortlist, or is not kept at all.
    values = {"answered_at": now, "document": None, "run": None} | answer
    answered = rows_changed(session, update(row).where(own).values(values)) > 0
    # Whoever is alive moves now and then: the lines that the run has yet to answer stay its own.
    session.execute(update(row).where(row.run == line.run, row.claimed_at < now - _MOVE).values(claimed_at=now))
    return answered


def let_go(session: Session, run: str) -> None:
    """Frees the lines that a run has not answered, as if it had not claimed them."""
    row = BatchLineRow
    session.execute(update(row).where(row.run == run).values(run=None, attempts=row.attempts - 1))


def note_failure(session: Session, batch_id: str, now: datetime, *, longest_gap: timedelta) -> timedelta:
    """Notes that a run could answer nothing of a batch, and tells for how long that has been so; none the first time.

    Of the time between two failures no more than `longest_gap` counts: in the rest nobody tried.
    """
    row = session.scalar(select(ShortlistBatchRow).where(ShortlistBatchRow.id == batch_id).with_for_update())
    if row is None:
        return timedelta()
    if row.failing_since is None or row.failed_at is None:
        row.failing_since = now
    else:
        row.failing_since += max(now - row.failed_at - longest_gap, timedelta())
    row.failed_at = now
    return now - row.failing_since


def give_up(session: Session, batch_id: str, problems: str, now: datetime) -> int:
    """Answers all waiting lines of a batch by what is wrong, and tells how many these are."""
    line = BatchLineRow
    waiting = (line.batch_id == batch_id) & line.answered_at.is_(None)
    # In the order in which a worker answers them, whose lines these may be.
    session.execute(select(line.line).where(waiting).order_by(line.line).with_for_update())
    values = {"answered_at": now, "document": None, "run": None, "problems": problems}
    return rows_changed(session, update(line).where(waiting).values(values))


def finish(session: Session, batch_id: str, now: datetime) -> bool:
    """Notes that a batch is finished, if its last line is answered; True for the one that notes it first."""
    row, line = ShortlistBatchRow, BatchLineRow
    waiting = exists().where(line.batch_id == batch_id, line.answered_at.is_(None))
    statement = update(row).where(row.id == batch_id, row.finished_at.is_(None), ~waiting)
    return rows_changed(session, statement.values(finished_at=now)) > 0


def cancel(session: Session, batch_id: str, now: datetime) -> None:
    """Ends a batch that is not finished; needs that are not answered are deleted."""
    row = ShortlistBatchRow
    statement = update(row).where(row.id == batch_id, row.finished_at.is_(None))
    if rows_changed(session, statement.values(finished_at=now, cancelled=True)):
        line = BatchLineRow
        waiting = (line.batch_id == batch_id) & line.answered_at.is_(None)
        # In the order in which a worker answers them, whose lines these may be.
        session.execute(select(line.line).where(waiting).order_by(line.line).with_for_update())
        session.execute(delete(line).where(waiting))


def forget(session: Session, batch_id: str) -> None:
    """Deletes a batch that is finished or cancelled, and its lines; the shortlists that came of it stay."""
    session.execute(delete(ShortlistBatchRow).where(ShortlistBatchRow.id == batch_id))


def results(session: Session, batch_id: str, after: int, limit: int) -> list[LineResult]:
    """What became of the first `limit` lines after that one that are answered, in their order."""
    row = BatchLineRow
    query = (
        select(row.line, row.given_id, ShortlistRow.answer, row.problems)
        .outerjoin(ShortlistRow, row.shortlist_id == ShortlistRow.id)
        .where(row.batch_id == batch_id, row.line > after, row.answered_at.is_not(None))
    )
    return [LineResult(*found) for found in session.execute(query.order_by(row.line).limit(limit))]


def _read(session: Session, rows: Iterable[ShortlistBatchRow]) -> list[Batch]:
    by_id = {row.id: row for row in rows}
    line = BatchLineRow
    counted = (
        select(line.batch_id, func.count(line.answered_at), func.count(line.problems))
        .where(line.batch_id.in_(by_id))
        .group_by(line.batch_id)
    )
    counts = {batch_id: (answered, failed) for batch_id, answered, failed in session.execute(counted)}
    return [_batch(row, *counts.get(batch_id, (0, 0))) for batch_id, row in by_id.items()]


def _batch(row: ShortlistBatchRow, answered: int, failed: int) -> Batch:
    return Batch(
        id=row.id,
        status=_status(row, failed),
        total=row.total,
        done=answered - failed,
        failed=failed,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )


def _status(row: ShortlistBatchRow, failed: int) -> BatchStatus:
    if row.cancelled:
        return "cancelled"
    if row.finished_at:
        return "failed" if failed == row.total else "done"
    return "running" if row.started_at else "queued"


def _visible_to(requester: Requester) -> ColumnElement[bool]:
    if requester.organisation is None:
        return ShortlistBatchRow.owner.is_(None) & (ShortlistBatchRow.caller_id == requester.caller_id)
    return ShortlistBatchRow.owner == requester.organisation
