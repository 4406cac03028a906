"""How far goals are covered by a coach who has no text and names some of them, worked out by hand."""

from math import sqrt

from matcher.matching.facets.suited import CLAIMED, ENOUGH_SHOWN, HELD_BACK, NAMED

ALL_IS_SHOWN, NOTHING_IS_SHOWN = 1.0, 1.0 - HELD_BACK
"""What the coverage is multiplied by where one of the goals that matter most is shown, and where none of them is."""

FOREMOST_IS_NAMED = 1.0 - HELD_BACK * (1.0 - NAMED / ENOUGH_SHOWN)
"""The same where one of them is merely named."""


def by_name(share: float = 1.0) -> float:
    """The coverage by a coach who names that share of the goals, by weight, the foremost ones among them."""
    return sqrt(CLAIMED * share) * FOREMOST_IS_NAMED
