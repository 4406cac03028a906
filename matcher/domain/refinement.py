"""How a shortlist is refined: what is asked for anew, which coaches are pinned or dropped, and who moved by it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from matcher.domain.fields import (
    Day,
    Distinct,
    Few,
    FocusArea,
    Identifier,
    Language,
    Modality,
    Record,
    ShortText,
    Timezone,
)
from matcher.domain.need import Budget, NeedAvailability
from matcher.texts import Phrase

DropReason = Literal["price", "style", "known", "conflict", "other"]
"""Why a coach is dropped; `known` is one who is known already and not wanted, `conflict` is one of interest."""

DROP_REASONS: tuple[DropReason, ...] = DropReason.__args__  # type: ignore[attr-defined]

ABOUT_FIT: frozenset[DropReason] = frozenset({"style"})
"""The reasons that say something of how the coach fits the need. Whoever learns from what was dropped learns from
these alone: no other reason is the coach's fault."""

DROPPED_FOR: Mapping[DropReason, str] = MappingProxyType(
    {
        "price": Phrase("too expensive"),
        "style": Phrase("the style does not fit"),
        "known": Phrase("known already and not wanted"),
        "conflict": Phrase("a conflict of interest"),
        "other": Phrase("another reason"),
    }
)
"""Each reason as it follows the name of a coach."""

LimitName = Literal[
    "budget",
    "start_by",
    "languages",
    "modalities",
    "location",
    "availability",
    "min_credential_rank",
    "min_verified_references",
    "framework_contract",
    "exclude_coaches",
]
"""The requirements that a refinement can lift; all but the last two it can change as well."""

LIMITS: tuple[LimitName, ...] = LimitName.__args__  # type: ignore[attr-defined]


class DroppedCoach(Record):
    """A coach who is not to be on the list any more, and why."""

    coach_id: Identifier
    reason: DropReason
    words: ShortText = Field(
        "", validate_default=True, description="With the reason other alone, where it is required."
    )

    @field_validator("words")
    @classmethod
    def _go_with_other(cls, words: str, info: ValidationInfo) -> str:
        reason = info.data.get("reason")
        if reason == "other" and not words.strip():
            raise PydanticCustomError("required", "is required with the reason other")
        if words and reason not in (None, "other"):
            raise PydanticCustomError("other_reason", "belongs to the reason other alone")
        return words

    @property
    def about_fit(self) -> bool:
        """Whether the reason says something of how the coach fits the need."""
        return self.reason in ABOUT_FIT


class GoalChange(Record):
    """What a goal counts from now on; a goal that is not there yet is added."""

    area: FocusArea
    importance: int = Field(ge=0, le=3, description="3 is crucial; 0 takes it off the goals, also off those read.")


class ProofLimits(Record):
    """What a coach must have to be eligible."""

    min_credential_rank: int | None = Field(None, ge=0, le=3)
    min_verified_references: int | None = Field(None, ge=0, le=100)


class SessionLength(Record):
    """How long one session is to be."""

    minutes: int | None = Field(None, ge=15, le=480)


class LimitChanges(Record):
    """Requirements in the form of the need, each in place of the need's own; what is absent stays as it is."""

    budget: Budget | None = None
    sessions: SessionLength = SessionLength()
    start_by: Day | None = None
    languages: Annotated[tuple[Language, ...], Distinct, Few] = ()
    modalities: Annotated[tuple[Modality, ...], Distinct, Few] = ()
    location: ShortText = ""
    timezone: Timezone | None = None
    availability: NeedAvailability = NeedAvailability()
    requirements: ProofLimits = ProofLimits()


class Refinement(Record):
    """What a shortlist is to be like instead; what is absent stays as it is.

    Goals that were read from the text are stated once one of them is weighed or another one is added, each with the
    importance nearest to what was read.
    """

    pin: Annotated[tuple[Identifier, ...], Distinct, Few] = Field(
        (), description="Coaches to show beside the best, at their true rank; a pin moves nobody."
    )
    unpin: Annotated[tuple[Identifier, ...], Distinct, Few] = ()
    drop: Annotated[tuple[DroppedCoach, ...], Few] = Field((), description="Coaches to leave out, each with a reason.")
    bring_back: Annotated[tuple[Identifier, ...], Distinct, Few] = Field(
        (), description="Coaches to let in again who were dropped, or whom the need excludes."
    )
    goals: Annotated[tuple[GoalChange, ...], Few] = ()
    limits: LimitChanges = LimitChanges()
    lift: Annotated[tuple[LimitName, ...], Distinct, Few] = Field(
        (), description="Requirements to do without; exclude_coaches brings back all who were dropped as well."
    )


class Moved(Record):
    """A coach of the list before or of this one whose place changed, and why; a rank is null for one who is out."""

    coach_id: str
    name: str
    before: int | None = Field(alias="from", description="The rank before; null for one who was not eligible.")
    to: int | None = Field(description="The rank now; null for one who is not eligible.")
    why: tuple[str, ...] = Field(description="Each sentence is true by the numbers of the two records.")
