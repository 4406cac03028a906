"""The profile of a coach, in the form of the interchange contract."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from matcher.domain import vocabulary
from matcher.domain.fields import (
    CARRIED,
    AtLeastOne,
    Code,
    Country,
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
    Percent,
    Record,
    ShortText,
    Style,
    Text,
    Timezone,
)
from matcher.domain.supplier import Supplier, Terms
from matcher.domain.week import Window
from matcher.texts import Phrase


class Experience(Record):
    """What the coach has done; a number that is absent is unknown, not zero."""

    coaching_years: float | None = Field(None, ge=0, le=80)
    coaching_hours: float | None = Field(None, ge=0, le=200_000)
    leadership_years: float | None = Field(None, ge=0, le=80)
    levels_coached: Annotated[tuple[Level, ...], Few, Distinct] = ()
    roles_held: Annotated[tuple[ShortText, ...], Few] = ()


class Credential(Record):
    """A dated fact: who certified the coach, at which level, until when, and whether that was checked."""

    model_config = ConfigDict(
        json_schema_extra={
            "allOf": [
                {
                    "if": {"properties": {"body": {"const": body}}},
                    "then": {"properties": {"level": {"enum": list(levels)}}},
                }
                for body, levels in vocabulary.CREDENTIALS.items()
            ]
        }
    )

    body: Annotated[str, Code("credential body", tuple(vocabulary.CREDENTIALS))]
    level: ShortText
    valid_until: Day | None = Field(None, description="Absent: does not expire.")
    verified: bool = False

    @field_validator("level")
    @classmethod
    def _level_of_body(cls, level: str, info: ValidationInfo) -> str:
        body = info.data.get("body")
        if body is not None and level not in vocabulary.CREDENTIALS[body]:
            raise PydanticCustomError(
                "unknown_code",
                CARRIED,
                {
                    "said": Phrase(
                        "is not a level of %(body)s; it must be one of %(levels)s",
                        body=body,
                        levels=", ".join(vocabulary.CREDENTIALS[body]),
                    )
                },
            )
        return level

    @property
    def rank(self) -> int:
        """0 to 3, comparable across bodies."""
        return vocabulary.credential_rank(self.body, self.level)

    def valid_on(self, day: date) -> bool:
        """Whether it has not expired on that day (the last day counts)."""
        return self.valid_until is None or day <= self.valid_until


class Fees(Record):
    """The price of one session or hour, net of VAT."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"properties": {"per": {"const": "session"}}},
            "then": {"required": ["minutes"], "properties": {"minutes": {"type": "integer"}}},
            "else": {"properties": {"minutes": {"not": {"type": "integer", "not": {"const": 60}}}}},
        }
    )

    amount: Money
    currency: Currency
    per: Literal["hour", "session"]
    minutes: int | None = Field(
        None, ge=15, le=480, validate_default=True, description="Length of the priced session; 60 for an hour."
    )

    @field_validator("minutes")
    @classmethod
    def _length_is_known(cls, minutes: int | None, info: ValidationInfo) -> int | None:
        if info.data.get("per") == "session" and minutes is None:
            raise PydanticCustomError("required", "is required when the fee is per session")
        if info.data.get("per") == "hour" and minutes not in (None, 60):
            raise PydanticCustomError("hour_length", "must be 60 when the fee is per hour")
        return minutes

    @property
    def priced_minutes(self) -> int:
        """How long the session or hour lasts that `amount` pays for."""
        return self.minutes or 60

    def for_minutes(self, minutes: int) -> Decimal:
        """The price of a session of that length, pro rata, in the fee's currency, not rounded."""
        return self.amount * minutes / self.priced_minutes


class CoachAvailability(Record):
    """From when, for how many and at which times the coach can take a manager on; something of it must be said."""

    model_config = ConfigDict(
        json_schema_extra={
            "not": {
                "properties": {
                    "accepting_from": {"enum": [None, ""]},
                    "capacity": {"enum": [None, ""]},
                    "weekly": {"enum": [None, "", []]},
                }
            }
        }
    )

    accepting_from: Day | None = Field(None, description="Absent: from today.")
    capacity: int | None = Field(None, ge=0, le=1000, description="Further engagements the coach can take now.")
    weekly: Annotated[tuple[Window, ...], Few] = Field((), description="In the coach's own time zone.")


class Reference(Record):
    """What a former client says, with a rating from 1 to 5 in halves."""

    rating: float = Field(ge=1, le=5, multiple_of=0.5)
    verified: bool = False
    date: Day | None = None
    industry: Industry | None = None
    text: Annotated[Text, Field(max_length=5_000)] = ""


class Coach(Record):
    """A coach's profile. `id` is the owner's own; importing it again replaces the profile."""

    id: Identifier
    name: Annotated[ShortText, Field(min_length=1)]
    headline: Annotated[Text, Field(max_length=120)] = ""
    bio: LongText = Field("", description="What the coach has done and for whom.")
    approach: LongText = Field("", description="How the coach works.")
    experience: Experience = Experience()
    credentials: Annotated[tuple[Credential, ...], Few] = ()
    industries: Annotated[tuple[Industry, ...], Few, Distinct] = ()
    focus_areas: Annotated[tuple[FocusArea, ...], Few, Distinct] = ()
    styles: Annotated[tuple[Style, ...], Few, Distinct] = ()
    methods: Annotated[tuple[ShortText, ...], Few] = ()
    supervision: ShortText = Field("", description="Who supervises the coach's work, and how often.")
    languages: Annotated[tuple[Language, ...], Few, AtLeastOne, Distinct]
    timezone: Timezone
    country: Country | None = None
    locations: Annotated[tuple[ShortText, ...], Few] = Field((), description="Cities where the coach meets in person.")
    modalities: Annotated[tuple[Modality, ...], Few, AtLeastOne, Distinct]
    fees: Fees
    availability: CoachAvailability
    references: Annotated[tuple[Reference, ...], Few] = ()
    vat_rate: Percent | None = Field(None, description="VAT on the fee, in per cent. Absent: not known.")
    terms: Terms | None = None
    supplier: Supplier | None = None
    conflicts: Annotated[tuple[ShortText, ...], Few] = Field(
        (), description="Organisations the coach may not work for."
    )
