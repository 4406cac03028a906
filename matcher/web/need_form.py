"""What stands in the form of a need: what was typed, and what is wrong with it, field by field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from matcher.domain import Need, vocabulary
from matcher.errors import Problem
from matcher.intake import DROPPED, need_from_form, passed_over, stated_goals
from matcher.texts import Phrase
from matcher.web import week_grid
from matcher.web.choices import Choice, titled
from matcher.web.forms import Message, message
from matcher.web.language import gettext, said
from matcher.web.week_grid import DAY_NAMES

Sent = Mapping[str, Sequence[str]]
"""The fields of a form, each with all its values."""

SPANS = (1, 2)
"""How many spans of time a day has in the form, by number."""

_SLOTS = tuple((day, span) for day in vocabulary.DAYS for span in SPANS)

_SPAN_NAMES = {1: Phrase("%(day)s, first span, %(end)s").message, 2: Phrase("%(day)s, second span, %(end)s").message}

LABELS = {
    "summary": Phrase("Situation and wishes"),
    "outcome": Phrase("The result hoped for"),
    "role": Phrase("Role"),
    "organisation": Phrase("Organisation"),
    "level": Phrase("Level"),
    "industry": Phrase("Industry"),
    **{f"importance.{area}": Phrase("Goal “%(area)s”", area=titled(area)) for area in vocabulary.FOCUS_AREAS},
    **{f"style.{style}": Phrase("Style “%(style)s”", style=titled(style)) for style in vocabulary.STYLES},
    "languages": Phrase("Languages"),
    "modalities": Phrase("Ways to meet"),
    "location": Phrase("City"),
    "start_by": Phrase("Start by"),
    "budget.per_session": Phrase("Budget per session"),
    "budget.currency": Phrase("Currency"),
    "sessions.count": Phrase("Number of sessions"),
    "sessions.minutes": Phrase("Minutes per session"),
    "sessions.cadence": Phrase("Rhythm"),
    "budget.total": Phrase("Ceiling for all sessions"),
    week_grid.FIELD: Phrase("Times in the week"),
    "timezone": Phrase("Time zone"),
    **{
        f"times.{day}.{span}.{part}": Phrase(_SPAN_NAMES[span], day=DAY_NAMES[day], end=end)
        for day, span in _SLOTS
        for part, end in (("from", Phrase("start")), ("to", Phrase("end")))
    },
    "requirements.exclude_coaches": Phrase("Left out by name"),
    "requirements.min_credential_rank": Phrase("Credential"),
    "requirements.min_verified_references": Phrase("Verified references"),
    "requirements.framework_contract": Phrase("Framework contract"),
}
"""What each field is called, in the order of the page."""

_TOLD = ("summary", "outcome", "role", "importance.", "style.")
"""How the names of the fields begin that no requirement depends on."""

_SAID_OF_TIMES = {
    "must be a day and two times": Phrase("needs both a start and an end"),
    "must be later than from": Phrase("must be later than the start; a span over midnight is two, one on each day"),
}

_WHEN_BLANK = {
    "summary": Phrase("Describe the situation, or choose at least one goal."),
    "timezone": Phrase("Choose the time zone of the times given."),
}


@dataclass(frozen=True)
class NeedForm:
    """A form as it is shown; `general` are problems that belong to no single field."""

    sent: Sent = field(default_factory=dict)
    messages: Mapping[str, Message] = field(default_factory=dict)
    general: tuple[str, ...] = ()

    def value(self, name: str) -> str:
        """What stands in a field; "" when nothing does."""
        return first(self.sent, name)

    def chosen(self, name: str, value: str) -> bool:
        """Whether that value of a field is chosen; "" is, when no other is."""
        return value in (self.sent.get(name) or [""])

    def touched(self, *prefixes: str) -> bool:
        """Whether something was typed, or is wrong, in a field whose name begins so; what is dropped does not count."""
        typed = (name for name, values in self.sent.items() if _is_typed(values))
        return any(name.startswith(prefixes) for name in (*typed, *self.messages))

    @property
    def passed_over(self) -> frozenset[str]:
        """The areas and styles that are dropped."""
        return passed_over(self.sent)

    def goal_in(self, areas: Sequence[Choice]) -> bool:
        """Whether one of those areas is chosen, or wrong."""
        return self.touched(*(f"importance.{area.value}" for area in areas))

    def style_in(self, styles: Sequence[Choice]) -> bool:
        """Whether something is wished of one of those styles."""
        return self.touched(*(f"style.{style.value}" for style in styles))

    def label(self, name: str) -> str:
        """What a field is called."""
        return said(LABELS[name])


def _is_typed(values: Sequence[str]) -> bool:
    return any(value.strip() not in ("", DROPPED) for value in values)


def first(sent: Sent, name: str) -> str:
    """The first value of a field; "" when it was not sent."""
    return next(iter(sent.get(name, ())), "")


def read_need(sent: Sent) -> Need:
    """The need that was typed. Raises InvalidInput with every problem, by its place in the need."""
    # Every span has its line, blank or not, so that the place of a problem names the span.
    spans = [_line(sent, day, span) for day, span in _SLOTS]
    return need_from_form({**sent, "availability.weekly": [*spans, *week_grid.lines(sent.get(week_grid.FIELD, ()))]})


def read_texts(sent: Sent) -> Need:
    """The need that the texts alone make. Raises InvalidInput when there is no text, or too much of it."""
    return need_from_form({name: sent.get(name, ()) for name in ("summary", "outcome")})


def read_terms(sent: Sent) -> Need:
    """The need that was typed without its texts and goals, of which no requirement depends.

    Raises InvalidInput with every problem of what is left, by its place in the need.
    """
    terms = {name: values for name, values in sent.items() if not name.startswith(_TOLD)}
    return read_need({**terms, "summary": ["left out"]})


def _line(sent: Sent, day: str, span: int) -> str:
    start, end = ("".join(first(sent, f"times.{day}.{span}.{part}").split()) for part in ("from", "to"))
    if not start and not end:
        return ""
    # A clock in a browser cannot show 24:00; a span that ends at 00:00 ends at midnight.
    return f"{day} {start}-{'24:00' if end == '00:00' else end}"


def with_problems(sent: Sent, problems: Sequence[Problem]) -> NeedForm:
    """The form as it was typed, with a message for every problem."""
    placed = {_field(problem.pointer, sent): problem.detail for problem in problems}
    # A need asks for its time zone only once its times can be read.
    if NeedForm(sent).touched("times.", week_grid.FIELD) and not first(sent, "timezone").strip():
        placed.setdefault("timezone", _WHEN_BLANK["timezone"])
    return NeedForm(
        sent,
        {name: _message(name, placed[name], sent) for name in LABELS if name in placed},
        tuple(
            gettext("The need %(detail)s.", detail=said(detail))
            for name, detail in placed.items()
            if name not in LABELS
        ),
    )


def _field(pointer: str, sent: Sent) -> str:
    match pointer.split("/")[1:]:
        case ["availability", "weekly", place, *_] if int(place) >= len(_SLOTS):
            return week_grid.FIELD
        case ["availability", "weekly", place, *part]:
            day, span = _SLOTS[int(place)]
            return f"times.{day}.{span}.{'to' if part == ['to'] else 'from'}"
        case ["focus_areas", place, *_]:
            return f"importance.{list(stated_goals(sent))[int(place)]}"
        case steps:
            return ".".join(step for step in steps if not step.isdigit())


def _message(name: str, detail: str, sent: Sent) -> Message:
    if name in _WHEN_BLANK and not first(sent, name).strip():
        return Message(name, said(_WHEN_BLANK[name]), said(_WHEN_BLANK[name]))
    if name.startswith("times."):
        detail = next((said for start, said in _SAID_OF_TIMES.items() if detail.startswith(start)), detail)
    return message(name, LABELS[name], detail)
