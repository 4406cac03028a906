"""The passages of all profiles: what each tells of the themes, and its words; only ever added to."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from matcher.matching.areas import Strengths
from matcher.matching.columns import Columns, Letters, Ragged, read, written
from matcher.matching.evidence import Told, in_units
from matcher.matching.fact_columns import Ints
from matcher.matching.passages import ROLES_HELD, Passage
from matcher.matching.postings import Postings
from matcher.matching.word_rows import Hashes

_FIELDS = ("headline", "bio", "approach", ROLES_HELD)
_REFERENCES = "references/"


@dataclass(frozen=True)
class PassageTable(Columns):
    """Passages, a row each, of one or more profiles."""

    themes: Told
    """How clearly each shows help with each focus area (below 0: speaks against it), then how much of it tells of each
    background."""
    sampled: Hashes
    source: NDArray[np.uint16]
    """The place of the field in _FIELDS, or after those the number of the reference."""
    text: Ragged[Letters]

    @classmethod
    def of(cls, passages: Sequence[Passage], rows: Hashes, themes: Strengths) -> Self:
        """Those passages, with the rows of words sampled of each, and its row of themes."""
        return cls(
            in_units(themes),
            rows,
            np.array([_source(passage) for passage in passages], np.uint16),
            written([passage.text for passage in passages]),
        )

    @cached_property
    def postings(self) -> Postings:
        """Where rows of words stand in the table."""
        return Postings.of(self.sampled)

    def with_postings(self, postings: Postings) -> Self:
        """The same, with its postings, for whoever has them at hand."""
        same = replace(self)
        same.__dict__["postings"] = postings
        return same

    def passage(self, row: int) -> Passage:
        """The passage of that row, word for word."""
        source = int(self.source[row])
        field = _FIELDS[source] if source < len(_FIELDS) else f"{_REFERENCES}{source - len(_FIELDS)}"
        return Passage(field, read(self.text, row))


def _source(passage: Passage) -> int:
    if passage.source.startswith(_REFERENCES):
        return len(_FIELDS) + int(passage.source.removeprefix(_REFERENCES))
    return _FIELDS.index(passage.source)


@dataclass(frozen=True)
class PassageStore:
    """Tables of passages one after another; a passage is known by its place among all of them."""

    tables: tuple[PassageTable, ...]

    def __len__(self) -> int:
        """The number of passages, of profiles that are gone or replaced too."""
        return self._ends[-1]

    @cached_property
    def _ends(self) -> list[int]:
        return [*accumulate(len(table.source) for table in self.tables)]

    def passage(self, place: int) -> Passage:
        """The passage at that place."""
        # Not NumPy's search, which takes longer than reading the passage.
        table = bisect_right(self._ends, place)
        return self.tables[table].passage(place - self._ends[table] + len(self.tables[table].source))

    def column(self, name: str, places: Ints) -> NDArray[Any]:
        """A column of the passages at those places, in that order."""
        columns = [getattr(table, name) for table in self.tables]
        if len(columns) == 1:
            found: NDArray[Any] = columns[0].take(places, axis=0)
            return found
        gathered = np.empty((len(places), *columns[0].shape[1:]), columns[0].dtype)
        for column, end in zip(columns, self._ends, strict=True):
            here = (places >= end - len(column)) & (places < end)
            gathered[here] = column.take(places[here] - (end - len(column)), axis=0)
        return gathered

    def prepare(self) -> None:
        """Works out now what is else worked out when it is first asked for."""
        for table in self.tables:
            _ = table.postings

    def having(self, rows: Hashes) -> Ints:
        """The places of all passages that may repeat a text with those rows of words, and of some more; upwards."""
        found = zip(self.tables, self._ends, strict=True)
        return np.concatenate([table.postings.having(rows) + (end - len(table.source)) for table, end in found])

    def followed_by(self, other: Self) -> Self:
        """The passages of this store and then those of the other; of all but the first table one is made."""
        tables = [table for store in (self, other) for table in store.tables]
        first, further = (tables[0], tables[1:]) if len(self) else (tables[-1], [])
        return replace(self, tables=(first, PassageTable.concatenate(further)) if further else (first,))

    @property
    def first_added(self) -> int:
        """The place of the first passage that was added to the first table."""
        return len(self.tables[0].source)

    def keeping(self, places: Ints) -> Self:
        """The store with the first table and, of the passages that were added to it, those at these places alone, in
        that order."""
        first, *added = self.tables
        return replace(self, tables=(first, *(table.take(places - self.first_added) for table in added)))

    def taken(self, places: Ints) -> Self:
        """A store of those passages alone, in that order and in one table."""
        if len(self.tables) == 1:
            return replace(self, tables=(self.tables[0].take(places),))
        of_table = np.searchsorted(self._ends, places, side="right")
        found = [np.flatnonzero(of_table == number) for number in range(len(self.tables))]
        begins = [end - len(table.source) for table, end in zip(self.tables, self._ends, strict=True)]
        own = [table.take(places[here] - begin) for table, here, begin in zip(self.tables, found, begins, strict=True)]
        return replace(self, tables=(PassageTable.concatenate(own).take(np.argsort(np.concatenate(found))),))
