"""Answers the needs of batches, some at a time, so that several workers share a batch and none is done twice.

A line belongs to the run that claimed it until that has not moved for LEASE. Its shortlist and the note that it is
answered are stored in one transaction, which needs the line to be the run's still.
"""

import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import structlog
from pydantic import ValidationError
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from matcher.domain import Requester, ShortlistRequest
from matcher.errors import ConfigurationError, NotReady, Problem
from matcher.service.batches import finish_with, told_problems
from matcher.service.shortlists import Desk
from matcher.store import batches, database
from matcher.store.batches import ClaimedLine
from matcher.store.shortlists import SealedShortlist

AT_ONCE = 32
"""Lines that one run claims; their texts are encoded together."""

LEASE = timedelta(seconds=60)
"""After which a run that has not moved counts as dead: a line takes a second or two."""

PATIENCE = timedelta(days=1)
"""For how long a batch is tried while the service cannot answer anything, as while it is set up wrongly."""

LONGEST_GAP = timedelta(minutes=10)
"""Between two tries more than this is time in which the service was down; each batch is tried once a minute."""

MOST_ATTEMPTS = 3
"""After so many runs that died over a line it is given up."""

_FAULTS = (OperationalError, NotReady, ConfigurationError)
"""What is wrong with the service or its database, and not with a need."""

_FAILED = Problem("", "could not be answered because of an error of the service; its operator finds it in the log")
_GIVEN_UP = Problem("", f"was given up: the service stopped over it {MOST_ATTEMPTS} times")
_UNABLE = Problem("", "was given up: the service could answer nothing for a day; its operator finds why in the log")
_NOT_ALLOWED = Problem("", "is a need that this version of the service no longer allows")
_log = structlog.get_logger()


class _NotOurs(Exception):
    """The line was cancelled, or another run has it by now."""


def claim_lines(engine: Engine, batch_id: str, now: datetime) -> tuple[list[ClaimedLine], Requester | None]:
    """Lines of a batch that are this run's to answer, and who asked; no lines when there are none to be had.

    A batch whose last line is answered is then finished.
    """
    with database.sessions(engine).begin() as session:
        requester = batches.requester_of(session, batch_id)
        if requester is None:
            return [], None
        claimed = batches.claim(session, batch_id, str(uuid4()), now, lapsed=now - LEASE, most=AT_ONCE)
        return claimed, requester


def finish_batch(engine: Engine, batch_id: str, now: datetime) -> bool:
    """Notes that a batch is finished when its last line is answered; True for the one that notes it."""
    with database.sessions(engine).begin() as session:
        finished = finish_with(session, batch_id, now)
    if finished:
        _log.info("batch finished", batch=batch_id)
    return finished


def answer_lines(desk: Desk, lines: Sequence[ClaimedLine], requester: Requester, stopping: Callable[[], bool]) -> None:
    """Answers claimed lines one after the other; those that are left when it is `stopping` are let go.

    Raises what is wrong with the service or its database; lines that are not answered then wait for another run, or
    are given up when nothing of their batch could be answered, as often as it was tried, for PATIENCE.
    """
    try:
        requests = {line: _request(line) for line in lines}
        ahead = _ahead(desk, [request for request in requests.values() if request])
        for line, request in requests.items():
            if stopping():
                break
            with suppress(_NotOurs):
                _answer(ahead, line, request, requester)
    except (NotReady, ConfigurationError):
        _give_up_late(desk.engine, lines[0].batch_id, datetime.now(UTC))
        raise
    finally:
        with suppress(OperationalError), database.sessions(desk.engine).begin() as session:
            batches.let_go(session, lines[0].run)
    _log.info("batch lines answered", batch=lines[0].batch_id, lines=len(lines))


def _ahead(desk: Desk, requests: Sequence[ShortlistRequest]) -> Desk:
    """The desk with the texts of all requests encoded together; as it is when one of them cannot be encoded."""
    try:
        return replace(desk, reader=desk.reader.ahead(requests))
    except _FAULTS:
        raise
    except Exception as error:
        # Which one it is shows when each is answered by itself.
        _log.error("batch texts not encoded together", error=type(error).__name__)
        return desk


def _give_up_late(engine: Engine, batch_id: str, now: datetime) -> None:
    problems = told_problems([_UNABLE])
    with database.sessions(engine).begin() as session:
        failing = batches.note_failure(session, batch_id, now, longest_gap=LONGEST_GAP)
        given_up = batches.give_up(session, batch_id, problems, now) if failing >= PATIENCE else 0
    if given_up:
        _log.error("batch given up", batch=batch_id, lines=given_up)


def _request(line: ClaimedLine) -> ShortlistRequest | None:
    """What a line asks for; None when that is no longer allowed, as after a change of the vocabulary."""
    try:
        return ShortlistRequest.model_validate_json(line.document)
    except ValidationError:
        return None


def _answer(desk: Desk, line: ClaimedLine, request: ShortlistRequest | None, requester: Requester) -> None:
    if request is None or line.attempts > MOST_ATTEMPTS:
        _keep_problem(desk.engine, line, _NOT_ALLOWED if request is None else _GIVEN_UP)
        return
    now = datetime.now(UTC)

    def note(session: Session, sealed: SealedShortlist) -> None:
        if not batches.keep_shortlist(session, line, sealed.id, now):
            raise _NotOurs

    try:
        desk.draw_up(request.need, request.limit, requester, now, alongside=note, announced=False)
    except (_NotOurs, *_FAULTS):
        raise
    except Exception as error:
        # Not the words of the error, which may repeat what the need says.
        where = "".join(traceback.format_tb(error.__traceback__))
        _log.error("batch line failed", batch=line.batch_id, line=line.line, error=type(error).__name__, where=where)
        _keep_problem(desk.engine, line, _FAILED)


def _keep_problem(engine: Engine, line: ClaimedLine, problem: Problem) -> None:
    with database.sessions(engine).begin() as session:
        batches.keep_problems(session, line, told_problems([problem]), datetime.now(UTC))
