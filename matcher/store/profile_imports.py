"""Uploaded files of profiles, row by row, until they are imported or dropped."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from matcher.domain import Coach
from matcher.store.coaches import PutCounts
from matcher.store.database import insert, rows_changed
from matcher.store.documents import read_coach, written
from matcher.store.tables import ProfileImportRow, StagedProfileRow

_AT_ONCE = 200


@dataclass(frozen=True)
class ProfileImport:
    """An upload: what it would change, or has changed once it is finished, and the last line that was reached.

    `findings` is a JSON text that the store does not look into; `seen_at` is when it last moved.
    """

    id: str
    account_id: str
    file_name: str
    uploaded_at: datetime
    seen_at: datetime
    counts: PutCounts
    findings: str
    run: str | None = None
    reached: int = 0
    finished: bool = False

    @property
    def profiles(self) -> int:
        """How many profiles the file has that can be stored."""
        return self.counts.added + self.counts.replaced + self.counts.unchanged


def add(session: Session, upload: ProfileImport, profiles: Iterable[tuple[int, Coach]]) -> None:
    """Keeps an upload with its profiles, each with its line."""
    columns = {name: value for name, value in vars(upload).items() if name != "counts"}
    session.add(ProfileImportRow(**columns, **vars(upload.counts)))
    session.flush()
    remaining = iter(profiles)
    while batch := list(islice(remaining, _AT_ONCE)):
        rows = [{"import_id": upload.id, "line": line, "document": written(coach)} for line, coach in batch]
        session.execute(insert(session, StagedProfileRow), rows)


def get(session: Session, import_id: str) -> ProfileImport | None:
    """The upload with that id; None when there is none, or no longer."""
    return _read(session.get(ProfileImportRow, import_id))


def every(session: Session) -> list[ProfileImport]:
    """All uploads, the newest first."""
    rows = session.scalars(select(ProfileImportRow).order_by(ProfileImportRow.uploaded_at.desc(), ProfileImportRow.id))
    return [found for row in rows if (found := _read(row))]


def page(session: Session, import_id: str, after: int, limit: int) -> list[tuple[int, Coach]]:
    """The first `limit` profiles that stand after that line, with their lines."""
    row = StagedProfileRow
    query = select(row.line, row.document).where(row.import_id == import_id, row.line > after)
    found = session.execute(query.order_by(row.line).limit(limit))
    return [(line, read_coach(f"in line {line}", document)) for line, document in found]


def done(session: Session, upload: ProfileImport) -> int:
    """How many profiles of an upload stand up to the line that was reached."""
    row = StagedProfileRow
    condition = (row.import_id == upload.id) & (row.line <= upload.reached)
    return session.scalar(select(func.count()).select_from(row).where(condition)) or 0


def claim(session: Session, import_id: str, run: str, now: datetime, silent_since: datetime) -> bool:
    """Gives an upload to one run; False when another has it and moved since then, or when it is finished.

    One statement, which locks the row: of several that claim it at once, one has it.
    """
    row = ProfileImportRow
    free = or_(row.run.is_(None), row.seen_at < silent_since)
    statement = update(row).where(row.id == import_id, ~row.finished, free)
    return rows_changed(session, statement.values(run=run, seen_at=now, reached=0)) > 0


def move(session: Session, import_id: str, run: str, line: int, now: datetime) -> bool:
    """Notes the line that a run has reached; False when the upload is not its own any more."""
    statement = update(ProfileImportRow).where(ProfileImportRow.id == import_id, ProfileImportRow.run == run)
    return rows_changed(session, statement.values(reached=line, seen_at=now)) > 0


def let_go(session: Session, import_id: str, run: str, now: datetime) -> None:
    """Ends a run half-way, so that another can begin."""
    statement = update(ProfileImportRow).where(ProfileImportRow.id == import_id, ProfileImportRow.run == run)
    session.execute(statement.values(run=None, seen_at=now))


def finish(session: Session, import_id: str, run: str, counts: PutCounts, now: datetime) -> None:
    """Notes what a run has changed, and drops the profiles of the upload."""
    row = ProfileImportRow
    statement = update(row).where(row.id == import_id, row.run == run)
    if rows_changed(session, statement.values(finished=True, seen_at=now, **vars(counts))):
        session.execute(delete(StagedProfileRow).where(StagedProfileRow.import_id == import_id))


def drop(session: Session, import_id: str, silent_since: datetime) -> bool:
    """Drops an upload with its profiles; False when a run has it that moved since then, or when there is none."""
    row = ProfileImportRow
    free = or_(row.run.is_(None), row.finished, row.seen_at < silent_since)
    return rows_changed(session, delete(row).where(row.id == import_id, free)) > 0


def drop_before(session: Session, moment: datetime) -> None:
    """Drops every upload that has not moved since that moment."""
    session.execute(delete(ProfileImportRow).where(ProfileImportRow.seen_at < moment))


def _read(row: ProfileImportRow | None) -> ProfileImport | None:
    if row is None:
        return None
    return ProfileImport(
        id=row.id,
        account_id=row.account_id,
        file_name=row.file_name,
        uploaded_at=row.uploaded_at,
        seen_at=row.seen_at,
        counts=PutCounts(row.added, row.replaced, row.unchanged),
        findings=row.findings,
        run=row.run,
        reached=row.reached,
        finished=row.finished,
    )
