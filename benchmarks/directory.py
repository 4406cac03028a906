"""The database that is measured: the judged profiles, topped up with generated ones to any size."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import islice
from pathlib import Path
from time import perf_counter

from sqlalchemy import Engine

from benchmarks.generate import generated_lines
from matcher.domain import Coach
from matcher.intake import coach_rows
from matcher.loaded_for_good import set_loaded_apart
from matcher.matching.embedding import Encoder, load_encoder
from matcher.service import import_coaches
from matcher.settings import Settings
from matcher.store import callers, coaches, database, schema
from matcher.store.documents import written


@dataclass(frozen=True)
class Directory:
    """A directory of coaches in an SQLite database of its own, in a folder that must exist."""

    folder: Path
    judged: Sequence[Coach]

    @cached_property
    def settings(self) -> Settings:
        """Those of the service on this database; the rest is as the environment says."""
        return Settings(data_dir=self.folder, database_url="")

    @cached_property
    def engine(self) -> Engine:
        """The database, with the current schema."""
        engine = database.open_engine(self.settings.sqlalchemy_url())
        schema.upgrade(engine)
        return engine

    @cached_property
    def encoder(self) -> Encoder:
        """The encoder that the settings name, with all cores; it has encoded once, so it is loaded."""
        encoder = load_encoder(self.settings.encoder)
        encoder.encode(["Loaded."])
        return encoder

    def new_key(self) -> str:
        """The key of a new caller."""
        now = datetime.now(UTC)
        with database.sessions(self.engine).begin() as session:
            return callers.add(session, f"benchmark of {now.isoformat()}", None, now)[1]

    def grow_to(self, size: int) -> float:
        """Imports the judged profiles, if they are not there, or generated ones up to that many in all.

        Returns the profiles a second, from the file's first byte to the last commit.
        """
        with database.snapshots(self.engine).begin() as session:
            present = coaches.count(session)
        if present:
            lines: Iterator[str] = islice(
                generated_lines(size - len(self.judged), self.judged), present - len(self.judged), None
            )
        else:
            lines = map(written, self.judged)
        return self._imported(lines)

    def _imported(self, lines: Iterable[str]) -> float:
        file = self.folder / "profiles.jsonl"
        with file.open("w", encoding="utf-8") as profiles:
            profiles.writelines(f"{line}\n" for line in lines)
        encoder = self.encoder
        # As the command that imports does.
        set_loaded_apart()
        started = perf_counter()
        report = import_coaches(self.engine, encoder, coach_rows(file), datetime.now(UTC))
        seconds = perf_counter() - started
        file.unlink()
        if report.bad or report.replaced or report.unchanged:
            raise RuntimeError(f"only {report.added} profiles were added, {len(report.bad)} were refused")
        return report.added / seconds
