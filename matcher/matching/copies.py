"""Passages that repeat a need's own words: they show nothing, and must gain nothing."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.matching.index import Bools
from matcher.matching.word_rows import Hashes, rows_of_words

ALIKE = 0.85
"""The cosine from which on two passages are held against each other word by word; a copy is at least as near,
also where the sentences were cut in other places."""

REPEATED = 0.5
"""The share of a passage's sampled rows of words that stand in the need, from which on it is a copy."""

_LAST_BITS = np.uint16
_SLOTS = 1 << 16


class WordsOfNeed:
    """The rows of words of a need, to hold passages against."""

    def __init__(self, passages: Sequence[str]) -> None:
        rows, _ = rows_of_words(passages)
        self._rows = np.unique(rows)
        # Most rows are told apart by their last bits, without a search.
        self._slots = np.zeros(_SLOTS, np.uint8)
        self._slots[rows.astype(_LAST_BITS)] = 1

    def copied(self, sampled: Hashes) -> Bools:
        """Which passages repeat the need, by the rows sampled of each, shape (passages, SAMPLED).

        None for a need without passages.
        """
        copied = _repeated(self._slots.take(sampled.astype(_LAST_BITS)))
        likely = np.flatnonzero(copied)
        rows = sampled[likely]
        copied[likely] = _repeated(self._rows.take(np.searchsorted(self._rows, rows), mode="clip") == rows)
        return copied


def _repeated(stands: NDArray[np.uint8] | Bools) -> Bools:
    """Of which passages enough sampled rows stand in the need, shape (passages, SAMPLED)."""
    repeated: Bools = np.add.reduce(stands, axis=1, dtype=np.uint8) >= REPEATED * stands.shape[1]
    return repeated
