"""Focus areas by trained classifiers (`area_reading.npz`), for the one encoder that they were trained on.

`area_reading.json` beside it is their model card. `python -m training.read_areas` makes both.
"""

import hashlib
import io
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from matcher.domain import vocabulary
from matcher.errors import ConfigurationError
from matcher.matching.areas import AreaReading, SentenceAreas, Strengths
from matcher.matching.embedding import Vectors

Exact = NDArray[np.float64]

CARD, COEFFICIENTS = "area_reading.json", "area_reading.npz"
SIDES = ("need", "profile")

VECTOR_UNIT = 2.0**-20
COEFFICIENT_UNIT = 2.0**-16
"""Vectors and coefficients are rounded to multiples of these. Their products, and sums of those below
2^17, are then exact in float64, so that they are the same to the last bit in whatever order they are
added, and the fastest order will do."""

_BLOCK = 4096
"""Passages that are classified together; bounds the memory taken by their float64 copies."""


@dataclass(frozen=True)
class AreaClassifier:
    """Multinomial logistic regression from a passage's unit vector to one of the areas, or none of them.

    `coefficients` has shape (areas + 1, dimension + 1), the last row for none, the last column the intercept.
    """

    coefficients: Exact

    @classmethod
    def rounded(cls, coefficients: Exact) -> "AreaClassifier":
        """With coefficients rounded as its arithmetic needs them."""
        return cls(np.rint(coefficients / COEFFICIENT_UNIT) * COEFFICIENT_UNIT)

    def probabilities(self, vectors: Vectors) -> Strengths:
        """The probability that each passage is about each area, shape (passages, areas); rows sum to 1
        less the probability of none."""
        starts = range(0, len(vectors), _BLOCK)
        blocks = [self._block(vectors[start : start + _BLOCK]) for start in starts]
        return np.concatenate(blocks) if blocks else np.empty((0, len(self.coefficients) - 1), np.float32)

    def _block(self, vectors: Vectors) -> Strengths:
        exact = np.rint(vectors.astype(np.float64) / VECTOR_UNIT) * VECTOR_UNIT
        logits = exact @ self.coefficients[:, :-1].T + self.coefficients[:, -1]
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares: Strengths = (odds[:, :-1] / odds.sum(axis=1, keepdims=True)).astype(np.float32)
        return shares


class AreaCard(BaseModel):
    """What the service needs of the model card; the rest is for its readers."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: Literal[1]
    name: str
    encoder: str
    areas: tuple[str, ...]
    coefficients_sha256: str


@dataclass(frozen=True)
class ClassifiedAreas:
    """Areas by one classifier for passages of needs and one for those of profiles."""

    name: str
    need: AreaClassifier
    profile: AreaClassifier

    def of_need(self, vectors: Vectors) -> Strengths:
        """The probability of each area."""
        return self.need.probabilities(vectors)

    def of_profile(self, vectors: Vectors) -> Strengths:
        """The probability of each area."""
        return self.profile.probabilities(vectors)


def area_reading(
    encoder_name: str, sentences: tuple[Vectors, Vectors], folder: Traversable | None = None
) -> AreaReading:
    """The classifiers of that folder (the packaged ones by default) if they were trained on that encoder,
    else the plain reading with those vectors of the sentences about areas.

    Raises ConfigurationError when the files are missing, broken, or of other areas than this version has.
    """
    folder = folder or files("matcher.matching")
    try:
        card = AreaCard.model_validate_json(folder.joinpath(CARD).read_bytes())
        if card.areas != vocabulary.FOCUS_AREAS:
            raise _refused("it was trained on other focus areas")
        if card.encoder != encoder_name:
            return SentenceAreas(*sentences)
        content = folder.joinpath(COEFFICIENTS).read_bytes()
    except (OSError, ValidationError) as error:
        raise _refused("a file is missing or is no model card") from error
    if hashlib.sha256(content).hexdigest() != card.coefficients_sha256:
        raise _refused(f"{COEFFICIENTS} is not the file that {CARD} describes")
    return ClassifiedAreas(card.name, *_classifiers(content, dimension=sentences[0].shape[1]))


def _classifiers(content: bytes, dimension: int) -> list[AreaClassifier]:
    shape = (len(vocabulary.FOCUS_AREAS) + 1, dimension + 1)
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            coefficients = [arrays[side].astype(np.float64) for side in SIDES]
    except (OSError, ValueError, KeyError) as error:
        raise _refused(f"{COEFFICIENTS} does not hold the arrays {' and '.join(SIDES)}") from error
    if any(array.shape != shape or not np.isfinite(array).all() for array in coefficients):
        raise _refused(f"{COEFFICIENTS} does not hold finite numbers of shape {shape}")
    return [AreaClassifier.rounded(array) for array in coefficients]


def _refused(why: str) -> ConfigurationError:
    return ConfigurationError(
        f"The classifiers of focus areas ({CARD}, {COEFFICIENTS}) cannot be used: {why}. "
        "Install the package anew, or run python -m training.read_areas."
    )
