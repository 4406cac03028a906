"""What the text of a need tells: its passages as vectors, and the focus areas it is about."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matcher.domain import Need, vocabulary
from matcher.matching.area_classifier import area_reading
from matcher.matching.areas import AreaReading, sentence_vectors
from matcher.matching.embedding import Encoder, Vectors
from matcher.matching.passages import Passage, need_passages

MOST_AREAS_READ = 5
"""How many focus areas are read from a text at most; a judged need states two to four."""

LEAST_SHARE = 0.1
"""An area of which the text tells less than this share of what it tells of the first is passed over."""


@dataclass(frozen=True)
class ReadGoal:
    """A focus area that the need is about. Weights of a need's goals sum to 1."""

    area: str
    weight: float
    stated: bool
    """Whether the need names it, or it was read from the text."""
    passage: Passage | None = None
    """The passage of the need that tells most of it; None for a goal that is stated."""


@dataclass(frozen=True)
class NeedReading:
    """A need with what was read from it; `vectors` has one row a passage, (passages, dimension)."""

    need: Need
    passages: tuple[Passage, ...]
    vectors: Vectors
    goals: tuple[ReadGoal, ...]
    told: tuple[ReadGoal, ...] = ()
    """What the text tells of, whether the need states it or not; the goals themselves when it states none."""


@dataclass(frozen=True)
class Scale:
    """Turns a cosine into [0, 1]: `unrelated` and less is 0, `alike` and more is 1."""

    unrelated: float
    alike: float


class Reader:
    """Reads needs with one encoder; made once, since it loads the classifiers.

    Areas are read by `areas`; by default by the packaged classifiers where they were trained on this
    encoder, else by likeness to those sentences.
    """

    def __init__(self, encoder: Encoder, areas: AreaReading | None = None) -> None:
        self._encoder = encoder
        self.areas = areas or area_reading(encoder)

    @property
    def dimension(self) -> int:
        """Length of a passage's vector."""
        return self._encoder.dimension

    @cached_property
    def passage_scale(self) -> Scale:
        """Likeness of a need's passage and a coach's, as it is between sentences on areas.

        Nine in ten pairs of different areas are at least `unrelated`, one in ten of the same area
        at least `alike`.
        """
        need_side, profile_side = sentence_vectors(self._encoder)
        likeness = need_side @ profile_side.T
        same = np.eye(len(likeness), dtype=bool)
        return Scale(float(np.quantile(likeness[~same], 0.1)), float(np.quantile(likeness[same], 0.9)))

    def read(self, need: Need) -> NeedReading:
        """What the need tells. Goals are those stated; when none is, those read from the text."""
        passages = need_passages(need)
        vectors = self._encoder.encode([passage.text for passage in passages])
        told = read_goals(self.areas, passages, vectors)
        return NeedReading(need, passages, vectors, _stated(need) or told, told)


def _stated(need: Need) -> tuple[ReadGoal, ...]:
    total = sum(goal.importance for goal in need.focus_areas)
    return tuple(ReadGoal(goal.area, goal.importance / total, stated=True) for goal in need.focus_areas)


def read_goals(areas: AreaReading, passages: tuple[Passage, ...], vectors: Vectors) -> tuple[ReadGoal, ...]:
    """The areas that a need's passages tell most of, at most MOST_AREAS_READ, by weight downwards.

    An area's weight goes by how much all passages tell of it together. Empty
    without passages, or when they tell of none.
    """
    if not passages:
        return ()
    strengths = areas.of_need([passage.text for passage in passages], vectors).astype(np.float64)
    told = np.maximum(strengths.sum(axis=0), 0)
    most = [
        area for area in np.argsort(-told, kind="stable")[:MOST_AREAS_READ] if told[area] > LEAST_SHARE * told.max()
    ]
    total = told[most].sum()
    return tuple(
        ReadGoal(
            area=vocabulary.FOCUS_AREAS[area],
            weight=float(told[area] / total),
            stated=False,
            passage=passages[int(np.argmax(strengths[:, area]))],
        )
        for area in most
    )
