"""Imports files of profiles or needs: batches of good rows go in, bad rows are named."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import TypeVar

from sqlalchemy import Engine

from matcher.domain import COMMAND_LINE, Actor, Coach, Need, Requester
from matcher.domain.audit import sha256, understood
from matcher.errors import Problem
from matcher.intake import Row
from matcher.matching.area_classifier import area_reading
from matcher.matching.areas import AreaReading
from matcher.matching.embedding import Encoder
from matcher.service.profiles import MOST_AT_ONCE, put_in_pieces
from matcher.store import audit, coaches, database, needs

R = TypeVar("R", Coach, Need)
Reached = Callable[[int], None]
"""Told the line that an import has reached."""


@dataclass(frozen=True)
class BadRow:
    """A row that was not imported, and why."""

    line: int
    problems: tuple[Problem, ...]


@dataclass
class ImportReport:
    """What became of the rows of a file."""

    added: int = 0
    replaced: int = 0
    unchanged: int = 0
    bad: list[BadRow] = field(default_factory=list)
    warnings: list[BadRow] = field(default_factory=list)

    def count(self, fates: Iterable[coaches.Fate]) -> None:
        """Adds profiles that met those fates."""
        counts = coaches.counted(fates)
        self.added += counts.added
        self.replaced += counts.replaced
        self.unchanged += counts.unchanged


def import_coaches(
    engine: Engine,
    encoder: Encoder,
    rows: Iterable[Row[Coach]],
    now: datetime,
    reached: Reached = lambda _: None,
    *,
    areas: AreaReading | None = None,
    by: Actor = COMMAND_LINE,
) -> ImportReport:
    """Adds or replaces the profiles of the good rows, each with another id, with the readings of them by `areas`
    (by default those that go with the encoder).

    Killed half-way, what `put_in_pieces` stored is in; run again, it goes on where it stopped.
    """
    report = ImportReport()
    # Read from the package once, not for each batch.
    areas = areas or area_reading(encoder)
    for batch in _batches(rows, report):
        lines = [row.line for row in batch if row.value is not None]
        profiles = [row.value for row in batch if row.value is not None]
        stored = 0
        for fates in put_in_pieces(engine, encoder, areas, profiles, now, by=by):
            report.count(fates.values())
            stored += len(fates)
            if stored < len(profiles):
                reached(lines[stored - 1])
        reached(batch[-1].line)
    return report


def import_needs(
    engine: Engine,
    rows: Iterable[Row[Need]],
    organisation: str,
    now: datetime,
    reached: Reached = lambda _: None,
) -> ImportReport:
    """Keeps the needs of the good rows that the organisation does not have yet, a batch a transaction."""
    report = ImportReport()
    for batch in _batches(rows, report):
        wanted = [row.value for row in batch if row.value is not None]
        with database.sessions(engine).begin() as session:
            added = needs.add_new(session, wanted, organisation, now)
            if added:
                kept = [sha256(understood(need)) for need in added]
                audit.append(session, Requester(organisation).actor, "needs.imported", now, needs=kept)
        report.added += len(added)
        report.unchanged += len(wanted) - len(added)
        reached(batch[-1].line)
    return report


def _batches(rows: Iterable[Row[R]], report: ImportReport) -> Iterator[list[Row[R]]]:
    """The rows in batches; bad ones and warnings go to the report."""
    remaining = iter(rows)
    while batch := list(islice(remaining, MOST_AT_ONCE)):
        report.bad += [BadRow(row.line, row.problems) for row in batch if row.value is None]
        report.warnings += [BadRow(row.line, row.warnings) for row in batch if row.warnings]
        yield batch
