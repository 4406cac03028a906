"""Passages that repeat a need's own words: they show nothing, and must gain nothing."""

from collections.abc import Sequence

import numpy as np

from matcher.matching.index import Bools
from matcher.matching.word_rows import Hashes, rows_of_words

ALIKE = 0.85
"""The cosine from which on two passages are held against each other word by word; a copy is at least as near,
also where the sentences were cut in other places."""

REPEATED = 0.5
"""The share of a passage's sampled rows of words that stand in the need, from which on it is a copy."""

_SLOTS = 1 << 16


class WordsOfNeed:
    """The rows of words of a need, to hold passages against."""

    def __init__(self, passages: Sequence[str]) -> None:
        self._rows, _ = rows_of_words(passages)
        # Most rows are told apart by their last bits, without a search.
        self._slots = np.zeros(_SLOTS, bool)
        self._slots[self._rows % _SLOTS] = True

    def copied(self, sampled: Hashes) -> Bools:
        """Which passages repeat the need, by the rows sampled of each, shape (passages, SAMPLED).

        None for a need without passages.
        """
        copied: Bools = self._slots[sampled % _SLOTS].mean(axis=1) >= REPEATED
        likely = np.flatnonzero(copied)
        copied[likely] = np.isin(sampled[likely], self._rows).mean(axis=1) >= REPEATED
        return copied
