"""Remembers the vectors of texts, since they come again: needs while they are typed or refined, all in evaluations."""

from collections.abc import Sequence

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
        hashes = [text_hash(text) for text in texts]
        known = self._memory.recalled(hashes)
        new = {hashed: text for hashed, text in zip(hashes, texts, strict=True) if hashed not in known}
        if new:
            found = dict(zip(new, self._encoder.encode([*new.values()]), strict=True))
            self._memory.keep(found)
            known |= found
        return np.stack([known[hashed] for hashed in hashes])
