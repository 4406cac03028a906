"""Which passages of each eligible coach are nearest to what is asked, or show most of an area: exact, over all."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.matching.columns import ints, starts, stretches
from matcher.matching.copies import NO_PLACES, Copies
from matcher.matching.embedding import Vectors
from matcher.matching.evidence import NO_PASSAGE, Evidence, evidence
from matcher.matching.index import CoachIndex, Floats, Ints
from matcher.matching.thread_team import team
from matcher.matching.vector_form import Kept

_TOGETHER = 50_000
"""Passages that are compared together, so that what is made of them stays in the processor's cache."""

_MANY = 150
"""Of more coaches than these who have equally many passages the passages are copied a coach at a time, which gains more
than it takes to compare them apart from others."""

_MOST_SORTED = 2**15 - 1
"""Coaches with as many passages as this, or more, are not compared apart."""


@dataclass(frozen=True)
class Nearest:
    """For each coach and query the likeness of the coach's nearest passage, shape (coaches, queries); NaN for a coach
    without passages."""

    index: CoachIndex
    rows: Ints
    queries: Vectors
    similarity: Floats
    copied: Ints
    """Where the passages stand that repeat the queries' words: they are near to nothing, and show nothing."""

    def places(self, coach: int) -> Ints:
        """Where the nearest passage of one of the coaches to each query (the first of equals) stands among all
        passages; NO_PASSAGE for a coach without any. Shape (queries,)."""
        if coach not in self._places:
            self._places[coach] = self._found(coach)
        return self._places[coach]

    def some(self, coaches: Ints) -> "Nearest":
        """The same of those of the coaches alone."""
        return replace(self, rows=self.rows[coaches], similarity=self.similarity[coaches])

    @cached_property
    def _places(self) -> dict[int, Ints]:
        # Of the few coaches who are told of; each is asked for with every reason.
        return {}

    def _found(self, coach: int) -> Ints:
        places = self.index.columns.spans.places(self.rows[coach : coach + 1])
        if not len(places):
            return np.full(len(self.queries), NO_PASSAGE)
        store = self.index.store
        products = store.form.products(store.column("vector", places), self.queries).whole.copy()
        products[:, np.isin(places, self.copied)] = 0
        nearest: Ints = places[products.argmax(axis=1)]
        return nearest


def nearest(index: CoachIndex, rows: Ints, queries: Vectors, copied: Copies) -> Nearest:
    """How near the passages of those rows are to each query, but for those that are `copied`."""
    similarity = _similarity(index, rows, queries)
    if len(copied.owner):
        again = np.unique(copied.owner)
        similarity[again] = _similarity(index, rows[again], queries, but=copied.places)
    return Nearest(index, rows, queries, similarity, copied.places)


def _similarity(index: CoachIndex, rows: Ints, queries: Vectors, but: Ints = NO_PLACES) -> Floats:
    """As `Nearest` has it, as if the passages at the places `but` were near to nothing; worked out by all cores that
    are idle."""
    spans, compare = index.columns.spans, index.store.form.comparing(queries)
    begin, counts = spans.start[rows], spans.count[rows]
    similarity = np.full((len(rows), len(queries)), np.nan)

    def compare_block(block: Ints) -> None:
        vectors = _vectors(index, begin[block], counts[block])
        products = compare(vectors)
        if len(but):
            products.whole[:, np.isin(stretches(begin[block], counts[block]), but)] = 0
        similarity[block] = (_most(products.whole, counts[block]) * products.unit).T

    team().each(compare_block, _blocks(counts))
    return similarity


def _vectors(index: CoachIndex, begin: Ints, counts: Ints) -> Kept:
    """The vectors of the passages of some coaches, coach after coach."""
    if (counts == counts[0]).all():
        return index.store.stretches("vector", begin, int(counts[0]))
    return index.store.column("vector", stretches(begin, counts))


def _blocks(counts: Ints) -> list[Ints]:
    """The places of the coaches who are compared together, all of whom have passages; more than _MANY of whom each has
    as many stand by themselves."""
    of_each = np.bincount(counts, minlength=1)
    apart = of_each > _MANY
    apart[0] = False
    apart[_MOST_SORTED:] = False
    groups = [np.flatnonzero((counts > 0) & ~apart.take(counts))]
    if apart.any():
        # Numbers of 16 bits are sorted several times as fast.
        order = np.argsort(np.minimum(counts, _MOST_SORTED).astype(np.int16), kind="stable")
        ends = np.cumsum(of_each)
        groups.extend(order[ends[same] - of_each[same] : ends[same]] for same in np.flatnonzero(apart))
    return [block for group in groups for block in _cut(group, counts[group])]


def _cut(coaches: Ints, counts: Ints) -> Iterator[Ints]:
    """Those coaches in turn, so many at a time that they have at most _TOGETHER passages; or one who has more."""
    ends = np.cumsum(counts)
    start = 0
    while start < len(coaches):
        before = ends[start - 1] if start else 0
        end = max(int(np.searchsorted(ends, before + _TOGETHER, side="right")), start + 1)
        yield coaches[start:end]
        start = end


def _most(whole: NDArray[Any], counts: Ints) -> NDArray[Any]:
    """The greatest product of each query with a passage of each coach, of which `counts` stand coach after coach, one
    at least; shape (queries, coaches)."""
    most: NDArray[Any] = np.maximum.reduceat(whole, starts(counts), axis=1)
    return most


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
        # As those of what is nearest.
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
