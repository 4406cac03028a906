"""How good a ranking is against judged gains, and how sure one can be of a mean over needs.

A measure takes the scores of the eligible coaches of one need and their gains (mean grade, 0 to 3),
in the same order. Coaches with equal scores share their places: the value is the expected one over
all orders of them, so that no ranker gains by the order of ids (McSherry & Najork, 2008). A score
of NaN stands behind all others.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from math import nan

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Measure = Callable[[Values, Values], float]

SHOWN = 3
"""Coaches on a shortlist."""

GOOD = 2.0
"""The least mean grade of a coach whom a shortlist may show: "a good alternative"."""


def ranked(scores: Values, gains: Values) -> Values:
    """The gains from the highest score to the lowest, equal scores sharing their mean; shape (coaches,).

    >>> ranked(np.array([0.5, 0.9, 0.5]), np.array([3.0, 1.0, 0.0])).tolist()
    [1.0, 1.5, 1.5]
    """
    _, tie, size = np.unique(-scores, return_inverse=True, return_counts=True)
    return np.repeat(np.bincount(tie, weights=gains, minlength=len(size)) / size, size)


def discounted_cumulative_gain(ranked_gains: Values, cutoff: int) -> float:
    """Sum over places p = 1..cutoff of gain / log2(p + 1) (Järvelin & Kekäläinen, 2002); 0 for no coach.

    The gain is linear: the grade itself.

    >>> discounted_cumulative_gain(np.array([3.0, 0.0, 1.0]), cutoff=3)
    3.5
    """
    gains = ranked_gains[:cutoff]
    return float(gains @ (1 / np.log2(np.arange(len(gains)) + 2)))


def ndcg(scores: Values, gains: Values, cutoff: int) -> float:
    """Discounted cumulative gain, over that of the best order possible: 0 to 1.

    NaN when no coach has a gain (or there is none), since no order is then better than another.

    >>> round(ndcg(np.array([0.9, 0.5, 0.1]), np.array([1.0, 3.0, 0.0]), cutoff=3), 4)
    0.7967
    """
    best = discounted_cumulative_gain(np.sort(gains)[::-1], cutoff)
    return discounted_cumulative_gain(ranked(scores, gains), cutoff) / best if best else nan


def hit_rate(scores: Values, gains: Values, shown: int = SHOWN) -> float:
    """How many of those shown have a gain of GOOD or more, over how many could have: 0 to 1.

    The denominator is `shown`, or the number of good coaches where that is smaller; NaN when there
    is none.

    >>> hit_rate(np.array([0.9, 0.8, 0.7, 0.1]), np.array([3.0, 0.5, 1.5, 2.0]))
    0.5
    """
    good = (gains >= GOOD).astype(np.float64)
    possible = min(shown, good.sum())
    return float(ranked(scores, good)[:shown].sum() / possible) if possible else nan


MEASURES: Mapping[str, Measure] = {
    "nDCG@3": partial(ndcg, cutoff=3),
    "nDCG@5": partial(ndcg, cutoff=5),
    "nDCG@10": partial(ndcg, cutoff=10),
    "hit@3": hit_rate,
}


def measured(scores: Values, gains: Values) -> Values:
    """Every one of MEASURES for one need, in their order; shape (measures,)."""
    return np.array([measure(scores, gains) for measure in MEASURES.values()])


@dataclass(frozen=True)
class Estimate:
    """A mean over needs with the interval that holds it; all NaN when it rests on no need."""

    mean: float
    low: float
    high: float


def estimate_mean(values: Values, rng: np.random.Generator, draws: int = 10_000, confidence: float = 0.95) -> Estimate:
    """The mean over needs, with its bootstrap interval (percentiles of the means of resampled needs).

    A need whose value is NaN is left out. One need gives an interval without width.

    >>> estimate_mean(np.array([0.5, 0.5, np.nan]), np.random.default_rng(0))
    Estimate(mean=0.5, low=0.5, high=0.5)
    """
    known = values[~np.isnan(values)]
    if not len(known):
        return Estimate(nan, nan, nan)
    means = known[rng.integers(len(known), size=(draws, len(known)))].mean(axis=1)
    low, high = np.quantile(means, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Estimate(float(known.mean()), float(low), float(high))


def estimate_difference(values: Values, reference: Values, rng: np.random.Generator, draws: int = 10_000) -> Estimate:
    """The mean over needs of value less reference, with its paired bootstrap interval.

    Needs are resampled, not rankers' values apart, so what makes a need hard for both cancels out.
    A need for which either is NaN is left out.

    >>> estimate_difference(np.array([0.9, 0.2]), np.array([0.8, 0.1]), np.random.default_rng(0)).low > 0
    True
    """
    return estimate_mean(values - reference, rng, draws)
