"""Whether a coach is credible: leadership, training, and what clients say."""

import numpy as np

from matcher.matching.facets.measured import Candidates, Measured, saturating
from matcher.matching.index import CoachIndex, Floats

ENOUGH_LEADERSHIP_YEARS = 6.0
ENOUGH_COACHING_HOURS = 750.0
"""Between ICF's 500 hours for a PCC and 2,500 for an MCC, where more hours tell little more."""

UNVERIFIED_WEIGHT = 0.5
"""What an unverified credential or reference counts of a verified one."""

PRIOR_RATINGS = 3.0
"""How many ratings the mean of all coaches stands for in a coach's own (Bayesian average)."""

RATING_HALF_LIFE_DAYS = 3 * 365.0

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
    held = candidates.index.credentials.take(candidates.rows)
    worth = (held.entries.rank + 1) / 4 * np.where(held.entries.verified, 1.0, UNVERIFIED_WEIGHT)
    worth[held.entries.valid_until < candidates.start_by.toordinal()] = 0.0
    values = np.zeros(len(candidates.rows))
    np.maximum.at(values, held.owner, worth)
    return Measured(values)


def references(candidates: Candidates) -> Measured:
    """The mean rating, drawn towards that of all coaches, on a scale from LOWEST_TELLING_RATING to 5.

    Verified ratings count more than others and old ones less. Unknown without any rating.
    """
    return Measured(rated(candidates, _mean_rating(candidates.index)))


def rated(candidates: Candidates, mean_rating: float) -> Floats:
    """The values of `references`, were that the mean rating of all coaches; shape (candidates,)."""
    given = candidates.index.references.take(candidates.rows)
    weights = _rating_weights(candidates, given.entries.verified, given.entries.date)
    total = np.bincount(given.owner, weights, minlength=len(candidates.rows))
    ratings = np.bincount(given.owner, weights * given.entries.rating, minlength=len(candidates.rows))
    mean = (ratings + PRIOR_RATINGS * mean_rating) / (total + PRIOR_RATINGS)
    values = np.clip((mean - LOWEST_TELLING_RATING) / (5.0 - LOWEST_TELLING_RATING), 0.0, 1.0)
    return np.where(given.counts > 0, values, np.nan)


def _rating_weights(candidates: Candidates, verified: np.ndarray, dates: np.ndarray) -> Floats:
    age = np.maximum(candidates.today.toordinal() - dates, 0)
    freshness = np.where(dates > 0, 0.5 ** (age / RATING_HALF_LIFE_DAYS), 0.5)
    return np.where(verified, 1.0, UNVERIFIED_WEIGHT) * freshness


def _mean_rating(index: CoachIndex) -> float:
    ratings = index.references.entries.rating
    return float(ratings.mean()) if len(ratings) else LOWEST_TELLING_RATING
