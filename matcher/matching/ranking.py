"""The order of a shortlist, which neighbours in it nobody can honestly tell apart, and what sets those apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from matcher.domain import ROLES, Role
from matcher.matching.facets import FACETS, Candidates, Measured
from matcher.matching.index import Floats, Ints
from matcher.matching.scoring import Scorer

LEAST_ALIKE = 0.5
"""Coaches who share half of their styles or more do not work differently enough to be called so."""

LEAST_SAVING = 0.1
"""A smaller share of the price is no reason to prefer a coach, and may be the day's exchange rate."""


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

    def with_values(self, facet: str, values: Floats) -> "Ranking":
        """The ranking if those were the facet's values, shape (candidates,)."""
        return replace(self, measured={**self.measured, facet: Measured(values)})

    def measured_again(self, candidates: Candidates, facets: Sequence[str]) -> "Ranking":
        """The ranking of those candidates, who differ from these in nothing but what those facets measure."""
        again = {facet: FACETS[facet](candidates) for facet in facets}
        return replace(self, candidates=candidates, measured={**self.measured, **again})


def best_first(scores: Floats, prices: Floats) -> Ints:
    """Places of the candidates in the order of the contract: score downwards, price upwards, then id.

    Candidates are given in the order of their ids, so their place stands for the id. A price that
    is NaN (not convertible) comes after every other.

    >>> best_first(np.array([0.5, 0.7, 0.7, 0.7]), np.array([1.0, 300.0, 250.0, np.nan])).tolist()
    [2, 1, 3, 0]
    """
    order: Ints = np.lexsort((prices, -scores))
    return order


def ranks_among(own: Floats, others: Floats, prices: Floats) -> Ints:
    """The rank that each candidate would have with its own score among the other ones with theirs; shape (candidates,).

    Each is asked for by itself: what another candidate's own score is does not matter to it.

    >>> ranks_among(np.array([0.8, 0.8, 0.1]), np.array([0.7, 0.8, 0.1]), np.array([90.0, 200.0, 70.0])).tolist()
    [1, 1, 3]
    """
    settles = np.empty(len(prices), np.int64)
    settles[np.argsort(prices, kind="stable")] = np.arange(len(prices))
    levels = np.unique(-others)

    def keys(scores: Floats) -> Ints:
        level = np.searchsorted(levels, -scores)
        equal = levels.take(level, mode="clip") == -scores
        return level * len(prices) + np.where(equal, settles, 0)

    standing, sought = keys(others), keys(own)
    ranks: Ints = 1 + np.searchsorted(np.sort(standing), sought) - (standing < sought)
    return ranks


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


def styles_shared(candidates: Candidates, places: Ints) -> Floats:
    """How alike in styles the candidates at those places are to the first of them; shape (places,).

    The styles that both work in as a share of those that either works in (Jaccard); NaN when one names none.
    """
    styles = candidates.index.facts.styles[candidates.rows[places]]
    first = styles[:1]
    either = (styles | first).sum(axis=1)
    named = styles.any(axis=1) & first.any()
    return np.where(named, (styles & first).sum(axis=1) / np.maximum(either, 1), np.nan)


def roles(
    band_of: Sequence[int | None], covered: Floats, alike: Floats, prices: Floats
) -> tuple[tuple[Role, ...], ...]:
    """What sets each coach shown apart from the others of the first band; all are given best first.

    Of each coach: the band, the share of the goals that evidence covers, how alike in styles to the
    first, and what a session costs in one currency; NaN where unknown. A role is given once, to the
    better placed of equals; but none covers best where two cover the same. Nobody has one while bands
    are not known, or when nobody shares the first.

    >>> cover, alike = np.array([0.4, 0.9, 0.4]), np.array([1.0, 0.5, 0.2])
    >>> roles((1, 1, 1), cover, alike, np.array([200.0, 180.0, 190.0]))
    ((), ('best_cover', 'best_value'), ('different_approach',))
    """
    close = [place for place, band in enumerate(band_of) if band == 1]
    if len(close) < 2:
        return ((),) * len(band_of)
    holder = {
        "best_cover": _only_most(close, covered),
        "different_approach": _least([place for place in close if alike[place] < LEAST_ALIKE], alike),
        "best_value": _least([place for place in close if _saves(prices[place], prices[0])], prices),
    }
    return tuple(tuple(role for role in ROLES if holder[role] == place) for place in range(len(band_of)))


def _only_most(places: Sequence[int], covered: Floats) -> int | None:
    shares = [round(float(covered[place]), 9) for place in places]
    return places[shares.index(max(shares))] if max(shares) > 0 and shares.count(max(shares)) == 1 else None


def _least(places: Sequence[int], amount: Floats) -> int | None:
    return min(places, key=lambda place: (float(amount[place]), place), default=None)


def _saves(price: float, first: float) -> bool:
    return bool(price <= round(first * (1 - LEAST_SAVING), 6) and price < first)
