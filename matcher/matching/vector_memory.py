"""Where vectors of texts are remembered, by the hash of the text: in a process, or in memory that several share."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from mmap import mmap
from typing import Protocol

import numpy as np

from matcher.matching.embedding import Vectors, text_hash

MOST_SHARED = 8192
"""Texts that the processes of the service remember together; some hundred needs, in 13 MB."""

_WAYS = 4
"""Places in which a text may stand; with one alone, two texts of a need would now and then drive each other out."""

_KEY, _SEAL = 32, 8
"""Bytes of a text's hash, and of the hash over that and the vector."""


class VectorMemory(Protocol):
    """Vectors by the hashes of their texts, in hexadecimal; what is kept may be forgotten, and never changes."""

    def recalled(self, hashes: Sequence[str]) -> dict[str, Vectors]:
        """The vectors of those of the texts that are remembered."""

    def keep(self, vectors: Mapping[str, Vectors]) -> None:
        """Remembers the vectors of those texts."""


def known_or_made(memory: VectorMemory, texts: Sequence[str], made: Callable[[list[int]], Vectors]) -> Vectors:
    """What a memory keeps of each text, of which there must be one; what it does not know is made, and kept.

    `made` is given the places of texts, each of another text, and answers a row for each of them.
    """
    hashes = [text_hash(text) for text in texts]
    known = memory.recalled(hashes)
    new = dict[str, int]()
    for place, hashed in enumerate(hashes):
        if hashed not in known:
            new.setdefault(hashed, place)
    if new:
        found = dict(zip(new, made([*new.values()]), strict=True))
        memory.keep(found)
        known |= found
    return np.stack([known[hashed] for hashed in hashes])


class OwnMemory:
    """Remembers all, in one process."""

    def __init__(self) -> None:
        self._vectors: dict[str, Vectors] = {}

    def recalled(self, hashes: Sequence[str]) -> dict[str, Vectors]:
        """The vectors of those of the texts that are remembered."""
        return {hashed: self._vectors[hashed] for hashed in hashes if hashed in self._vectors}

    def keep(self, vectors: Mapping[str, Vectors]) -> None:
        """Remembers the vectors of those texts."""
        self._vectors.update(vectors)


class SharedMemory:
    """Remembers about so many texts for a process and all that are forked from it: what one encoded, the others know.

    Nobody waits for anybody: a record that another process was writing, or was killed while it wrote, does not fit its
    seal and counts as not there. It is in no file.
    """

    def __init__(self, dimension: int, most: int = MOST_SHARED) -> None:
        """For vectors of that length; `most` is rounded up to a multiple of _WAYS."""
        self._size = _KEY + _SEAL + dimension * np.dtype(np.float32).itemsize
        self._sets = -(-most // _WAYS)
        self._records = mmap(-1, self._sets * _WAYS * self._size)

    def recalled(self, hashes: Sequence[str]) -> dict[str, Vectors]:
        """The vectors of those of the texts that are remembered."""
        found = {hashed: self._found(bytes.fromhex(hashed)) for hashed in hashes}
        return {hashed: vector for hashed, vector in found.items() if vector is not None}

    def keep(self, vectors: Mapping[str, Vectors]) -> None:
        """Remembers the vectors of those texts, in place of some others where there is no room left."""
        for hashed, vector in vectors.items():
            key, content = bytes.fromhex(hashed), vector.astype(np.float32).tobytes()
            begin = self._place_for(key)
            self._records[begin : begin + self._size] = key + _seal(key, content) + content

    def _found(self, key: bytes) -> Vectors | None:
        for begin in self._places(key):
            if self._records[begin : begin + _KEY] == key:
                record = self._records[begin : begin + self._size]
                content = record[_KEY + _SEAL :]
                if record[:_KEY] == key and record[_KEY : _KEY + _SEAL] == _seal(key, content):
                    return np.frombuffer(content, np.float32)
        return None

    def _place_for(self, key: bytes) -> int:
        places = self._places(key)
        own = (place for place in places if self._records[place : place + _KEY] in (key, bytes(_KEY)))
        # By bits of the key that did not choose the set, so that none of the places is spared.
        return next(own, places[key[-1] % _WAYS])

    def _places(self, key: bytes) -> range:
        begin = int.from_bytes(key[:8]) % self._sets * _WAYS * self._size
        return range(begin, begin + _WAYS * self._size, self._size)


def _seal(key: bytes, content: bytes) -> bytes:
    return hashlib.blake2b(key + content, digest_size=_SEAL).digest()
