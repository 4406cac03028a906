"""For how long the weekly windows of coaches and of a need overlap in one real week.

Both sides are placed on dates and converted to UTC with the offsets of those dates, so a week in
which the clocks change is treated like any other.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from matcher.domain import Need, Window, minute_of_day
from matcher.matching.columns import of_each
from matcher.matching.index import TIMEZONES, Bools, CoachIndex, DistinctWindows, Ints

_DAY = timedelta(days=1)
_MINUTES_A_DAY = 1440
_WEEK_DAYS = 7
_TUESDAY, _SATURDAY = 1, 5
_WEEKS = 3
_DATES = _WEEKS * _WEEK_DAYS
"""The week and the two beside it."""


def _offset(zone: ZoneInfo, day: date, minute: int) -> int:
    """Seconds that local time is ahead of UTC at that minute of that date (the earlier of two, fold 0)."""
    local = datetime.combine(day, time(), zone) + timedelta(minutes=minute)
    return (local.replace(tzinfo=UTC) - local) // timedelta(seconds=1)


@lru_cache(maxsize=4096)
def _offsets(zone_name: str, first: date) -> NDArray[np.int64]:
    """A zone's offsets on the dates from `first`; shape (3, _DATES).

    The rows are the offset at 00:00 in seconds, the minute from which that at 24:00 holds (1440 when
    they are equal), and that at 24:00. No zone has changed its offset twice within a date.
    """
    zone = ZoneInfo(zone_name)
    dates = [first + place * _DAY for place in range(_DATES)]
    before = [_offset(zone, day, 0) for day in dates]
    after = [*before[1:], _offset(zone, dates[-1], _MINUTES_A_DAY)]
    steps = [
        _MINUTES_A_DAY if old == new else _first_minute_off(zone, day, old)
        for day, old, new in zip(dates, before, after, strict=True)
    ]
    return np.array([before, steps, after], np.int64)


def _first_minute_off(zone: ZoneInfo, day: date, offset: int) -> int:
    return bisect_left(range(_MINUTES_A_DAY), True, key=lambda minute: _offset(zone, day, minute) != offset)


def _instants(offsets: NDArray[np.int64], zone: Ints, day: Ints, minute: Ints) -> Ints:
    """Seconds of elapsed time from 00:00 UTC of the first date to those local times.

    `offsets` has shape (3, zones, _DATES); the other arguments have one shape, which is the result's.
    24:00 is 00:00 of the next date, whose offset is the last row's.
    """
    place = zone * _DATES + day
    before, step, after = (row.ravel()[place] for row in offsets)
    seconds: Ints = (day * _MINUTES_A_DAY + minute) * 60 - np.where(minute < step, before, after)
    return seconds


def _reaching(weekday: Ints) -> Iterator[tuple[int, Ints]]:
    """For each of the weeks, the places of the windows that can reach into the middle one.

    Clocks of the world are at most 26 hours apart, so of the week before only Saturday and Sunday
    can, and of the week after only Monday and Tuesday.
    """
    for week, reaches in enumerate((weekday >= _SATURDAY, weekday >= 0, weekday <= _TUESDAY)):
        yield week, np.flatnonzero(reaches)


def _need_spans(windows: Sequence[Window], zone_name: str, first: date) -> frozenset[tuple[int, int]]:
    """When the need's windows begin and end in the middle week."""
    offsets = _offsets(zone_name, first)[:, np.newaxis]
    zone = np.zeros(len(windows), np.int64)
    day = np.array([_WEEK_DAYS + window.weekday for window in windows])
    starts = _instants(offsets, zone, day, np.array([minute_of_day(window.start) for window in windows]))
    ends = _instants(offsets, zone, day, np.array([minute_of_day(window.end) for window in windows]))
    return frozenset(zip(starts.tolist(), ends.tolist(), strict=True))


@lru_cache(maxsize=4)
def _overlap_of_windows(windows: DistinctWindows, first: date, spans: frozenset[tuple[int, int]]) -> Ints:
    """Seconds for which each window overlaps with some span, 0 when with none; shape (windows,).

    Asked more than once a need: for the requirement, for the room that the timetables leave, and while terms change.
    """
    present, zone = np.unique(windows.timezone, return_inverse=True)
    offsets = np.stack([_offsets(TIMEZONES[place], first) for place in present], axis=1)
    longest = np.zeros(len(windows.weekday), np.int64)
    for week, places in _reaching(windows.weekday):
        zones, day = zone[places], windows.weekday[places] + week * _WEEK_DAYS
        starts = _instants(offsets, zones, day, windows.start[places])
        ends = _instants(offsets, zones, day, windows.end[places])
        for start, end in spans:
            overlap = np.minimum(ends, end) - np.maximum(starts, start)
            longest[places] = np.maximum(longest[places], overlap)
    longest.setflags(write=False)
    return longest


def window_overlaps(index: CoachIndex, need: Need, start_by: date) -> Ints:
    """Seconds for which each distinct window overlaps with one of the need, in the week of `start_by`."""
    windows, (known, _) = need.availability.weekly, index.distinct_windows
    if not windows or need.timezone is None or not len(known.weekday):
        return np.zeros(len(known.weekday), np.int64)
    first = start_by - timedelta(days=start_by.weekday() + _WEEK_DAYS)
    return _overlap_of_windows(known, first, _need_spans(windows, need.timezone, first))


def overlaps_for(index: CoachIndex, need: Need, start_by: date, seconds: int) -> Bools:
    """Whether some window of each coach overlaps with one of the need for that long, which is not 0; shape (coaches,).

    As `longest_overlap` says, of all coaches and in a fraction of its time.
    """
    long_enough = window_overlaps(index, need, start_by) >= seconds
    return index.columns.windows.any_by_row(long_enough.take(index.distinct_windows[1]))


def longest_overlap(index: CoachIndex, need: Need, start_by: date, rows: Ints) -> Ints:
    """Seconds for which some window of each of those coaches overlaps with one of the need; shape (rows,).

    In the week, Monday to Sunday, of `start_by`. 0 where no two windows overlap, so also for a coach
    without windows and for a need without windows or without a time zone.
    """
    windows = index.columns.windows
    overlaps = window_overlaps(index, need, start_by)[index.distinct_windows[1][windows.places(rows)]]
    return of_each(np.maximum, overlaps, windows.counts[rows])


def total_overlap(index: CoachIndex, need: Need, start_by: date, rows: Ints) -> Ints:
    """Seconds that the windows of the coaches of those rows overlap with the need's, one after another; shape (rows,).

    In the week of `start_by`, each window of the coach with the window of the need that it shares most
    time with. 0 where `longest_overlap` is.
    """
    windows = index.columns.windows
    overlaps = window_overlaps(index, need, start_by)[index.distinct_windows[1][windows.places(rows)]]
    return of_each(np.add, overlaps, windows.counts[rows])
