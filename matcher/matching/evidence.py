"""What the passages of profiles show of the focus areas, taken together."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from matcher.matching.areas import MOST_PASSAGES, WHOLE, Strengths
from matcher.matching.columns import Columns, starts
from matcher.matching.fact_columns import Floats, Ints

NO_PASSAGE = -1


@dataclass(frozen=True)
class Evidence:
    """How clearly each profile shows each of some areas; all of shape (profiles, areas).

    Unknown (NaN) for a profile without passages, whose passages are NO_PASSAGE.
    """

    strength: Floats
    """In [0, 1]: what the MOST_PASSAGES passages that show most of the area show together, as a share of WHOLE."""
    place: Ints
    """Where the passage that shows most of it stands."""
    against: Floats
    """How clearly one passage speaks against the coach there, in [0, 1]."""
    against_place: Ints
    """Where that passage stands."""


def evidence(counts: Ints, told: Strengths) -> Evidence:
    """What passages show that tell that much of each area, shape (passages, areas), of which `counts` stand profile
    after profile; places are counted from the first passage of each profile."""
    against, against_at = best(counts, np.maximum(-told, np.float32(0)))
    left = np.maximum(told, np.float32(0))
    first_own = starts(counts)[:, np.newaxis]
    together, first = np.zeros(against.shape), against_at
    for number in range(MOST_PASSAGES):
        most, position = best(counts, left)
        together += most
        first = first if number else position
        # Each passage counts once.
        left[(position + first_own)[counts > 0], np.arange(left.shape[1])] = 0.0
    return Evidence(np.minimum(together / WHOLE, 1.0), first, against, against_at)


def best(counts: Ints, values: Floats | Strengths) -> tuple[Floats, Ints]:
    """The greatest of each profile's values, of which `counts` stand profile after profile, and which of its own it is
    (the first of equals); NaN and NO_PASSAGE for a profile without any. Both of shape (profiles, columns).

    >>> best(np.array([2, 0, 1]), np.array([[0.5], [0.75], [0.25]]))[1].tolist()
    [[1], [-1], [0]]
    """
    shape = (len(counts), values.shape[1])
    greatest, position = np.full(shape, np.nan), np.full(shape, NO_PASSAGE)
    if values.size:
        lengths = counts[counts > 0]
        begin = starts(lengths)
        most = np.maximum.reduceat(values, begin)
        greatest[counts > 0] = most
        is_most = values == np.repeat(most, lengths, axis=0)
        places = np.where(is_most, np.arange(len(values), dtype=np.int32)[:, np.newaxis], np.int32(len(values)))
        position[counts > 0] = np.minimum.reduceat(places, begin) - begin[:, np.newaxis]
    return greatest, position


@dataclass(frozen=True)
class Shown(Columns):
    """What many profiles show of every area, as it is kept: area after area, since few of them are asked for at a time,
    so all of shape (areas, profiles).

    What one passage tells has 32 bits, and no profile has 2^15 passages, so nothing is lost by narrow columns.
    """

    axis: ClassVar[int] = 1

    strength: NDArray[np.float64]
    place: NDArray[np.int16]
    against: NDArray[np.float32]
    against_place: NDArray[np.int16]

    @classmethod
    def of(cls, counts: Ints, told: Strengths) -> Self:
        """What passages show that tell that much of each area; see `evidence`."""
        found = evidence(counts, told)
        return cls(
            np.ascontiguousarray(found.strength.T),
            np.ascontiguousarray(found.place.T, np.int16),
            np.ascontiguousarray(found.against.T, np.float32),
            np.ascontiguousarray(found.against_place.T, np.int16),
        )

    def __len__(self) -> int:
        """The number of profiles."""
        return int(self.strength.shape[1])

    def take(self, rows: NDArray[np.int64]) -> Self:
        """That of those profiles, in that order."""
        # By `take`, which leaves them area after area; an index in brackets would turn them round.
        return type(self)(**{field.name: getattr(self, field.name).take(rows, axis=1) for field in fields(self)})

    @classmethod
    def concatenate(cls, parts: Sequence[Self]) -> Self:
        """That of all profiles of the parts, one part after another."""
        names = [field.name for field in fields(cls)]
        return cls(**{name: np.concatenate([getattr(part, name) for part in parts], axis=1) for name in names})

    def of_areas(self, column: str, rows: Ints, areas: Ints) -> Floats:
        """How clearly those profiles show each of those areas (the column `strength`), or a passage of them speaks
        against it (`against`); shape (profiles, areas)."""
        known, found = getattr(self, column), np.empty((len(areas), len(rows)))
        for place, area in enumerate(areas.tolist()):
            # Area by area, as they are kept: several times as fast as all at once.
            found[place] = known[area].take(rows)
        return found.T
