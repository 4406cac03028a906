"""What stands in the form of a coach: what was typed, and what is wrong with it, field by field."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from matcher.domain import Coach, vocabulary
from matcher.errors import Problem
from matcher.intake import coach_from_form
from matcher.intake.coach_form import ROWS, entries_sent
from matcher.texts import Phrase
from matcher.web.choices import title
from matcher.web.forms import Message, message
from matcher.web.language import gettext, said
from matcher.web.need_form import first
from matcher.web.week_grid import day_names

Sent = Mapping[str, Sequence[str]]
"""The fields of a form, each with all its values."""

LABELS = {
    "id": Phrase("Id"),
    "name": Phrase("Name"),
    "headline": Phrase("Headline"),
    "bio": Phrase("Background"),
    "approach": Phrase("Approach"),
    "focus_areas": Phrase("Focus areas"),
    "styles": Phrase("Styles"),
    "methods": Phrase("Methods"),
    "experience.levels_coached": Phrase("Levels coached"),
    "industries": Phrase("Industries"),
    "experience.coaching_years": Phrase("Years of coaching"),
    "experience.coaching_hours": Phrase("Hours of coaching"),
    "experience.leadership_years": Phrase("Years of leading people"),
    "experience.roles_held": Phrase("Roles held"),
    "supervision": Phrase("Supervision"),
    "languages": Phrase("Languages"),
    "modalities": Phrase("Ways to meet"),
    "locations": Phrase("Cities"),
    "country": Phrase("Country"),
    "timezone": Phrase("Time zone"),
    "fees.amount": Phrase("Fee"),
    "fees.currency": Phrase("Currency"),
    "fees.per": Phrase("Per"),
    "fees.minutes": Phrase("Minutes per session"),
    "vat_rate": Phrase("VAT in per cent"),
    "terms.expenses": Phrase("Expenses"),
    "terms.cancellation": Phrase("Cancellation"),
    "conflicts": Phrase("May not work for"),
    "supplier.legal_name": Phrase("Legal name"),
    "supplier.tax_id": Phrase("Tax id"),
    "supplier.contract.number": Phrase("Framework contract"),
    "supplier.contract.valid_from": Phrase("Contract valid from"),
    "supplier.contract.valid_until": Phrase("Contract valid until"),
    "availability.capacity": Phrase("Places free"),
    "availability.accepting_from": Phrase("Free from"),
}
"""What each field is called that is there once, in the order of the page."""

_PARTS = {
    "title": Phrase("title"),
    "valid_until": Phrase("valid until"),
    "verified": Phrase("checked"),
    "rating": Phrase("rating"),
    "date": Phrase("date"),
    "industry": Phrase("industry"),
    "text": Phrase("text"),
}
_ENTRY = {
    "credentials": Phrase("Credential %(number)s, %(part)s"),
    "references": Phrase("Reference %(number)s, %(part)s"),
}
_FEWEST_SPANS = 2
_MOST_SPANS = 100
_SAID_OF_TIMES = {
    "must be a day and two times": Phrase("needs both a start and an end"),
    "must be later than from": Phrase("must be later than the start; a span over midnight is two, one on each day"),
}
_INSTEAD = {"/fees": "fees.amount", "/availability": "availability.capacity"}
"""The field that stands for a part of a profile that is missing as a whole."""


@dataclass(frozen=True)
class CoachForm:
    """A form as it is shown; `general` are problems that belong to no single field.

    `more` names the list, or "times", that has been given one more blank entry.
    """

    sent: Sent = field(default_factory=dict)
    messages: Mapping[str, Message] = field(default_factory=dict)
    general: tuple[str, ...] = ()
    more: str = ""

    def value(self, name: str) -> str:
        """What stands in a field; "" when nothing does."""
        return first(self.sent, name)

    def chosen(self, name: str, value: str) -> bool:
        """Whether that value of a field is chosen; "" is, when no other is."""
        return value in (self.sent.get(name) or [""])

    def label(self, name: str) -> str:
        """What a field is called."""
        return said(labels(self.sent).get(name) or _entry_label(name))

    def entries(self, name: str) -> range:
        """The numbers of the entries that a list is shown with, at least one of them blank."""
        sent = entries_sent(self.sent, name)
        filled = any(self.value(f"{name}.{sent - 1}.{part}").strip() for part in ROWS[name]) if sent else True
        return range(sent + (filled or self.more == name))

    @property
    def spans(self) -> range:
        """The numbers of the spans that each day is shown with."""
        return range(1, spans(self.sent) + 1 + (self.more == "times"))


def spans(sent: Sent) -> int:
    """How many spans a day has in a form that was sent; two where none was."""
    numbers = [parts[2] for parts in (name.split(".") for name in sent) if len(parts) == 4 and parts[0] == "times"]
    sent_numbers = (int(number) for number in numbers if number.isascii() and number.isdigit() and len(number) < 4)
    return min(max([_FEWEST_SPANS, *sent_numbers]), _MOST_SPANS)


def labels(sent: Sent) -> dict[str, str]:
    """What each field of a form is called, in the order of the page."""
    named: dict[str, str] = dict(LABELS)
    for name, parts in ROWS.items():
        fields = [f"{name}.{number}.{part}" for number in range(entries_sent(sent, name) + 1) for part in parts]
        named |= {field_name: _entry_label(field_name) for field_name in fields}
    for day, number in _slots(sent):
        for part, end in (("from", gettext("start")), ("to", gettext("end"))):
            named[f"times.{day}.{number}.{part}"] = gettext(
                "%(day)s, span %(number)s, %(end)s", day=day_names()[day], number=number, end=end
            )
    return named


def _entry_label(name: str) -> str:
    of, number, part = name.split(".")
    return gettext(_ENTRY[of].message, number=int(number) + 1, part=said(_PARTS[part]))


def _slots(sent: Sent) -> list[tuple[str, int]]:
    return [(day, number) for day in vocabulary.DAYS for number in range(1, spans(sent) + 1)]


def read_coach(sent: Sent) -> Coach:
    """The profile that was typed. Raises InvalidInput with every problem, by its place in the profile."""
    # Every span has its line, blank or not, so that the place of a problem names the span.
    return coach_from_form({**sent, "availability.weekly": [_line(sent, *slot) for slot in _slots(sent)]})


def _line(sent: Sent, day: str, number: int) -> str:
    start, end = ("".join(first(sent, f"times.{day}.{number}.{part}").split()) for part in ("from", "to"))
    if not start and not end:
        return ""
    # A clock in a browser cannot show 24:00; a span that ends at 00:00 ends at midnight.
    return f"{day} {start}-{'24:00' if end == '00:00' else end}"


def with_problems(sent: Sent, problems: Sequence[Problem]) -> CoachForm:
    """The form as it was typed, with a message for every problem."""
    placed: dict[str, str] = {}
    for problem in problems:
        placed.setdefault(_field(problem.pointer, sent), problem.detail)
    named = labels(sent)
    messages = {name: _message(name, named[name], placed[name]) for name in named if name in placed}
    general = tuple(
        gettext("The profile %(detail)s.", detail=said(detail)) for name, detail in placed.items() if name not in named
    )
    return CoachForm(sent, messages, general)


def _field(pointer: str, sent: Sent) -> str:
    if pointer in _INSTEAD:
        return _INSTEAD[pointer]
    match pointer.split("/")[1:]:
        case ["availability", "weekly", place, *part]:
            day, number = _slots(sent)[int(place)]
            return f"times.{day}.{number}.{'to' if part == ['to'] else 'from'}"
        case [name, number, *part] if name in ROWS:
            stands_in = {"body": "title", "level": "title"}
            inner = part[0] if part else ROWS[name][0]
            return f"{name}.{number}.{stands_in.get(inner, inner)}"
        case steps:
            return ".".join(step for step in steps if not step.isdigit())


def _message(name: str, label: str, detail: str) -> Message:
    if name.startswith("times."):
        detail = next((said for start, said in _SAID_OF_TIMES.items() if detail.startswith(start)), detail)
    return message(name, label, detail)


def filled_with(coach: Coach) -> CoachForm:
    """The form from which `read_coach` reads that profile again."""
    document = coach.model_dump(mode="json", by_alias=True, exclude_none=True)
    windows = document["availability"].pop("weekly")
    entries = {name: document.pop(name) for name in ROWS}
    sent = dict(_flat(document)) | dict(_times(windows))
    for held in entries["credentials"]:
        held["title"] = f"{held.pop('body')} {held.pop('level')}"
    for name, found in entries.items():
        for number, entry in enumerate(found):
            for part, value in entry.items():
                if value is not False:
                    sent[f"{name}.{number}.{part}"] = [_typed(value)]
    return CoachForm(sent)


def _flat(document: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    for name, value in document.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, [_typed(item) for item in (value if isinstance(value, list) else [value])]


def _typed(value: object) -> str:
    """A value as a person types it: whole numbers without decimals."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "true" if value is True else str(value)


