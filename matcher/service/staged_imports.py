"""Files of profiles that people upload: looked through first, and imported once they have said so.

An upload is kept in the database for an hour after it last moved, then it is dropped, unread or not.
"""

import json
import traceback
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Thread, Timer
from typing import Any
from uuid import uuid4

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from matcher.domain import COMMAND_LINE, Account, Actor, Coach
from matcher.errors import Conflict, NotFound
from matcher.intake import Row
from matcher.matching.areas import AreaReading
from matcher.matching.embedding import Encoder
from matcher.service.imports import import_coaches
from matcher.store import coaches, database, profile_imports
from matcher.store.coaches import PutCounts
from matcher.store.profile_imports import ProfileImport
from matcher.texts import Phrase

KEPT = timedelta(hours=1)
"""For how long an upload is kept after it last moved."""

SILENCE = timedelta(minutes=2)
"""After which an import counts as interrupted: a batch takes seconds, and it moves with each."""

_PAGE = 200
_log = structlog.get_logger()


@dataclass(frozen=True)
class Finding:
    """What is wrong in a row of the file; one that is no more than a `warning` does not keep the row out."""

    line: int
    field: str
    detail: str
    warning: bool = False

    def to_document(self) -> dict[str, Any]:
        """What `from_document` reads again; the words so that they can still be said in another language."""
        detail = self.detail
        said = {"message": detail.message, "values": detail.values} if isinstance(detail, Phrase) else {}
        return vars(self) | said

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> "Finding":
        """The finding that was written so, or in an earlier version without the words of which it is made."""
        message, values = document.pop("message", None), document.pop("values", {})
        if message is not None:
            spoken = {name: Phrase(value) if isinstance(value, str) else value for name, value in values.items()}
            document["detail"] = Phrase(message, **spoken)
        return cls(**document)


@dataclass(frozen=True)
class StagedImport:
    """An upload as it is now; `done` of its profiles are stored."""

    upload: ProfileImport
    done: int
    findings: tuple[Finding, ...]

    @property
    def bad_rows(self) -> int:
        """How many rows cannot be imported."""
        return len({finding.line for finding in self.findings if not finding.warning})

    def is_running(self, now: datetime) -> bool:
        """Whether its profiles are being stored."""
        upload = self.upload
        return upload.run is not None and not upload.finished and upload.seen_at >= now - SILENCE

    def was_interrupted(self, now: datetime) -> bool:
        """Whether it was begun and stands still, as when the server was stopped."""
        upload = self.upload
        return not upload.finished and not self.is_running(now) and (upload.run is not None or upload.reached > 0)


class _Superseded(Exception):
    """Another run has the import by now."""


def stage_import(engine: Engine, file_name: str, rows: Iterable[Row[Coach]], by: Account, now: datetime) -> str:
    """Keeps the good rows of a file aside and compares them with the directory; the id of the upload.

    Nothing is kept when a row cannot be read at all, which raises MalformedDocument.
    """
    profiles, findings = list[tuple[int, Coach]](), list[Finding]()
    for row in rows:
        findings += _findings(row)
        if row.value is not None:
            profiles.append((row.line, row.value))
    import_id = str(uuid4())
    drop_old_uploads(engine, now)
    with database.sessions(engine).begin() as session:
        counts = coaches.compared(session, [coach for _, coach in profiles])
        told = json.dumps([finding.to_document() for finding in findings], ensure_ascii=False)
        upload = ProfileImport(import_id, by.id, file_name, now, now, counts, told)
        profile_imports.add(session, upload, profiles)
    _drop_later(engine)
    return import_id


def _findings(row: Row[Coach]) -> Iterator[Finding]:
    for problem in row.problems:
        yield Finding(row.line, _field(problem.pointer), problem.detail)
    for problem in row.warnings:
        yield Finding(row.line, _field(problem.pointer), problem.detail, warning=True)


