"""What a passage is about by its words: logistic regression on words, pairs of words and parts of words.

It knows what a model of meaning has hardly seen (backlog, rota, sign-off), and misses what is told in
words that it has not seen; see `matcher.matching.area_classifier` for the two together.
"""

import json
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.matching.lexicon import CountedTexts, Lexicon, TermCounts
from matcher.matching.softmax import softmax
from matcher.matching.text_terms import single_words

Exact = NDArray[np.float64]

COMMON = 3_600
"""A word is common that stands in at least one of so many texts that were learned from: of rarer ones many are words of
another language too."""

LARGEST = 127
"""Coefficients are kept in 8 bits, as whole numbers from -127 to 127."""


@dataclass(frozen=True)
class WordsKnown:
    """How much of a text is known by its words."""

    common: int
    rare: int
    """Words that are not common, whether they are known or not."""
    unknown_letters: int
    """The letters of the words together that are not known at all: some languages write a sentence as one word."""

    @property
    def share(self) -> float:
        """The share of the words that are common; 1 for a text without words."""
        return self.common / (self.common + self.rare) if self.common + self.rare else 1.0

    @classmethod
    def of(cls, text: str, common: Set[str], known: Set[str]) -> "WordsKnown":
        """Of a text, held against words that are common and all that are known; words of one letter are no words here.

        >>> WordsKnown.of("She leads the Zwolle team.", {"she", "the", "team"}, {"she", "leads", "the", "team"})
        WordsKnown(common=3, rare=2, unknown_letters=6)
        """
        words = single_words(text)
        found = sum(word in common for word in words)
        return cls(found, len(words) - found, sum(len(word) for word in words if word not in known))


@dataclass(frozen=True)
class Terms:
    """The words and pairs of words, and the parts of words (3 to 5 characters), that count, each with its
    inverse document frequency; the columns are in that order."""

    words: tuple[str, ...]
    parts: tuple[str, ...]
    frequencies: Exact
    lexicon: Lexicon | None = None
    """Where texts are looked up, which may know the terms of other classifiers too; by default one of these alone."""

    def counts(self, texts: Sequence[str]) -> sparse.csr_array:
        """TF-IDF of each text (sublinear, each half a unit vector), as scikit-learn's vectoriser gives it; shape
        (texts, terms)."""
        return self._weighed(self._found(texts), len(texts))

    def counts_together(self, texts: Sequence[str]) -> sparse.csr_array:
        """The same of all those texts as one, in which no pair of words reaches from one into the next; one row."""
        return self._weighed(self._found(texts).together(), 1)

    def _found(self, texts: Sequence[str]) -> TermCounts:
        return texts.counts(self._known) if isinstance(texts, CountedTexts) else self._known.counts(texts)

    def _weighed(self, found: TermCounts, texts: int) -> sparse.csr_array:
        column = self._columns[found.term]
        own, width = np.flatnonzero(column >= 0), len(self.frequencies)
        # Text and column as one number, to be put in order.
        places = found.text[own] * width + column[own]
        order = np.argsort(places)
        columns = places[order] % width
        weights = (1 + np.log(found.count[own[order]])) * self.frequencies[columns]
        halves = np.add.outer(np.arange(texts + 1) * width, [0, len(self.words)]).ravel()
        borders = np.searchsorted(places[order], halves)
        for start, end in pairwise(borders.tolist()):
            weights[start:end] /= np.sqrt((weights[start:end] ** 2).sum() or 1.0)
        return sparse.csr_array((weights, columns, borders[::2]), shape=(texts, width))

    @cached_property
    def _known(self) -> Lexicon:
        return self.lexicon or Lexicon(self.words, self.parts)

    @cached_property
    def _columns(self) -> NDArray[np.int64]:
        """The column of each term of the lexicon; -1 for one that does not count here."""
        columns = np.full(len(self._known), -1)
        columns[self._known.numbers(self.words, self.parts)] = np.arange(len(self.frequencies))
        return columns

    @cached_property
    def single_words(self) -> frozenset[str]:
        """The words that stand by themselves, without the pairs."""
        return frozenset(word for word in self.words if " " not in word)

    @cached_property
    def common_words(self) -> frozenset[str]:
        """Those of them that are common."""
        rarest = np.log(COMMON) + 1
        frequencies = zip(self.words, self.frequencies, strict=False)
        return self.single_words & {word for word, frequency in frequencies if frequency <= rarest}

    def to_bytes(self) -> bytes:
        """The terms as JSON."""
        return json.dumps([self.words, self.parts], ensure_ascii=False).encode()

    @classmethod
    def from_bytes(cls, terms: bytes, frequencies: Exact) -> "Terms":
        """What `to_bytes` wrote. Raises ValueError when there are not as many frequencies as terms."""
        words, parts = json.loads(terms)
        if len(words) + len(parts) != len(frequencies):
            raise ValueError("every term needs its frequency")
        return cls(tuple(words), tuple(parts), frequencies)


@dataclass(frozen=True)
class WordClassifier:
    """Multinomial logistic regression on the terms of a text; `coefficients` has shape (classes, terms + 1),
    the last column the intercept."""

    terms: Terms
    coefficients: Exact

    @classmethod
    def rounded(cls, terms: Terms, coefficients: Exact) -> "WordClassifier":
        """With coefficients as they are kept."""
        return cls(terms, kept_as(*in_8_bits(coefficients)))

    def probabilities(self, texts: Sequence[str]) -> Exact:
        """The probability of each class, shape (texts, classes); a text's own words alone decide, to the last bit."""
        if not texts:
            return np.empty((0, len(self.coefficients)))
        # A product of a sparse matrix adds the terms of a row in their order, whatever other rows there are.
        return self._probabilities(self.terms.counts(texts))

    def probabilities_together(self, texts: Sequence[str]) -> Exact:
        """The probability of each class of all those texts as one, shape (classes,)."""
        shares: Exact = self._probabilities(self.terms.counts_together(texts))[0]
        return shares

    def _probabilities(self, counts: sparse.csr_array) -> Exact:
        return softmax(counts @ self._by_term + self.coefficients[:, -1])

    @cached_property
    def _by_term(self) -> Exact:
        return np.ascontiguousarray(self.coefficients[:, :-1].T)


def in_8_bits(coefficients: Exact) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Whole numbers, and for each class the unit that they are multiples of; of those that they stand for, the same.

    >>> whole, units = in_8_bits(np.array([[0.25, -0.5, 1.27], [0.0, 0.0, 0.0]]))
    >>> whole.tolist(), units.round(4).tolist()
    ([[25, -50, 127], [0, 0, 0]], [0.009999999776482582, 1.0])
    """
    largest = np.abs(coefficients).max(axis=1)
    units = np.where(largest > 0, largest / LARGEST, 1).astype(np.float32)
    return np.rint(coefficients / units[:, np.newaxis].astype(np.float64)).astype(np.int8), units


def kept_as(whole: NDArray[np.int8], units: NDArray[np.float32]) -> Exact:
    """The coefficients that those whole numbers stand for; shape (classes, terms + 1).

    Raises ValueError unless there is a unit for each class.
    """
    if units.shape != whole.shape[:1]:
        raise ValueError("every class needs its unit")
    return whole.astype(np.float64) * units[:, np.newaxis]
