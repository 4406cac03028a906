"""The hard requirements asked of PostgreSQL, beside the same in process: `python -m benchmarks.peers.eligibility`.

The table has what the index has, a row a coach: codes as arrays, the weekly windows and the tariff as places among the
distinct ones. What of these suits a need is worked out before it is asked, as it is in process.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import cycle, islice, pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, TypeVar

import click
import numpy as np
import psycopg

from benchmarks.directory import Directory
from benchmarks.peers.requirements_in_sql import Conditions, conditions_of
from benchmarks.peers.server import postgresql_server
from benchmarks.report import times
from matcher.domain import ExclusionReason, Need, ReferenceRates, vocabulary
from matcher.log import configure_log
from matcher.matching.columns import Ragged, of_each
from matcher.matching.eligibility import screen
from matcher.matching.index import Bools, CoachIndex, Ints
from matcher.service import open_service
from training import judgements

Found = TypeVar("Found")

_TOGETHER = 20_000
"""Coaches that are written together."""

_RANKS = 4
_COLUMNS = """
    row integer PRIMARY KEY, id text, languages smallint[], modalities smallint[], cities bigint[], tariff smallint,
    fee bigint, capacity bigint, accepting_from integer, windows integer[], credentials integer[], "references" integer,
    conflicts bigint[], contract_from integer, contract_until integer
