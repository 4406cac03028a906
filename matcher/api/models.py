"""Documents of the API that are not profiles, needs, shortlists or outcomes."""

from pydantic import Field

from matcher.domain import Coach, Outcome
from matcher.domain.fields import Identifier, Record


class SentCoach(Coach):
    """A coach's profile as it is sent. The id stands in the address, which the document may repeat."""

    id: Identifier | None = Field(None, description="May repeat that of the address.")  # type: ignore[assignment]


class CoachPage(Record):
    """Profiles in the order of their ids, and where the next page begins."""

    coaches: tuple[Coach, ...]
    next: str | None = Field(description="The `after` of the next page; null on the last.")


class OutcomeList(Record):
    """What became of the coaches of a shortlist, by day, then in the usual order of events."""

    outcomes: tuple[Outcome, ...]


class FieldProblem(Record):
    """One wrong field."""

    pointer: str = Field(description="RFC 6901 JSON pointer; empty for the whole document.")
    detail: str


class ProblemDocument(Record):
    """An error, after RFC 9457."""

    type: str = Field("about:blank", description="Stable; the address of a page about this kind of problem.")
    title: str = ""
    status: int = 500
    detail: str = ""
    errors: tuple[FieldProblem, ...] = Field((), description="One entry per wrong field, for bad input.")
