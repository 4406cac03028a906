"""Whether a coach is credible: leadership, training, and what clients say."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from matcher.matching.columns import of_each
from matcher.matching.facets.measured import Candidates, Measured, saturating
from matcher.matching.index import Bools, CoachIndex, Floats, Ints

ENOUGH_LEADERSHIP_YEARS = 6.0
ENOUGH_COACHING_HOURS = 750.0
"""Between ICF's 500 hours for a PCC and 2,500 for an MCC, where more hours tell little more."""

UNVERIFIED_WEIGHT = 0.5
"""What an unverified credential or reference counts of a verified one."""

PRIOR_RATINGS = 3.0
"""How many ratings the mean of all coaches stands for in a coach's own (Bayesian average)."""

RATING_HALF_LIFE_DAYS = 3 * 365

LOWEST_TELLING_RATING = 3.0
"""Clients rarely give less; the scale runs from here to 5."""


def leadership(candidates: Candidates) -> Measured:
    """Years in which the coach has led people, saturating; unknown when the profile does not say."""
    return Measured(saturating(candidates.index.facts.leadership_years[candidates.rows], ENOUGH_LEADERSHIP_YEARS))


def coaching_hours(candidates: Candidates) -> Measured:
    """Hours of coaching, saturating; unknown when the profile does not say."""
    return Measured(saturating(candidates.index.facts.coaching_hours[candidates.rows], ENOUGH_COACHING_HOURS))


def credentials(candidates: Candidates) -> Measured:
    """The best credential valid on the day of the start, by rank: 1/4 for rank 0 to 1 for rank 3.

    An unverified one counts UNVERIFIED_WEIGHT of it. 0 for none: a credential is there to be shown,
    so hiding a low one must not pay.
    """
    return Measured(best_credential(candidates))


def best_credential(candidates: Candidates, *, verified: bool = False) -> Floats:
    """The values of `credentials`; with `verified` as if every credential were verified."""
    table = candidates.index.columns.credentials
    held, counts = table.places(candidates.rows), table.counts[candidates.rows]
    checked = np.ones(len(held), bool) if verified else table.entries.verified[held]
    valid = table.entries.valid_until[held] >= candidates.start_by.toordinal()
    return of_each(np.maximum, credential_worth(table.entries.rank[held], checked) * valid, counts)


def credential_worth(rank: Ints, verified: Bools) -> Floats:
    """What a valid credential of that rank is worth."""
    return (rank + 1) / 4 * np.where(verified, 1.0, UNVERIFIED_WEIGHT)


def references(candidates: Candidates) -> Measured:
    """The mean rating, drawn towards that of all coaches, on a scale from LOWEST_TELLING_RATING to 5.

    Verified ratings count more than others and old ones less. Unknown without any rating.
    """
    return Measured(candidates.of(ratings_of).on_scale(mean_rating(candidates.index)))


@dataclass(frozen=True)
class Ratings:
    """Of each candidate how many ratings there are, how much they count together, and their weighted sum; all of shape
    (candidates,)."""

    number: Ints
    weight: Floats
    total: Floats

    def with_one_more(self, rating: float) -> "Ratings":
        """With another one each, verified and of today."""
        return Ratings(self.number + 1, self.weight + 1.0, self.total + rating)

    def on_scale(self, mean_rating: float) -> Floats:
        """The values of `references`, were that the mean rating of all coaches; shape (candidates,)."""
        mean = (self.total + PRIOR_RATINGS * mean_rating) / (self.weight + PRIOR_RATINGS)
        values = np.clip((mean - LOWEST_TELLING_RATING) / (5.0 - LOWEST_TELLING_RATING), 0.0, 1.0)
        return np.where(self.number > 0, values, np.nan)


def ratings_of(candidates: Candidates, *, verified: bool = False) -> Ratings:
    """The ratings of the candidates; with `verified` as if every one were verified."""
    given = candidates.of(_given)
    weights = given.freshness if verified else np.where(given.verified, 1.0, UNVERIFIED_WEIGHT) * given.freshness
    weight, total = (
        np.bincount(given.owner, values, len(given.number)).astype(np.float64)
        for values in (weights, weights * given.rating)
    )
    return Ratings(given.number, weight, total)


@dataclass(frozen=True)
class _Given:
    """The ratings given, coach after coach, and whose they are; `number` is how many each candidate has."""

    number: Ints
    owner: Ints
    rating: Floats
    verified: Bools
    freshness: Floats
    """What each counts by its age."""


def _given(candidates: Candidates) -> _Given:
    table = candidates.index.columns.references
    places, number = table.places(candidates.rows), table.counts[candidates.rows]
    dates = table.entries.date[places]
    # One without a date is taken for one of that age.
    age = np.where(dates > 0, np.maximum(candidates.today.toordinal() - dates, 0), RATING_HALF_LIFE_DAYS)
    return _Given(
        number=number,
        owner=np.repeat(np.arange(len(number)), number),
        rating=table.entries.rating[places],
        verified=table.entries.verified[places],
        freshness=_freshness(1 << int(age.max(initial=0)).bit_length()).take(age),
    )


@lru_cache(maxsize=4)
def _freshness(days: int) -> Floats:
    """What a rating counts that is 0, 1 ... days old, of each age below so many days."""
    return 0.5 ** (np.arange(days) / RATING_HALF_LIFE_DAYS)


def mean_rating(index: CoachIndex) -> float:
    """The mean of all ratings of all coaches; the least telling one when nobody was rated."""
    return LOWEST_TELLING_RATING if index.mean_rating is None else index.mean_rating
