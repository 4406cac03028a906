"""Keeps the read model of one process abreast of the database that all processes share."""

import traceback
from collections.abc import Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Lock, Thread

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from matcher.matching.areas import AreaReading
from matcher.matching.embedding import Encoder
from matcher.matching.index import FORMAT, CoachIndex
from matcher.matching.index_parts import changed_parts, parts
from matcher.matching.snapshot import Snapshots
from matcher.service.profiles import indexed
from matcher.store import coaches, database
from matcher.store.documents import read_coach

_TOGETHER = 1_000
"""Profiles that are read together; bounds the memory that they take until they are columns."""

_AT_ONCE = 300
"""Changed profiles that a request takes in before it is answered, in some tenths of a second; more are taken in beside
the requests, which go on with what was taken in until then."""

_A_STEP = 1_000
"""Profiles that are taken in beside the requests before these see them, if there are not so many that it takes too long
to put them between the others."""

_STEPS = 100
"""A step is at least this part of all coaches (a hundredth), since each copies columns of all."""

_WORTH_KEEPING = 5_000
"""Passages that were added since the index was last kept, from which on it is kept anew; fewer are read from the
database in an instant."""

CATCHING_UP = "catching up"
"""The name of the thread that takes in changes beside the requests."""

_log = structlog.get_logger()


@dataclass(frozen=True)
class Edition:
    """All coaches as they were at one revision of the database."""

    revision: int
    index: CoachIndex
    newer: frozenset[str] = frozenset()
    """The ids of coaches who are as they were later."""
    is_behind: bool = False
    """Whether the database has later changes, as far as whoever opened the edition sees."""

    @property
    def version(self) -> str:
        """What an answer names: the format of the index and the revision of its contents."""
        return f"{FORMAT}.{self.revision}"


