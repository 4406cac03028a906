"""The needs-by-coach grid as it is shown: a row for each goal, a cell for each coach, every text ready."""

from collections.abc import Mapping
from dataclasses import dataclass

from matcher.domain import EvidenceLevel, GridCell, GridGoal, Shortlist
from matcher.texts import Phrase
from matcher.web import wording
from matcher.web.choices import title
from matcher.web.language import gettext, said

LEVELS: Mapping[EvidenceLevel, str] = {
    "strong": Phrase("Strong evidence"),
    "some": Phrase("Some evidence"),
    "none": Phrase("No evidence"),
    "against": Phrase("Speaks against it"),
}


@dataclass(frozen=True)
class GoalCell:
    """What one coach shows of one goal; without a quote where there is nothing to open."""

    coach: str
    level: EvidenceLevel
    words: str
    claimed: bool
    quote: str
    place: str


@dataclass(frozen=True)
class GoalRow:
    """One goal, what it counts, and the words of the need that tell of it; `origin` says what those are."""

    label: str
    weight: str
    words: str
    origin: str
    cells: tuple[GoalCell, ...]


def goal_rows(answer: Shortlist) -> tuple[GoalRow, ...]:
    """The rows in the order of the grid; none for an answer without goals, or from before grids were kept."""
    names = {coach.coach_id: coach.name for coach in answer.coaches}
    return tuple(_row(goal, names) for goal in answer.grid if goal.cells)


def _row(goal: GridGoal, names: Mapping[str, str]) -> GoalRow:
    return GoalRow(
        label=title(goal.area),
        weight=wording.percent(goal.weight),
        words=goal.words or "",
        origin=gettext("Told in the text") if goal.stated else gettext("Read from the text"),
        cells=tuple(_cell(cell, names[cell.coach_id]) for cell in goal.cells),
    )


def _cell(cell: GridCell, coach: str) -> GoalCell:
    return GoalCell(
        coach=coach,
        level=cell.level,
        words=said(LEVELS[cell.level]),
        claimed=cell.claimed,
        quote=cell.quote or "",
        place=wording.place(cell.source) if cell.source else "",
    )
