"""Reads the fields of an HTML form as a need."""

import re
from collections.abc import Iterable, Mapping, Sequence

from matcher.domain import Need, vocabulary
from matcher.errors import InvalidInput, Problem
from matcher.intake.records import parse
from matcher.intake.shape import Shape, nested, shape_of
from matcher.intake.wording import pointer_to

WEEKLY = "availability.weekly"
IMPORTANCE = "importance."

_WINDOW = re.compile(r"(\w+)\s+([\d:]+)\s*[-–]\s*([\d:]+)")
_WINDOW_POINTER = re.compile(r"/availability/weekly/(\d+)")


def _plain(values: Iterable[str]) -> list[str]:
    # Browsers send line ends as two characters and count them as one.
    return [value.strip().replace("\r\n", "\n") for value in values if value.strip()]


def _goals(fields: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    stated = {area: _plain(fields.get(IMPORTANCE + area, ())) for area in vocabulary.FOCUS_AREAS}
    return [{"area": area, "importance": values[0]} for area, values in stated.items() if values]


def _window(text: str) -> dict[str, str] | None:
    parts = _WINDOW.fullmatch(text.strip())
    if parts is None:
        return None
    day, start, end = parts.groups()
    return {"day": day.lower(), "from": start.zfill(5), "to": end.zfill(5)}


def _placed(problem: Problem, places: Sequence[int]) -> Problem:
    """The problem with a window's place among those sent, rather than among those read."""
    pointer = _WINDOW_POINTER.sub(
        lambda found: pointer_to("availability", "weekly", places[int(found[1])]), problem.pointer
    )
    return Problem(pointer, problem.detail)


def _values(fields: Mapping[str, Sequence[str]], columns: Iterable[tuple[str, Shape]]) -> dict[str, object]:
    sent = ((name, shape, _plain(fields.get(name, ()))) for name, shape in columns)
    stated: dict[str, object] = {name: values if shape.many else values[0] for name, shape, values in sent if values}
    if "budget.per_session" not in stated:
        stated.pop("budget.currency", None)  # A list to choose from always sends one.
    return stated


def need_from_form(fields: Mapping[str, Sequence[str]]) -> Need:
    """The need in the fields of a form, each with all its values; other fields than these are ignored.

    Names are dotted (`budget.per_session`); a list is a name with several values. `importance.AREA` is 1 to 3, or
    empty for an area that is no goal; goals stand in the order of the vocabulary. Each line of
    `availability.weekly` is a window such as "mon 09:00-12:30", and a problem with one points to its place among the
    lines sent, blank ones counted.
    Raises InvalidInput with every problem, by its place in the need.
    """
    lines = [line for value in fields.get(WEEKLY, ()) for line in value.splitlines() or [""]]
    windows = {place: _window(line) for place, line in enumerate(lines) if line.strip()}
    places = [place for place, window in windows.items() if window]
    problems = [
        Problem(pointer_to("availability", "weekly", place), 'must be a day and two times, such as "mon 09:00-12:30"')
        for place, window in windows.items()
        if window is None
    ]
    values = _values(fields, shape_of(Need).columns())
    document = nested(values | {"focus_areas": _goals(fields), WEEKLY: [windows[place] for place in places]})
    try:
        need = parse(Need, document, text=True).value
    except InvalidInput as error:
        raise InvalidInput(problems + [_placed(problem, places) for problem in error.problems]) from None
    if problems:
        raise InvalidInput(problems)
    return need
