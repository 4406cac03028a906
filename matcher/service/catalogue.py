"""Keeps the read model of one process abreast of the database that all processes share."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from matcher.matching.areas import AreaReading
from matcher.matching.embedding import Encoder
from matcher.matching.index import FORMAT, CoachIndex
from matcher.service.profiles import indexed
from matcher.store import coaches, database


@dataclass(frozen=True)
class Edition:
    """All coaches as they were at one revision of the database."""

    revision: int
    index: CoachIndex

    @property
    def version(self) -> str:
        """What an answer names: the format of the index and the revision of its contents."""
        return f"{FORMAT}.{self.revision}"


class Catalogue:
    """The newest edition that this process has seen; brought up to date before each use.

    A profile that any process changed is therefore in the next shortlist of every process.
    """

    def __init__(self, engine: Engine, encoder: Encoder, areas: AreaReading) -> None:
        self._snapshots = database.snapshots(engine)
        self._encoder = encoder
        self._areas = areas
        self._edition = Edition(0, CoachIndex.build([], encoder.dimension))
        self._lock = Lock()

    @property
    def encoder(self) -> Encoder:
        """The encoder that the vectors of the index are of."""
        return self._encoder

    @contextmanager
    def opened(self) -> Iterator[tuple[Session, Edition]]:
        """A snapshot of the database with the edition that is exactly of its revision."""
        with self._snapshots.begin() as session:
            # The snapshot is taken by the first query, so under the lock it is never older than the edition.
            with self._lock:
                if coaches.revision(session) != self._edition.revision:
                    self._edition = self._refreshed(session)
                edition = self._edition
            yield session, edition

    def _refreshed(self, session: Session) -> Edition:
        changes = coaches.changes_since(session, self._edition.revision)
        present = [coach for coach in changes.coaches.values() if coach is not None]
        profiles = {profile.coach.id: profile for profile in indexed(session, self._encoder, self._areas, present)}
        put_or_deleted = {coach_id: profiles.get(coach_id) for coach_id in changes.coaches}
        return Edition(changes.revision, self._edition.index.updated(put_or_deleted))
