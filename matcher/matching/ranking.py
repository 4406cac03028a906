"""The order of a shortlist, and which neighbours in it nobody can honestly tell apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matcher.matching.facets import Candidates, Measured
from matcher.matching.index import Floats, Ints
from matcher.matching.scoring import Scorer


@dataclass(frozen=True)
class Ranking:
    """Candidates with what was measured of them: weighed, scored and put in order.

    `prices` is what one session costs with each, in one currency; NaN where that cannot be converted.
    """

    candidates: Candidates
    measured: Mapping[str, Measured]
    scorer: Scorer
    prices: Floats

    @cached_property
    def values(self) -> Floats:
        """What was measured, side by side; shape (candidates, facets in the scorer's order)."""
        return self.scorer.values(self.measured)

    @cached_property
    def contributions(self) -> Floats:
        """What each facet adds to each score; shape (candidates, facets)."""
        return self.scorer.contributions(self.values)

    @cached_property
    def scores(self) -> Floats:
        """The score of each candidate; shape (candidates,)."""
        return self.scorer.scores(self.contributions)

    @cached_property
    def order(self) -> Ints:
        """The places of the candidates, best first."""
        return best_first(self.scores, self.prices)


def best_first(scores: Floats, prices: Floats) -> Ints:
    """Places of the candidates in the order of the contract: score downwards, price upwards, then id.

    Candidates are given in the order of their ids, so their place stands for the id. A price that
    is NaN (not convertible) comes after every other.

    >>> best_first(np.array([0.5, 0.7, 0.7, 0.7]), np.array([1.0, 300.0, 250.0, np.nan])).tolist()
    [2, 1, 3, 0]
    """
    order: Ints = np.lexsort((prices, -scores))
    return order


def tied(scores: Floats) -> bool:
    """Whether two candidates have the same score, so that prices decide between them."""
    return len(np.unique(scores)) < len(scores)


def bands(scores: Floats, clear_difference: float | None) -> tuple[int | None, ...]:
    """The band of each coach, counted from 1; `scores` are given best first.

    A band holds neighbours whose scores differ by less than `clear_difference` from the best of the
    band: their order says nothing. None for each coach when that difference is not known.

    >>> bands(np.array([0.9, 0.875, 0.8, 0.79, 0.75]), 0.05)
    (1, 1, 2, 2, 3)
    """
    if clear_difference is None:
        return (None,) * len(scores)
    found: list[int | None] = []
    band, best = 0, np.inf
    for score in scores.tolist():
        if best - score >= clear_difference:
            band, best = band + 1, score
        found.append(band)
    return tuple(found)
