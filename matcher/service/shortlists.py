"""Draws up a shortlist, seals it, and answers for it later from the seal."""

import json
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from matcher.domain import Coach, ModelVersions, Need, ReferenceRates, Requester, Shortlist, ShortlistedCoach, WhyNot
from matcher.errors import NotFound
from matcher.exchange import ExchangeRates
from matcher.matching.assessment import Assessment
from matcher.matching.explanation import why_not
from matcher.matching.explanation.text_read import text_read
from matcher.matching.reading import Reader
from matcher.matching.recommender import RankedCoach, Recommendation, Recommender
from matcher.service.catalogue import Catalogue, Edition
from matcher.service.rankers import RankerInUse
from matcher.store import coaches, database, shortlists
from matcher.store.shortlists import SealedShortlist
from matcher.texts import ENGLISH, LANGUAGES, Language, texts_in

Alongside = Callable[[Session, SealedShortlist], None]
"""Told of a shortlist in the transaction that seals it."""

_log = structlog.get_logger()


@dataclass(frozen=True)
class Desk:
    """Where shortlists are drawn up and kept: all that they depend on, beside need, requester and time."""

    engine: Engine
    catalogue: Catalogue
    reader: Reader
    ranker: RankerInUse
    rates: ExchangeRates

    def draw_up(
        self,
        need: Need,
        limit: int,
        requester: Requester,
        now: datetime,
        passed_over: Collection[str] = (),
        *,
        language: Language = ENGLISH,
        alongside: Alongside = lambda _session, _sealed: None,
    ) -> SealedShortlist:
        """The best `limit` coaches for a need, sealed; the day is that of `now` in UTC.

        `passed_over` are areas and styles that whoever asks does not mean; they are not read from the need's text.
        All sentences are in `language`, which is sealed with them. What `alongside` stores is stored with the shortlist
        or not at all.
        """
        today = now.astimezone(UTC).date()
        rates = self.rates.on(today)
        with self.catalogue.opened() as (session, edition):
            scorer = self.ranker.scorer(session)
            recommender = Recommender(edition.index, self.reader, scorer, rates)
            found = recommender.recommend(need, limit, today, passed_over, language)
            profiles = {ranked.coach_id: _profile(session, ranked.coach_id) for ranked in found.coaches}
        shortlist = self._shortlist(need, found, profiles, edition, now, language=language)
        sealed = SealedShortlist(
            id=shortlist.id,
            created_at=now,
            answer=_answer(shortlist),
            assessment=found.assessment.to_bytes(),
            facts=_facts(found, profiles, rates, today, passed_over, language=language),
        )
        with database.sessions(self.engine).begin() as session:
            shortlists.seal(session, sealed, need, requester)
            alongside(session, sealed)
        _log.info(
            "shortlist drawn up",
            shortlist=shortlist.id,
            eligible=shortlist.eligible_count,
            shown=len(shortlist.coaches),
            index=edition.version,
        )
        return sealed

    def find(self, shortlist_id: str, requester: Requester) -> SealedShortlist:
        """A shortlist as it was sealed. Raises NotFound for one that is not there, or not for that requester."""
        with database.snapshots(self.engine).begin() as session:
            return sealed_shortlist(session, shortlist_id, requester)

    def why_not(self, shortlist_id: str, coach_id: str, requester: Requester, language: Language = ENGLISH) -> WhyNot:
        """Where a coach stood in a shortlist, and why it is or is not shown, from the seal alone.

        Raises NotFound for a shortlist that `find` does not find, or a coach who was no candidate.
        """
        sealed = self.find(shortlist_id, requester)
        assessment = Assessment.from_bytes(sealed.assessment)
        if assessment.place(coach_id) is None:
            raise NotFound("This coach was not in the directory when the shortlist was drawn up.")
        with database.snapshots(self.engine).begin() as session:
            name = coaches.names(session, [coach_id]).get(coach_id, coach_id)
        rank = assessment.rank(coach_id)
        return WhyNot(
            shortlist_id=sealed.id,
            coach_id=coach_id,
            name=name,
            eligible=rank is not None,
            excluded_by=assessment.excluded_by(coach_id),
            rank=rank,
            score=None if rank is None else float(assessment.scores[rank - 1]),
            base=None if rank is None else assessment.scorer.base,
            contributions=() if rank is None else assessment.contributions_at(rank),
            explanation=why_not(assessment, coach_id, len(json.loads(sealed.answer)["coaches"]), texts_in(language)),
        )

    def _shortlist(
        self,
        need: Need,
        found: Recommendation,
        profiles: dict[str, Coach],
        edition: Edition,
        now: datetime,
        *,
        language: Language,
    ) -> Shortlist:
        scorer = found.assessment.scorer
        return Shortlist(
            id=str(uuid4()),
            need=need,
            coaches=tuple(_shown(ranked, profiles[ranked.coach_id].name, scorer.base) for ranked in found.coaches),
            grid=found.grid,
            reading=text_read(found.reading, texts_in(language)),
            good_match=found.good_match,
            lacking=found.lacking,
            eligible_count=len(found.assessment.order),
            excluded_counts=found.excluded_counts,
            relaxations=found.relaxations,
            reference_rate=found.reference_rate,
            model=ModelVersions(
                encoder=self.catalogue.encoder.name,
                ranker=scorer.name,
                index=edition.version,
                areas=self.reader.areas.name,
            ),
            created_at=now,
        )


def sealed_shortlist(session: Session, shortlist_id: str, requester: Requester) -> SealedShortlist:
    """A shortlist as it was sealed. Raises NotFound for one that is not there, or not for that requester."""
    sealed = shortlists.get(session, shortlist_id, requester) if _is_uuid(shortlist_id) else None
    if sealed is None:
        raise NotFound("There is no such shortlist.")
    return sealed


def language_of(sealed: SealedShortlist) -> Language:
    """The language of the sentences of a shortlist; those of before there were others are in English."""
    found = json.loads(sealed.facts).get("language")
    return next((known for known in LANGUAGES if known == found), ENGLISH)


def _profile(session: Session, coach_id: str) -> Coach:
    coach = coaches.get(session, coach_id)
    if coach is None:
        raise LookupError("the index names a coach that its own database does not have")
    return coach


def _shown(ranked: RankedCoach, name: str, base: float) -> ShortlistedCoach:
    return ShortlistedCoach(name=name, base=base, **vars(ranked))


def _answer(shortlist: Shortlist) -> str:
    """The answer as JSON; its need as it was understood, without what it leaves open."""
    need = shortlist.need.model_dump(mode="json", by_alias=True, exclude_none=True)
    document = shortlist.model_dump(mode="json", by_alias=True) | {"need": need}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _facts(
    found: Recommendation,
    profiles: dict[str, Coach],
    rates: ReferenceRates,
    today: date,
    passed_over: Collection[str],
    *,
    language: Language,
) -> str:
    """What the answer was computed from, beside the need: enough to compute it again."""
    return json.dumps(
        {
            "today": today.isoformat(),
            "ranker": found.assessment.scorer.to_document(),
            "goals": [asdict(goal) for goal in found.reading.goals],
            "wishes": [asdict(wish) for wish in found.reading.wishes],
            "passed_over": sorted(passed_over),
            "language": language,
            "rates": {
                "source": rates.source,
                "date": rates.date.isoformat(),
                "per_euro": {currency: str(rate) for currency, rate in sorted(rates.per_euro.items())},
            },
            "profiles": {
                coach_id: coach.model_dump(mode="json", by_alias=True, exclude_defaults=True)
                for coach_id, coach in profiles.items()
            },
        },
        ensure_ascii=False,
    )


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
