"""From what was found for a need to the record that is sealed: the answer, and all that it was computed from."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime

from matcher.domain import (
    Coach,
    DroppedCoach,
    ModelVersions,
    Moved,
    Need,
    ReferenceRates,
    Shortlist,
    ShortlistedCoach,
)
from matcher.domain.audit import understood
from matcher.matching.explanation.text_read import text_read
from matcher.matching.offers import offer
from matcher.matching.recommender import RankedCoach, Recommendation
from matcher.service.catalogue import Edition
from matcher.store.shortlists import SealedShortlist
from matcher.texts import ENGLISH, LANGUAGES, Language, texts_in

USUAL_LIMIT = 3
"""How many coaches a shortlist names that does not say for how many it was asked."""


@dataclass(frozen=True)
class Asked:
    """What a shortlist is drawn up for. `passed_over` are areas and styles that are not read from the need's text;
    `pinned` coaches are shown whatever their rank; `dropped` ones are excluded by the need, and why stands here. All
    sentences are in `language`."""

    need: Need
    limit: int
    passed_over: frozenset[str] = frozenset()
    pinned: tuple[str, ...] = ()
    dropped: tuple[DroppedCoach, ...] = ()
    language: Language = ENGLISH


@dataclass(frozen=True)
class Drawn:
    """What was found for it, with which coaches, rates and models, and when."""

    asked: Asked
    found: Recommendation
    profiles: Mapping[str, Coach]
    edition: Edition
    rates: ReferenceRates
    encoder: str
    areas: str
    now: datetime

    @property
    def model(self) -> ModelVersions:
        """What computed it."""
        ranker = self.found.assessment.scorer.name
        return ModelVersions(encoder=self.encoder, ranker=ranker, index=self.edition.version, areas=self.areas)

    @property
    def today(self) -> date:
        """The day in UTC."""
        return self.now.astimezone(UTC).date()


@dataclass(frozen=True)
class Place:
    """Where a shortlist stands in its chain, and who moved on the way to it; by default it is a first one."""

    refines_id: str | None = None
    first_id: str | None = None
    moved: tuple[Moved, ...] = ()


FIRST = Place()


def seal_of(drawn: Drawn, shortlist_id: str, place: Place = FIRST) -> SealedShortlist:
    """The record of what was drawn up, under that id."""
    return SealedShortlist(
        id=shortlist_id,
        created_at=drawn.now,
        answer=_answer(_shortlist(drawn, shortlist_id, place)),
        assessment=drawn.found.assessment.to_bytes(),
        facts=_facts(drawn),
        refines_id=place.refines_id,
        first_id=place.first_id,
    )


def asked_for(sealed: SealedShortlist) -> Asked:
    """What a sealed shortlist was drawn up for."""
    answer, facts = Shortlist.model_validate_json(sealed.answer), json.loads(sealed.facts)
    return Asked(
        need=answer.need,
        limit=answer.limit or USUAL_LIMIT,
        passed_over=frozenset(facts.get("passed_over", ())),
        pinned=answer.pinned,
        dropped=answer.dropped,
        language=language_of(sealed),
    )


def language_of(sealed: SealedShortlist) -> Language:
    """The language of the sentences of a shortlist; those of before there were others are in English."""
    found = json.loads(sealed.facts).get("language")
    return next((known for known in LANGUAGES if known == found), ENGLISH)


def _shortlist(drawn: Drawn, shortlist_id: str, place: Place) -> Shortlist:
    found = drawn.found
    return Shortlist(
        id=shortlist_id,
        need=drawn.asked.need,
        coaches=tuple(_shown(drawn, ranked) for ranked in found.coaches),
        grid=found.grid,
        reading=text_read(found.reading, texts_in(drawn.asked.language)),
        good_match=found.good_match,
        lacking=found.lacking,
        eligible_count=len(found.assessment.order),
        excluded_counts=found.excluded_counts,
        relaxations=found.relaxations,
        reference_rate=found.reference_rate,
        model=drawn.model,
        created_at=drawn.now,
        limit=drawn.asked.limit,
        refines=place.refines_id,
        pinned=drawn.asked.pinned,
        dropped=drawn.asked.dropped,
        moved=place.moved,
    )


def _shown(drawn: Drawn, ranked: RankedCoach) -> ShortlistedCoach:
    coach, base = drawn.profiles[ranked.coach_id], drawn.found.assessment.scorer.base
    offered = offer(coach, drawn.asked.need, drawn.rates)
    return ShortlistedCoach(name=coach.name, base=base, offer=offered, **vars(ranked))


def _answer(shortlist: Shortlist) -> str:
    """The answer as JSON; its need as it was understood, without what it leaves open."""
    document = shortlist.model_dump(mode="json", by_alias=True) | {"need": understood(shortlist.need)}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _facts(drawn: Drawn) -> str:
    """What the answer was computed from, beside the need: enough to compute it again."""
    found, rates = drawn.found, drawn.rates
    return json.dumps(
        {
            "today": drawn.today.isoformat(),
            "ranker": found.assessment.scorer.to_document(),
            "goals": [asdict(goal) for goal in found.reading.goals],
            "wishes": [asdict(wish) for wish in found.reading.wishes],
            "passed_over": sorted(drawn.asked.passed_over),
            "language": drawn.asked.language,
            "rates": {
                "source": rates.source,
                "date": rates.date.isoformat(),
                "older": {currency: day.isoformat() for currency, day in sorted(rates.older.items())},
                "per_euro": {currency: str(rate) for currency, rate in sorted(rates.per_euro.items())},
            },
            "profiles": {
                coach_id: coach.model_dump(mode="json", by_alias=True, exclude_defaults=True)
                for coach_id, coach in drawn.profiles.items()
            },
        },
        ensure_ascii=False,
    )
