"""How much a passage tells of each focus area: what every way of reading areas offers, and the plain one.

The plain one works with any encoder: an area is recognised by its likeness to two sentences about it
(`focus_areas.json`), how a need tells of the trouble and how a profile tells of helping with it.
"""

import json
from importlib.resources import files
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matcher.domain import vocabulary
from matcher.matching.embedding import Encoder, Vectors

Strengths = NDArray[np.float32]
"""How much each passage tells of each area, shape (passages, areas in the vocabulary's order)."""


PASSAGES_AN_AREA = 2
"""How many passages of a text count for one area, those that tell most of it; a need tells of one
trouble in about two, and more than two must not help a profile that says the same thing ten times."""


class AreaReading(Protocol):
    """A way to read focus areas from the vectors of passages, each passage by itself, to the last bit."""

    @property
    def name(self) -> str:
        """What an answer names it by."""

    def of_need(self, vectors: Vectors) -> Strengths:
        """How much passages of a need tell of trouble with each area; not above 0 for one not spoken of."""

    def of_profile(self, vectors: Vectors) -> Strengths:
        """How clearly passages of a profile show help with each area, in [0, 1]; below 0, down to -1, how
        clearly they speak against it (an area that the coach declines, or failed at)."""


class SentenceAreas:
    """Areas by likeness to the two sentences about each."""

    name = "sentences"

    def __init__(self, need_side: Vectors, profile_side: Vectors) -> None:
        """Of the vectors of the sentences, both of shape (areas, dimension)."""
        self._trouble = _beyond_average((need_side + profile_side) / np.float32(2))
        self._help = _beyond_average(profile_side)
        # A passage as near to an area as the sentence about it shows it wholly.
        self._whole = float((self._help * profile_side).sum(axis=1).mean())

    def of_need(self, vectors: Vectors) -> Strengths:
        """Likeness to the area beyond that to the average area."""
        return _products(vectors, self._trouble)

    def of_profile(self, vectors: Vectors) -> Strengths:
        """The same, from 0 for no more than average to 1 for as much as the sentence about the area."""
        shown: Strengths = np.clip(_products(vectors, self._help) / np.float32(self._whole), 0, 1)
        return shown


def sentence_vectors(encoder: Encoder) -> tuple[Vectors, Vectors]:
    """The vectors of the need's and of the profile's sentence about each area, both (areas, dimension)."""
    sentences = json.loads(files("matcher.matching").joinpath("focus_areas.json").read_text("utf-8"))
    need_side, profile_side = (
        encoder.encode([sentences[area][side] for area in vocabulary.FOCUS_AREAS]) for side in ("need", "profile")
    )
    return need_side, profile_side


def _beyond_average(vectors: Vectors) -> Vectors:
    beyond: Vectors = vectors - vectors.mean(axis=0, dtype=np.float32)
    return beyond


def _products(vectors: Vectors, areas: Vectors) -> Strengths:
    # A product by `@` depends on where a row stands; see `matcher.matching.retrieval`.
    products: Strengths = np.einsum("pd,ad->pa", vectors, areas)
    return products
