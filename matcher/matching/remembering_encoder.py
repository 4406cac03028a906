"""Remembers the vectors of texts, since they come again: needs while they are typed or refined, all in evaluations."""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

import numpy as np

from matcher.matching.embedding import Encoder, Vectors, text_hash

MOST_OF_A_WORKER = 4096
"""Texts that a process of the service remembers; some hundred needs, in 6 MB."""


class RememberingEncoder:
    """Gives the vectors of another encoder, and has a text encoded again only after `most` others, by default never.

    Texts are known by their hash, so that none is held. Since a vector depends on its text alone, all vectors are
    those of the encoder itself.
    """

    def __init__(self, encoder: Encoder, most: int | None = None) -> None:
        self._encoder = encoder
        self._most = most
        self._vectors: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = Lock()

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
        keys = [text_hash(text) for text in texts]
        known = self._remembered(keys)
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if new:
            found = dict(zip(new, self._encoder.encode([*new.values()]), strict=True))
            self._remember(found)
            known |= found
        return np.stack([known[key] for key in keys])

    def _remembered(self, keys: Sequence[str]) -> dict[str, Vectors]:
        with self._lock:
            known = {key: self._vectors[key] for key in keys if key in self._vectors}
            for key in known:
                self._vectors.move_to_end(key)
        return known

    def _remember(self, vectors: dict[str, Vectors]) -> None:
        with self._lock:
            self._vectors |= vectors
            while self._most is not None and len(self._vectors) > self._most:
                self._vectors.popitem(last=False)
