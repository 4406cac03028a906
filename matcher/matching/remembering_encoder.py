"""Remembers the vectors of texts, since they come again: needs while they are typed or refined, all in evaluations."""

from collections.abc import Sequence

from matcher.matching.embedding import Encoder, Vectors
from matcher.matching.vector_memory import OwnMemory, VectorMemory, known_or_made


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