"""


@dataclass(frozen=True)
class EligibilityTable:
    """A table with the coaches of an index."""

    index: CoachIndex
    connection: psycopg.Connection

    def eligible(self, need: Need, rates: ReferenceRates, today: date) -> list[int]:
        """The rows of the coaches who meet every requirement, in no order."""
        conditions = conditions_of(self.index, need, rates, today)
        where = " AND ".join(["true", *(f"({condition})" for condition, _ in conditions.values())])
        return [row for (row,) in self._asked(f"SELECT row FROM coach WHERE {where}", conditions)]

    def failed(self, need: Need, rates: ReferenceRates, today: date) -> dict[ExclusionReason, int]:
        """How many coaches fail each requirement that the need states."""
        conditions = conditions_of(self.index, need, rates, today)
        told = ", ".join(f"count(*) FILTER (WHERE NOT ({condition}))" for condition, _ in conditions.values())
        counted = self._asked(f"SELECT {told} FROM coach", conditions).fetchone() or ()
        return dict(zip(conditions, counted, strict=True))

    def _asked(self, statement: str, conditions: Conditions) -> psycopg.Cursor[Any]:
        values = {name: value for _, named in conditions.values() for name, value in named.items()}
        # Its parts are of this module.
        return self.connection.execute(statement.encode(), values)


def eligibility_table(index: CoachIndex, connection: psycopg.Connection) -> EligibilityTable:
    """The coaches of an index in a table on that server, in place of others."""
    connection.execute("DROP TABLE IF EXISTS coach")
    connection.execute(f"CREATE TABLE coach ({_COLUMNS})".encode())
    with connection.cursor().copy("COPY coach FROM STDIN") as copy:
        for first in range(0, len(index), _TOGETHER):
            for row in zip(*_columns(index, first), strict=True):
                copy.write_row(row)
    connection.execute("ANALYZE coach")
    return EligibilityTable(index, connection)


def _columns(index: CoachIndex, first: int) -> Iterator[Sequence[Any]]:
    """The columns of some coaches, as the table has them."""
    rows = np.arange(first, min(first + _TOGETHER, len(index)))
    facts, columns = index.facts, index.columns
    yield rows.tolist()
    yield [index.id_of(row) for row in rows.tolist()]
    yield _codes(facts.languages.take(rows).has(range(len(vocabulary.LANGUAGES))))
    yield _codes(facts.modalities.take(rows).has(range(len(vocabulary.MODALITIES))))
    yield _lists(columns.locations, columns.locations.entries.hash.astype(np.int64), rows)
    yield index.tariffs[1][rows].tolist()
    yield from (column[rows].tolist() for column in (facts.fee_amount, facts.capacity, facts.accepting_from))
    yield _lists(columns.windows, index.distinct_windows[1], rows)
    yield _valid_until(index, rows)
    yield index.verified_references[rows].tolist()
    yield _lists(columns.conflicts, columns.conflicts.entries.hash.astype(np.int64), rows)
    yield from (column[rows].tolist() for column in (facts.contract_from, facts.contract_until))


def _codes(has: Bools) -> list[list[int]]:
    return [np.flatnonzero(row).tolist() for row in has]


def _lists(table: Ragged[Any], entries: Ints, rows: Ints) -> list[list[int]]:
    offsets = table.offsets[rows[0] : rows[-1] + 2].tolist()
    return [entries[begin:end].tolist() for begin, end in pairwise(offsets)]


def _valid_until(index: CoachIndex, rows: Ints) -> list[list[int]]:
    """For each rank the last day of a verified credential of that rank or a higher one; 0 for none."""
    table = index.columns.credentials
    held, places = table.entries, table.places(rows)
    ranks, until = held.rank[places], np.where(held.verified[places], held.valid_until[places], 0)
    each = [of_each(np.maximum, np.where(ranks >= rank, until, 0), table.counts[rows]) for rank in range(_RANKS)]
    until_by_rank: list[list[int]] = np.stack(each, axis=1).tolist()
    return until_by_rank


def compare(
    table: EligibilityTable, needs: Sequence[Need], rates: ReferenceRates, today: date
) -> dict[str, list[float]]:
    """Seconds for each need, by what was asked of whom. Raises RuntimeError where the two do not agree."""
    seconds: dict[str, list[float]] = {}

    for need in needs:
        asked = need, rates, today
        screened = _timed(seconds, "in process: who fails what", partial(screen, table.index), *asked)
        eligible = _timed(seconds, "PostgreSQL: who is eligible", table.eligible, *asked)
        failed = _timed(seconds, "PostgreSQL: how many fail what", table.failed, *asked)
        if sorted(eligible) != np.flatnonzero(screened.eligible).tolist():
            raise RuntimeError(f"PostgreSQL finds others eligible than are so for the need {need.id}")
        if {**dict.fromkeys(screened.reasons, 0), **failed} != screened.counts():
            raise RuntimeError(f"PostgreSQL counts otherwise who fails what of the need {need.id}")
    return seconds


def _timed(
    seconds: dict[str, list[float]], name: str, asked: Callable[[Need, ReferenceRates, date], Found], *on: Any
) -> Found:
    started = perf_counter()
    found = asked(*on)
    seconds.setdefault(name, []).append(perf_counter() - started)
    return found


@click.command()
@click.option("--coaches", type=click.IntRange(min=100), default=10_000, show_default=True)
@click.option("--requests", type=click.IntRange(min=1), default=24, show_default=True)
def main(coaches: int, requests: int) -> None:
    """Ask PostgreSQL who is eligible, and the service's own index; p50 / p95 in ms."""
    configure_log("warning")
    judged = judgements.load()
    needs = list(islice(cycle(judged.needs.values()), requests))
    with TemporaryDirectory(prefix="peer-") as folder:
        directory = Directory(Path(folder), list(judged.coaches.values()))
        directory.grow_to(len(judged.coaches))
        directory.grow_to(coaches)
        service = open_service(directory.settings, directory.engine, directory.encoder)
        with (
            service.desk.catalogue.opened() as (_, edition),
            postgresql_server(Path(folder)) as address,
            psycopg.connect(address, autocommit=True) as connection,
        ):
            table = eligibility_table(edition.index, connection)
            found = compare(table, needs, judgements.JUDGED_RATES, judgements.JUDGED_ON)
    for name, seconds in found.items():
        click.echo(f"{name}: {times(seconds)}")


if __name__ == "__main__":
    main()
