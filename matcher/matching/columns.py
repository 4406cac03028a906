"""Tables of arrays that describe the same things row by row, ragged ones and texts among them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from itertools import pairwise
from typing import Any, ClassVar, Generic, Self, TypeVar

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Columns:
    """A table: every field of a subclass is an array with one row a thing, or a nested table."""

    axis: ClassVar[int] = 0
    """Along which rows stand in the arrays."""

    def take(self, rows: NDArray[np.int64]) -> Self:
        """The table with those rows, in that order."""
        return type(self)(
            **{
                field.name: column.take(rows) if isinstance(column, Columns) else column[rows]
                for field in fields(self)
                for column in [getattr(self, field.name)]
            }
        )

    @classmethod
    def concatenate(cls, parts: Sequence[Self]) -> Self:
        """The rows of all parts, one part after another; at least one part."""
        return cls(**{field.name: _joined([getattr(part, field.name) for part in parts]) for field in fields(cls)})


def _joined(columns: Sequence[Any]) -> Any:
    first = columns[0]
    return type(first).concatenate(columns) if isinstance(first, Columns) else np.concatenate(columns)


Entries = TypeVar("Entries", bound=Columns)
Number = TypeVar("Number", np.int64, np.float64)


@dataclass(frozen=True)
class Ragged(Columns, Generic[Entries]):
    """Any number of entries a row: row r owns the `counts[r]` entries that follow those of row r - 1."""

    counts: NDArray[np.int64]
    entries: Entries

    def with_offsets(self, offsets: NDArray[np.int64]) -> Self:
        """The same, with its offsets, for whoever has them at hand."""
        same = replace(self)
        same.__dict__["offsets"] = offsets
        return same

    @cached_property
    def offsets(self) -> NDArray[np.int64]:
        """Where each row's entries begin, and at the end their number; shape (rows + 1,)."""
        return np.concatenate([np.zeros(1, np.int64), np.cumsum(self.counts)])

    @cached_property
    def owner(self) -> NDArray[np.int64]:
        """The row that each entry belongs to, ascending; shape (entries,)."""
        return np.repeat(np.arange(len(self.counts)), self.counts)

    def places(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where the entries of those rows stand, row after row."""
        return stretches(self.offsets[rows], self.counts[rows])

    def take(self, rows: NDArray[np.int64]) -> Self:
        """The table with those rows and their entries, in that order."""
        return type(self)(self.counts[rows], self.entries.take(self.places(rows)))

    def any_by_row(self, holds: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether some entry of each row holds; False for a row without entries. Shape (rows,)."""
        # How many hold up to each row's first entry: several times as fast as going from the entries to their rows.
        before = np.zeros(len(holds) + 1, np.int32)
        np.cumsum(holds, out=before[1:])
        at = before.take(self.offsets)
        found: NDArray[np.bool_] = at[1:] > at[:-1]
        return found


def starts(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where each owner's entries begin, of which `counts` stand owner after owner."""
    first: NDArray[np.int64] = np.cumsum(counts) - counts
    return first


def stretches(begin: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The places of so many entries from each beginning on, one stretch after another.

    >>> stretches(ints([7, 2]), ints([2, 3]))
    array([7, 8, 2, 3, 4])
    """
    places: NDArray[np.int64] = np.repeat(begin - starts(counts), counts) + np.arange(counts.sum())
    return places


def of_each(operation: np.ufunc, values: NDArray[Number], counts: NDArray[np.int64]) -> NDArray[Number]:
    """Each owner's values together, by `np.add` or `np.maximum`, of which `counts` stand owner after owner; 0 for an
    owner of none.

    >>> of_each(np.add, ints([1, 2, 4]), ints([2, 0, 1]))
    array([3, 0, 4])
    """
    together = np.zeros(len(counts), values.dtype)
    some = counts > 0
    # reduceat takes an empty stretch for the entry that follows it, so owners of none stay out.
    if len(values):
        together[some] = operation.reduceat(values, starts(counts)[some])
    return together


@dataclass(frozen=True)
class Letters(Columns):
    """Bytes of UTF-8."""

    byte: NDArray[np.uint8]


def written(texts: Sequence[str]) -> Ragged[Letters]:
    """Texts as a column of their letters, which takes no Python object a text."""
    encoded = [text.encode() for text in texts]
    return Ragged(ints([len(text) for text in encoded]), Letters(np.frombuffer(b"".join(encoded), np.uint8)))


def read(texts: Ragged[Letters], row: int) -> str:
    """The text of that row.

    >>> read(written(["Ghent", "Köln"]), 1)
    'Köln'
    """
    return texts.entries.byte[texts.offsets[row] : texts.offsets[row + 1]].tobytes().decode()


def read_all(texts: Ragged[Letters]) -> tuple[str, ...]:
    """The texts of all rows.

    >>> read_all(written(["Ghent", "", "Köln"]))
    ('Ghent', '', 'Köln')
    """
    whole, stretches_of = texts.entries.byte.tobytes(), pairwise(texts.offsets.tolist())
    if whole.isascii():
        # Then a byte is a character, and decoding once is several times as quick.
        letters = whole.decode()
        return tuple(letters[begin:end] for begin, end in stretches_of)
    return tuple(whole[begin:end].decode() for begin, end in stretches_of)


def ints(values: Sequence[int]) -> NDArray[np.int64]:
    """A column of whole numbers."""
    return np.array(values, np.int64)


def numbers(values: Sequence[float | None]) -> NDArray[np.float64]:
    """A column of numbers, NaN for None.

    >>> numbers([2, None])
    array([ 2., nan])
    """
    return np.array([np.nan if value is None else value for value in values], np.float64)