def _field(pointer: str) -> str:
    """The place of a problem as columns are named, entries counted from 1.

    >>> _field("/fees/amount"), _field("/references/1/rating"), _field("")
    ('fees.amount', 'references, entry 2, rating', '')
    """
    told = ""
    for step in pointer.split("/")[1:]:
        entry = step.isdigit() and bool(told)
        after_entry = "entry " in told.rsplit(", ", 1)[-1]
        told += f", entry {int(step) + 1}" if entry else f"{', ' if after_entry else '.' if told else ''}{step}"
    return told


def staged_import(engine: Engine, import_id: str) -> StagedImport:
    """The upload with that id. Raises NotFound when it was dropped."""
    with database.snapshots(engine).begin() as session:
        upload = profile_imports.get(session, import_id)
        if upload is None:
            raise NotFound("This upload is not kept any more. Uploads are kept for an hour; send the file again.")
        done = upload.profiles if upload.finished else profile_imports.done(session, upload)
    return StagedImport(upload, done, tuple(Finding.from_document(finding) for finding in json.loads(upload.findings)))


def uploads(engine: Engine, now: datetime) -> list[ProfileImport]:
    """All uploads that are kept, the newest first."""
    drop_old_uploads(engine, now)
    with database.snapshots(engine).begin() as session:
        return profile_imports.every(session)


def cancel_import(engine: Engine, import_id: str, now: datetime) -> None:
    """Drops an upload. Raises Conflict while its profiles are being stored."""
    with database.sessions(engine).begin() as session:
        if not profile_imports.drop(session, import_id, now - SILENCE) and profile_imports.get(session, import_id):
            raise Conflict("Its profiles are being stored now. Wait until that is done.")


def drop_old_uploads(engine: Engine, now: datetime) -> None:
    """Drops every upload that has not moved for an hour."""
    with database.sessions(engine).begin() as session:
        profile_imports.drop_before(session, now - KEPT)


def _drop_later(engine: Engine) -> None:
    """Drops old uploads in an hour, whether anybody asks for a page then or not."""

    def drop() -> None:
        with suppress(SQLAlchemyError):
            drop_old_uploads(engine, datetime.now(UTC))

    timer = Timer(KEPT.total_seconds() + 1, drop)
    timer.daemon = True
    timer.start()


def begin_import(
    engine: Engine, encoder: Encoder, areas: AreaReading, import_id: str, now: datetime, *, by: Actor = COMMAND_LINE
) -> bool:
    """Has the profiles of an upload stored by a thread; False when that is going on, or was done, already."""
    run = str(uuid4())
    with database.sessions(engine).begin() as session:
        if not profile_imports.claim(session, import_id, run, now, now - SILENCE):
            return False
    Thread(target=_run, args=(engine, encoder, areas, import_id, run), kwargs={"by": by}, daemon=True).start()
    return True


def _run(engine: Engine, encoder: Encoder, areas: AreaReading, import_id: str, run: str, *, by: Actor) -> None:
    def reached(line: int) -> None:
        with database.sessions(engine).begin() as session:
            if not profile_imports.move(session, import_id, run, line, datetime.now(UTC)):
                raise _Superseded

    try:
        rows = _staged_rows(engine, import_id)
        report = import_coaches(engine, encoder, rows, datetime.now(UTC), reached, areas=areas, by=by)
        counts = PutCounts(report.added, report.replaced, report.unchanged)
        with database.sessions(engine).begin() as session:
            profile_imports.finish(session, import_id, run, counts, datetime.now(UTC))
    except _Superseded:
        _log.info("import taken over by another run")
    except Exception as error:
        # Nobody waits for the thread; without the words of the error, which may repeat a profile.
        where = "".join(traceback.format_tb(error.__traceback__))
        _log.error("import failed", error=type(error).__name__, where=where)
        with suppress(SQLAlchemyError), database.sessions(engine).begin() as session:
            profile_imports.let_go(session, import_id, run, datetime.now(UTC))


def _staged_rows(engine: Engine, import_id: str) -> Iterator[Row[Coach]]:
    after = -1
    while True:
        with database.snapshots(engine).begin() as session:
            page = profile_imports.page(session, import_id, after, _PAGE)
        if not page:
            return
        yield from (Row(line, coach) for line, coach in page)
        after = page[-1][0]
