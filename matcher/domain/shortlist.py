"""The answer: a sealed shortlist, in the form of the interchange contract."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field, SerializerFunctionWrapHandler, field_serializer

from matcher.domain.fields import Background, Money, Record, Style
from matcher.domain.need import Need
from matcher.domain.offer import Offer
from matcher.domain.refinement import DroppedCoach, Moved, Refinement

ExclusionReason = Literal[
    "language",
    "modality",
    "budget",
    "capacity",
    "start",
    "availability",
    "credential",
    "references",
    "conflict",
    "excluded",
    "contract",
]
"""Why a coach is not eligible, in the order of the contract, and after its ten what a need can switch on besides."""

ALL_REASONS: tuple[ExclusionReason, ...] = ExclusionReason.__args__  # type: ignore[attr-defined]

FURTHER_REASONS: tuple[ExclusionReason, ...] = ("contract",)
"""Those of rules that only a need that asks for them is held against."""

EXCLUSION_REASONS: tuple[ExclusionReason, ...] = tuple(
    reason for reason in ALL_REASONS if reason not in FURTHER_REASONS
)
"""The ten that every need is held against."""


EvidenceLevel = Literal["strong", "some", "none", "against"]
"""How plainly a profile shows help with a goal, or that a passage of it speaks against that."""

WishKind = Literal["style_wanted", "style_avoid", "background"]
"""What a need's text may wish of the coach."""

Role = Literal["best_cover", "different_approach", "best_value"]
"""What sets a coach apart from others who cannot be told apart by their scores."""

ROLES: tuple[Role, ...] = Role.__args__  # type: ignore[attr-defined]


class Contribution(Record):
    """What one facet adds to a score. `value` is None when the fact is unknown; it then adds nothing."""

    facet: str
    value: float | None = Field(ge=0, le=1)
    contribution: float


class Evidence(Record):
    """A passage of the profile, word for word, that a facet rests on; of roles held several, joined by semicolons."""

    facet: str
    source: str = Field(examples=["bio", "references/2", "experience/roles_held"])
    quote: str


class Price(Record):
    """What one session, and the engagement where its length is known, costs, net of VAT."""

    per_session: Money
    engagement: Money | None
    currency: str
    in_budget_currency: Money | None = Field(
        description="One session in the budget's currency at the reference rate, where the fee's is another."
    )


class ShortlistedCoach(Record):
    """One coach of a shortlist: `score` is `base` plus the sum of the contributions."""

    rank: int
    coach_id: str
    name: str
    score: float
    base: float
    contributions: tuple[Contribution, ...]
    reasons: tuple[str, ...]
    reservation: str
    evidence: tuple[Evidence, ...]
    price: Price | None
    band: int | None = Field(
        None, description="Coaches of one band cannot honestly be told apart; null when it is not known who can."
    )
    roles: tuple[Role, ...] = Field((), description="What sets this coach apart within the first band.")
    would_change: tuple[str, ...] = Field(
        (), description="What would move this coach up, or of the first: its lead, and what would put another first."
    )
    offer: Offer | None = Field(None, description="Null in answers from before offers were made.")


class GridCell(Record):
    """What the profile of one coach says of one goal: how plainly, and in which passage, word for word."""

    coach_id: str
    level: EvidenceLevel
    source: str | None = Field(None, description="Where the quote stands; null when nothing is quoted.")
    quote: str | None = None
    claimed: bool = Field(description="Whether the profile names the goal among its focus areas.")


class GridGoal(Record):
    """One goal of the need, and what each coach shown has to say of it, in their order."""

    area: str
    weight: float = Field(description="Weights of all goals sum to 1.")
    stated: bool = Field(description="Whether the need states the goal, or it was read from the text.")
    words: str | None = Field(
        None, description="The words of the need that it was read from, or of a stated goal those that tell of it."
    )
    cells: tuple[GridCell, ...]


