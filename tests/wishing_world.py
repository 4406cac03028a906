"""A way to read passages whose answers a test lays down word by word, and what the recommender makes of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from matcher.domain import Coach, Need
from matcher.domain.backgrounds import BACKGROUNDS
from matcher.domain.vocabulary import FOCUS_AREAS
from matcher.matching.areas import EQUAL_SHARES, Shares, Strengths
from matcher.matching.backgrounds import Backgrounds
from matcher.matching.embedding import Vectors
from matcher.matching.index import CoachIndex, Profile
from matcher.matching.passages import coach_passages
from matcher.matching.reading import Reader
from matcher.matching.recommender import Recommender
from matcher.matching.scoring import Scorer
from matcher.matching.wish_reading import NO_WISH, Wishes, class_of_wish
from matcher.matching.word_classifier import WordsKnown
from tests.judged_world import ENCODER, scorer
from training.judgements import JUDGED_RATES


@dataclass(frozen=True)
class ToldReading:
    """Reads a wish, an area or a background wherever a passage holds the words that a test names, the first two that
    clearly."""

    wished: Mapping[str, tuple[str, str, float]] = field(default_factory=dict)
    """Words -> kind, code, clearness."""
    areas: Mapping[str, tuple[str, float]] = field(default_factory=dict)
    """Words -> area, clearness."""
    words: frozenset[str] | None = None
    """The words that are known; None: nothing was learned from words."""
    told_of: Mapping[str, str] = field(default_factory=dict)
    """Words -> background."""
    name = "told"
    kept = False
    clear = 0.2

    def of_need(self, texts: Sequence[str], vectors: Vectors) -> Strengths:
        told = np.full((len(texts), len(FOCUS_AREAS)), 1e-4, np.float32)
        for row, text in enumerate(texts):
            for words, (area, clearness) in self.areas.items():
                if words in text:
                    told[row, FOCUS_AREAS.index(area)] = clearness
        return told

    def of_whole(self, texts: Sequence[str]) -> Shares:
        return EQUAL_SHARES

    def of_profile(self, texts: Sequence[str], vectors: Vectors) -> Strengths:
        return np.hstack(
            [np.maximum(self.of_need(texts, vectors) - np.float32(1e-4), 0), self.backgrounds(texts, vectors)]
        )

    def backgrounds(self, texts: Sequence[str], vectors: Vectors) -> Backgrounds:
        told = np.zeros((len(texts), len(BACKGROUNDS)), np.float32)
        for row, text in enumerate(texts):
            for words, background in self.told_of.items():
                if words in text:
                    told[row, BACKGROUNDS.index(background)] = 0.5
        return told

    def wishes(self, texts: Sequence[str], vectors: Vectors) -> Wishes:
        told = np.zeros((len(texts), NO_WISH), np.float32)
        for row, text in enumerate(texts):
            for words, (kind, code, clearness) in self.wished.items():
                if words in text:
                    told[row, class_of_wish(kind, code)] = clearness
        return told

    def words_known(self, text: str) -> WordsKnown | None:
        return None if self.words is None else WordsKnown.of(text, self.words, self.words)


def a_wishing_recommender(reading: ToldReading, *coaches: Coach, weighing: Scorer | None = None) -> Recommender:
    profiles = []
    for coach in coaches:
        texts = [passage.text for passage in coach_passages(coach)]
        profiles.append(Profile(coach, reading.of_profile(texts, ENCODER.encode(texts))))
    index = CoachIndex.build(profiles)
    return Recommender(index, Reader(ENCODER, reading), weighing or scorer(), JUDGED_RATES)


def read(reading: ToldReading, need: Need) -> Any:
    return Reader(ENCODER, reading).read(need)
