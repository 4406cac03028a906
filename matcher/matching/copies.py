"""Passages that repeat a need's own words: they show nothing, and must gain nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matcher.matching.index import Bools, CoachIndex, Ints
from matcher.matching.postings import REPEATED
from matcher.matching.word_rows import Hashes, rows_of_words


class WordsOfNeed:
    """The rows of words of a need, to hold passages against."""

    def __init__(self, passages: Sequence[str]) -> None:
        self.rows = np.unique(rows_of_words(passages)[0])

    def copied(self, sampled: Hashes) -> Bools:
        """Which passages repeat the need, by the rows sampled of each, shape (passages, SAMPLED).

        None for a need without passages.
        """
        if not len(self.rows):
            return np.zeros(len(sampled), bool)
        stands = self.rows.take(np.searchsorted(self.rows, sampled), mode="clip") == sampled
        repeated: Bools = np.add.reduce(stands, axis=1, dtype=np.uint8) >= REPEATED * stands.shape[1]
        return repeated


@dataclass(frozen=True)
class Copies:
    """The copies among the passages of some coaches, upwards, and whose each is: the place among those coaches. Both of
    shape (copies,)."""

    places: Ints
    owner: Ints


NO_COPIES = Copies(np.empty(0, np.int64), np.empty(0, np.int64))


def copies(index: CoachIndex, rows: Ints, asked: WordsOfNeed) -> Copies:
    """The passages of those rows that repeat what is `asked`."""
    store = index.store
    likely = store.having(asked.rows)
    return _owned(index, rows, likely[asked.copied(store.column("sampled", likely))])


def _owned(index: CoachIndex, rows: Ints, places: Ints) -> Copies:
    """Those of the passages that one of the rows has."""
    if not len(places):
        return NO_COPIES
    start, count = index.columns.spans.start[rows], index.columns.spans.count[rows]
    with_text = np.flatnonzero(count)
    order = with_text[np.argsort(start[with_text], kind="stable")]
    before = np.searchsorted(start[order], places, side="right") - 1
    known = before >= 0
    places, owner = places[known], order[before[known]]
    within = places < start[owner] + count[owner]
    return Copies(places[within], owner[within])
