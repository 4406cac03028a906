"""Batches of needs: taken in, looked at, cancelled and deleted by those to whom they belong."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from matcher.domain import Batch, Requester
from matcher.errors import NotFound, Problem
from matcher.intake import BatchNeed
from matcher.service.queue import queue_with
from matcher.service.webhooks import note_event
from matcher.store import batches, database
from matcher.store.batches import LineResult, NewLine
from matcher.store.documents import written

BATCHES = "batches"
"""The queue of what takes computing."""

BATCH = "shortlist_batch"
"""The task that goes on with a batch, by its id."""

_PAGE = 50

WithBatch = Callable[[Session, Batch], None]
"""Told of a batch in the transaction that stores it."""


def create_batch(
    engine: Engine, needs: Sequence[BatchNeed], requester: Requester, now: datetime, *, alongside: WithBatch
) -> Batch:
    """Keeps needs to be answered later; those with problems are answered by these at once.

    What `alongside` stores is stored with the batch or not at all. It is queued with it, for whoever works.
    """
    batch_id = str(uuid4())
    with database.sessions(engine).begin() as session:
        batches.add(session, batch_id, [_line(need) for need in needs], requester, now)
        finish_with(session, batch_id, now)
        queue_with(session, BATCHES, BATCH, batch_id, due_at=now)
        created = _found(session, batch_id, requester)
        alongside(session, created)
    return created


def batch_with_id(engine: Engine, batch_id: str, requester: Requester) -> Batch:
    """The batch as it is now. Raises NotFound for one that is not there, or not for that requester."""
    with database.snapshots(engine).begin() as session:
        return _found(session, batch_id, requester)


def batches_of(engine: Engine, requester: Requester, after: str | None, limit: int) -> list[Batch]:
    """The first `limit` batches of a requester, the newest first, after the one with that id."""
    with database.snapshots(engine).begin() as session:
        return batches.page(session, requester, after, limit)


def results_of(engine: Engine, batch_id: str, requester: Requester) -> Iterator[LineResult]:
    """What became of the lines that are answered, in their order, read a few at a time.

    Raises NotFound, at once, as `batch_with_id` does.
    """
    batch_with_id(engine, batch_id, requester)
    return _results(engine, batch_id)


def _results(engine: Engine, batch_id: str) -> Iterator[LineResult]:
    after = 0
    while True:
        with database.snapshots(engine).begin() as session:
            found = batches.results(session, batch_id, after, _PAGE)
        yield from found
        if len(found) < _PAGE:
            return
        after = found[-1].line


def cancel_batch(engine: Engine, batch_id: str, requester: Requester, now: datetime, *, alongside: WithBatch) -> Batch:
    """Ends a batch; needs that are not answered are deleted, shortlists stay. One that is finished stays as it is.

    `alongside` is told of it as by `create_batch`. Raises NotFound as `batch_with_id` does.
    """
    with database.sessions(engine).begin() as session:
        _found(session, batch_id, requester)
        batches.cancel(session, batch_id, now)
        cancelled = _found(session, batch_id, requester)
        alongside(session, cancelled)
    return cancelled


def delete_batch(engine: Engine, batch_id: str, requester: Requester, now: datetime) -> None:
    """Ends a batch and forgets it; shortlists that came of it stay. Raises NotFound as `batch_with_id` does."""
    with database.sessions(engine).begin() as session:
        _found(session, batch_id, requester)
        batches.cancel(session, batch_id, now)
        batches.forget(session, batch_id)


def finish_with(session: Session, batch_id: str, now: datetime) -> bool:
    """Notes that a batch is finished when its last line is answered, and has webhooks told; True for the first time."""
    requester = batches.requester_of(session, batch_id)
    if requester is None or not batches.finish(session, batch_id, now):
        return False
    batch = _found(session, batch_id, requester)
    data = batch.model_dump(mode="json", include={"status", "total", "done", "failed"})
    address = f"/api/v1/shortlist-batches/{batch_id}"
    links = {"batch": address, "results": f"{address}/results"}
    note_event(session, "batch.done", requester, {"batch_id": batch_id} | data | {"links": links}, now)
    return True


def told_problems(problems: Sequence[Problem]) -> str:
    """Problems of a line as the JSON text that is kept."""
    return json.dumps([vars(problem) for problem in problems], ensure_ascii=False)


def _line(need: BatchNeed) -> NewLine:
    if need.request is None:
        return NewLine(need.line, need.given_id, None, told_problems(need.problems))
    return NewLine(need.line, need.given_id, written(need.request))


def _found(session: Session, batch_id: str, requester: Requester) -> Batch:
    found = batches.get(session, batch_id, requester)
    if found is None:
        raise NotFound("There is no such batch.")
    return found
