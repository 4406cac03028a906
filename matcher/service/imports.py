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
from matcher.service.profiles import put_coaches
from matcher.store import audit, database, needs

BATCH = 20
"""Rows of one transaction: what a killed import loses at most, and how often its progress moves."""

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
    """Adds or replaces the profiles of the good rows, a batch a transaction, with the readings of them by `areas`
    (by default those that go with the encoder).

    Killed half-way, whole batches are in; run again, it goes on where it stopped.
    """
    report = ImportReport()
    # Read from the package once, not for each batch.
    areas = areas or area_reading(encoder)
    for profiles, line in _batches(rows, report):
        counts = put_coaches(engine, encoder, profiles, now, areas=areas, by=by)
        report.added += counts.added
        report.replaced += counts.replaced
        report.unchanged += counts.unchanged
        reached(line)
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
    for wanted, line in _batches(rows, report):
        with database.sessions(engine).begin() as session:
            added = needs.add_new(session, wanted, organisation, now)
            if added:
                kept = [sha256(understood(need)) for need in added]
                audit.append(session, Requester(organisation).actor, "needs.imported", now, needs=kept)
        report.added += len(added)
        report.unchanged += len(wanted) - len(added)
        reached(line)
    return report


def _batches(rows: Iterable[Row[R]], report: ImportReport) -> Iterator[tuple[list[R], int]]:
    """The good rows in batches, each with the line reached; bad rows and warnings go to the report."""
    remaining = iter(rows)
    while batch := list(islice(remaining, BATCH)):
        report.bad += [BadRow(row.line, row.problems) for row in batch if row.value is None]
        report.warnings += [BadRow(row.line, row.warnings) for row in batch if row.warnings]
        yield [row.value for row in batch if row.value is not None], batch[-1].line
