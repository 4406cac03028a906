"""Counts which known terms stand in texts: once, however many classifiers read these."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from matcher.matching.text_terms import words_and_pairs
from matcher.matching.word_parts import WordParts

Ints = NDArray[np.int64]

_TOGETHER = 64
"""Texts that are looked up together; bounds the memory taken by the parts of their words."""


@dataclass(frozen=True)
class TermCounts:
    """How often a term, known by its number, stands in a text, known by its place; all of shape (terms found,), and in
    the order of the texts."""

    text: Ints
    term: Ints
    count: Ints

    def together(self) -> "TermCounts":
        """How often each term stands in all of the texts together, as if they were one.

        >>> TermCounts(np.array([0, 1, 1]), np.array([7, 3, 7]), np.array([1, 2, 4])).together()
        TermCounts(text=array([0, 0]), term=array([3, 7]), count=array([2, 5]))
        """
        term, where = np.unique(self.term, return_inverse=True)
        count = np.zeros_like(term)
        np.add.at(count, where, self.count)
        return TermCounts(np.zeros_like(term), term, count)


class Lexicon:
    """The words and pairs of words, and the parts of words, that classifiers know, each with a number."""

    def __init__(self, words: Iterable[str], parts: Iterable[str]) -> None:
        """What comes again has the number that it had. Raises ValueError for what cannot be a part of a word."""
        self._words = {word: number for number, word in enumerate(dict.fromkeys(words))}
        self._parts = WordParts([*dict.fromkeys(parts)])

    def __len__(self) -> int:
        """How many there are."""
        return len(self._words) + len(self._parts)

    def numbers(self, words: Sequence[str], parts: Sequence[str]) -> Ints:
        """The numbers of those words, and after them those of the parts, all of which must be among them."""
        of_words = np.fromiter((self._words[word] for word in words), np.int64, len(words))
        return np.concatenate([of_words, len(self._words) + self._parts.places(parts)])

    def counts(self, texts: Sequence[str]) -> TermCounts:
        """How often each of them stands in each text, but for those that do not stand there."""
        blocks = [self._found(texts[first : first + _TOGETHER]) for first in range(0, len(texts), _TOGETHER)]
        text = [block.text + number * _TOGETHER for number, block in enumerate(blocks)]
        nothing = np.empty(0, np.int64)
        return TermCounts(
            np.concatenate([nothing, *text]),
            np.concatenate([nothing, *(block.term for block in blocks)]),
            np.concatenate([nothing, *(block.count for block in blocks)]),
        )

    def _found(self, texts: Sequence[str]) -> TermCounts:
        known = self._words
        of_words = [[known[term] for term in words_and_pairs(text) if term in known] for text in texts]
        text = np.repeat(np.arange(len(texts)), [len(numbers) for numbers in of_words])
        words = text * len(self) + np.fromiter(chain.from_iterable(of_words), np.int64)
        text, place = self._parts.found(texts)
        parts = text * len(self) + len(self._words) + place
        # Text and term as one number, which is much faster to tell apart than a pair.
        found, count = np.unique(np.concatenate([words, parts]), return_counts=True)
        return TermCounts(*np.divmod(found, max(len(self), 1)), count)


class CountedTexts(tuple[str, ...]):
    """Texts in which terms are counted but once, however many classifiers with one lexicon read them."""

    def counts(self, lexicon: Lexicon) -> TermCounts:
        """See `Lexicon.counts`."""
        if lexicon not in self._counts:
            self._counts[lexicon] = lexicon.counts(self)
        return self._counts[lexicon]

    @cached_property
    def _counts(self) -> dict[Lexicon, TermCounts]:
        return {}
