"""The week as a grid of hours that can be ticked, and the windows that such hours make."""

from collections.abc import Iterable, Iterator, Sequence

from matcher.domain import Window, vocabulary
from matcher.texts import Phrase
from matcher.web.language import gettext, locale, said

FIELD = "week"
"""The name of the field; each of its values is an hour of a day, such as "mon-09"."""

HOURS = tuple(range(7, 22))
"""The hours of a day that can be ticked, by when they begin."""

DAY_NAMES = {
    "mon": Phrase("Monday"),
    "tue": Phrase("Tuesday"),
    "wed": Phrase("Wednesday"),
    "thu": Phrase("Thursday"),
    "fri": Phrase("Friday"),
    "sat": Phrase("Saturday"),
    "sun": Phrase("Sunday"),
}

_EVENING, _NOON = 17, 12


def day_names() -> dict[str, str]:
    """What the days are called, in the language of the page."""
    return {day: said(name) for day, name in DAY_NAMES.items()}


def short_day_names() -> dict[str, str]:
    """What the days are called in two or three letters."""
    short = locale().days["format"]["abbreviated"]
    return {day: short[place].rstrip(".") for place, day in enumerate(vocabulary.DAYS)}


def lines(ticked: Iterable[str]) -> Iterator[str]:
    """A line such as "mon 09:00-12:00" for every stretch of hours that follow each other; what is no hour is no line.

    >>> list(lines(["mon-09", "mon-11", "mon-10", "tue-21", "sun-99", "whenever"]))
    ['mon 09:00-12:00', 'tue 21:00-22:00']
    """
    chosen = set(ticked)
    for day in vocabulary.DAYS:
        for start, end in _stretches([hour for hour in HOURS if _value(day, hour) in chosen]):
            yield f"{day} {start:02}:00-{end:02}:00"


def split(windows: Sequence[Window]) -> tuple[list[str], list[Window]]:
    """The hours that the windows tick, and those windows that are not made of such hours."""
    ticked: list[str] = []
    others: list[Window] = []
    for window in windows:
        hours = _hours(window)
        ticked += [_value(window.day, hour) for hour in hours]
        if not hours:
            others.append(window)
    return list(dict.fromkeys(ticked)), others


def in_short(windows: Sequence[Window]) -> str:
    """What windows have in common, in a word or two, to speak of them.

    >>> in_short([Window(day="mon", start="18:00", end="20:00"), Window(day="fri", start="17:00", end="22:00")])
    'evenings only'
    """
    if all(window.start >= f"{_EVENING}:00" for window in windows):
        return gettext("evenings only")
    if all(window.end <= f"{_NOON}:00" for window in windows):
        return gettext("mornings only")
    days = sorted({window.weekday for window in windows})
    if len(days) == 1:
        return gettext("%(day)s only", day=day_names()[vocabulary.DAYS[days[0]]])
    return gettext("the times in the week")


def _hours(window: Window) -> list[int]:
    """The hours that make up a window; none where it needs others than those of the grid."""
    (start, begins), (end, ends) = (clock.split(":") for clock in (window.start, window.end))
    hours = list(range(int(start), int(end)))
    return hours if begins == ends == "00" and set(hours) <= set(HOURS) else []


def _stretches(hours: Sequence[int]) -> Iterator[tuple[int, int]]:
    start = None
    for hour in hours:
        start = hour if start is None else start
        if hour + 1 not in hours:
            yield start, hour + 1
            start = None


def _value(day: str, hour: int) -> str:
    return f"{day}-{hour:02}"
