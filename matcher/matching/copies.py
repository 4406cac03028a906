"""Passages that repeat a need's own words: they show nothing, and must gain nothing."""

import re
from collections.abc import Sequence

import numpy as np

from matcher.matching.index import Bools, Floats, Ints, Objects

ALIKE = 0.85
"""The cosine from which on two passages are held against each other word by word; a copy is at least as near,
also where the sentences were cut in other places."""

WORDS = 3
"""How many words in a row must be the same to count as repeated."""

REPEATED = 0.5
"""The share of a passage's rows of words that stand in the need, from which on it is a copy."""


def rows_of_words(text: str) -> set[tuple[str, ...]]:
    """Every WORDS words in a row, without case; all words at once for a shorter text.

    >>> sorted(rows_of_words("She does it, all alone."))
    [('does', 'it', 'all'), ('it', 'all', 'alone'), ('she', 'does', 'it')]
    """
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[start : start + WORDS]) for start in range(max(1, len(words) - WORDS + 1))}


def copies(passages: Objects, likeness: Floats, need: Sequence[str]) -> Bools:
    """Which passages repeat the need's passages; `likeness` has shape (passages, passages of the need)."""
    copied = np.zeros(len(passages), bool)
    near: Ints = np.flatnonzero((likeness >= ALIKE).any(axis=1)) if likeness.size else np.empty(0, np.int64)
    if len(near):
        asked = set().union(*map(rows_of_words, need))
        for place in near.tolist():
            said = rows_of_words(passages[place].text)
            copied[place] = len(said & asked) >= REPEATED * len(said)
    return copied
