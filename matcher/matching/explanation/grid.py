"""The needs-by-coach grid: for each goal of a need, what the profile of each coach shown says of it."""

import numpy as np

from matcher.domain import EvidenceLevel, GridCell, GridGoal, vocabulary
from matcher.matching.facets import Candidates
from matcher.matching.index import Floats, Ints

STRONG = 0.6
"""Strength from which on evidence is strong. It is the probability that at least one of the two passages
that show most of an area does show it: from here on that is clearly likelier than not, be it by one
plain passage or by two fair ones (0.4 each)."""

SOME = 0.25
"""Strength from which on there is some evidence: one chance in four. What is weaker may be chance likeness
and would fill the grid with quotes that say nothing."""

AGAINST = 0.5
"""How clearly one passage must speak against an area: likelier than not, and more than the profile shows
for it, since a coach who shows the area plainly elsewhere has only named a limit."""


def level_of(strength: float, against: float) -> EvidenceLevel:
    """What is said of evidence that is so strong, beside a passage that speaks so clearly against the area.

    NaN, for a profile without text, is none.

    >>> level_of(0.6, 0.0), level_of(0.25, 0.2), level_of(0.2, 0.0), level_of(0.3, 0.5), level_of(0.7, 0.5)
    ('strong', 'some', 'none', 'against', 'strong')
    """
    if against >= AGAINST and against > strength:
        return "against"
    if strength >= STRONG:
        return "strong"
    return "some" if strength >= SOME else "none"


def needs_by_coach(candidates: Candidates, shown: Ints) -> tuple[GridGoal, ...]:
    """The goals in the order of the need, each with a cell for the candidates at the places `shown`.

    Empty for a need without goals.
    """
    return tuple(
        GridGoal(
            area=goal.area,
            weight=goal.weight,
            stated=goal.stated,
            words=goal.passage.text if goal.passage else None,
            cells=tuple(_cell(candidates, place, number) for place in shown.tolist()),
        )
        for number, goal in enumerate(candidates.reading.goals)
    )


def covered(grid: tuple[GridGoal, ...], coaches: int) -> Floats:
    """The share of the goals, by weight, of which each of the coaches shows strong or some evidence; shape (coaches,).

    0 without goals.
    """
    shares = np.zeros(coaches)
    for goal in grid:
        shares += [goal.weight if cell.level in ("strong", "some") else 0.0 for cell in goal.cells]
    return shares


def _cell(candidates: Candidates, place: int, goal: int) -> GridCell:
    shown, index, row = candidates.goals_shown, candidates.index, int(candidates.rows[place])
    area = vocabulary.FOCUS_AREAS.index(candidates.reading.goals[goal].area)
    level = level_of(float(shown.strength[place, goal]), float(shown.against[place, goal]))
    where = shown.against_place if level == "against" else shown.place
    passage = None if level == "none" else index.passage(int(where[place, goal]))
    return GridCell(
        coach_id=index.facts.id[row],
        level=level,
        source=passage.source if passage else None,
        quote=passage.text if passage else None,
        claimed=bool(index.facts.focus_areas[row, area]),
    )
