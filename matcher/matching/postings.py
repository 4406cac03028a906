"""Which passages some rows of words may stand in: looked up by the rows (an inverted index), not passage by passage."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from matcher.matching.columns import stretches
from matcher.matching.word_rows import SAMPLED, Hashes

REPEATED = 0.5
"""The share of a passage's sampled rows of words that stand in a text, from which on it is a copy."""

_FILED = SAMPLED - int(np.ceil(REPEATED * SAMPLED)) + 1
"""So many of the sampled rows are filed: of any so many at least one stands in a text that the passage is a copy of."""

_SORTED_TOGETHER = 1 << 24
"""Postings that are sorted at a time where they need not all be in memory."""

_READ_TOGETHER = 1 << 20
"""Passages whose rows are read at a time there."""

_PLACE_BITS = np.uint64(32)
_PLACE = np.uint64(0xFFFFFFFF)

Entries = NDArray[np.uint64]


@dataclass(frozen=True)
class Postings:
    """The filed rows of words of many passages, each with the place of its passage: hash and place in one number,
    upwards."""

    entries: Entries

    @classmethod
    def of(cls, sampled: Hashes) -> Self:
        """Those of passages of which these are the sampled rows, shape (passages, SAMPLED)."""
        return cls(np.sort(_filed(sampled, 0).ravel()))

    def having(self, rows: Hashes) -> NDArray[np.int64]:
        """The places of the passages that have one of those rows filed, upwards, each once: all that can be copies of a
        text with these rows, each given once, and some more."""
        sought = rows.astype(np.uint64) << _PLACE_BITS
        begin = np.searchsorted(self.entries, sought)
        end = np.searchsorted(self.entries, sought | _PLACE, side="right")
        found = self.entries.take(stretches(begin, end - begin)) & _PLACE
        return np.unique(found).astype(np.int64)


def postings_in_turn(sampled: Hashes) -> Iterator[Entries]:
    """The entries of `Postings.of`, a stretch after another, in little memory though the rows be many millions."""
    number = -(-len(sampled) * _FILED // _SORTED_TOGETHER)
    some = np.sort(sampled[:: max(len(sampled) // _READ_TOGETHER, 1), :_FILED], axis=None)
    # Where to cut, so that stretches are about as long; hashes that are least of several are small ones mostly.
    cuts = [int(some[len(some) * cut // number]) for cut in range(1, number)]
    for least, next_least in zip([0, *cuts], [*cuts, 1 << 32], strict=True):
        yield np.sort(np.concatenate([*_between(sampled, least, next_least)]))


def _between(sampled: Hashes, least: int, next_least: int) -> Iterator[Entries]:
    yield np.empty(0, np.uint64)
    for start in range(0, len(sampled), _READ_TOGETHER):
        filed = _filed(sampled[start : start + _READ_TOGETHER], start)
        hashes = filed >> _PLACE_BITS
        yield filed[(hashes >= np.uint64(least)) & (hashes < np.uint64(next_least))]


def _filed(sampled: Hashes, start: int) -> Entries:
    """Hash and place of each row that is filed of passages that stand from there on; shape (passages, _FILED)."""
    places = np.arange(start, start + len(sampled), dtype=np.uint64)
    return sampled[:, :_FILED].astype(np.uint64) << _PLACE_BITS | places[:, np.newaxis]
