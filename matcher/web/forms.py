"""What stands in a form: what was typed, and what is wrong with it, field by field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from matcher.errors import Problem
from matcher.web.language import gettext, said


@dataclass(frozen=True)
class Message:
    """What is wrong with one field: in full for the list of all, and short for beside the field."""

    field: str
    full: str
    beside: str


@dataclass(frozen=True)
class FilledForm:
    """A form as it is shown; `labels` say what each field is called, in the order of the page.

    `general` are problems that belong to no single field. Passwords are not among what was sent.
    """

    labels: Mapping[str, str]
    sent: Mapping[str, str] = field(default_factory=dict)
    messages: Mapping[str, Message] = field(default_factory=dict)
    general: tuple[str, ...] = ()

    def value(self, name: str) -> str:
        """What stands in a field; "" when nothing does."""
        return self.sent.get(name, "")

    def chosen(self, name: str, value: str) -> bool:
        """Whether that value of a field is chosen."""
        return self.value(name) == value

    def label(self, name: str) -> str:
        """What a field is called."""
        return said(self.labels[name])


def with_problems(labels: Mapping[str, str], sent: Mapping[str, str], problems: Sequence[Problem]) -> FilledForm:
    """The form as it was typed, with a message for every problem, whose pointer is a slash and the field's name."""
    placed = {problem.pointer.removeprefix("/"): problem.detail for problem in problems}
    messages = {name: message(name, labels[name], placed[name]) for name in labels if name in placed}
    return FilledForm(labels, sent, messages)


def message(name: str, label: str, detail: str) -> Message:
    """What is said of a field, where `detail` follows its name."""
    told = said(detail)
    full = gettext("%(label)s %(detail)s.", label=said(label), detail=told)
    return Message(name, full, f"{told[:1].upper()}{told[1:]}.")
