"""The judged profiles and needs with exact similarities: the first real input, without a model to load."""

from functools import cache

import numpy as np

from matcher.domain import Coach
from matcher.domain.vocabulary import FOCUS_AREAS
from matcher.matching.areas import THEMES
from matcher.matching.embedding import Encoder, SentenceEncoder, load_encoder, packaged_base
from matcher.matching.index import CoachIndex, Profile
from matcher.matching.passages import coach_passages
from matcher.matching.reading import Reader
from matcher.matching.recommender import Recommendation, Recommender
from matcher.matching.scoring import Scorer, load_scorer
from tests.factories import FakeEncoder
from training.judgements import JUDGED_ON, JUDGED_RATES, Judgements, load

ENCODER = FakeEncoder(512)


@cache
def judged() -> Judgements:
    return load()


@cache
def reader() -> Reader:
    return Reader(ENCODER)


@cache
def scorer() -> Scorer:
    return load_scorer("", ENCODER.name)


def profile(coach: Coach) -> Profile:
    texts = [passage.text for passage in coach_passages(coach)]
    vectors = ENCODER.encode(texts)
    return Profile(coach, reader().areas.of_profile(texts, vectors))


def telling(coach: Coach, **told: list[float]) -> Profile:
    """The coach as read by somebody to whom the passages tell that much of those areas, and nothing of others."""
    passages = coach_passages(coach)
    areas = np.zeros((len(passages), THEMES), np.float32)
    for area, strengths in told.items():
        areas[:, FOCUS_AREAS.index(area)] = strengths
    return Profile(coach, areas)


def an_index(*coaches: Coach | Profile) -> CoachIndex:
    profiles = [profile(coach) if isinstance(coach, Coach) else coach for coach in coaches]
    return CoachIndex.build(profiles)


def a_recommender(*coaches: Coach | Profile, scorer_: Scorer | None = None) -> Recommender:
    return Recommender(an_index(*coaches), reader(), scorer_ or scorer(), JUDGED_RATES)


@cache
def judged_recommender() -> Recommender:
    return a_recommender(*judged().coaches.values())


@cache
def recommended(need_id: str, limit: int = 100) -> Recommendation:
    return judged_recommender().recommend(judged().needs[need_id], limit, JUDGED_ON)


@cache
def packaged_encoder() -> Encoder:
    """The real model with its trained layers, loaded once for the few tests that ask for it."""
    return load_encoder(threads=1)


@cache
def untrained_encoder() -> SentenceEncoder:
    """The same as its package holds it."""
    return packaged_base().untrained(threads=1)
