"""Reads the fields of an HTML form as a need."""

from collections.abc import Iterable, Mapping, Sequence

from matcher.domain import Need, vocabulary
from matcher.errors import InvalidInput
from matcher.intake.records import parse
from matcher.intake.shape import Shape, nested, shape_of
from matcher.intake.weekly import WEEKLY, weekly_from

IMPORTANCE = "importance."


def plain(values: Iterable[str]) -> list[str]:
    """The values that are not blank, without spaces around them."""
    # Browsers send line ends as two characters and count them as one.
    return [value.strip().replace("\r\n", "\n") for value in values if value.strip()]


def _goals(fields: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    stated = {area: plain(fields.get(IMPORTANCE + area, ())) for area in vocabulary.FOCUS_AREAS}
    return [{"area": area, "importance": values[0]} for area, values in stated.items() if values]


def _values(fields: Mapping[str, Sequence[str]], columns: Iterable[tuple[str, Shape]]) -> dict[str, object]:
    sent = ((name, shape, plain(fields.get(name, ()))) for name, shape in columns)
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
    week = weekly_from(fields.get(WEEKLY, ()))
    values = _values(fields, shape_of(Need).columns())
    document = nested(values | {"focus_areas": _goals(fields), WEEKLY: week.windows})
    try:
        need = parse(Need, document, text=True).value
    except InvalidInput as error:
        raise InvalidInput([*week.problems, *map(week.placed, error.problems)]) from None
    if week.problems:
        raise InvalidInput(week.problems)
    return need
