"""The packaged encoder of a process that encodes few texts at a time, and cannot wait: kept threads share them."""

from collections.abc import Sequence

import numpy as np

from matcher.matching.embedding import Encoder, Vectors
from matcher.matching.quantised_encoder import QuantisedEncoder
from matcher.matching.thread_team import ThreadTeam, team


class TeamEncoder:
    """Gives the vectors of another encoder, whose texts a team shares; pays where that encodes text by text."""

    def __init__(self, encoder: Encoder, threads: ThreadTeam) -> None:
        self._encoder = encoder
        self._threads = threads

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
        vectors = np.empty((len(texts), self.dimension), np.float32)
        # The longest first, so that no thread has a long one left when the others are done.
        places = sorted(range(len(texts)), key=lambda place: -len(texts[place]))
        for place, vector in zip(
            places, self._threads.each(self._encoded, [texts[place] for place in places]), strict=True
        ):
            vectors[place] = vector
        return vectors

    def _encoded(self, text: str) -> Vectors:
        vector: Vectors = self._encoder.encode([text])[0]
        return vector


def shared(encoder: Encoder) -> Encoder:
    """The encoder, with its texts shared by the process's team where it encodes them one by one; any other has threads
    of its own."""
    return TeamEncoder(encoder, team()) if isinstance(encoder, QuantisedEncoder) else encoder
