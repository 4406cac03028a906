"""Words in a row, by which a text is known again when it stands in another."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from matcher.matching.columns import starts, stretches

WORDS = 3
"""How many words in a row must be the same to count as repeated."""

SAMPLED = 8
"""How many rows of words are kept of a passage, those with the least hashes: a fair sample of all it has, and the same
ones wherever else they stand (MinHash; Broder 1997)."""

_FACTOR = np.uint32(0x9E3779B1)
"""Odd, and without a pattern in its bits (Knuth's multiplicative hashing)."""

_ALL_BITS = np.uint32(0xFFFFFFFF)
_BYTE = np.uint32(0xFF)
_AFTER_BYTE = np.array([crc32(bytes([byte])) for byte in range(256)], np.uint32)
_STEP = _AFTER_BYTE[[byte ^ 0xFF for byte in range(256)]] ^ np.uint32(0xFF000000)
"""The table of CRC-32: what a byte adds to the rest of the checksum."""

_CONTINUES, _CONTINUED = np.uint8(0xC0), np.uint8(0x80)
"""The bits of a byte of UTF-8 that tell whether it continues a character, and what they then are."""

Hashes = NDArray[np.uint32]
Places = NDArray[np.int64]


def rows_of_words(texts: Sequence[str]) -> tuple[Hashes, Places]:
    """The hashes of every WORDS words in a row of each text, without case, each once, upwards; and how many there are
    of each text: one at least, for a shorter text that of all its words.

    >>> rows_of_words(["She does it, all alone.", "SHE does it", "no"])[1].tolist()
    [3, 1, 1]
    """
    found, numbers = word_hashes(texts)
    lengths = np.maximum(numbers, WORDS)
    hashes = np.zeros(lengths.sum(), np.uint32)  # A short text is filled up by nothing, of which the hash is 0.
    hashes[stretches(starts(lengths), numbers)] = found
    first = stretches(starts(lengths), lengths - WORDS + 1)
    rows = hashes[first]
    for further in range(1, WORDS):
        rows = rows * _FACTOR + hashes[first + further]
    owner = np.repeat(np.arange(len(texts), dtype=np.uint64), lengths - WORDS + 1)
    distinct = np.sort(owner << np.uint64(32) | rows * _FACTOR)
    distinct = distinct[np.concatenate([np.ones(len(distinct[:1]), bool), distinct[1:] != distinct[:-1]])]
    counts = np.bincount((distinct >> np.uint64(32)).astype(np.int64), minlength=len(texts))
    return distinct.astype(np.uint32), counts


def sampled(texts: Sequence[str]) -> Hashes:
    """The SAMPLED least hashes of each text, over again where it has fewer; shape (texts, SAMPLED)."""
    hashes, counts = rows_of_words(texts)
    least = np.arange(SAMPLED) % np.minimum(counts, SAMPLED)[:, np.newaxis]
    found: Hashes = hashes[starts(counts)[:, np.newaxis] + least]
    return found


def word_hashes(texts: Sequence[str]) -> tuple[Hashes, Places]:
    """The CRC-32 of each word (`\\\\w+`) of each text, without case, text after text; and how many each text has.

    >>> word_hashes(["Köln, no", ""])[0].tolist() == [crc32("köln".encode()), crc32(b"no")]
    True
    """
    folded = [text.casefold() for text in texts]
    whole = " ".join(folded)
    codes = np.frombuffer(whole.encode("utf-32-le"), np.uint32)
    edges = np.flatnonzero(np.diff(_of_words(codes), prepend=False, append=False))
    begin, end = edges[::2], edges[1::2]
    # Between two texts stands a space, which is of no word.
    text_ends = np.cumsum([len(text) + 1 for text in folded], dtype=np.int64)
    numbers = np.bincount(np.searchsorted(text_ends, begin, side="right"), minlength=len(texts))
    content = np.frombuffer(whole.encode(), np.uint8)
    if len(content) > len(codes):
        # Where each character begins: at every byte but those that continue one.
        first_byte = np.append(np.flatnonzero(content & _CONTINUES != _CONTINUED), len(content))
        begin, end = first_byte[begin], first_byte[end]
    return _checksums(content, begin, end), numbers


def _of_words(codes: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Which characters words are made of."""
    number = np.bincount(codes)
    known = np.zeros(len(number), bool)
    known[[code for code in np.flatnonzero(number).tolist() if chr(code).isalnum() or code == ord("_")]] = True
    of_words: NDArray[np.bool_] = known[codes]
    return of_words


def _checksums(content: NDArray[np.uint8], begin: Places, end: Places) -> Hashes:
    """The CRC-32 of each stretch of bytes: of all at once, byte after byte, the longest first."""
    longest_first = np.argsort(begin - end)
    place, lengths = begin[longest_first], (end - begin)[longest_first]
    sums = np.full(len(begin), _ALL_BITS, np.uint32)
    for number in range(lengths.max(initial=0)):
        left = np.searchsorted(-lengths, -number)
        some = sums[:left]
        sums[:left] = _STEP[(some ^ content[place[:left] + number]) & _BYTE] ^ some >> np.uint32(8)
    found = np.empty_like(sums)
    found[longest_first] = ~sums
    return found
