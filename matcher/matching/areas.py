"""How much a passage tells of each focus area, and of backgrounds: what every way of reading offers, and the plain one.

The plain one works with any encoder: an area is recognised by its likeness to two sentences about it
(`focus_areas.json`), how a need tells of the trouble and how a profile tells of helping with it.
"""

import json
from collections.abc import Sequence
from functools import cached_property
from importlib.resources import files
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matcher.domain import vocabulary
from matcher.domain.backgrounds import BACKGROUNDS
from matcher.matching.backgrounds import Backgrounds
from matcher.matching.embedding import Encoder, Vectors
from matcher.matching.wish_reading import NO_WISH, Wishes
from matcher.matching.word_classifier import WordsKnown

Strengths = NDArray[np.float32]
"""How much each passage tells of each area, shape (passages, areas in the vocabulary's order); of a profile also of
each background, shape (passages, THEMES)."""

THEMES = len(vocabulary.FOCUS_AREAS) + len(BACKGROUNDS)
"""What a passage of a profile may show: help with an area, and after those a background."""

Shares = NDArray[np.float32]
"""The probability of each area, shape (areas in the vocabulary's order,); they sum to 1."""

EQUAL_SHARES: Shares = np.full(len(vocabulary.FOCUS_AREAS), 1 / len(vocabulary.FOCUS_AREAS), np.float32)
"""Those of which nothing is known."""
EQUAL_SHARES.setflags(write=False)

MOST_PASSAGES = 4
"""How many passages of a profile count for one area or background, those that show most of it."""

WHOLE = 2.0
"""As much as they need to show together: two passages that are wholly about an area, or more that are partly.
A profile that says the same thing ten times must not gain by it. Both were chosen on graded pairs."""


class AreaReading(Protocol):
    """A way to read passages, each by itself, to the last bit: focus areas, and of a need the wishes about the coach;
    `texts` and the rows of `vectors` are of the same passages."""

    @property
    def name(self) -> str:
        """What an answer names it by."""

    @property
    def kept(self) -> bool:
        """Whether it takes long enough for readings of profiles to be kept with their vectors."""

    @property
    def clear(self) -> float | None:
        """How much a passage of a need that plainly tells of an area tells of it; None where that is not known."""

    def of_need(self, texts: Sequence[str], vectors: Vectors) -> Strengths:
        """How much passages of a need tell of trouble with each area; not above 0 for one not spoken of."""

    def of_whole(self, texts: Sequence[str]) -> Shares:
        """How likely a need is about each area, by the words of all its passages together; equally likely where nothing
        was learned from whole needs."""

    def of_profile(self, texts: Sequence[str], vectors: Vectors) -> Strengths:
        """How clearly passages of a profile show help with each area, in [0, 1]; below 0, down to -1, how
        clearly they speak against it (an area that the coach declines, or failed at). Then how much of them tells of
        each background, as `backgrounds` reads it; shape (passages, THEMES)."""

    def backgrounds(self, texts: Sequence[str], vectors: Vectors) -> Backgrounds:
        """How much of each passage, of a need or a profile, tells of each background; 0 throughout where none can be
        read."""

    def wishes(self, texts: Sequence[str], vectors: Vectors) -> Wishes:
        """How clearly passages of a need wish for each thing of the coach; 0 throughout where none can be read."""

    def words_known(self, text: str) -> WordsKnown | None:
        """How much of a text is known by its words; None where nothing was learned from words."""


class SentenceAreas:
    """Areas by likeness to the two sentences about each."""

    name = "sentences"
    kept = False
    clear = None

    def __init__(self, encoder: Encoder) -> None:
        """The sentences are encoded when they are first needed."""
        self._encoder = encoder

    @cached_property
    def _sentences(self) -> tuple[Vectors, Vectors]:
        return sentence_vectors(self._encoder)

    @cached_property
    def _trouble(self) -> Vectors:
        need_side, profile_side = self._sentences
        return _beyond_average((need_side + profile_side) / np.float32(2))

    @cached_property
    def _help(self) -> Vectors:
        return _beyond_average(self._sentences[1])

    @cached_property
    def _whole(self) -> np.float32:
        # A passage as near to an area as the sentence about it shows it wholly.
        return np.float32((self._help * self._sentences[1]).sum(axis=1).mean())

    def of_need(self, texts: Sequence[str], vectors: Vectors) -> Strengths:
        """Likeness to the area beyond that to the average area."""
        return _products(vectors, self._trouble)

    def of_whole(self, texts: Sequence[str]) -> Shares:
        """All areas alike, since nothing was learned from whole needs."""
        return EQUAL_SHARES

    def of_profile(self, texts: Sequence[str], vectors: Vectors) -> Strengths:
        """The same, from 0 for no more than average to 1 for as much as the sentence about the area."""
        shown: Strengths = np.clip(_products(vectors, self._help) / self._whole, 0, 1)
        return np.hstack([shown, self.backgrounds(texts, vectors)])

    def backgrounds(self, texts: Sequence[str], vectors: Vectors) -> Backgrounds:
        """None: there are no sentences about backgrounds."""
        return np.zeros((len(texts), len(BACKGROUNDS)), np.float32)

    def wishes(self, texts: Sequence[str], vectors: Vectors) -> Wishes:
        """None: there are no sentences about wishes."""
        return np.zeros((len(texts), NO_WISH), np.float32)

    def words_known(self, text: str) -> None:
        """Nothing was learned from words."""


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
