"""Words in a row, by which a text is known again when it stands in another."""

import re
from collections.abc import Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

WORDS = 3
"""How many words in a row must be the same to count as repeated."""

SAMPLED = 8
"""How many rows of words are kept of a passage, those with the least hashes: a fair sample of all it has, and the same
ones wherever else they stand (MinHash; Broder 1997)."""

_WORD = re.compile(r"\w+")
_FACTOR = np.uint32(0x9E3779B1)
"""Odd, and without a pattern in its bits (Knuth's multiplicative hashing)."""

Hashes = NDArray[np.uint32]


def rows_of_words(texts: Sequence[str]) -> tuple[Hashes, NDArray[np.int64]]:
    """The hashes of every WORDS words in a row of each text, without case, each once, upwards; and how many there are
    of each text: one at least, for a shorter text that of all its words.

    >>> rows_of_words(["She does it, all alone.", "SHE does it", "no"])[1].tolist()
    [3, 1, 1]
    """
    words = [_WORD.findall(text.casefold()) for text in texts]
    padded = [own + [""] * (WORDS - len(own)) for own in words]
    known = {word: crc32(word.encode()) for own in padded for word in own}
    hashes = np.array([known[word] for own in padded for word in own], np.uint32)
    lengths = np.array([len(own) for own in padded], np.int64)
    owner = np.repeat(np.arange(len(texts)), lengths)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    first = np.flatnonzero(within <= lengths[owner] - WORDS)
    rows = hashes[first]
    for further in range(1, WORDS):
        rows = rows * _FACTOR + hashes[first + further]
    distinct = np.unique(owner[first].astype(np.uint64) << np.uint64(32) | rows * _FACTOR)
    counts = np.bincount((distinct >> np.uint64(32)).astype(np.int64), minlength=len(texts))
    return distinct.astype(np.uint32), counts


def sampled(texts: Sequence[str]) -> Hashes:
    """The SAMPLED least hashes of each text, over again where it has fewer; shape (texts, SAMPLED)."""
    hashes, counts = rows_of_words(texts)
    starts = np.cumsum(counts) - counts
    least = np.arange(SAMPLED) % np.minimum(counts, SAMPLED)[:, np.newaxis]
    found: Hashes = hashes[starts[:, np.newaxis] + least]
    return found