class WishRead(Record):
    """A wish about the coach that was read from the need's text, with the words that it was read from."""

    kind: WishKind
    style: Style | None = Field(None, description="Null for a background.")
    backgrounds: tuple[Background, ...] = Field(
        (),
        description="What a background wished for was taken to be, at most three, most of it first.",
        examples=[["production", "led"]],
    )
    clearness: float = Field(ge=0, le=1, description="It orders wishes; it is no probability.")
    words: str
    counts: bool = Field(
        description="Whether it counts in the score: a style does not where the need states styles of that kind "
        "itself, nor a background that is none of those told apart."
    )


class TextRead(Record):
    """How well the need's text was read, and what it wishes of the coach; goals that were read stand in `grid`."""

    text_understood: bool | None = Field(
        None,
        description="Whether enough of its words are common ones; null without a text, and where that cannot be told.",
    )
    goals_found: bool | None = Field(
        None,
        description="Whether some focus area was read with confidence; null for stated goals, or if not known.",
    )
    note: str | None = Field(None, description="What to do about it, in words, where either is false.")
    wishes: tuple[WishRead, ...] = ()


class Relaxation(Record):
    """The smallest change of one requirement that lets more coaches in, and how many."""

    reason: ExclusionReason
    change: str = Field(examples=["€30 more per session: 4 more coaches"])
    frees: int
    refinement: Refinement | None = Field(
        None,
        description="What makes this change, to be sent to the refinements of this shortlist as it is; null in answers "
        "from before it was kept.",
        json_schema_extra={"examples": [{"limits": {"budget": {"per_session": 230, "currency": "EUR"}}}]},
    )

    @field_serializer("refinement", mode="wrap", when_used="json-unless-none")
    def _only_what_changes(self, refinement: Refinement, _whole: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return refinement.model_dump(mode="json", by_alias=True, exclude_defaults=True)


class ReferenceRate(Record):
    """Which exchange rates an answer used."""

    source: str
    date: date


class ModelVersions(Record):
    """What computed an answer."""

    encoder: str
    ranker: str
    index: str
    areas: str = Field(
        default="sentences",
        description="What read the focus areas: trained classifiers by name, or `sentences` about them.",
    )


class Shortlist(Record):
    """The coaches found for a need, best first, with everything needed to check the answer."""

    id: str
    need: Need
    coaches: tuple[ShortlistedCoach, ...]
    grid: tuple[GridGoal, ...] = Field((), description="Needs by coach: what each coach shown says of each goal.")
    reading: TextRead | None = Field(
        None, description="What was read from the need's text; null in answers from before it was kept."
    )
    good_match: bool | None = Field(
        None, description="Whether the best coach is as good as a good choice must be; null when that is not known."
    )
    lacking: str | None = Field(None, description="What is missing, in a sentence or two, when there is no good match.")
    eligible_count: int
    excluded_counts: dict[ExclusionReason, int] = Field(
        description="All ten requirements by name, and those that the need switches on besides."
    )
    relaxations: tuple[Relaxation, ...]
    reference_rate: ReferenceRate | None
    model: ModelVersions
    created_at: datetime
    limit: int | None = Field(
        None, description="How many coaches were asked for; null in answers from before it was kept."
    )
    refines: str | None = Field(
        None, description="The id of the shortlist that this one refines; null for a first one."
    )
    pinned: tuple[str, ...] = Field(
        (), description="Coaches who are shown whatever their rank, while they are eligible."
    )
    dropped: tuple[DroppedCoach, ...] = Field((), description="Coaches who were left out one by one, and why.")
    moved: tuple[Moved, ...] = Field((), description="Who stands elsewhere than in the shortlist refined, and why.")

    @property
    def best_shown(self) -> int:
        """How many coaches are shown for their rank; those after them are pinned."""
        return sum(self.limit is None or coach.rank <= self.limit for coach in self.coaches)


class WhyNot(Record):
    """Where one coach stood when a shortlist was drawn up, and why it is or is not among those shown."""

    shortlist_id: str
    coach_id: str
    name: str
    eligible: bool
    excluded_by: tuple[ExclusionReason, ...]
    rank: int | None
    score: float | None
    base: float | None
    contributions: tuple[Contribution, ...]
    explanation: tuple[str, ...] = Field(description="Why this coach is, or is not, among those shown.")
