"""Focus areas, wishes and backgrounds by trained classifiers (`area_reading.npz`), for the one encoder that they were
trained on.

Two read each passage, one by its meaning (the encoder's vector) and one by its words; what both think
counts (a product of experts, Hinton 2002). One more reads a need as a whole, by its words. `area_reading.json` is their
model card. `make train` makes both.
"""

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import chain
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from matcher.domain import vocabulary
from matcher.domain.backgrounds import BACKGROUNDS
from matcher.errors import ConfigurationError
from matcher.matching.areas import AreaReading, SentenceAreas, Shares, Strengths
from matcher.matching.backgrounds import NO_BACKGROUND, Backgrounds
from matcher.matching.embedding import Encoder, Vectors
from matcher.matching.glossary import in_english
from matcher.matching.lexicon import Lexicon
from matcher.matching.softmax import softmax
from matcher.matching.wish_reading import NO_WISH, Wishes
from matcher.matching.word_classifier import Terms, WordClassifier, WordsKnown, in_8_bits, kept_as

Exact = NDArray[np.float64]

CARD, COEFFICIENTS = "area_reading.json", "area_reading.npz"

NONE = len(vocabulary.FOCUS_AREAS)
"""The class of a passage that tells of no focus area, after those of the areas."""

Side = Literal["need", "profile", "wish", "background"]
"""What is read: areas of a need, areas of a profile, what a need wishes of the coach, or backgrounds that either tells
of."""

CLASSES: Mapping[Side, int] = {
    "need": NONE + 1,
    "profile": 2 * NONE + 1,
    "wish": NO_WISH + 1,
    "background": NO_BACKGROUND + 1,
}
"""How many classes a passage may be of on each side: the areas, none, and for a profile the areas that it speaks
against; for a wish see `matcher.matching.wish_reading`, for a background `matcher.matching.backgrounds`."""

WHOLE_NEED = "whole"
"""The name in the file of the classifier of needs as a whole, whose classes are the areas alone."""

CLEARLY_TOLD = 0.33
"""How much one passage of a need must tell of an area for that not to be a guess. Of 100 annotated needs that nothing
was learned from one has less; of their passages that are marked with no area four in five have less. Of the passages
quoted for an area above it, two in three are marked with that area."""

VECTOR_UNIT = 2.0**-20
COEFFICIENT_UNIT = 2.0**-16
"""Vectors and coefficients are rounded to multiples of these. Their products, and sums of those below
2^17, are then exact in float64, so that they are the same to the last bit in whatever order they are
added, and the fastest order will do."""

_BLOCK = 4096
"""Passages that are classified together; bounds the memory taken by their float64 copies."""

_DOUBT = 1e-4
"""Added to each probability, so that neither reader alone can rule a class out."""


@dataclass(frozen=True)
class VectorClassifier:
    """Multinomial logistic regression on a passage's unit vector; `coefficients` has shape
    (classes, dimension + 1), the last column the intercept."""

    coefficients: Exact

    @classmethod
    def rounded(cls, coefficients: Exact) -> "VectorClassifier":
        """With coefficients rounded as its arithmetic needs them."""
        return cls(np.rint(coefficients / COEFFICIENT_UNIT) * COEFFICIENT_UNIT)

    def probabilities(self, vectors: Vectors) -> Exact:
        """The probability of each class, shape (passages, classes)."""
        starts = range(0, len(vectors), _BLOCK)
        blocks = [self._block(vectors[start : start + _BLOCK]) for start in starts]
        return np.concatenate(blocks) if blocks else np.empty((0, len(self.coefficients)))

    def _block(self, vectors: Vectors) -> Exact:
        exact = np.rint(vectors.astype(np.float64) / VECTOR_UNIT) * VECTOR_UNIT
        logits = exact @ self.coefficients[:, :-1].T + self.coefficients[:, -1]
        return softmax(logits)


@dataclass(frozen=True)
class PassageClassifier:
    """What a passage is about, by its meaning and its words: the product of both readings, each to the
    power of its say, scaled to sum to 1."""

    by_meaning: VectorClassifier
    by_words: WordClassifier
    say_of_meaning: float
    say_of_words: float

    def probabilities(self, texts: Sequence[str], vectors: Vectors) -> Exact:
        """The probability of each class, shape (passages, classes)."""
        return combined(
            self.by_meaning.probabilities(vectors),
            self.by_words.probabilities(texts),
            self.say_of_meaning,
            self.say_of_words,
        )