def _times(windows: Sequence[Mapping[str, str]]) -> Iterator[tuple[str, list[str]]]:
    numbers = dict.fromkeys(vocabulary.DAYS, 0)
    for window in windows:
        day = window["day"]
        numbers[day] += 1
        yield f"times.{day}.{numbers[day]}.from", [window["from"]]
        yield f"times.{day}.{numbers[day]}.to", ["00:00" if window["to"] == "24:00" else window["to"]]


@dataclass(frozen=True)
class Difference:
    """A field in which two versions differ, with what each says."""

    field: str
    label: str
    theirs: str
    yours: str


def differences(theirs: Coach | None, yours: Coach) -> tuple[Difference, ...]:
    """Where two versions of a profile differ, in the order of the page; against none, wherever one says something."""
    other, own = (filled_with(coach).sent if coach else {} for coach in (theirs, yours))
    named = labels({**other, **own})
    return tuple(
        Difference(name, said(label), _told(name, other), _told(name, own))
        for name, label in named.items()
        if list(other.get(name, ())) != list(own.get(name, ()))
    )


def _told(name: str, sent: Sent) -> str:
    values = sent.get(name, ())
    codes = name in ("focus_areas", "styles", "industries", "modalities", "experience.levels_coached")
    return gettext("yes") if list(values) == ["true"] else "; ".join(map(title, values) if codes else values)
