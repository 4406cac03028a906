"""The service in one paragraph: from a need to the coaches who can meet it, ranked and explained."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from matcher.domain import (
    Contribution,
    Evidence,
    ExclusionReason,
    GridGoal,
    Need,
    Price,
    ReferenceRate,
    ReferenceRates,
    Relaxation,
    Role,
    vocabulary,
)
from matcher.matching import pricing
from matcher.matching.assessment import Assessment
from matcher.matching.copies import WordsOfNeed, copies
from matcher.matching.eligibility import screen
from matcher.matching.explanation import Standing, explain
from matcher.matching.explanation.changes import CHANGES, places_gained
from matcher.matching.explanation.counterfactuals import would_change
from matcher.matching.explanation.grid import covered, needs_by_coach
from matcher.matching.explanation.lacking import is_good_match, what_is_lacking
from matcher.matching.facets import FACETS, Candidates, Measured
from matcher.matching.index import CoachIndex, Floats, Ints
from matcher.matching.ranking import Ranking, bands, roles, styles_shared
from matcher.matching.reading import NeedReading, Reader, ReadGoal
from matcher.matching.relaxation import relaxations
from matcher.matching.retrieval import shown
from matcher.matching.scoring import Scorer
from matcher.texts import ENGLISH, Language, Texts, texts_in

FEW = 3
"""With fewer eligible coaches than HR is shown, the smallest relaxations are named."""


@dataclass(frozen=True)
class RankedCoach:
    """A recommended coach. Names are not known here."""

    rank: int
    coach_id: str
    score: float
    contributions: tuple[Contribution, ...]
    reasons: tuple[str, ...]
    reservation: str
    evidence: tuple[Evidence, ...]
    price: Price
    band: int | None
    roles: tuple[Role, ...]
    would_change: tuple[str, ...]


@dataclass(frozen=True)
class Recommendation:
    """The best coaches for a need, and how all others stood."""

    reading: NeedReading
    coaches: tuple[RankedCoach, ...]
    grid: tuple[GridGoal, ...]
    good_match: bool | None
    lacking: str | None
    excluded_counts: dict[ExclusionReason, int]
    relaxations: tuple[Relaxation, ...]
    reference_rate: ReferenceRate | None
    assessment: Assessment


@dataclass(frozen=True)
class Recommender:
    """Everything that a recommendation depends on, beside the need and the day."""

    index: CoachIndex
    reader: Reader
    scorer: Scorer
    rates: ReferenceRates

    def recommend(
        self,
        need: Need,
        limit: int,
        today: date,
        passed_over: Collection[str] = (),
        pinned: Collection[str] = (),
        *,
        language: Language = ENGLISH,
    ) -> Recommendation:
        """The `limit` best of the eligible coaches, each explained; fewer when fewer are eligible.

        `passed_over` are areas and styles that are not read from the need's text. Of the `pinned` coaches those who are
        eligible follow the best, at their true ranks. All sentences are in `language`.
        """
        texts = texts_in(language)
        reading = self.reader.read(need, passed_over)
        eligibility = screen(self.index, need, self.rates, today)
        candidates = retrieve(self.index, reading, np.flatnonzero(eligibility.eligible), today)
        measured = measure(candidates)
        ranking = Ranking(candidates, measured, self.scorer, self._comparable_prices(need, candidates.rows))
        assessment = Assessment(
            ids=self.index.ids,
            failed=eligibility.failed,
            order=candidates.rows[ranking.order],
            values=ranking.values.T.take(ranking.order, axis=1).T,
            scorer=self.scorer,
            changes=tuple(change.words for change in CHANGES),
            gained=places_gained(ranking, limit),
            reasons=eligibility.reasons,
        )
        ranks = _ranks_shown(assessment, limit, pinned)
        grid = needs_by_coach(candidates, ranking.order[ranks - 1])
        foremost = assessment.first(max(ranks, default=0) + 1)
        band_of = _bands_of(foremost, ranks)
        few = len(candidates.rows) < FEW
        return Recommendation(
            reading=reading,
            coaches=self._coaches(ranking, foremost, ranks, band_of, grid, texts=texts),
            grid=grid,
            good_match=is_good_match(ranking),
            lacking=what_is_lacking(ranking, grid, texts),
            excluded_counts=eligibility.counts(),
            relaxations=relaxations(self.index, need, self.rates, today, eligibility, texts=texts) if few else (),
            reference_rate=self._reference_rate(need, decides=ranking.is_tied or band_of.count(1) > 1),
            assessment=assessment,
        )

    def _comparable_prices(self, need: Need, rows: Ints) -> Floats:
        return pricing.session_prices(self.index, need.sessions.minutes, _currency(need), self.rates, rows)

    def _reference_rate(self, need: Need, decides: bool) -> ReferenceRate | None:
        """The rates, if they took part: in the budget rule, in the order of equal scores, or in roles."""
        if need.budget is None and not decides:
            return None
        return pricing.reference_rate(self.index, _currency(need), self.rates)

    def _coaches(
        self,
        ranking: Ranking,
        assessment: Assessment,
        ranks: Ints,
        band_of: tuple[int | None, ...],
        grid: tuple[GridGoal, ...],
        *,
        texts: Texts,
    ) -> tuple[RankedCoach, ...]:
        places = ranking.order[ranks - 1]
        alike = styles_shared(ranking.candidates, places)
        roles_of = roles(band_of, covered(grid, len(places)), alike, ranking.prices[places])
        return tuple(
            self._coach(ranking, assessment, rank, band, own, texts=texts)
            for rank, band, own in zip(ranks.tolist(), band_of, roles_of, strict=True)
        )

    def _coach(
        self,
        ranking: Ranking,
        assessment: Assessment,
        rank: int,
        band: int | None,
        own: tuple[Role, ...],
        *,
        texts: Texts,
    ) -> RankedCoach:
        place = int(ranking.order[rank - 1])
        coach = Standing(ranking.candidates, place, ranking.measured, ranking.contributions[place], texts)
        return RankedCoach(
            rank=rank,
            coach_id=self.index.id_of(coach.row),
            score=float(assessment.scores[rank - 1]),
            contributions=assessment.contributions_at(rank),
            price=pricing.price(self.index, coach.row, coach.need, self.rates),
            band=band,
            roles=own,
            would_change=would_change(ranking, assessment, rank, texts),
            **vars(explain(coach)),
        )


def _ranks_shown(assessment: Assessment, limit: int, pinned: Collection[str]) -> Ints:
    """The ranks of the first `limit`, and of those pinned who are eligible; upwards, each once."""
    best = np.arange(1, min(limit, len(assessment.order)) + 1)
    further = [rank for coach_id in pinned if (rank := assessment.rank(coach_id)) is not None]
    return np.unique(np.concatenate([best, np.array(further, np.int64)]))


def _bands_of(assessment: Assessment, ranks: Ints) -> tuple[int | None, ...]:
    """The bands of the coaches of those ranks, as they are among all down to the last of them."""
    known = bands(assessment.scores[: max(ranks, default=0)], assessment.scorer.clear_difference)
    return tuple(known[rank - 1] for rank in ranks.tolist())


def retrieve(index: CoachIndex, reading: NeedReading, rows: Ints, today: date) -> Candidates:
    """Those rows of the index as candidates, with what their profiles show of what the need asks."""
    copied = copies(index, rows, WordsOfNeed([passage.text for passage in reading.passages]))
    goals = shown(index, rows, _areas(reading.goals), copied)
    told = goals if reading.told == reading.goals else shown(index, rows, _areas(reading.told), copied)
    return Candidates(
        index=index,
        rows=rows,
        reading=reading,
        today=today,
        goals_shown=goals,
        told_shown=told,
        backgrounds_shown=shown(index, rows, _backgrounds(reading), copied),
    )


def _areas(goals: Sequence[ReadGoal]) -> list[int]:
    return [vocabulary.FOCUS_AREAS.index(goal.area) for goal in goals]


def _backgrounds(reading: NeedReading) -> list[int]:
    return [len(vocabulary.FOCUS_AREAS) + place for place in reading.background_shares]


def measure(candidates: Candidates) -> dict[str, Measured]:
    """Every facet of the candidates, by name."""
    return {name: candidates.of(facet) for name, facet in FACETS.items()}


def _currency(need: Need) -> str:
    return need.budget.currency if need.budget else "EUR"
