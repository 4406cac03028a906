"""A way to read areas that remembers profiles too, since an evaluation asks for the same texts again and again."""

from collections.abc import Sequence

from matcher.matching.areas import AreaReading, Strengths
from matcher.matching.embedding import Vectors
from matcher.matching.remembering_areas import RememberingAreas
from matcher.matching.vector_memory import OwnMemory, known_or_made


class RememberingBothSides(RememberingAreas):
    """Has each distinct text of a need or profile read once, in the memory of one process, which forgets nothing."""

    def __init__(self, areas: AreaReading) -> None:
        super().__init__(areas, OwnMemory(), OwnMemory())
        self._profiles = OwnMemory()

    def of_profile(self, texts: Sequence[str], vectors: Vectors) -> Strengths:
        """What passages of a profile show of each theme; see `AreaReading`."""

        def read(places: list[int]) -> Strengths:
            return self._areas.of_profile([texts[place] for place in places], vectors[places])

        return known_or_made(self._profiles, texts, read) if texts else read([])
