"""How much of the goals is covered by a coach who suits: at home at this level or near it, in no style to be avoided.

Careful readers multiply here: whoever works with executives alone is hardly a choice for a shift leader, whatever the
texts show, and among coaches who show nothing it hardly matters whom they work with. A sum would count both alike. And
whoever shows nothing of the stated goals that matter most they put behind, whatever else is covered.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from matcher.domain import vocabulary
from matcher.matching.facets.goals import HONEST_CLAIMS, goals_claimed, goals_evidenced, told_evidenced
from matcher.matching.facets.measured import Candidates, Measured, fewness
from matcher.matching.index import Floats

CLAIMED, EVIDENCED, TOLD = 0.3, 0.6, 0.1
"""What the parts of the coverage count."""

_PARTS = (
    ("goals_claimed", goals_claimed, CLAIMED),
    ("goals_evidenced", goals_evidenced, EVIDENCED),
    ("told_evidenced", told_evidenced, TOLD),
)

HELD_BACK = 0.2
"""The share of the coverage that a coach lacks who shows none of the stated goals that matter most. This and the two
below were chosen on graded pairs, where a share of 0.2 to 0.3 orders coaches alike."""

ENOUGH_SHOWN, NAMED = 0.15, 0.1
"""How clearly one of these goals must be shown for nothing to be lacking, and as how much one counts that is merely
named, by a profile that names no more than HONEST_CLAIMS."""

UNKNOWN_SUITS = 0.7
"""How far a coach suits of whom that is unknown, or where nothing is asked: about the mean of the graded pairs, so
that needs that ask and needs that do not weigh the coverage alike."""

BESIDE, ELSEWHERE = 0.75, 0.25
"""How far a coach suits who works with managers of a level beside that of the manager, and one who works with others
alone. Chosen on graded pairs, where 0.65 to 0.8 and 0.2 to 0.4 order coaches alike, and 0.5 and 0 worse."""

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

    The square root of a weighted mean, since the first evidence tells most, as far as one of the goals that matter
    most is shown. Unknown without goals, and for a profile that has neither text nor focus areas.
    """
    claimed, evidenced = (candidates.of(facet).values for facet in (goals_claimed, goals_evidenced))
    mean = sum(part * _or_nothing(candidates.of(facet).values) for _, facet, part in _PARTS)
    covered = np.sqrt(mean) * foremost_shown(candidates)
    return np.where(np.isnan(claimed) & np.isnan(evidenced), np.nan, covered)


def shares_of_coverage(candidates: Candidates, candidate: int) -> dict[str, float]:
    """The share of what covers the goals that each facet has of which it is made up, for one of the candidates; sums to
    1, and is empty where nothing covers them."""
    parts = {name: part * float(np.nan_to_num(candidates.of(facet).values[candidate])) for name, facet, part in _PARTS}
    total = sum(parts.values())
    return {name: part / total for name, part in parts.items()} if total else {}


def foremost_shown(candidates: Candidates) -> Floats:
    """1 for a coach who shows one of the stated goals that matter most, towards 1 - HELD_BACK the less of each of them
    is shown; 1 where the need states none. Shape (candidates,)."""
    goals = candidates.reading.goals
    if not any(goal.stated for goal in goals):
        return np.ones(len(candidates.rows))
    most = max(goal.weight for goal in goals)
    foremost = [place for place, goal in enumerate(goals) if goal.weight == most]
    claimed = candidates.flags("focus_areas")
    named = claimed.has([vocabulary.FOCUS_AREAS.index(goals[place].area) for place in foremost])
    counting = NAMED * fewness(claimed.number(), HONEST_CLAIMS)[:, np.newaxis]
    shown = np.maximum(_or_nothing(candidates.goals_shown.strength[:, foremost]), counting * named)
    as_far: Floats = 1.0 - HELD_BACK * (1.0 - np.minimum(shown.max(axis=1) / ENOUGH_SHOWN, 1.0))
    return as_far


def _or_nothing(values: Floats) -> Floats:
    return np.where(np.isnan(values), 0.0, values)


def at_level(candidates: Candidates) -> Floats:
    """1 for a coach of managers of this level, BESIDE for one of a level beside it, else ELSEWHERE; less of it for one
    who names more than HONEST_LEVELS; UNKNOWN_SUITS when the need or the profile names no level.
    Shape (candidates,)."""
    wanted = candidates.reading.need.level
    if wanted is None:
        return np.full(len(candidates.rows), UNKNOWN_SUITS)
    coached, asked = candidates.flags("levels"), vocabulary.LEVELS.index(wanted)
    beside = [place for place in (asked - 1, asked + 1) if 0 <= place < len(vocabulary.LEVELS)]
    values = np.where(coached.any_of([asked]), 1.0, np.where(coached.any_of(beside), BESIDE, ELSEWHERE))
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
