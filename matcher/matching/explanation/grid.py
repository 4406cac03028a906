"""The needs-by-coach grid: for each goal of a need, what the profile of each coach shown says of it."""

import numpy as np

from matcher.domain import EvidenceLevel, GridCell, GridGoal, vocabulary
from matcher.matching.areas import WHOLE
from matcher.matching.facets import Candidates
from matcher.matching.index import Floats, Ints

STRONG = 0.2
"""Strength from which on evidence is strong: of annotated profiles that nothing was learned from, three in
four of so strong a kind have a concrete case of the area."""

SOME = 0.1
"""Strength from which on there is some evidence: in those profiles every second time a concrete case. What is
weaker may be chance likeness and would fill the grid with quotes that say nothing."""

AGAINST = 0.3
"""How clearly one passage must speak against an area: in those profiles it then does so four times in five;
and more than all passages show for it, since a coach who shows the area plainly elsewhere has only named a limit."""


def level_of(strength: float, against: float) -> EvidenceLevel:
    """What is said of evidence that is so strong, beside a passage that speaks so clearly against the area.

    NaN, for a profile without text, is none.

    >>> level_of(0.3, 0.0), level_of(0.15, 0.2), level_of(0.05, 0.0), level_of(0.2, 0.5), level_of(0.35, 0.5)
    ('strong', 'some', 'none', 'against', 'strong')
    """
    if against >= AGAINST and against > strength * WHOLE:
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
    passage = None if level == "none" else index.passage(int(where(place)[goal]))
    return GridCell(
        coach_id=index.id_of(row),
        level=level,
        source=passage.source if passage else None,
        quote=passage.text if passage else None,
        claimed=bool(index.facts.focus_areas.take(np.array([row])).any_of([area])[0]),
    )
