"""The order of a shortlist, which neighbours in it nobody can honestly tell apart, and what sets those apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matcher.domain import ROLES, Role
from matcher.matching.columns import ints
from matcher.matching.facets import Candidates, Measured
from matcher.matching.index import Bools, Floats, Ints
from matcher.matching.scoring import Scorer, rounded

LEAST_ALIKE = 0.5
"""Coaches who share half of their styles or more do not work differently enough to be called so."""

_HARDLY = 1e-9
"""Many times what two sums of the same contributions differ by that are added up in another order."""

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
        return self.scorer.base + self._sums[-1]

    @cached_property
    def order(self) -> Ints:
        """The places of the candidates, best first."""
        return best_first(self.scores, self.prices)

    @cached_property
    def standing(self) -> Floats:
        """The scores as `in_turn` has them."""
        return -self.scores[self.order]

    @property
    def is_tied(self) -> bool:
        """Whether two candidates have the same score, so that prices decide between them."""
        return tied(self.standing)

    @property
    def first(self) -> int:
        """The place of the best candidate, of whom there must be one."""
        return _first(self.scores, self.prices)

    def first_with(self, values: Mapping[str, Floats]) -> int:
        """The place of the best candidate if those were these facets' values."""
        return _first(self.scores_with(values), self.prices)

    def scores_with(self, values: Mapping[str, Floats], places: Ints | slice = slice(None)) -> Floats:
        """The scores of the candidates at those places, by default of all of them, if those were these facets' values;
        all of shape (places,)."""
        names = self.scorer.names
        again = {names.index(facet): own for facet, own in values.items()}
        # What comes before the first of them is added up already, in the same order.
        scores = self._sums[min(again)][places]
        for column in range(min(again), len(names)):
            if column in again:
                scores = scores + self.scorer.contribution(column, rounded(again[column]))
            else:
                scores = scores + self.contributions[:, column][places]
        return self.scorer.base + scores

    def could_score(self, least: float, facet: str) -> Bools:
        """Which candidates would have that score, or hardly less, were the facet's value 1; so all who would have it at
        any value of it. Shape (candidates,)."""
        column = self.scorer.names.index(facet)
        highest = self.scorer.contribution(column, np.ones(1))
        found: Bools = self.scores + (highest - self.contributions[:, column]) >= least - _HARDLY
        return found

    @cached_property
    def _sums(self) -> list[Floats]:
        return self.scorer.sums(self.contributions)


def _first(scores: Floats, prices: Floats) -> int:
    best = np.flatnonzero(scores == scores.max())
    return int(best[best_first(scores[best], prices[best])[0]])


def best_first(scores: Floats, prices: Floats) -> Ints:
    """Places of the candidates in the order of the contract: score downwards, price upwards, then id.

    Candidates are given in the order of their ids, so their place stands for the id. A price that
    is NaN (not convertible) comes after every other.

    >>> best_first(np.array([0.5, 0.7, 0.7, 0.7]), np.array([1.0, 300.0, 250.0, np.nan])).tolist()
    [2, 1, 3, 0]
    """
    # Sorted without regard to equals, since they are few, and that is much faster; then these among themselves.
    order: Ints = np.argsort(-scores)
    again = _equals(scores[order])
    if len(again):
        equals = np.sort(order[again])
        order[again] = equals[np.lexsort((prices[equals], -scores[equals]))]
    return order


def _equals(scores: Floats) -> Ints:
    """Where those stand of these scores, given in order, that another one equals."""
    same = np.flatnonzero(scores[1:] == scores[:-1])
    return np.union1d(same, same + 1)


def ranks_among(
    own: Floats, others: Floats, prices: Floats, places: Ints | None = None, standing: Floats | None = None
) -> Ints:
    """The rank that the candidates at those places (by default all of them) would have with their own scores among the
    other ones with theirs; `others` and `prices` have shape (candidates,), `own` and the result (places,).

    Each is asked for by itself: what another candidate's own score is does not matter to it. `standing` is what
    `in_turn` makes of the others, for whoever has it.

    >>> own, others, prices = np.array([0.8, 0.8, 0.1]), np.array([0.7, 0.8, 0.1]), np.array([90.0, 200.0, 70.0])
    >>> ranks_among(own, others, prices).tolist(), ranks_among(own[2:], others, prices, np.array([2])).tolist()
    ([1, 1, 3], [3])
    """
    places = np.arange(len(own)) if places is None else places
    standing = in_turn(others) if standing is None else standing
    sought = -own
    first, after = (np.searchsorted(standing, sought, side=side) for side in ("left", "right"))
    better = first - (-others[places] < sought)
    dear = np.where(np.isnan(prices), np.inf, prices)
    for number in np.flatnonzero(first < after).tolist():
        place = places[number]
        equal = np.flatnonzero(others == own[number])
        better[number] += ((dear[equal] < dear[place]) | ((dear[equal] == dear[place]) & (equal < place))).sum()
    return better + 1


def in_turn(scores: Floats) -> Floats:
    """The scores below zero, so that the best stands first: what to search in, without knowing whose they are.

    >>> in_turn(np.array([0.5, 0.75]))
    array([-0.75, -0.5 ])
    """
    return np.sort(-scores)


def tied(scores: Floats) -> bool:
    """Whether two of these scores, given in order, are the same, so that prices decide between them."""
    return bool((scores[1:] == scores[:-1]).any())


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
    styles = candidates.index.facts.styles.take(candidates.rows[places])
    first, number = styles.take(ints([0] if len(places) else [])), styles.number()
    shared = styles.shared(first)
    either = number + number[:1] - shared
    return np.where((number > 0) & (number[:1] > 0), shared / np.maximum(either, 1), np.nan)


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
