"""The need of a manager, in the form of the interchange contract."""

from typing import Annotated

from pydantic import ConfigDict, Field, ValidationInfo, field_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from matcher.domain import vocabulary
from matcher.domain.fields import (
    Code,
    Currency,
    Day,
    Distinct,
    Few,
    FocusArea,
    Identifier,
    Industry,
    Language,
    Level,
    LongText,
    Modality,
    Money,
    Record,
    ShortText,
    Style,
    Text,
    Timezone,
)
from matcher.domain.week import Window

_CRUCIAL, _IMPORTANT = 0.75, 0.4
"""Shares of what is told most, from which on an area is proposed as crucial, and as important."""


def importance_of(share: float) -> int:
    """The importance that comes nearest to a goal of which the text tells that share of what it tells of the first.

    >>> importance_of(1), importance_of(0.5), importance_of(0.2)
    (3, 2, 1)
    """
    return 3 if share >= _CRUCIAL else 2 if share >= _IMPORTANT else 1


_SAYS_SOMETHING: JsonDict = {
    "if": {"required": ["focus_areas"], "properties": {"focus_areas": {"type": "array", "items": {}, "minItems": 1}}},
    "else": {"required": ["summary"], "properties": {"summary": {"type": "string", "pattern": r"\S"}}},
}
_HAS_A_ZONE: JsonDict = {
    "if": {
        "required": ["availability"],
        "properties": {
            "availability": {
                "type": "object",
                "required": ["weekly"],
                "properties": {"weekly": {"type": "array", "items": {}, "minItems": 1}},
            }
        },
    },
    "then": {"required": ["timezone"], "properties": {"timezone": {"type": "string", "pattern": r"\S"}}},
}


class Goal(Record):
    """A focus area that the manager is to work on; importance 3 is crucial."""

    area: FocusArea
    importance: int = Field(2, ge=1, le=3)


class StyleWishes(Record):
    """Coaching styles that suit the manager and those that do not."""

    preferred: Annotated[tuple[Style, ...], Few, Distinct] = ()
    avoid: Annotated[tuple[Style, ...], Few, Distinct] = ()


class Budget(Record):
    """The most that one session may cost, net of VAT."""

    per_session: Money
    currency: Currency
    total: Money | None = Field(
        None, description="A ceiling for all sessions, net of VAT. Offers are held against it; it excludes nobody."
    )


class Sessions(Record):
    """How many sessions of which length, how often."""

    count: int | None = Field(None, ge=1, le=200)
    minutes: int = Field(60, ge=15, le=480)
    cadence: Annotated[str, Code("cadence", vocabulary.CADENCES)] | None = None


class NeedAvailability(Record):
    """When the manager can meet, in the need's time zone."""

    weekly: Annotated[tuple[Window, ...], Few] = ()


class Requirements(Record):
    """What a coach must have to be eligible at all."""

    min_credential_rank: int | None = Field(None, ge=0, le=3)
    min_verified_references: int | None = Field(None, ge=0, le=100)
    framework_contract: bool | None = Field(
        None, description="Whether a coach must have a framework contract that is valid on the day of the start."
    )
    exclude_coaches: Annotated[tuple[Identifier, ...], Field(max_length=1000), Distinct] = ()


class Need(Record):
    """A manager's need: free text, stated goals and wishes, and what a coach must meet.

    A requirement that is absent excludes nobody. `start_by` absent means the day of the request.
    """

    model_config = ConfigDict(json_schema_extra={"allOf": [_SAYS_SOMETHING, _HAS_A_ZONE]})

    id: Identifier | None = Field(None, description="The caller's own; may repeat.")
    organisation: ShortText = ""
    role: ShortText = ""
    level: Level | None = None
    industry: Industry | None = None
    summary: LongText = Field("", description="The situation and the wishes, in free text.")
    outcome: Annotated[Text, Field(max_length=5_000)] = Field("", description="The measurable result hoped for.")
    focus_areas: Annotated[tuple[Goal, ...], Few] = Field((), validate_default=True)
    styles: StyleWishes = StyleWishes()
    languages: Annotated[tuple[Language, ...], Few, Distinct] = Field((), description="Any one of these will do.")
    modalities: Annotated[tuple[Modality, ...], Few, Distinct] = Field((), description="Any one of these will do.")
    location: ShortText = Field("", description="City for sessions in person.")
    budget: Budget | None = None
    sessions: Sessions = Sessions()
    start_by: Day | None = Field(None, description="Absent: the day of the request.")
    timezone: Timezone | None = None
    availability: NeedAvailability = NeedAvailability()
    requirements: Requirements = Requirements()

    @field_validator("focus_areas")
    @classmethod
    def _says_something(cls, goals: tuple[Goal, ...], info: ValidationInfo) -> tuple[Goal, ...]:
        if not goals and not info.data.get("summary", "absent for its own reason").strip():
            raise PydanticCustomError(
                "required", "is required unless focus_areas names at least one area", {"field": "summary"}
            )
        if len({goal.area for goal in goals}) < len(goals):
            raise PydanticCustomError("repeated", "names an area more than once")
        return goals

    @field_validator("availability")
    @classmethod
    def _windows_have_a_zone(cls, availability: NeedAvailability, info: ValidationInfo) -> NeedAvailability:
        if availability.weekly and info.data.get("timezone", "absent for its own reason") is None:
            raise PydanticCustomError("required", "is required with availability", {"field": "timezone"})
        return availability


class ShortlistRequest(Need):
    """A need, and how many coaches to name for it."""

    limit: int = Field(3, ge=1, le=100, description="3 is what HR is shown; more is for exports.")

    @property
    def need(self) -> Need:
        """The need alone."""
        return Need.model_construct(
            self.model_fields_set - {"limit"}, **{name: getattr(self, name) for name in Need.model_fields}
        )
