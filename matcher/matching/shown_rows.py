"""What each profile of an index shows of every theme: by far the widest of its columns, which is left where it is, and
only added to, when few of very many profiles change."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from matcher.matching.columns import Columns
from matcher.matching.evidence import Shown
from matcher.matching.fact_columns import Floats, Ints
from matcher.matching.splicing import Run, spliced_column

FEW_GONE = 1_000
"""Rows without a profile that are left where they are, since to clear them away takes longer than they cost."""


def worth_clearing(gone: int, left: int) -> bool:
    """Whether rows that were added and are of no profile now are cleared away: once these are most of those added."""
    return gone > max(FEW_GONE, left)


@dataclass(frozen=True)
class ShownRows(Columns):
    """A row a profile, as if it were one table: what profile r shows is row `at[r]` of `first` and, after it, of
    `added`."""

    first: Shown
    added: Shown
    at: Ints

    @classmethod
    def of(cls, shown: Shown) -> Self:
        """Those rows, in their order."""
        return cls(shown, shown.take(np.arange(0)), np.arange(len(shown)))

    def take(self, rows: Ints) -> Self:
        """Those of these profiles, in that order."""
        return replace(self, at=self.at[rows])

    @classmethod
    def concatenate(cls, parts: Sequence[Self]) -> Self:
        """Those of all profiles of the parts, one part after another."""
        return cls.of(Shown.concatenate([part.gathered() for part in parts]))

    def spliced_with(self, other: Self, runs: Sequence[Run]) -> Self:
        """What `spliced` makes of the two; of this one nothing is copied but where rows stand."""
        if not len(self.first):
            return type(self).of(other.gathered())
        put = len(self.first) + len(self.added) + np.arange(len(other.at))
        added = Shown.concatenate([self.added, other.gathered()])
        return replace(self, added=added, at=spliced_column(self.at, put, runs))._without_gone()

    def _without_gone(self) -> Self:
        """The same without rows that were added and are of no profile now, once these are most of those added."""
        late = np.flatnonzero(self.at >= len(self.first))
        if not worth_clearing(len(self.added) - len(late), len(late)):
            return self
        at = self.at.copy()
        at[late] = len(self.first) + np.arange(len(late))
        return replace(self, added=self.added.take(self.at[late] - len(self.first)), at=at)

    @property
    def gone(self) -> int:
        """How many rows are of no profile now."""
        return len(self.first) + len(self.added) - len(self.at)

    @property
    def is_gathered(self) -> bool:
        """Whether the rows stand in one table, in the order of the profiles, and no others do."""
        return len(self.at) == len(self.first) and np.array_equal(self.at, np.arange(len(self.first)))

    def gathered(self) -> Shown:
        """The rows in one table, in the order of the profiles."""
        if self.is_gathered:
            return self.first
        late = self.at >= len(self.first)
        early_rows, late_rows = np.flatnonzero(~late), np.flatnonzero(late)
        own = [self.first.take(self.at[early_rows]), self.added.take(self.at[late_rows] - len(self.first))]
        return Shown.concatenate(own).take(np.argsort(np.concatenate([early_rows, late_rows])))

    def of_themes(self, column: str, rows: Ints, themes: Ints) -> Floats:
        """As `Shown.of_themes`."""
        at, number = self.at[rows], len(self.first)
        if not len(self.added):
            return self.first.of_themes(column, at, themes)
        found = self.first.of_themes(column, np.minimum(at, number - 1), themes)
        late = np.flatnonzero(at >= number)
        found[late] = self.added.of_themes(column, at[late] - number, themes)
        return found

    def place(self, row: int, themes: Sequence[int]) -> list[int]:
        """Where the passage of one profile that shows most of each of those themes stands among its own."""
        table, at = self._found(row)
        # Number by number, since they are few, of which NumPy makes more ado.
        return [int(table.place[theme, at]) for theme in themes]

    def against_place(self, row: int, themes: Sequence[int]) -> list[int]:
        """Where the passage that speaks against it most stands."""
        table, at = self._found(row)
        return [int(table.against_place[theme, at]) for theme in themes]

    def _found(self, row: int) -> tuple[Shown, int]:
        at, number = int(self.at[row]), len(self.first)
        return (self.first, at) if at < number else (self.added, at - number)
