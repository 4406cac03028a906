"""Reads lines of a form, such as "mon 09:00-12:30", as the windows of a week."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from matcher.errors import Problem
from matcher.intake.wording import pointer_to

WEEKLY = "availability.weekly"

_WINDOW = re.compile(r"(\w+)\s+([\d:]+)\s*[-–]\s*([\d:]+)")
_POINTER = re.compile(r"/availability/weekly/(\d+)")


@dataclass(frozen=True)
class Weekly:
    """The windows that could be read, each with its place among the lines sent, and what is wrong with the others."""

    windows: list[dict[str, str]]
    places: Sequence[int]
    problems: list[Problem]

    def placed(self, problem: Problem) -> Problem:
        """The problem with a window's place among the lines sent, rather than among those read."""
        pointer = _POINTER.sub(
            lambda found: pointer_to("availability", "weekly", self.places[int(found[1])]), problem.pointer
        )
        return Problem(pointer, problem.detail)


def weekly_from(values: Sequence[str]) -> Weekly:
    """The windows in values of one line or several; blank lines count as places and hold none."""
    lines = [line for value in values for line in value.splitlines() or [""]]
    read = {place: _window(line) for place, line in enumerate(lines) if line.strip()}
    problems = [
        Problem(pointer_to("availability", "weekly", place), 'must be a day and two times, such as "mon 09:00-12:30"')
        for place, window in read.items()
        if window is None
    ]
    known = {place: window for place, window in read.items() if window is not None}
    return Weekly(list(known.values()), list(known), problems)


def _window(text: str) -> dict[str, str] | None:
    parts = _WINDOW.fullmatch(text.strip())
    if parts is None:
        return None
    day, start, end = parts.groups()
    return {"day": day.lower(), "from": start.zfill(5), "to": end.zfill(5)}
