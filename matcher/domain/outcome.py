"""What became of a shortlisted coach; in codes and numbers alone, since a text would tell of the manager."""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Literal, TypeVar

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from matcher.domain.fields import CARRIED, Day, Identifier, Record
from matcher.texts import Phrase

Event = Literal[
    "first_talk",
    "talk_held",
    "talk_rated",
    "talk_rated_by_coach",
    "talk_rated_by_hr",
    "chosen",
    "declined",
    "finished",
    "goal_reached",
]
"""What can come to pass, in its usual order: `first_talk` when it is asked for, `talk_rated` by the manager."""

EVENTS: tuple[Event, ...] = Event.__args__  # type: ignore[attr-defined]

DeclineReason = Literal["style", "expertise", "industry", "price", "times", "chemistry", "references", "other"]
"""Why a coach was not taken."""

Degree = Literal["fully", "partly", "not"]
"""How far the goal was reached."""

RATINGS: tuple[Event, ...] = ("talk_rated", "talk_rated_by_coach", "talk_rated_by_hr")
"""How either side found the first talk: the manager, and the coach or HR."""

_EVENTS_OF: Mapping[str, tuple[Event, ...]] = MappingProxyType(
    {"rating": RATINGS, "reason": ("declined",), "degree": ("goal_reached",)}
)
_TALKS: tuple[Event, ...] = ("first_talk", "talk_held", *RATINGS)
_REQUIRED = ("rating", "degree")

Detail = TypeVar("Detail", int, str, None)


class OutcomeReport(Record):
    """An outcome as it is sent. Coach and event stand in the address, which the document may repeat."""

    coach_id: Identifier | None = Field(None, description="May repeat that of the address.")
    event: Event | None = Field(None, description="May repeat that of the address.")
    rating: int | None = Field(
        None,
        ge=1,
        le=5,
        validate_default=True,
        description="Of the first talk, 5 the best; with a rating alone.",
    )
    reason: DeclineReason | None = Field(None, description="With declined alone, where it may be left out.")
    degree: Degree | None = Field(
        None, validate_default=True, description="How far the goal was reached; with goal_reached alone."
    )
    on: Day | None = Field(None, description="Absent: the day of the request.")


class Outcome(OutcomeReport):
    """One event in what became of a shortlisted coach, and the day on which it came to pass."""

    coach_id: Identifier
    event: Event
    on: Day

    @field_validator("rating", "reason", "degree")
    @classmethod
    def _goes_with_its_event(cls, detail: Detail, info: ValidationInfo) -> Detail:
        name, event = str(info.field_name), info.data.get("event")
        theirs = _EVENTS_OF[name]
        if detail is not None and event is not None and event not in theirs:
            said = Phrase("belongs to the event %(event)s alone", event=" or ".join(theirs))
            raise PydanticCustomError("other_event", CARRIED, {"said": said})
        if detail is None and name in _REQUIRED and event in theirs:
            said = Phrase("is required with the event %(event)s", event=event)
            raise PydanticCustomError("required", CARRIED, {"said": said})
        return detail

    def contradicts(self, others: Iterable["Outcome"]) -> str:
        """What of the same coach speaks against the day, in words that follow it; empty when nothing does.

        Whatever is recorded, in whatever order: a talk is held no earlier than it is asked for, and rated no earlier
        than it is held.
        """
        days = {other.event: other.on for other in others if other.coach_id == self.coach_id} | {self.event: self.on}
        held = days.get("talk_held")
        if held is None or self.event not in _TALKS:
            return ""
        if days.get("first_talk", held) > held:
            return Phrase("would have the talk held before it was asked for")
        if any(days[event] < held for event in RATINGS if event in days and self.event in (event, "talk_held")):
            return Phrase("would have the talk rated before it was held")
        return ""

    @property
    def place(self) -> tuple[date, int, str]:
        """What outcomes of a shortlist are sorted by: the day, the usual order of events, the coach."""
        return self.on, EVENTS.index(self.event), self.coach_id
