"""The read model over all coaches: their columns, the passages of their profiles, and how both follow changes."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np

from matcher.domain import vocabulary
from matcher.matching.areas import THEMES
from matcher.matching.coach_columns import CoachColumns, Profile, Spans, columns_of, folded, passages_of
from matcher.matching.columns import ints, of_each, read, read_all, starts
from matcher.matching.entry_columns import Credentials, References
from matcher.matching.fact_columns import (
    FROM_TODAY,
    MONEY_UNITS,
    TIMEZONES,
    UNLIMITED,
    Bools,
    Facts,
    Floats,
    Ints,
)
from matcher.matching.ids import Ids
from matcher.matching.passage_store import PassageStore, PassageTable
from matcher.matching.passages import Passage
from matcher.matching.shown_rows import ShownRows, worth_clearing
from matcher.matching.splicing import runs_of, spliced

__all__ = [
    "FORMAT",
    "FROM_TODAY",
    "MONEY_UNITS",
    "TIMEZONES",
    "UNLIMITED",
    "Bools",
    "CoachColumns",
    "CoachIndex",
    "Credentials",
    "DistinctWindows",
    "Facts",
    "Floats",
    "Ints",
    "Profile",
    "References",
    "Tariff",
    "folded",
]

Tariff = tuple[str, int]
"""The currency of a fee, and how many minutes it pays for."""

_OF_WINDOW = ("weekday", "start", "end")
_WEEKDAYS, _MINUTES_A_DAY = 7, 1440

FORMAT = 6
"""Raised when the meaning of a column changes; part of the version that an answer names."""


@dataclass(frozen=True, eq=False)
class DistinctWindows:
    """The windows that differ in time zone, day or time, of which there are few."""

    timezone: Ints
    weekday: Ints
    start: Ints
    end: Ints


@dataclass(frozen=True)
class CoachIndex:
    """All coaches as columns, in the order of their ids by code point; never changed, only replaced."""

    columns: CoachColumns
    store: PassageStore

    @classmethod
    def build(cls, profiles: Sequence[Profile]) -> Self:
        """An index of those profiles.

        Raises ValueError for a profile whose rows of themes are not as many as its passages.
        """
        if any(profile.themes.shape != (len(profile.cut), THEMES) for profile in profiles):
            raise ValueError("a profile must come with one row of themes for each of its passages")
        ordered = sorted(profiles, key=lambda profile: profile.coach.id)
        table = passages_of(ordered)
        return cls(columns_of(ordered, table), PassageStore((table,)))

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """The coaches of all parts, one at least, of which each id stands in one alone."""
        before = np.cumsum([0, *(len(part.store) for part in parts[:-1])])
        columns = CoachColumns.concatenate([further(*pair) for pair in zip(parts, before.tolist(), strict=True)])
        table = PassageTable.concatenate([table for part in parts for table in part.store.tables])
        whole = cls(columns, PassageStore((table,)))
        return cls(columns.take(ints(sorted(range(len(whole)), key=whole.ids.__getitem__))), whole.store)

    def changed(self, ids: Iterable[str], put: Self) -> Self:
        """The index in which the coaches of those ids are as in `put`, or are gone when they do not stand there."""
        gone, before = self.rows_of(ids).tolist(), [self.first_from(coach_id) for coach_id in put.ids]
        columns = spliced(self.columns, further(put, len(self.store)), [*runs_of(len(self), gone, before)])
        changed = type(self)(columns, self.store.followed_by(put.store))._without_replaced()
        if tuple(map(self.id_of, sorted(gone))) == put.ids:
            # Nobody came or went, and a million ids take a while to read.
            changed.__dict__["ids"] = self.ids
        return changed

    def _without_replaced(self) -> Self:
        """The same without passages that were added and replaced again, once these are most of those added; so a
        process in which profiles change for months takes no more memory for it."""
        spans, first = self.columns.spans, self.store.first_added
        added = np.flatnonzero(spans.start >= first)
        places = spans.places(added)
        gone = len(self.store) - first - len(places)
        if not worth_clearing(gone, len(places)):
            return self
        start = spans.start.copy()
        start[added] = first + starts(spans.count[added])
        return type(self)(replace(self.columns, spans=replace(spans, start=start)), self.store.keeping(places))

    def updated(self, changes: Mapping[str, Profile | None]) -> Self:
        """The index after those coaches were put (a profile) or deleted (None)."""
        put = [profile for profile in changes.values() if profile is not None]
        return self.changed(changes, type(self).build(put)) if changes else self

    def compacted(self) -> Self:
        """The same without the passages of profiles that are gone or were replaced."""
        # After a first start it is so already, and a copy would take as much memory again.
        return self if self._is_compact else self.between(0, len(self))

    @property
    def _is_compact(self) -> bool:
        spans = self.columns.spans
        in_order = len(self.store.tables) == 1 and np.array_equal(spans.start, starts(spans.count))
        return in_order and not self.passages_gone and self.columns.shown.is_gathered

    def between(self, first: int, end: int) -> Self:
        """The coaches of the rows from `first` to before `end` alone, with no other passages than theirs."""
        rows = np.arange(first, end)
        columns, places = self.columns.take(rows), self.columns.spans.places(rows)
        spans = Spans(starts(columns.spans.count), columns.spans.count)
        own = replace(columns, spans=spans, shown=ShownRows.of(columns.shown.gathered()))
        return type(self)(own, self.store.taken(places))

    def prepare(self) -> None:
        """Works out now what is else worked out and kept when it is first asked for; processes that are forked after
        it share that, where each would take the time and the memory."""
        for name in ("ids", "verified_references", "mean_rating", "sum_of_ratings", "distinct_windows", "tariffs"):
            getattr(self, name)
        _ = self.ids.written
        self.store.prepare()

    @property
    def passages_gone(self) -> int:
        """How many passages are of profiles that are gone or were replaced."""
        return len(self.store) - int(self.columns.spans.count.sum())

    @property
    def holds_gone(self) -> bool:
        """Whether something is still held of profiles that are gone or were replaced."""
        return self.passages_gone > 0 or self.columns.shown.gone > 0

    def __len__(self) -> int:
        """The number of coaches."""
        return len(self.columns.spans.count)

    def id_of(self, row: int) -> str:
        """The id of the coach of that row."""
        return read(self.columns.id, row)

    @cached_property
    def ids(self) -> Ids:
        """The ids of all coaches, row by row."""
        return Ids(read_all(self.columns.id))

    def row_of(self, coach_id: str) -> int | None:
        """The row of the coach with that id; None when there is none."""
        row = self.first_from(coach_id)
        return row if row < len(self) and self.id_of(row) == coach_id else None

    def rows_of(self, ids: Iterable[str]) -> Ints:
        """The rows of those of the ids that are there, in the order given."""
        return ints([row for coach_id in ids if (row := self.row_of(coach_id)) is not None])

    def first_from(self, coach_id: str) -> int:
        """The first row whose id does not come before that one; the number of coaches when all do."""
        return bisect_left(range(len(self)), coach_id, key=self.id_of)

    @property
    def facts(self) -> Facts:
        """One value a coach."""
        return self.columns.facts

    def passage(self, place: int) -> Passage:
        """The passage that stands at that place among all passages."""
        return self.store.passage(place)

    def passages_of(self, row: int) -> tuple[Passage, ...]:
        """The passages of the coach of that row, in the order of the profile."""
        return tuple(map(self.passage, self.columns.spans.places(ints([row])).tolist()))

    @cached_property
    def verified_references(self) -> Ints:
        """How many verified references each coach has; shape (coaches,)."""
        references = self.columns.references
        return of_each(np.add, references.entries.verified.astype(np.int64), references.counts)

    @cached_property
    def mean_rating(self) -> float | None:
        """The mean of all ratings of all coaches; None when nobody was rated."""
        ratings = self.columns.references.entries.rating
        return float(ratings.mean()) if len(ratings) else None

    @cached_property
    def sum_of_ratings(self) -> float:
        """All ratings of all coaches, added up."""
        return float(self.columns.references.entries.rating.sum())

    @cached_property
    def distinct_windows(self) -> tuple[DistinctWindows, Ints]:
        """The weekly windows of all coaches, each but once, and the place of each coach's own among them, shape
        (windows,)."""
        windows = self.columns.windows
        own = (np.repeat(self.facts.timezone, windows.counts), *(getattr(windows.entries, name) for name in _OF_WINDOW))
        sizes = (len(TIMEZONES), _WEEKDAYS, *(_MINUTES_A_DAY + 1,) * 2)
        # As one number each, which is much faster to tell apart than a row of four.
        distinct, place = np.unique(np.ravel_multi_index(own, sizes), return_inverse=True)
        timezone, weekday, start, end = np.unravel_index(distinct, sizes)
        return DistinctWindows(timezone, weekday, start, end), place

    @cached_property
    def tariffs(self) -> tuple[tuple[Tariff, ...], Ints]:
        """The distinct tariffs, and the place of each coach's among them, shape (coaches,)."""
        longest = int(self.facts.fee_minutes.max(initial=0)) + 1
        distinct, places = np.unique(self.facts.fee_currency * longest + self.facts.fee_minutes, return_inverse=True)
        known = [divmod(tariff, longest) for tariff in distinct.tolist()]
        return tuple((vocabulary.CURRENCIES[currency], minutes) for currency, minutes in known), places


def further(index: CoachIndex, before: int) -> CoachColumns:
    """The columns of an index whose passages stand after so many others."""
    spans = index.columns.spans
    return replace(index.columns, spans=replace(spans, start=spans.start + before))
