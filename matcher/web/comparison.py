"""Two to four coaches of a shortlist side by side, every text ready."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from matcher.domain import Shortlist
from matcher.store.shortlists import SealedShortlist
from matcher.web import coach_facts, offer_shown, presentation
from matcher.web.coach_facts import UNKNOWN
from matcher.web.language import said
from matcher.web.presentation import CoachCard, ShortlistPage

FEWEST, MOST = 2, 4
"""How many coaches can be compared."""


@dataclass(frozen=True)
class FactRow:
    """One fact, and what each coach's profile says of it."""

    label: str
    cells: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Comparison:
    """The page of the shortlist cut down to those compared, and their facts row by row."""

    page: ShortlistPage
    rows: tuple[FactRow, ...]

    offers: tuple[FactRow, ...]

    @property
    def cards(self) -> tuple[CoachCard, ...]:
        """The coaches compared, in the order of the shortlist."""
        return self.page.cards


def only(answer: Shortlist, coach_ids: Collection[str]) -> Shortlist:
    """The answer as if it showed no other coaches; what it says of these stays."""
    coaches = tuple(coach for coach in answer.coaches if coach.coach_id in coach_ids)
    grid = tuple(
        goal.model_copy(update={"cells": tuple(cell for cell in goal.cells if cell.coach_id in coach_ids)})
        for goal in answer.grid
    )
    return answer.model_copy(update={"coaches": coaches, "grid": grid})


def compare(answer: Shortlist, sealed: SealedShortlist, coach_ids: Sequence[str], today: date) -> Comparison:
    """Those coaches of a shortlist side by side, in its order."""
    chosen = only(answer, coach_ids)
    profiles = coach_facts.sealed_profiles(sealed.facts)
    columns = [
        dict(coach_facts.facts(profiles[coach.coach_id], answer.need, today)) if coach.coach_id in profiles else {}
        for coach in chosen.coaches
    ]
    labels = list(dict.fromkeys(label for column in columns for label in column))
    rows = (FactRow(label, tuple(column.get(label) or (said(UNKNOWN),) for column in columns)) for label in labels)
    page = presentation.present(chosen, sealed)
    return Comparison(page, tuple(rows), _offers(page))


def _offers(page: ShortlistPage) -> tuple[FactRow, ...]:
    """What the offers say beside the prices: a row for each line that one of them has."""
    found = offer_shown.side_by_side([card.coach.offer for card in page.cards])
    return tuple(FactRow(label, tuple((cell or said(UNKNOWN),) for cell in cells)) for label, cells in found)
