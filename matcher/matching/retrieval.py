"""What the passages of each eligible coach show of what is asked, and which show most of it: exact, over all."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np

from matcher.matching.columns import ints
from matcher.matching.copies import Copies
from matcher.matching.evidence import NO_PASSAGE, Evidence, evidence
from matcher.matching.index import CoachIndex, Floats, Ints


@dataclass(frozen=True)
class ThemesShown:
    """What the passages of each coach show of some themes, but for copies. Where passages stand is looked up of the few
    who are told of."""

    index: CoachIndex
    rows: Ints
    themes: Ints
    again: Ints
    """The places, among the coaches, of those with copies, in order."""
    less: Evidence
    """What these show without their copies."""

    @cached_property
    def strength(self) -> Floats:
        """How clearly they show each theme, as `Evidence` tells it; shape (coaches, themes)."""
        return self._of_all("strength")

    @cached_property
    def against(self) -> Floats:
        """How clearly a passage speaks against them there; not asked of all themes, so looked up when it is."""
        return self._of_all("against")

    def _of_all(self, column: str) -> Floats:
        found = self.index.columns.shown.of_themes(column, self.rows, self.themes)
        found[self.again] = getattr(self.less, column)
        return found

    def place(self, coach: int) -> Ints:
        """Where the passage of one of the coaches that shows most of each theme stands among all passages; NO_PASSAGE
        for a coach without any. Shape (themes,)."""
        return self._among_all(coach, "place")

    def against_place(self, coach: int) -> Ints:
        """Where the one that speaks against it most stands."""
        return self._among_all(coach, "against_place")

    def only(self, kept: Sequence[int]) -> "ThemesShown":
        """The same of those of the themes alone."""
        less = Evidence(**{field.name: getattr(self.less, field.name)[:, kept] for field in fields(Evidence)})
        same = replace(self, themes=self.themes[kept], less=less)
        same.__dict__.update(strength=self.strength[:, kept], against=self.against[:, kept])
        return same

    def with_more(self, theme: int, much: float) -> "ThemesShown":
        """As if they showed so much more of one of the themes, 1 at most, whoever has no text too; `some` of them would
        show what they do."""
        same, strength = replace(self), np.nan_to_num(self.strength)
        strength[:, theme] = np.minimum(strength[:, theme] + much, 1.0)
        same.__dict__["strength"] = strength
        return same

    def some(self, coaches: Ints) -> "ThemesShown":
        """The same of those of the coaches alone, given upwards."""
        _, own, place = np.intersect1d(self.again, coaches, assume_unique=True, return_indices=True)
        less = Evidence(**{field.name: getattr(self.less, field.name)[own] for field in fields(Evidence)})
        return replace(self, rows=self.rows[coaches], again=place, less=less)

    @cached_property
    def _places(self) -> dict[tuple[int, str], Ints]:
        # Of the few coaches who are told of; each is asked for with every reason.
        return {}

    def _among_all(self, coach: int, column: str) -> Ints:
        if (coach, column) not in self._places:
            self._places[coach, column] = self._found(coach, column)
        return self._places[coach, column]

    def _found(self, coach: int, column: str) -> Ints:
        row, other = int(self.rows[coach]), bisect_left(self.again, coach)
        if other < len(self.again) and self.again[other] == coach:
            own = getattr(self.less, column)[other].tolist()
        else:
            own = getattr(self.index.columns.shown, column)(row, self.themes.tolist())
        begin = int(self.index.columns.spans.start[row])
        return ints([place if place == NO_PASSAGE else place + begin for place in own])


def shown(index: CoachIndex, rows: Ints, themes: Sequence[int], copied: Copies) -> ThemesShown:
    """What the passages of those rows show of those themes, given by their places among all, but for the ones
    that are `copied`."""
    spans, asked = index.columns.spans, ints(themes)
    again = np.unique(copied.owner)
    places = spans.places(rows[again])
    told = index.store.column("themes", places)[:, asked]
    told[np.isin(places, copied.places)] = 0
    less = evidence(spans.count[rows[again]], told)
    return ThemesShown(index, rows, asked, again, less)
