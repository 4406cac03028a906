"""An encoder that remembers, since an evaluation asks for the same texts again and again."""

from collections.abc import Sequence

import numpy as np

from matcher.matching.embedding import Encoder, Vectors


class RememberingEncoder:
    """Gives the vectors of another encoder and has each distinct text encoded once, in memory alone."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._vectors: dict[str, Vectors] = {}

    @property
    def name(self) -> str:
        """That of the encoder behind it, whose vectors these are."""
        return self._encoder.name

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._encoder.dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a text, shape (texts, dimension); shape (0, dimension) for no text."""
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if new:
            self._vectors |= zip(new, self._encoder.encode(new), strict=True)
        return np.array([self._vectors[text] for text in texts], np.float32).reshape(len(texts), self.dimension)
