"""Remembers what was read from passages of needs, beside their vectors: needs come again while they are typed or
refined, and in batches."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.domain import vocabulary
from matcher.matching.areas import AreaReading, Shares, Strengths
from matcher.matching.backgrounds import Backgrounds
from matcher.matching.embedding import Vectors
from matcher.matching.lexicon import CountedTexts
from matcher.matching.vector_memory import SharedMemory, VectorMemory, known_or_made
from matcher.matching.wish_reading import NO_WISH, Wishes
from matcher.matching.word_classifier import WordsKnown

_AREAS = len(vocabulary.FOCUS_AREAS)

_BETWEEN_PASSAGES = "\0"
"""What stands in no text, so that the same words cut otherwise are another need."""


class RememberingAreas:
    """Gives the readings of another way to read areas, and has a passage of a need read again only when the memory
    forgot it. Profiles are read by that way each time, since what was read of them is kept with them.

    Since each passage, and each need as a whole, is read by itself, all readings are those of the way behind it.
    """

    def __init__(
        self, areas: AreaReading, memory: VectorMemory | None = None, wholes: VectorMemory | None = None
    ) -> None:
        """By default what was read is remembered for this process and all that are forked from it."""
        self._areas = areas
        self._memory = memory or SharedMemory(_AREAS + NO_WISH)
        self._wholes = wholes or SharedMemory(_AREAS)

    @property
    def name(self) -> str:
        """That of the way behind it."""
        return self._areas.name

    @property
    def kept(self) -> bool:
        """As the way behind it."""
        return self._areas.kept

    @property
    def clear(self) -> float | None:
        """As the way behind it."""
        return self._areas.clear

    def of_need(self, texts: Sequence[str], vectors: Vectors) -> Strengths:
        """How much passages of a need tell of trouble with each area; see `AreaReading`."""
        return self._read(texts, vectors)[:, :_AREAS]

    def of_whole(self, texts: Sequence[str]) -> Shares:
        """How likely a need is about each area, by all its words together; see `AreaReading`."""
        whole = _BETWEEN_PASSAGES.join(texts)
        shares: Shares = known_or_made(self._wholes, [whole], lambda _: self._areas.of_whole(texts)[np.newaxis])[0]
        return shares

    def of_profile(self, texts: Sequence[str], vectors: Vectors) -> Strengths:
        """What passages of a profile show of each theme; see `AreaReading`."""
        return self._areas.of_profile(texts, vectors)

    def wishes(self, texts: Sequence[str], vectors: Vectors) -> Wishes:
        """How clearly passages of a need wish for each thing of the coach; see `AreaReading`."""
        return self._read(texts, vectors)[:, _AREAS:]

    def backgrounds(self, texts: Sequence[str], vectors: Vectors) -> Backgrounds:
        """How much of each passage tells of each background; see `AreaReading`. Few needs wish for one, so that is read
        anew."""
        return self._areas.backgrounds(texts, vectors)

    def words_known(self, text: str) -> WordsKnown | None:
        """How much of a text is known by its words; see `AreaReading`."""
        return self._areas.words_known(text)

    def _read(self, texts: Sequence[str], vectors: Vectors) -> NDArray[np.float32]:
        """Areas and wishes side by side, in one record a text: who asks for the ones soon asks for the others."""

        def read(places: list[int]) -> NDArray[np.float32]:
            # Where all are new, their terms are counted but once, for the need as a whole too.
            new = texts if len(places) == len(texts) else CountedTexts(texts[place] for place in places)
            return np.hstack([self._areas.of_need(new, vectors[places]), self._areas.wishes(new, vectors[places])])

        return known_or_made(self._memory, texts, read) if texts else read([])