def combined(by_meaning: Exact, by_words: Exact, say_of_meaning: float, say_of_words: float) -> Exact:
    """Two readings of the same passages as one; all of shape (passages, classes).

    >>> combined(np.array([[0.5, 0.5]]), np.array([[0.8, 0.2]]), 1.0, 1.0).round(2)
    array([[0.8, 0.2]])
    """
    odds = (by_meaning + _DOUBT) ** say_of_meaning * (by_words + _DOUBT) ** say_of_words
    shares: Exact = odds / odds.sum(axis=1, keepdims=True)
    return shares


class Say(BaseModel):
    """How much each of two readings counts."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    meaning: float
    words: float


class Says(BaseModel):
    """The same for each side."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    need: Say
    profile: Say
    wish: Say
    background: Say


class AreaCard(BaseModel):
    """What the service needs of the model card; the rest is for its readers."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: Literal[7]
    name: str
    encoder: str
    areas: tuple[str, ...]
    styles: tuple[str, ...]
    backgrounds: tuple[str, ...]
    say: Says
    coefficients_sha256: str


@dataclass(frozen=True)
class ClassifiedAreas:
    """Areas by one classifier for passages of needs and one for those of profiles, wishes by a third, backgrounds by a
    fourth; what a need is about as a whole by a fifth."""

    name: str
    need: PassageClassifier
    profile: PassageClassifier
    wish: PassageClassifier
    background: PassageClassifier
    whole: WordClassifier
    kept = True
    clear = CLEARLY_TOLD

    def of_need(self, texts: Sequence[str], vectors: Vectors) -> Strengths:
        """The probability of each area."""
        return self.need.probabilities(texts, vectors)[:, :NONE].astype(np.float32)

    def of_whole(self, texts: Sequence[str]) -> Shares:
        """By the classifier that learned from whole needs."""
        return self.whole.probabilities_together(texts).astype(np.float32)

    def of_profile(self, texts: Sequence[str], vectors: Vectors) -> Strengths:
        """The probability that the passage shows help with each area, less that it speaks against it; and what it tells
        of each background."""
        found = self.profile.probabilities(texts, vectors)
        strengths: Strengths = (found[:, :NONE] - found[:, NONE + 1 :]).astype(np.float32)
        return np.hstack([strengths, self.backgrounds(texts, vectors)])

    def backgrounds(self, texts: Sequence[str], vectors: Vectors) -> Backgrounds:
        """The probability of each background, by meaning and by words in English."""
        found = self.background.probabilities([in_english(text) for text in texts], vectors)
        return found[:, :NO_BACKGROUND].astype(np.float32)

    def wishes(self, texts: Sequence[str], vectors: Vectors) -> Wishes:
        """The probability of each class of wish."""
        return self.wish.probabilities(texts, vectors)[:, :NO_WISH].astype(np.float32)

    def words_known(self, text: str) -> WordsKnown:
        """By the words that the classifiers of areas were learned from, on either side."""
        return WordsKnown.of(text, *self._words)

    @cached_property
    def _words(self) -> tuple[frozenset[str], frozenset[str]]:
        """Those that are common, and all."""
        need, profile = (one.by_words.terms for one in (self.need, self.profile))
        return need.common_words | profile.common_words, need.single_words | profile.single_words


def area_reading(encoder: Encoder, folder: Traversable | None = None) -> AreaReading:
    """The classifiers of that folder (the packaged ones by default) if they were trained on that encoder,
    else the plain reading by likeness to sentences about the areas.

    Raises ConfigurationError when the files are missing, broken, of another format, or of other areas, styles or
    backgrounds than this version has.
    """
    folder = folder or files("matcher.matching")
    try:
        card = AreaCard.model_validate_json(folder.joinpath(CARD).read_bytes())
        if card.areas != vocabulary.FOCUS_AREAS:
            raise _refused("it was trained on other focus areas")
        if card.styles != vocabulary.STYLES:
            raise _refused("it was trained on other styles")
        if card.backgrounds != BACKGROUNDS:
            raise _refused("it was trained on other backgrounds")
        if card.encoder != encoder.name:
            return SentenceAreas(encoder)
        content = folder.joinpath(COEFFICIENTS).read_bytes()
    except (OSError, ValidationError) as error:
        raise _refused("a file is missing, or is no model card of this format") from error
    if hashlib.sha256(content).hexdigest() != card.coefficients_sha256:
        raise _refused(f"{COEFFICIENTS} is not the file that {CARD} describes")
    by_side: list[Say] = [getattr(card.say, side) for side in CLASSES]
    says = tuple((say.meaning, say.words) for say in by_side)
    return _classified(card.name, says, content, encoder.dimension)


@cache
def _classified(name: str, says: tuple[tuple[float, float], ...], content: bytes, dimension: int) -> ClassifiedAreas:
    # Kept, since every import and every worker asks for the same ones.
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            terms = _terms(arrays)
            by_side = {
                side: _classifier(arrays, side, terms[side], say, dimension)
                for side, say in zip(CLASSES, says, strict=True)
            }
            whole = _by_words(arrays, WHOLE_NEED, terms[WHOLE_NEED], NONE)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise _refused(f"{COEFFICIENTS} does not hold what it should") from error
    return ClassifiedAreas(name, **by_side, whole=whole)


def _terms(arrays: Mapping[str, NDArray[np.generic]]) -> dict[str, Terms]:
    """The terms of each classifier, in one lexicon, since most are those of another one too."""
    terms = {
        name: Terms.from_bytes(arrays[f"{name}_terms"].tobytes(), arrays[f"{name}_frequencies"].astype(np.float64))
        for name in (*CLASSES, WHOLE_NEED)
    }
    every = terms.values()
    lexicon = Lexicon(chain(*(one.words for one in every)), chain(*(one.parts for one in every)))
    return {name: replace(one, lexicon=lexicon) for name, one in terms.items()}


def _classifier(
    arrays: Mapping[str, NDArray[np.generic]], side: Side, terms: Terms, say: tuple[float, float], dimension: int
) -> PassageClassifier:
    by_meaning = arrays[f"{side}_by_meaning"].astype(np.float64)
    _check(by_meaning, CLASSES[side], dimension)
    by_words = _by_words(arrays, side, terms, CLASSES[side])
    return PassageClassifier(VectorClassifier.rounded(by_meaning), by_words, *say)


def _by_words(arrays: Mapping[str, NDArray[np.generic]], name: str, terms: Terms, classes: int) -> WordClassifier:
    coefficients = kept_as(arrays[f"{name}_by_words"].astype(np.int8), arrays[f"{name}_units"].astype(np.float32))
    _check(coefficients, classes, len(terms.frequencies))
    return WordClassifier(terms, coefficients)


def _check(coefficients: Exact, classes: int, inputs: int) -> None:
    if coefficients.shape != (classes, inputs + 1) or not np.isfinite(coefficients).all():
        raise ValueError("coefficients must be finite, one a class and input")


def to_bytes(classifiers: Mapping[Side, PassageClassifier], whole: WordClassifier) -> bytes:
    """The file of those classifiers, by side, and of that of whole needs; the same ones give the same bytes."""
    file, arrays = io.BytesIO(), dict[str, NDArray[np.generic]]()
    for side, one in classifiers.items():
        arrays[f"{side}_by_meaning"] = one.by_meaning.coefficients.astype(np.float32)
    by_words = {side: one.by_words for side, one in classifiers.items()}
    for name, words in (by_words | {WHOLE_NEED: whole}).items():
        arrays[f"{name}_by_words"], arrays[f"{name}_units"] = in_8_bits(words.coefficients)
        arrays[f"{name}_terms"] = np.frombuffer(words.terms.to_bytes(), np.uint8)
        arrays[f"{name}_frequencies"] = words.terms.frequencies.astype(np.float32)
    np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
    return file.getvalue()


def _refused(why: str) -> ConfigurationError:
    return ConfigurationError(
        f"The classifiers of focus areas ({CARD}, {COEFFICIENTS}) cannot be used: {why}. "
        "Install the package anew, or run make train."
    )
