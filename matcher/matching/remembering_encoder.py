"""Remembers the vectors of texts, since they come again: needs while they are typed or refined, all in evaluations."""

from collections.abc import Callable, Sequence

import numpy as np

from matcher.matching.embedding import Encoder, Vectors, text_hash
from matcher.matching.vector_memory import OwnMemory, VectorMemory


class RememberingEncoder:
    """Gives the vectors of another encoder, and has a text encoded again only when the memory forgot it; one of its own
    never does.

    Texts are known by their hash, so that none is held. Since a vector depends on its text alone, all vectors are
    those of the encoder itself.
    """

    def __init__(self, encoder: Encoder, memory: VectorMemory | None = None) -> None:
        self._encoder = encoder
        self._memory = memory or OwnMemory()

    @property
    def name(self) -> str:
        """That of the encoder."""
        return self._encoder.name

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._encoder.dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a text, shape (texts, dimension); shape (0, dimension) for no text."""
        if not texts:
            return self._encoder.encode(texts)
        return known_or_made(
            self._memory, texts, lambda places: self._encoder.encode([texts[place] for place in places])
        )


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
