"""Reads the fields of an HTML form as a need."""

from collections.abc import Iterable, Mapping, Sequence

from matcher.domain import Need, vocabulary
from matcher.errors import InvalidInput
from matcher.intake.records import parse
from matcher.intake.shape import Shape, nested, shape_of
from matcher.intake.weekly import WEEKLY, weekly_from

IMPORTANCE = "importance."
STYLE = "style."
LEVEL = "level"

DROPPED = "dropped"
"""Chosen for an area, a style or a level that the text seems to tell of, and that is not meant."""


def plain(values: Iterable[str]) -> list[str]:
    """The values that are not blank, without spaces around them."""
    # Browsers send line ends as two characters and count them as one.
    return [value.strip().replace("\r\n", "\n") for value in values if value.strip()]


def _goals(fields: Mapping[str, Sequence[str]]) -> list[dict[str, str]]:
    return [{"area": area, "importance": value} for area, value in stated_goals(fields).items()]


def stated_goals(fields: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The importance typed for each area that is a goal, in the order of the vocabulary; it may be wrong."""
    typed = {area: plain(fields.get(IMPORTANCE + area, ())) for area in vocabulary.FOCUS_AREAS}
    return {area: values[0] for area, values in typed.items() if values and values[0] != DROPPED}


def passed_over(fields: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """The areas and styles that are dropped in the fields of a form."""
    names = {IMPORTANCE + area: area for area in vocabulary.FOCUS_AREAS}
    names |= {STYLE + style: style for style in vocabulary.STYLES}
    return frozenset(code for name, code in names.items() if DROPPED in fields.get(name, ()))


def _styles(fields: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The styles that are wished for one by one, after those that are named in lists."""
    return {
        f"styles.{wish}": [
            *plain(fields.get(f"styles.{wish}", ())),
            *(style for style in vocabulary.STYLES if wish in fields.get(STYLE + style, ())),
        ]
        for wish in ("preferred", "avoid")
    }


def _values(fields: Mapping[str, Sequence[str]], columns: Iterable[tuple[str, Shape]]) -> dict[str, object]:
    sent = ((name, shape, plain(fields.get(name, ()))) for name, shape in columns)
    stated: dict[str, object] = {name: values if shape.many else values[0] for name, shape, values in sent if values}
    if "budget.per_session" not in stated and "budget.total" not in stated:
        stated.pop("budget.currency", None)  # A list to choose from always sends one.
    return stated


def need_from_form(fields: Mapping[str, Sequence[str]]) -> Need:
    """The need in the fields of a form, each with all its values; other fields than these are ignored.

    Names are dotted (`budget.per_session`); a list is a name with several values. `importance.AREA` is 1 to 3, or
    empty or "dropped" for an area that is no goal; goals stand in the order of the vocabulary. `style.STYLE` is
    "preferred" or "avoid", or anything else for a style that is not wished for; a `level` that is "dropped" is not
    stated. Each line of `availability.weekly` is a window such as "mon 09:00-12:30", and a problem with one points to
    its place among the lines sent, blank ones counted.
    Raises InvalidInput with every problem, by its place in the need.
    """
    week = weekly_from(fields.get(WEEKLY, ()))
    stated = {**fields, LEVEL: [value for value in fields.get(LEVEL, ()) if value != DROPPED]}
    values = _values(stated, shape_of(Need).columns())
    document = nested(values | _styles(fields) | {"focus_areas": _goals(fields), WEEKLY: week.windows})
    try:
        need = parse(Need, document, text=True).value
    except InvalidInput as error:
        raise InvalidInput([*week.problems, *map(week.placed, error.problems)]) from None
    if week.problems:
        raise InvalidInput(week.problems)
    return need
