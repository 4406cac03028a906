"""Which codes of a vocabulary each thing has, a bit a code: what a need asks for is found by operations on bits."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from matcher.matching.columns import Columns

_BITS = 64
"""Of one word."""

Words = NDArray[np.uint64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Flags(Columns):
    """A row of bits for each thing, in the order of a vocabulary; shape (things, words of _BITS bits)."""

    words: Words

    @classmethod
    def of(cls, rows: Sequence[Collection[str]], vocabulary: Sequence[str]) -> Self:
        """The codes that each thing has, all of them of that vocabulary.

        >>> flags = Flags.of([["b"], ["a", "c"], []], ["a", "b", "c"])
        >>> flags.any_of([0, 1]), flags.number(), flags.has([2, 0])[1]
        (array([ True,  True, False]), array([1, 2, 0]), array([ True,  True]))
        """
        place = {code: number for number, code in enumerate(vocabulary)}
        words = np.zeros((len(rows), -(-len(vocabulary) // _BITS)), np.uint64)
        for row, codes in enumerate(rows):
            for number in {place[code] for code in codes}:
                words[row, number // _BITS] |= np.uint64(1 << number % _BITS)
        return cls(words)

    def __len__(self) -> int:
        """The number of things."""
        return len(self.words)

    def any_of(self, places: Iterable[int]) -> Bools:
        """Whether each thing has some of the codes at those places of the vocabulary; shape (things,)."""
        found = np.zeros(len(self.words), bool)
        for column, mask in enumerate(self._mask(places)):
            if mask:
                found |= (self.words[:, column] & mask) != 0
        return found

    def has(self, places: Sequence[int]) -> Bools:
        """Whether each thing has each of the codes at those places; shape (things, places)."""
        found = np.empty((len(places), len(self.words)), bool)
        for own, place in zip(found, places, strict=True):
            np.not_equal(self.words[:, place // _BITS] & np.uint64(1 << place % _BITS), 0, out=own)
        # Code after code in memory, since what is asked of them is asked so.
        return found.T

    def places(self, row: int) -> list[int]:
        """The places of the codes that the thing of that row has, upwards; faster than `has` for a single thing.

        >>> Flags.of([["b"], ["c", "a"]], ["a", "b", "c"]).places(1)
        [0, 2]
        """
        words = enumerate(self.words[row].tolist())
        return [column * _BITS + bit for column, word in words for bit in range(word.bit_length()) if word >> bit & 1]

    def by_code(self, codes: int) -> Ints:
        """How many things have each of the first `codes` codes; shape (codes,)."""
        return np.array([self.any_of([place]).sum() for place in range(codes)], np.int64)

    def number(self) -> Ints:
        """How many codes each thing has; shape (things,)."""
        number: Ints = np.bitwise_count(self.words).sum(axis=1, dtype=np.int64)
        return number

    def shared(self, other: "Flags") -> Ints:
        """How many codes each thing has that the thing of the same row of the other, or its only row, has too."""
        return Flags(self.words & other.words).number()

    def _mask(self, places: Iterable[int]) -> Words:
        mask = np.zeros(self.words.shape[1], np.uint64)
        for place in places:
            mask[place // _BITS] |= np.uint64(1 << place % _BITS)
        return mask
