"""Draws up a shortlist, seals it, and answers for it later from the seal."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from matcher.domain import Coach, DroppedCoach, Need, Requester, Shortlist, WhyNot
from matcher.domain.audit import need_hash, sha256, understood
from matcher.errors import NotFound
from matcher.exchange import ExchangeRates
from matcher.matching.assessment import Assessment
from matcher.matching.explanation import why_not
from matcher.matching.reading import Reader
from matcher.matching.recommender import Recommendation, Recommender
from matcher.service.catalogue import Catalogue, Edition
from matcher.service.rankers import RankerInUse
from matcher.service.sealing import USUAL_LIMIT, Asked, Drawn, seal_of
from matcher.service.webhooks import note_shortlist
from matcher.store import audit, coaches, database, shortlists
from matcher.store.documents import read_coach
from matcher.store.shortlists import SealedShortlist
from matcher.texts import ENGLISH, Language, Phrase, texts_in

Alongside = Callable[[Session, SealedShortlist], None]
"""Told of a shortlist in the transaction that seals it."""

IS_PINNED = Phrase("Is shown all the same, at this rank, because somebody pinned this coach.")

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
        dropped: Collection[DroppedCoach] = (),
        language: Language = ENGLISH,
        alongside: Alongside = lambda _session, _sealed: None,
        announced: bool = True,
    ) -> SealedShortlist:
        """The best `limit` coaches for a need, sealed; the day is that of `now` in UTC.

        `passed_over` are areas and styles that whoever asks does not mean; they are not read from the need's text.
        `dropped` are those of the coaches whom the need excludes that were dropped before, each with the reason.
        All sentences are in `language`, which is sealed with them. What `alongside` stores is stored with the shortlist
        or not at all. Webhooks are told unless it is not `announced`.
        """
        asked = Asked(need, limit, frozenset(passed_over), dropped=tuple(dropped), language=language)
        drawn = self.draw(asked, now)
        sealed = seal_of(drawn, str(uuid4()))
        with database.sessions(self.engine).begin() as session:
            shortlists.seal(session, sealed, need, requester)
            alongside(session, sealed)
            if announced:
                note_shortlist(session, sealed.id, requester, now)
            tell_audit(session, sealed.id, drawn, requester)
        log_drawn_up(sealed.id, drawn)
        return sealed

    def draw(self, asked: Asked, now: datetime) -> Drawn:
        """The best coaches for what is asked, as things are now; nothing of it is kept yet."""
        today = now.astimezone(UTC).date()
        rates = self.rates.on(today)
        with self.catalogue.opened() as (session, edition):
            used, found = self._recommended(session, edition, asked, today)
            profiles = _profiles(session, [ranked.coach_id for ranked in found.coaches])
        encoder, areas = self.catalogue.encoder.name, self.reader.areas.name
        return Drawn(asked, found, profiles, used, rates, encoder, areas, now)

    def _recommended(
        self, session: Session, edition: Edition, asked: Asked, today: date
    ) -> tuple[Edition, Recommendation]:
        """The best coaches of an edition, and the one they are of: in it those shown are as the session sees them."""
        recommender = Recommender(edition.index, self.reader, self.ranker.scorer(session), self.rates.on(today))
        found = recommender.recommend(
            asked.need, asked.limit, today, asked.passed_over, asked.pinned, language=asked.language
        )
        newest = self.catalogue.abreast(session, edition, [ranked.coach_id for ranked in found.coaches])
        if newest is edition:
            return edition, found
        return self._recommended(session, newest, asked, today)

    def warm_up(self, now: datetime) -> None:
        """Loads what a process loads when it first draws up a shortlist, so that nobody waits for it."""
        self.draw(Asked(Need(summary="New to the role, and still does all the work alone."), USUAL_LIMIT), now)

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
        answer, texts = Shortlist.model_validate_json(sealed.answer), texts_in(language)
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
            explanation=(
                *why_not(assessment, coach_id, answer.best_shown, texts),
                *((texts.said(IS_PINNED),) if rank and coach_id in answer.pinned and rank > answer.best_shown else ()),
            ),
        )


def log_drawn_up(shortlist_id: str, drawn: Drawn) -> None:
    """Tells the log of a shortlist that was sealed, without a word of the need."""
    _log.info(
        "shortlist drawn up",
        shortlist=shortlist_id,
        eligible=len(drawn.found.assessment.order),
        shown=len(drawn.found.coaches),
        index=drawn.edition.version,
    )


def forget_shortlist(engine: Engine, shortlist_id: str, requester: Requester, now: datetime) -> None:
    """Deletes a shortlist and all of its chain, with needs, outcomes and links; the audit log keeps the needs' hashes.

    Raises NotFound for a shortlist that is not there, or not for that requester.
    """
    with database.sessions(engine).begin() as session:
        sealed = sealed_shortlist(session, shortlist_id, requester)
        chain = shortlists.chain(session, sealed.chain_id)
        if not shortlists.forget(session, sealed.id):
            raise NotFound("There is no such shortlist.")
        for one in chain:
            audit.append(session, requester.actor, "shortlist.deleted", now, one.id, need=need_hash(one.answer))


def tell_audit(session: Session, shortlist_id: str, drawn: Drawn, requester: Requester) -> None:
    """Notes in the audit log that a shortlist was drawn up, by which models and with whom; last in its transaction."""
    shown = drawn.found.coaches
    audit.append(
        session,
        requester.actor,
        "shortlist.drawn_up",
        drawn.now,
        shortlist_id,
        need=sha256(understood(drawn.asked.need)),
        model=drawn.model.model_dump(mode="json", by_alias=True),
        eligible=len(drawn.found.assessment.order),
        candidates=[{"coach": one.coach_id, "rank": one.rank, "score": one.score} for one in shown],
    )


def sealed_shortlist(session: Session, shortlist_id: str, requester: Requester) -> SealedShortlist:
    """A shortlist as it was sealed. Raises NotFound for one that is not there, or not for that requester."""
    sealed = shortlists.get(session, shortlist_id, requester) if _is_uuid(shortlist_id) else None
    if sealed is None:
        raise NotFound("There is no such shortlist.")
    return sealed


def _profiles(session: Session, ids: Collection[str]) -> dict[str, Coach]:
    found = coaches.documents(session, ids)
    # KeyError where the index names a coach that its own database does not have.
    return {coach_id: read_coach(coach_id, found[coach_id]) for coach_id in ids}


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
