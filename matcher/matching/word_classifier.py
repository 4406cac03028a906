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

from matcher.matching.lexicon import CountedTexts, Lexicon
from matcher.matching.softmax import softmax
from matcher.matching.text_terms import single_words

Exact = NDArray[np.float64]


@dataclass(frozen=True)
class WordsKnown:
    """How much of a text is known by its words."""

    known: int
    unknown: int
    unknown_letters: int
    """The letters of the unknown words together: some languages write a sentence as one word."""

    @property
    def share(self) -> float:
        """The share of the words that are known; 1 for a text without words."""
        return self.known / (self.known + self.unknown) if self.known + self.unknown else 1.0

    @classmethod
    def of(cls, text: str, vocabulary: Set[str]) -> "WordsKnown":
        """Of a text, held against the words of a vocabulary; words of one letter are no words here.

        >>> WordsKnown.of("She leads the Zwolle team.", {"she", "leads", "the", "team"})
        WordsKnown(known=4, unknown=1, unknown_letters=6)
        """
        words = single_words(text)
        unknown = [word for word in words if word not in vocabulary]
        return cls(len(words) - len(unknown), len(unknown), sum(map(len, unknown)))


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
        found = texts.counts(self._known) if isinstance(texts, CountedTexts) else self._known.counts(texts)
        column = self._columns[found.term]
        own, width = np.flatnonzero(column >= 0), len(self.frequencies)
        # Text and column as one number, to be put in order.
        places = found.text[own] * width + column[own]
        order = np.argsort(places)
        columns = places[order] % width
        weights = (1 + np.log(found.count[own[order]])) * self.frequencies[columns]
        halves = np.add.outer(np.arange(len(texts) + 1) * width, [0, len(self.words)]).ravel()
        borders = np.searchsorted(places[order], halves)
        for start, end in pairwise(borders.tolist()):
            weights[start:end] /= np.sqrt((weights[start:end] ** 2).sum() or 1.0)
        return sparse.csr_array((weights, columns, borders[::2]), shape=(len(texts), width))

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

    def probabilities(self, texts: Sequence[str]) -> Exact:
        """The probability of each class, shape (texts, classes); a text's own words alone decide, to the last bit."""
        if not texts:
            return np.empty((0, len(self.coefficients)))
        # A product of a sparse matrix adds the terms of a row in their order, whatever other rows there are.
        logits = self.terms.counts(texts) @ self._by_term + self.coefficients[:, -1]
        return softmax(logits)

    @cached_property
    def _by_term(self) -> Exact:
        return np.ascontiguousarray(self.coefficients[:, :-1].T)
