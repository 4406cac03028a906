"""Reads the fields of an HTML form as a profile."""

from collections.abc import Mapping, Sequence
from typing import Any

from matcher.domain import Coach
from matcher.errors import InvalidInput, Problem
from matcher.intake.form import plain
from matcher.intake.records import parse
from matcher.intake.shape import nested, shape_of
from matcher.intake.weekly import WEEKLY, weekly_from
from matcher.intake.wording import pointer_to

ROWS: Mapping[str, tuple[str, ...]] = {
    "credentials": ("title", "valid_until", "verified"),
    "references": ("rating", "date", "industry", "verified", "text"),
}
"""The lists of a form whose entries have fields of their own, such as `credentials.0.title`."""

REMOVED = "removed"
"""The field that says of an entry that it is to be left out."""

_TEXTS = frozenset(("bio", "approach", "text"))

Sent = Mapping[str, Sequence[str]]


def coach_from_form(fields: Sent) -> Coach:
    """The profile in the fields of a form, each with all its values; other fields than these are ignored.

    Names are dotted (`fees.amount`). A list is a name with several values, or one with several lines. The entries of
    `ROWS` are numbered; a credential's `title` is its body and level ("ICF PCC"), and blank entries, and those with
    a field `removed`, are left out. Each line of `availability.weekly` is a window, as in the form of a need.
    Raises InvalidInput with every problem; places in lists are those among the entries, and lines, that were sent.
    """
    week = weekly_from(fields.get(WEEKLY, ()))
    rows = {name: _rows(fields, name) for name in ROWS}
    values: dict[str, object] = {}
    for name, shape in shape_of(Coach).columns():
        sent = fields.get(name, ())
        if name == WEEKLY or name in ROWS:
            continue
        if shape.many:
            values[name] = plain(line for value in sent for line in value.splitlines())
        elif sent:
            values[name] = _text(name, sent[0])
    document = nested(values | {WEEKLY: week.windows} | {name: list(found.values()) for name, found in rows.items()})
    try:
        coach = parse(Coach, document, text=True).value
    except InvalidInput as error:
        placed = [_placed(week.placed(problem), rows) for problem in error.problems]
        raise InvalidInput([*week.problems, *placed]) from None
    if week.problems:
        raise InvalidInput(week.problems)
    return coach


def entries_sent(fields: Sent, name: str) -> int:
    """How many entries of a list were sent, blank and removed ones among them."""
    numbers = [int(parts[1]) for parts in (field.split(".") for field in fields) if _is_entry(parts, name)]
    return max(numbers, default=-1) + 1


def _is_entry(parts: Sequence[str], name: str) -> bool:
    # No list has more entries than a few hundred, and no more are looked for.
    return len(parts) == 3 and parts[0] == name and parts[1].isascii() and parts[1].isdigit() and len(parts[1]) < 4


def _rows(fields: Sent, name: str) -> dict[int, dict[str, Any]]:
    found = {}
    for number in range(entries_sent(fields, name)):
        sent = {part: fields.get(f"{name}.{number}.{part}", [""])[0] for part in ROWS[name]}
        if any(value.strip() for value in sent.values()) and not fields.get(f"{name}.{number}.{REMOVED}"):
            found[number] = {part: _text(part, value) for part, value in sent.items()}
    for entry in found.values():
        if "title" in entry:
            # A level may have a space, a body has none.
            entry["body"], _, entry["level"] = entry.pop("title").partition(" ")
    return found


def _text(name: str, value: str) -> str:
    # Browsers send line ends as two characters and count them as one.
    lines = value.replace("\r\n", "\n")
    return lines if name in _TEXTS else lines.strip()


def _placed(problem: Problem, rows: Mapping[str, Mapping[int, object]]) -> Problem:
    match problem.pointer.split("/")[1:]:
        case [name, place, *rest] if name in rows:
            number = list(rows[name])[int(place)]
            return Problem(pointer_to(name, number, *rest), problem.detail)
        case _:
            return problem
