"""How much of the goals is covered by a coach who suits: at home at this level, in no style that is to be avoided.

Careful readers multiply here: whoever works with executives alone is no choice for a shift leader, whatever the texts
show, and among coaches who show nothing it hardly matters whom they work with. A sum would count both alike.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from matcher.domain import vocabulary
from matcher.matching.facets.goals import goals_claimed, goals_evidenced, told_evidenced
from matcher.matching.facets.measured import Candidates, Measured, fewness
from matcher.matching.index import Floats

CLAIMED, EVIDENCED, TOLD = 0.3, 0.6, 0.1
"""What the parts of the coverage count."""

UNKNOWN_SUITS = 0.7
"""How far a coach suits of whom that is unknown, or where nothing is asked: about the mean of the graded pairs, so
that needs that ask and needs that do not weigh the coverage alike."""

HONEST_LEVELS = 3
"""Levels that a coach may name before each counts for less; there are four."""


def level(candidates: Candidates) -> Measured:
    """The coverage of the goals, as far as the coach works at the manager's level; unknown where the coverage is."""
    return Measured(candidates.of(coverage) * candidates.of(at_level))


def style_to_avoid(candidates: Candidates) -> Measured:
    """The coverage of the goals by a coach who works in no style that is to be avoided, 0 for one who works in any;
    unknown where the coverage is."""
    return Measured(candidates.of(coverage) * candidates.of(avoids_none))


def coverage(candidates: Candidates) -> Floats:
    """How far the goals are covered by what the profile names and shows, in [0, 1]; shape (candidates,).

    The square root of a weighted mean: the first evidence tells most. Unknown without goals, and for a profile that
    has neither text nor focus areas.
    """
    claimed, evidenced, told = (
        candidates.of(facet).values for facet in (goals_claimed, goals_evidenced, told_evidenced)
    )
    mean = CLAIMED * _or_nothing(claimed) + EVIDENCED * _or_nothing(evidenced) + TOLD * _or_nothing(told)
    return np.where(np.isnan(claimed) & np.isnan(evidenced), np.nan, np.sqrt(mean))


def _or_nothing(values: Floats) -> Floats:
    return np.where(np.isnan(values), 0.0, values)


def at_level(candidates: Candidates) -> Floats:
    """1 for a coach of managers of this level, half of it for one of the level beside it, else 0; less of it
    for one who names more than HONEST_LEVELS; UNKNOWN_SUITS when the need or the profile names no level.
    Shape (candidates,)."""
    wanted = candidates.reading.need.level
    if wanted is None:
        return np.full(len(candidates.rows), UNKNOWN_SUITS)
    coached, asked = candidates.flags("levels"), vocabulary.LEVELS.index(wanted)
    beside = [place for place in (asked - 1, asked + 1) if 0 <= place < len(vocabulary.LEVELS)]
    values = np.where(coached.any_of([asked]), 1.0, 0.5 * coached.any_of(beside))
    number = coached.number()
    return np.where(number > 0, values * fewness(number, HONEST_LEVELS), UNKNOWN_SUITS)


def avoids_none(candidates: Candidates) -> Floats:
    """1 for a coach who works in no style that is to be avoided, 0 for one who works in any; UNKNOWN_SUITS when either
    names none. Shape (candidates,).

    Styles to avoid are those that the need states; when it states none, those read from its text.
    """
    unwanted = candidates.reading.styles_to_avoid
    if not unwanted:
        return np.full(len(candidates.rows), UNKNOWN_SUITS)
    styles = candidates.flags("styles")
    in_any = styles.any_of(map(vocabulary.STYLES.index, unwanted))
    return np.where(styles.number() > 0, ~in_any, UNKNOWN_SUITS)


SUITS: Mapping[str, Callable[[Candidates], Floats]] = MappingProxyType(
    {"level": at_level, "style_to_avoid": avoids_none}
)
"""For each facet that counts the coverage, how far each coach suits."""
