"""Cuts a text into terms: its words with their pairs, and parts of its words.

They are those that scikit-learn's vectorisers count by default and with `char_wb`, which training takes them from; to
load scikit-learn for it takes seconds of each start of the service.
"""

import re
from itertools import pairwise

SHORTEST_PART, LONGEST_PART = 3, 5
"""Characters."""

_WORD = re.compile(r"\b\w\w+\b")


def single_words(text: str) -> list[str]:
    """The words of two letters or more, without case."""
    return _WORD.findall(text.lower())


def words_and_pairs(text: str) -> list[str]:
    """The words, and then each two in a row.

    >>> words_and_pairs("A rota, again late")
    ['rota', 'again', 'late', 'rota again', 'again late']
    """
    words = single_words(text)
    return words + [f"{first} {second}" for first, second in pairwise(words)]


def parts_of_words(text: str) -> list[str]:
    """All SHORTEST_PART to LONGEST_PART characters in a row of each word, with a space before and after it; of a word
    that is shorter with its spaces, the whole.

    >>> parts_of_words("An ox's")
    [' an', 'an ', ' an ', ' ox', "ox'", "x's", "'s ", " ox'", "ox's", "x's ", " ox's", "ox's "]
    """
    parts = list[str]()
    for word in text.lower().split():
        spaced = f" {word} "
        for length in range(SHORTEST_PART, LONGEST_PART + 1):
            last = max(len(spaced) - length, 0)
            parts += [spaced[start : start + length] for start in range(last + 1)]
            # What is no longer than that counts once.
            if not last:
                break
    return parts
