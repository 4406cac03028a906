"""What became of a shortlisted coach; in codes and numbers alone, since a text would tell of the manager."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Literal, TypeVar

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from matcher.domain.fields import Day, Identifier, Record

Event = Literal["first_talk", "talk_rated", "chosen", "declined", "finished", "goal_reached"]
"""What can come to pass, in its usual order."""

EVENTS: tuple[Event, ...] = Event.__args__  # type: ignore[attr-defined]

DeclineReason = Literal["style", "expertise", "industry", "price", "times", "chemistry", "references", "other"]
"""Why a coach was not taken."""

Degree = Literal["fully", "partly", "not"]
"""How far the goal was reached."""

_EVENT_OF: Mapping[str, Event] = MappingProxyType(
    {"rating": "talk_rated", "reason": "declined", "degree": "goal_reached"}
)
_REQUIRED = ("rating", "degree")

Detail = TypeVar("Detail", int, str, None)


class OutcomeReport(Record):
    """An outcome as it is sent. Coach and event stand in the address, which the document may repeat."""

    coach_id: Identifier | None = Field(None, description="May repeat that of the address.")
    event: Event | None = Field(None, description="May repeat that of the address.")
    rating: int | None = Field(
        None, ge=1, le=5, validate_default=True, description="Of the first talk, 5 the best; with talk_rated alone."
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
        if detail is not None and event not in (None, _EVENT_OF[name]):
            raise PydanticCustomError("other_event", "belongs to the event {event} alone", {"event": _EVENT_OF[name]})
        if detail is None and name in _REQUIRED and event == _EVENT_OF[name]:
            raise PydanticCustomError("required", "is required with the event {event}", {"event": event})
        return detail

    @property
    def place(self) -> tuple[date, int, str]:
        """What outcomes of a shortlist are sorted by: the day, the usual order of events, the coach."""
        return self.on, EVENTS.index(self.event), self.coach_id
