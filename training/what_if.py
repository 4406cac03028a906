"""What the service would make of the judged needs if judged profiles were other than they are."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from matcher.domain import Coach, Need
from matcher.matching import pricing
from matcher.matching.area_classifier import area_reading
from matcher.matching.areas import AreaReading
from matcher.matching.eligibility import screen
from matcher.matching.embedding import Encoder
from matcher.matching.facets import Candidates
from matcher.matching.index import CoachIndex, Floats, Ints, Profile
from matcher.matching.passages import coach_passages
from matcher.matching.ranking import best_first, ranks_among
from matcher.matching.reading import Reader
from matcher.matching.recommender import measure, retrieve
from matcher.matching.remembering_encoder import RememberingEncoder
from matcher.matching.scoring import Scorer
from training.evaluate import encode_profiles
from training.judgements import JUDGED_ON, JUDGED_RATES, Judgements
from training.remembering import RememberingBothSides


@dataclass(frozen=True)
class Standing:
    """How the eligible coaches of a need stand, in the order of their ids.

    `values` has shape (coaches, facets in the scorer's order), NaN where unknown; `prices` are those of
    one session in one currency, which settle equal scores.
    """

    ids: tuple[str, ...]
    values: Floats
    scores: Floats
    prices: Floats

    @property
    def ranks(self) -> Ints:
        """The rank of each coach, 1 for the best; shape (coaches,)."""
        return ranks_among(self.scores, self.scores, self.prices)

    def ranks_among(self, others: "Standing") -> Ints:
        """The rank that each coach would have alone with this score, all others with theirs; shape (coaches,)."""
        return ranks_among(self.scores, others.scores, self.prices)

    @property
    def best(self) -> Ints:
        """The places of the coaches in `ids`, best first."""
        return best_first(self.scores, self.prices)


class WhatIf:
    """The judged profiles as the service holds them; each distinct text is encoded and read once."""

    def __init__(self, judged: Judgements, encoder: Encoder, scorer: Scorer, areas: AreaReading | None = None) -> None:
        """Encodes every profile; areas are read by the classifiers made for the encoder unless others are given."""
        self.judged = judged
        self.scorer = scorer
        self._encoder = RememberingEncoder(encoder)
        self._reader = Reader(self._encoder, RememberingBothSides(areas or area_reading(self._encoder)))
        self.index = CoachIndex.build(encode_profiles(judged, self._encoder, self._reader.areas))

    def profile(self, coach: Coach) -> Profile:
        """Any coach as the index takes one in."""
        passages = coach_passages(coach)
        texts = [passage.text for passage in passages]
        vectors = self._encoder.encode(texts)
        return Profile(coach, self._reader.areas.of_profile(texts, vectors), passages)

    def candidates(self, need: Need, changed: Iterable[Profile] = ()) -> Candidates:
        """The eligible coaches with what of their profiles is near to the need; some profiles may be changed."""
        index = self.index.updated({profile.coach.id: profile for profile in changed})
        eligible = np.flatnonzero(screen(index, need, JUDGED_RATES, JUDGED_ON).eligible)
        return retrieve(index, self._reader.read(need), eligible, JUDGED_ON)

    def standing(self, candidates: Candidates) -> Standing:
        """How those candidates stand, measured and weighed as the service does it.

        No facet of a coach depends on another's texts, tags or wishes met, so profiles may be changed
        together to see how each would stand alone; a rating that is added would break that.
        """
        values = self.scorer.values(measure(candidates))
        need = candidates.reading.need
        currency = need.budget.currency if need.budget else "EUR"
        prices = pricing.session_prices(
            candidates.index, need.sessions.minutes, currency, JUDGED_RATES, candidates.rows
        )
        return Standing(
            ids=tuple(map(candidates.index.id_of, candidates.rows.tolist())),
            values=values,
            scores=self.scorer.scores(self.scorer.contributions(values)),
            prices=prices,
        )
