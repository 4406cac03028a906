"""Profiles of coaches, and the revision that counts their changes.

A transaction that changes profiles takes the next revision, and holds the lock on the counter's row
from before it looks at any profile until it commits. So transactions that change profiles come one
after another, and revisions become visible in order: whoever saw revision r misses no change up to
r, and asks only for those after it.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Literal
from uuid import uuid4

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from matcher.domain import Coach
from matcher.store import directory
from matcher.store.database import among, chunks, insert, put_rows, rows_changed
from matcher.store.documents import content_hash, read_coach, written
from matcher.store.tables import CoachRow, RevisionRow, SettingRow

_REVISION = "revision"
_READ_AT_ONCE = 1_000
_REVISION_REACHED = select(SettingRow.value).where(SettingRow.name == _REVISION)
_DOCUMENTS = select(CoachRow.id, CoachRow.document).where(
    CoachRow.id.in_(bindparam("ids", expanding=True)), ~CoachRow.deleted
)
_CHANGED_AMONG = select(CoachRow.id).where(
    CoachRow.id.in_(bindparam("ids", expanding=True)), CoachRow.revision > bindparam("revision")
)

Fate = Literal["added", "replaced", "unchanged"]
"""What became of a profile that was put."""


@dataclass(frozen=True)
class PutCounts:
    """What became of the profiles of one `put`."""

    added: int
    replaced: int
    unchanged: int


@dataclass(frozen=True)
class Changes:
    """Profiles as they are at `revision`, by id, of all that changed since another; None was deleted."""

    revision: int
    coaches: dict[str, Coach | None]


@dataclass(frozen=True)
class Versioned:
    """A profile, or None where it was deleted, at the version that its last change gave it."""

    coach: Coach | None
    version: int
    created_at: datetime
    updated_at: datetime


def put(session: Session, coaches: Sequence[Coach], now: datetime) -> PutCounts:
    """Adds profiles and replaces those with the same id, and counts what `put_each` tells of each."""
    return counted(put_each(session, coaches, now).values())


def counted(fates: Iterable[Fate]) -> PutCounts:
    """How many profiles met which fate."""
    of_each = Counter(fates)
    return PutCounts(of_each["added"], of_each["replaced"], of_each["unchanged"])


def put_each(session: Session, coaches: Sequence[Coach], now: datetime) -> dict[str, Fate]:
    """Adds profiles and replaces those with the same id, and tells of each id what became of its profile.

    Of profiles with one id, the last counts. One that is stored already, word for word, is left alone. One that was
    deleted counts as added.
    """
    reached = _locked_revision(session)
    documents = {coach.id: written(coach) for coach in coaches}
    hashes = {coach_id: content_hash(document) for coach_id, document in documents.items()}
    stored = _stored_hashes(session, documents)
    changed = [coach_id for coach_id in documents if stored.get(coach_id) != hashes[coach_id]]
    if changed:
        _write(session, [(coach_id, documents[coach_id], hashes[coach_id]) for coach_id in changed], reached + 1, now)
        by_id = {coach.id: coach for coach in coaches}
        directory.keep(session, [by_id[coach_id] for coach_id in changed], now, listed=stored.keys())
        _advance(session, reached + 1)
    return {coach_id: _fate(stored.get(coach_id), hashes[coach_id]) for coach_id in documents}


def _fate(stored: str | None, new: str) -> Fate:
    return "added" if stored is None else "unchanged" if stored == new else "replaced"


def compared(session: Session, coaches: Sequence[Coach]) -> PutCounts:
    """What `put` would count for those profiles now, each of which has another id; changes nothing."""
    hashes = {coach.id: content_hash(written(coach)) for coach in coaches}
    stored = _stored_hashes(session, hashes)
    unchanged = sum(stored.get(coach_id) == hashed for coach_id, hashed in hashes.items())
    return PutCounts(len(hashes) - len(stored), len(stored) - unchanged, unchanged)


def _stored_hashes(session: Session, ids: Collection[str]) -> dict[str, str | None]:
    query = select(CoachRow.id, CoachRow.content_hash).where(among(session, CoachRow.id, ids), ~CoachRow.deleted)
    return {row.id: row.content_hash for row in session.execute(query)}


def _write(session: Session, documents: Sequence[tuple[str, str, str]], revision: int, now: datetime) -> None:
    statement = insert(session, CoachRow)
    new = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=[CoachRow.id],
        set_={name: new[name] for name in ("document", "content_hash", "revision", "deleted", "updated_at")},
    )
    rows = [
        {
            "id": coach_id,
            "document": document,
            "content_hash": hashed,
            "revision": revision,
            "deleted": False,
            "created_at": now,
            "updated_at": now,
        }
        for coach_id, document, hashed in documents
    ]
    put_rows(session, statement, rows)


def get(session: Session, coach_id: str) -> Coach | None:
    """The profile with that id; None when there is none, or no longer."""
    document = session.scalar(select(CoachRow.document).where(CoachRow.id == coach_id))
    return None if document is None else read_coach(coach_id, document)


def is_there(session: Session, coach_id: str) -> bool:
    """Whether there is a profile with that id, and nobody else changes profiles until the transaction ends."""
    _locked_revision(session)
    return session.scalar(select(CoachRow.id).where(CoachRow.id == coach_id, ~CoachRow.deleted)) is not None


def delete(session: Session, coach_id: str, now: datetime) -> bool:
    """Drops a profile and leaves its id, so that every reader learns of it; False when there was none."""
    next_revision = _locked_revision(session) + 1
    tombstone = {"document": None, "content_hash": None, "deleted": True, "revision": next_revision, "updated_at": now}
    statement = update(CoachRow).where(CoachRow.id == coach_id, ~CoachRow.deleted).values(tombstone)
    if not rows_changed(session, statement):
        return False
    directory.drop(session, coach_id)
    _advance(session, next_revision)
    return True


def versioned(session: Session, coach_id: str) -> Versioned | None:
    """The profile with that id and its version; None when there never was one."""
    columns = (CoachRow.document, CoachRow.revision, CoachRow.created_at, CoachRow.updated_at)
    row = session.execute(select(*columns).where(CoachRow.id == coach_id)).one_or_none()
    if row is None:
        return None
    coach = None if row.document is None else read_coach(coach_id, row.document)
    return Versioned(coach, row.revision, row.created_at, row.updated_at)


def locked(session: Session, coach_id: str) -> Versioned | None:
    """As `versioned`, and nobody else changes profiles until the transaction ends."""
    _locked_revision(session)
    return versioned(session, coach_id)


def documents(session: Session, ids: Collection[str]) -> dict[str, str]:
    """The documents of those coaches, by id, without those that have no profile."""
    found: dict[str, str] = {}
    for chunk in chunks(ids):
        rows = session.connection().execute(_DOCUMENTS, {"ids": chunk})
        found.update((coach_id, document) for coach_id, document in rows if document)
    return found


def page(session: Session, after: str | None, limit: int) -> list[Coach]:
    """The first `limit` profiles whose ids come after that one, or from the start, by code point."""
    query = select(CoachRow.id, CoachRow.document).where(~CoachRow.deleted).order_by(CoachRow.id).limit(limit)
    if after is not None:
        query = query.where(CoachRow.id > after)
    return [read_coach(coach_id, document) for coach_id, document in session.execute(query) if document is not None]


def count(session: Session) -> int:
    """How many profiles there are."""
    return session.scalar(select(func.count()).where(~CoachRow.deleted)) or 0


def names(session: Session, ids: Collection[str]) -> dict[str, str]:
    """The names of those coaches, by id, without those that have no profile."""
    return {coach_id: json.loads(document)["name"] for coach_id, document in documents(session, ids).items()}


def named(session: Session, part: str, limit: int) -> list[tuple[str, str]]:
    """Id and name of the first `limit` coaches, by id, whose name contains that, whatever its case; "" is in all."""
    query = select(CoachRow.id, CoachRow.document).where(~CoachRow.deleted).order_by(CoachRow.id)
    if part.isascii():
        # The name is somewhere in the document; beyond ASCII, SQLite does not know one case from the other.
        query = query.where(CoachRow.document.icontains(json.dumps(part)[1:-1], autoescape=True))
    rows = session.execute(query.execution_options(yield_per=_READ_AT_ONCE))
    entries = ((coach_id, str(json.loads(document)["name"])) for coach_id, document in rows if document)
    return list(islice((entry for entry in entries if part.casefold() in entry[1].casefold()), limit))


def revision(session: Session) -> int:
    """The revision that profiles have reached; 0 before the first."""
    return _reached(session)


def mark(session: Session, revision: int) -> str | None:
    """What tells that revision from any other of any data; None for one that was not reached."""
    return session.scalar(select(RevisionRow.mark).where(RevisionRow.revision == revision))


def revision_of(session: Session, mark: str) -> int | None:
    """The revision with that mark; None when these data have none."""
    return session.scalar(select(RevisionRow.revision).where(RevisionRow.mark == mark))


def changes_since(session: Session, revision: int) -> Changes:
    """Every profile that changed after that revision; with 0, all of them, deleted ones included.

    One statement sees one state of the table, so the highest revision among its rows is the revision
    of that state.
    """
    query = select(CoachRow.id, CoachRow.document, CoachRow.revision).where(CoachRow.revision > revision)
    reached, coaches = revision, dict[str, Coach | None]()
    for coach_id, document, changed in session.execute(query.execution_options(yield_per=_READ_AT_ONCE)):
        coaches[coach_id] = None if document is None else read_coach(coach_id, document)
        reached = max(reached, changed)
    return Changes(reached, coaches)


def changes_in_turn(session: Session, revision: int, until: int, size: int) -> Iterator[dict[str, Coach | None]]:
    """What `changes_since` tells of, but of changes up to the revision `until` alone, at most `size` profiles at a
    time, by id; in a snapshot all as it was at once."""
    changed = CoachRow.revision.between(revision + 1, until)
    # Asked for once: to find the next ones by id among all that changed takes a database as long as to find them all.
    remaining = iter(session.scalars(select(CoachRow.id).where(changed).order_by(CoachRow.id)).all())
    while some := [*islice(remaining, size)]:
        found = documents(session, some)
        yield {one: read_coach(one, found[one]) if one in found else None for one in some}


def revision_after(session: Session, revision: int, number: int) -> int:
    """The revision up to which that many profiles, one at least, have changed since another, give or take those of one
    transaction; the one that profiles have reached when fewer have."""
    later = select(CoachRow.revision).where(CoachRow.revision > revision).order_by(CoachRow.revision)
    found = session.scalar(later.offset(number - 1).limit(1))
    return _reached(session) if found is None else found


def changed_among(session: Session, ids: Collection[str], revision: int) -> list[str]:
    """Those of the profiles with these ids that changed after that revision."""
    return [*session.connection().scalars(_CHANGED_AMONG, {"ids": [*ids], "revision": revision})]


def deleted_since(session: Session, revision: int) -> list[str]:
    """The ids of the profiles that were deleted after that revision."""
    return list(session.scalars(select(CoachRow.id).where(CoachRow.revision > revision, CoachRow.deleted)))


def _reached(session: Session) -> int:
    return int(session.connection().execute(_REVISION_REACHED).scalar_one())


def _locked_revision(session: Session) -> int:
    # An UPDATE that changes nothing locks the row on either database; SQLite knows no SELECT ... FOR UPDATE.
    session.execute(update(SettingRow).where(SettingRow.name == _REVISION).values(value=SettingRow.value))
    return revision(session)


def _advance(session: Session, revision: int) -> None:
    session.execute(update(SettingRow).where(SettingRow.name == _REVISION).values(value=str(revision)))
    session.add(RevisionRow(revision=revision, mark=uuid4().hex))