class Catalogue:
    """The newest edition that this process has seen; brought up to date before each use.

    A profile that any process changed is therefore in the next shortlist of every process. Only of changes of very many
    profiles, such as an import, no request waits for more than a part: they come into use step by step, though whoever
    is deleted is gone at once.
    """

    def __init__(self, engine: Engine, encoder: Encoder, areas: AreaReading, folder: Path | None = None) -> None:
        """`folder` is where the index is kept between starts; None keeps it in memory alone."""
        self._snapshots = database.snapshots(engine)
        self._encoder = encoder
        self._areas = areas
        self._files = Snapshots(folder, f"{areas.name} with {encoder.name}") if folder else None
        self._edition = Edition(0, CoachIndex.build([]))
        self._lock = Lock()
        self._catching_up: Thread | None = None

    @property
    def encoder(self) -> Encoder:
        """The encoder that texts are read with."""
        return self._encoder

    @contextmanager
    def opened(self) -> Iterator[tuple[Session, Edition]]:
        """A snapshot of the database with the edition of its revision, or with an earlier one of which no coach was
        deleted since, while very many changes are taken in."""
        with self._snapshots.begin() as session:
            # The snapshot is taken by the first query, so under the lock it is never older than the edition.
            with self._lock:
                if (reached := coaches.revision(session)) != self._edition.revision:
                    self._follow(session, reached)
                edition = self._edition
            yield session, replace(edition, is_behind=True) if edition.revision != reached else edition

    def abreast(self, session: Session, edition: Edition, ids: Collection[str]) -> Edition:
        """The edition with those coaches as the session sees them, for what is told of them is read there; the same one
        where they are so already, as they are but while very many changes are taken in."""
        if not edition.is_behind:
            return edition
        late = coaches.changed_among(session, set(ids) - edition.newer, edition.revision)
        if not late:
            return edition
        present = [read_coach(*one) for one in coaches.documents(session, late).items()]
        put = CoachIndex.build(indexed(session, self._encoder, self._areas, present))
        return replace(edition, index=edition.index.changed(late, put), newer=edition.newer | set(late))

    def _follow(self, session: Session, reached: int) -> None:
        """Takes in what changed, or has it taken in and only lets go of who was deleted."""
        known = self._edition
        # A thread does not survive the fork into workers, whatever is noted of it.
        busy = self._catching_up is not None and self._catching_up.is_alive()
        if not busy and coaches.revision_after(session, known.revision, _AT_ONCE) == reached:
            self._edition = self._refreshed(session, known, reached)
            return
        gone = coaches.deleted_since(session, known.revision)
        if len(known.index.rows_of(gone)):
            self._edition = replace(known, index=known.index.changed(gone, CoachIndex.build([])))
        if not busy:
            self._catching_up = Thread(target=self._catch_up, name=CATCHING_UP, daemon=True)
            self._catching_up.start()

    def _catch_up(self) -> None:
        """Takes in what changed, a step at a time, until a request can do the rest."""
        try:
            while self._took_a_step():
                pass
        except Exception as error:
            # The next request tries again. Without the words of the error, which may repeat a profile.
            where = "".join(traceback.format_tb(error.__traceback__))
            _log.error("profiles not taken in", error=type(error).__name__, where=where)

    def _took_a_step(self) -> bool:
        """Takes in the next changes; False when there are few."""
        with self._snapshots.begin() as session:
            known, reached = self._edition, coaches.revision(session)
            if coaches.revision_after(session, known.revision, _AT_ONCE) == reached:
                # Before the thread ends, so that the next request takes the rest in itself.
                with self._lock:
                    self._catching_up = None
                return False
            step_size = max(_A_STEP, len(known.index) // _STEPS)
            until = coaches.revision_after(session, known.revision, step_size)
            step = self._refreshed(session, known, until)
        with self._lock:
            # Of whom a request let go meanwhile, the next one lets go again: they were deleted after this step.
            self._edition = step
        return True

    def load(self) -> None:
        """Brings the index up to date from what was kept of it, and keeps it again when much has changed since: at the
        start of the service, so that the first request does not wait and all processes share one copy.

        Processes with one folder do so one after another: each of the rest finds what the first one kept.
        """
        # The transaction begins after the wait, since what is kept then is of data that it must see.
        with self._alone(), self._snapshots.begin() as session, self._lock:
            kept, reached = self._kept(session), coaches.revision(session)
            if self._files and not kept.revision:
                # Of an earlier version or other data, where somebody may stand who is deleted here; and of few profiles
                # nothing is kept that would take its place.
                self._files.drop()
            if self._files and coaches.revision_after(session, kept.revision, _TOGETHER) != reached:
                # By way of the files, since so many need not have room in memory.
                self._keep(session, self._files, reached, self._changed_parts(session, kept, reached))
                kept = self._kept(session)
            self._edition = self._refreshed(session, kept, reached)
            index = self._edition.index
            added = len(index.store) - len(kept.index.store)
            if self._files and (added > _WORTH_KEEPING or index.holds_gone):
                if self._keep(session, self._files, reached, parts(index)):
                    # Other processes share what was kept.
                    self._edition = self._kept(session)
                elif index.holds_gone:
                    # What was deleted about a person does not stay in the files.
                    self._files.drop()
            self._edition.index.prepare()

    def _alone(self) -> AbstractContextManager[None]:
        waiting = partial(_log.info, "waits for another process that makes or reads the index")
        return self._files.alone(waiting) if self._files else nullcontext()

    def _changed_parts(self, session: Session, edition: Edition, until: int) -> Iterator[CoachIndex]:
        """The edition with the changes up to that revision, in parts."""
        return changed_parts(
            edition.index, ((sorted(ids), put) for ids, put in self._changes(session, edition.revision, until))
        )

    def _refreshed(self, session: Session, edition: Edition, until: int) -> Edition:
        """The edition with the changes up to that revision, which the session sees."""
        changes = [*self._changes(session, edition.revision, until)]
        if not changes:
            return Edition(until, edition.index)
        changed = [coach_id for ids, _ in changes for coach_id in ids]
        return Edition(until, edition.index.changed(changed, CoachIndex.joined([put for _, put in changes])))

    def _changes(self, session: Session, since: int, until: int) -> Iterator[tuple[Collection[str], CoachIndex]]:
        """The ids of the coaches who changed after a revision and up to another, with those who were not deleted, some
        at a time in the order of their ids."""
        for coaches_by_id in coaches.changes_in_turn(session, since, until, _TOGETHER):
            present = [coach for coach in coaches_by_id.values() if coach is not None]
            profiles = indexed(session, self._encoder, self._areas, present)
            yield coaches_by_id.keys(), CoachIndex.build(profiles)

    def _kept(self, session: Session) -> Edition:
        """What was kept, if it was made of these data; else an edition of nothing."""
        read = self._files.read() if self._files else None
        revision = coaches.revision_of(session, read[1]) if read else None
        return Edition(revision, read[0]) if read and revision is not None else self._edition

    def _keep(self, session: Session, files: Snapshots, revision: int, written: Iterable[CoachIndex]) -> bool:
        """Keeps the edition of that revision, given in parts, in place of the last one that was kept; False, and a line
        in the log, where it cannot."""
        mark = coaches.mark(session, revision)
        if mark is None:
            return False
        try:
            files.write_parts(written, mark)
        except OSError as error:
            # The service works without; only its next start takes longer.
            _log.warning("index not kept", error=type(error).__name__)
            return False
        return True
