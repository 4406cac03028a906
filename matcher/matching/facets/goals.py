"""Whether a coach covers what the manager is to work on: as claimed, as told, and as lived through."""

import numpy as np

from matcher.domain import vocabulary
from matcher.matching.facets.measured import Candidates, Measured, fewness
from matcher.matching.index import Bools, Floats

HONEST_CLAIMS = 6
"""Focus areas that a coach may name before each of them counts for less; of 42 nobody is at home in more."""

LEAST_QUOTED = 0.1
"""How clearly a goal must be shown to be quoted beside the one that is shown most clearly."""


def goals_claimed(candidates: Candidates) -> Measured:
    """The share of the goals, by weight, that the profile names among its focus areas; less of it the
    further the profile names more than HONEST_CLAIMS, so that naming all of them gains nothing.

    Unknown without goals, and for a profile that names none at all.
    """
    goals = candidates.reading.goals
    if not goals:
        return Measured(candidates.unknown())
    claimed = candidates.flags("focus_areas")
    weights = np.array([goal.weight for goal in goals])
    share = _weighted(claimed.has([vocabulary.FOCUS_AREAS.index(goal.area) for goal in goals]), weights)
    number = claimed.number()
    return Measured(np.where(number > 0, share * fewness(number, HONEST_CLAIMS), np.nan))


def goals_evidenced(candidates: Candidates) -> Measured:
    """How clearly the passages of the profile show help with each goal, averaged by the goals' weights.

    A further passage never makes it less. Unknown without goals, and for a profile without text.
    """
    goals = candidates.reading.goals
    if not goals:
        return Measured(candidates.unknown())
    weights = np.array([goal.weight for goal in goals])
    strength = candidates.goals_shown.strength

    def telling(candidate: int) -> Floats:
        own = strength[candidate]
        return np.where(own >= min(own.max(), LEAST_QUOTED), own, 0)

    return Measured(_weighted(strength, weights), telling, candidates.goals_shown.place)


def told_evidenced(candidates: Candidates) -> Measured:
    """How clearly the passages show help with what the need's text tells of, averaged by its weights.

    Unknown when the need states no goals, since those read from the text are then its goals, when its
    text tells of nothing, and for a profile without text.
    """
    told = candidates.reading.told
    if not told or not any(goal.stated for goal in candidates.reading.goals):
        return Measured(candidates.unknown())
    strength = candidates.told_shown.strength
    weights = np.array([goal.weight for goal in told])
    return Measured(_weighted(strength, weights), strength.__getitem__, candidates.told_shown.place)


def nothing_against(candidates: Candidates) -> Measured:
    """1 for a coach of whom no passage speaks against a goal, towards 0 the more clearly one does.

    Unknown without goals, and for a profile without text.
    """
    if not candidates.reading.goals:
        return Measured(candidates.unknown())
    return Measured(1.0 - candidates.goals_shown.against.max(axis=1))


def _weighted(strength: Floats | Bools, weights: Floats) -> Floats:
    """The weighted mean of each row, at most 1; the same for equal rows, to the last bit, unlike a product by `@`."""
    mean: Floats = np.minimum((strength * weights).sum(axis=1), 1.0)
    return mean
