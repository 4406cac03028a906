"""What every facet is given and what it gives back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from matcher.matching.flags import Flags
from matcher.matching.index import CoachIndex, Floats, Ints
from matcher.matching.reading import NeedReading
from matcher.matching.retrieval import ThemesShown

Known = TypeVar("Known")


@dataclass(frozen=True)
class Candidates:
    """The coaches to be measured, `rows` of an index, for one need on one day."""

    index: CoachIndex
    rows: Ints
    reading: NeedReading
    today: date
    goals_shown: ThemesShown
    """What the passages show of the need's goals."""
    told_shown: ThemesShown
    """What they show of the areas that the need's text tells of."""
    backgrounds_shown: ThemesShown
    """What they show of the backgrounds that it wishes for, in the order of the reading's `background_shares`."""

    @property
    def start_by(self) -> date:
        """The day by which the engagement is to begin."""
        return self.reading.need.start_by or self.today

    def of(self, measure: "Callable[[Candidates], Known]") -> Known:
        """What that measures of them, as a facet does; each is asked but once."""
        if measure not in self._known:
            self._known[measure] = measure(self)
        found: Known = self._known[measure]
        return found

    def but(self, same: "Iterable[Callable[[Candidates], Any]]", **changed: Any) -> "Candidates":
        """The same candidates for something else, in those fields; what `same` measure is not measured again, since it
        must not depend on them."""
        others = replace(self, **changed)
        others.__dict__["_flags"] = self._flags
        others._known.update({measure: self.of(measure) for measure in same})
        return others

    def some(self, places: Ints) -> "Candidates":
        """Those at these places alone, given upwards; all is measured of them anew."""
        return replace(
            self,
            rows=self.rows[places],
            goals_shown=self.goals_shown.some(places),
            told_shown=self.told_shown.some(places),
            backgrounds_shown=self.backgrounds_shown.some(places),
        )

    @cached_property
    def _known(self) -> dict[object, Any]:
        return {}

    def flags(self, column: str) -> Flags:
        """A column of facts, of the candidates alone."""
        if column not in self._flags:
            flags: Flags = getattr(self.index.facts, column)
            self._flags[column] = flags.take(self.rows)
        return self._flags[column]

    @cached_property
    def _flags(self) -> dict[str, Flags]:
        # Of several facets the same is asked, and again when the need is another one.
        return {}

    def unknown(self) -> Floats:
        """A value for each candidate that says nothing: NaN, shape (candidates,)."""
        return np.full(len(self.rows), np.nan)


INCREDIBLE = 3
"""So many times as much as is honest nobody can be at home in."""

_NO_STRENGTH, _NO_PLACES = np.empty(0), np.empty(0, np.int64)

MOST_PASSAGES = 3
"""How many passages are kept as evidence of one facet."""


@dataclass(frozen=True)
class Measured:
    """How well each candidate does on one facet, in [0, 1]; NaN where that is unknown or not asked for.

    A facet that rests on text tells of one candidate how strongly passages speak for it, above 0 when they do, and
    where these stand in the index, both of one shape (any number,). One that rests on facts has none of them.
    """

    values: Floats
    strength: Callable[[int], Floats] = lambda _: _NO_STRENGTH
    places: Callable[[int], Ints] = lambda _: _NO_PLACES

    def passages(self, candidate: int) -> tuple[int, ...]:
        """Where the passages stand that speak most for a candidate: distinct, best first, MOST_PASSAGES at most.

        >>> told = Measured(np.ones(1), lambda _: np.array([0.2, 0.9, 0.0, 0.5]), lambda _: np.array([7, 4, 5, 7]))
        >>> told.passages(0)
        (4, 7)
        """
        strength = self.strength(candidate)
        place = self.places(candidate) if len(strength) else _NO_PLACES
        telling = [int(place[query]) for query in np.argsort(-strength, kind="stable") if strength[query] > 0]
        return tuple(dict.fromkeys(telling))[:MOST_PASSAGES]


Facet = Callable[[Candidates], Measured]


def saturating(amount: Floats, enough: float) -> Floats:
    """1 - exp(-amount / enough): 0 for nothing, 0.63 for enough, towards 1 for more; NaN stays NaN."""
    return 1.0 - np.exp(-amount / enough)


def fewness(number: Ints, honest: int) -> Floats:
    """By what the things that a profile names are multiplied, so that naming all there are gains nothing: 1 for
    at most `honest` of them, less the more it names, 0 from INCREDIBLE times as many on; `number` has shape
    (candidates,).

    >>> fewness(np.array([1, 2, 3, 0]), 1)
    array([1. , 0.5, 0. , 1. ])
    """
    share: Floats = np.where(number < INCREDIBLE * honest, np.minimum(honest / np.maximum(number, 1), 1.0), 0.0)
    return share
