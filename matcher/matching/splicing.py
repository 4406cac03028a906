"""Rows of one table put between those of another, a stretch at a time: so that a table of very many rows, of which few
change, is copied as memory is, and but once."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import fields
from itertools import pairwise
from typing import Any, Protocol, Self, TypeVar, cast, runtime_checkable

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


@runtime_checkable
class Splicing(Protocol):
    """A table with a way of its own."""

    def spliced_with(self, other: Self, runs: Sequence[Run]) -> Self:
        """What `spliced` makes of this table and the other one."""


def spliced(one: Table, other: Table, runs: Sequence[Run]) -> Table:
    """The rows of those runs of two tables of a kind, one run after another."""
    if isinstance(one, Splicing):
        return cast(Table, one.spliced_with(cast(Splicing, other), runs))
    kind: type[Any] = type(one)
    if isinstance(one, Ragged) and isinstance(other, Ragged):
        of_entries = [(which, *(one, other)[which].offsets[[begin, end]].tolist()) for which, begin, end in runs]
        counts = spliced_column(one.counts, other.counts, runs)
        return cast(Table, kind(counts, spliced(one.entries, other.entries, of_entries)))
    found = {}
    for field in fields(kind):
        own, others = getattr(one, field.name), getattr(other, field.name)
        found[field.name] = (spliced if isinstance(own, Columns) else spliced_column)(own, others, runs)
    return cast(Table, kind(**found))


def spliced_column(one: NDArray[Any], other: NDArray[Any], runs: Sequence[Run]) -> NDArray[Any]:
    """The rows of those runs of two columns."""
    # The first is of no rows, and there where there is no run.
    return np.concatenate([one[:0], *((one, other)[which][begin:end] for which, begin, end in runs)])
