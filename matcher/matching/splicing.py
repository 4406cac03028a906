"""Rows of one table put between those of another, a stretch at a time: so that a table of very many rows, of which few
change, is copied as memory is, and but once."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import fields
from itertools import pairwise
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from matcher.matching.columns import Columns, Ragged

Table = TypeVar("Table", bound=Columns)

Run = tuple[int, int, int]
"""A table's place among several, and its rows from one to before another."""


def runs_of(number: int, gone: Sequence[int], before: Sequence[int]) -> Iterator[Run]:
    """The runs of a table of `number` rows without those that are `gone`, and of a second one whose row r stands before
    row `before[r]` of the first; these never fall.

    >>> [*runs_of(5, gone=[2], before=[0, 2, 2, 5])]
    [(1, 0, 1), (0, 0, 2), (1, 1, 3), (0, 3, 5), (1, 3, 4)]
    """
    left = set(gone)
    cuts = sorted({0, *before, *gone, *(row + 1 for row in gone), number})
    for begin, end in pairwise([*cuts, number]):
        put, until = bisect_left(before, begin), bisect_right(before, begin)
        if put < until:
            yield 1, put, until
        if begin < end and begin not in left:
            yield 0, begin, end


def spliced(tables: Sequence[Table], runs: Sequence[Run]) -> Table:
    """The rows of those runs of the tables, of which there is one at least, one run after another."""
    kind: type[Any] = type(tables[0])
    if isinstance(tables[0], Ragged):
        ragged = cast(Sequence[Ragged[Any]], tables)
        of_entries = [(which, *ragged[which].offsets[[begin, end]].tolist()) for which, begin, end in runs]
        counts = _spliced([table.counts for table in ragged], runs, 0)
        return cast(Table, kind(counts, spliced([table.entries for table in ragged], of_entries)))
    found = {}
    for field in fields(kind):
        columns = [getattr(table, field.name) for table in tables]
        nested = isinstance(columns[0], Columns)
        found[field.name] = spliced(columns, runs) if nested else _spliced(columns, runs, kind.axis)
    return cast(Table, kind(**found))


def _spliced(columns: Sequence[NDArray[Any]], runs: Sequence[Run], axis: int) -> NDArray[Any]:
    beside = (slice(None),) * axis
    # The first is of no rows, and there where there is no run.
    stretches = [columns[0][(*beside, slice(0))], *(columns[which][(*beside, slice(*rows))] for which, *rows in runs)]
    return np.concatenate(stretches, axis=axis)
