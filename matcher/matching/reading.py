"""What the text of a need tells: its passages as vectors, and the focus areas it is about.

An area is recognised by its likeness to two sentences about it (`focus_areas.json`): how a need
tells of the trouble, and how a profile tells of helping with it.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

import numpy as np

from matcher.domain import Need, vocabulary
from matcher.matching.embedding import Encoder, Vectors
from matcher.matching.passages import Passage, need_passages

MOST_AREAS_READ = 5
"""How many focus areas are read from a text at most; a judged need states two to four."""

_PASSAGES_AN_AREA = 2
"""A need tells of one trouble in about two passages; the likeness of the best two is averaged."""


@dataclass(frozen=True)
class ReadGoal:
    """A focus area that the need is about. Weights of a need's goals sum to 1."""

    area: str
    weight: float
    stated: bool
    """Whether the need names it, or it was read from the text."""


@dataclass(frozen=True)
class NeedReading:
    """A need with what was read from it; `vectors` has one row a passage, (passages, dimension)."""

    need: Need
    passages: tuple[Passage, ...]
    vectors: Vectors
    goals: tuple[ReadGoal, ...]


@dataclass(frozen=True)
class Scale:
    """Turns a cosine into [0, 1]: `unrelated` and less is 0, `alike` and more is 1."""

    unrelated: float
    alike: float


class Reader:
    """Reads needs with one encoder; made once, since it encodes the sentences about the areas."""

    def __init__(self, encoder: Encoder) -> None:
        sentences = json.loads(files("matcher.matching").joinpath("focus_areas.json").read_text("utf-8"))
        self._encoder = encoder
        self._need_side = encoder.encode([sentences[area]["need"] for area in vocabulary.FOCUS_AREAS])
        self._profile_side = encoder.encode([sentences[area]["profile"] for area in vocabulary.FOCUS_AREAS])

    @cached_property
    def _trouble(self) -> Vectors:
        return _beyond_average((self._need_side + self._profile_side) / np.float32(2))

    @cached_property
    def _help(self) -> Vectors:
        return _beyond_average(self._profile_side)

    @cached_property
    def passage_scale(self) -> Scale:
        """Likeness of a need's passage and a coach's, as it is between sentences on areas.

        Nine in ten pairs of different areas are at least `unrelated`, one in ten of the same area
        at least `alike`.
        """
        likeness = self._need_side @ self._profile_side.T
        same = np.eye(len(likeness), dtype=bool)
        return Scale(float(np.quantile(likeness[~same], 0.1)), float(np.quantile(likeness[same], 0.9)))

    @cached_property
    def area_scale(self) -> Scale:
        """Likeness of a passage to an area: 0 for one no nearer to it than to the average area,
        1 for one as near as the sentence about it."""
        return Scale(0.0, float((self._help * self._profile_side).sum(axis=1).mean()))

    def area_vectors(self, goals: tuple[ReadGoal, ...]) -> Vectors:
        """For each goal what a profile's passage is compared with, shape (goals, dimension).

        The product with a passage's vector is its likeness to the area beyond that to the average area.
        """
        return self._help[[vocabulary.FOCUS_AREAS.index(goal.area) for goal in goals]]

    def read(self, need: Need) -> NeedReading:
        """What the need tells. Goals are those stated; when none is, those read from the text."""
        passages = need_passages(need)
        vectors = self._encoder.encode([passage.text for passage in passages])
        return NeedReading(need, passages, vectors, _stated(need) or self._read_goals(vectors))

    def _read_goals(self, vectors: Vectors) -> tuple[ReadGoal, ...]:
        if not len(vectors):
            return ()
        likeness = np.sort(vectors @ self._trouble.T, axis=0)[-_PASSAGES_AN_AREA:].mean(axis=0)
        nearest = np.argsort(-likeness, kind="stable")[:MOST_AREAS_READ]
        weights = np.maximum(likeness[nearest], 0).astype(np.float64)
        total = float(weights.sum())
        return tuple(
            ReadGoal(vocabulary.FOCUS_AREAS[area], float(weight) / total, stated=False)
            for area, weight in zip(nearest, weights, strict=True)
            if weight > 0
        )


def _beyond_average(vectors: Vectors) -> Vectors:
    beyond: Vectors = vectors - vectors.mean(axis=0, dtype=np.float32)
    return beyond


def _stated(need: Need) -> tuple[ReadGoal, ...]:
    total = sum(goal.importance for goal in need.focus_areas)
    return tuple(ReadGoal(goal.area, goal.importance / total, stated=True) for goal in need.focus_areas)
