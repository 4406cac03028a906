"""A way to read areas that remembers, since an evaluation asks for the same texts again and again."""

from collections.abc import Callable, Sequence

import numpy as np

from matcher.matching.areas import AreaReading, Shares, Strengths
from matcher.matching.embedding import Vectors
from matcher.matching.wish_reading import Wishes
from matcher.matching.word_classifier import WordsKnown


class RememberingAreas:
    """Gives the readings of another way to read areas and has each distinct text read once, in memory alone; needs as
    a whole are read each time."""

    def __init__(self, areas: AreaReading) -> None:
        self._areas = areas
        self._of_need: dict[str, Strengths] = {}
        self._of_profile: dict[str, Strengths] = {}
        self._wishes: dict[str, Wishes] = {}

    @property
    def name(self) -> str:
        """That of the reading behind it."""
        return self._areas.name

    @property
    def kept(self) -> bool:
        """As the reading behind it."""
        return self._areas.kept

    @property
    def clear(self) -> float | None:
        """As the reading behind it."""
        return self._areas.clear

    def of_need(self, texts: Sequence[str], vectors: Vectors) -> Strengths:
        """How much passages of a need tell of trouble with each area; see `AreaReading`."""
        return _remembered(self._of_need, self._areas.of_need, texts, vectors)

    def of_whole(self, texts: Sequence[str]) -> Shares:
        """How likely a need is about each area, by all its words together; see `AreaReading`."""
        return self._areas.of_whole(texts)

    def of_profile(self, texts: Sequence[str], vectors: Vectors) -> Strengths:
        """How clearly passages of a profile show help with each area; see `AreaReading`."""
        return _remembered(self._of_profile, self._areas.of_profile, texts, vectors)

    def wishes(self, texts: Sequence[str], vectors: Vectors) -> Wishes:
        """How clearly passages of a need wish for each thing of the coach; see `AreaReading`."""
        return _remembered(self._wishes, self._areas.wishes, texts, vectors)

    def words_known(self, text: str) -> WordsKnown | None:
        """How much of a text is known by its words; see `AreaReading`."""
        return self._areas.words_known(text)


def _remembered(
    known: dict[str, Strengths],
    read: Callable[[Sequence[str], Vectors], Strengths],
    texts: Sequence[str],
    vectors: Vectors,
) -> Strengths:
    new = {text: place for place, text in enumerate(texts) if text not in known}
    if new:
        known |= zip(new, read(list(new), vectors[list(new.values())]), strict=True)
    # Of no text there is still a row's length to tell.
    return np.array([known[text] for text in texts], np.float32) if texts else read(texts, vectors)
