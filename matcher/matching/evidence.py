"""What the passages of profiles show of focus areas and backgrounds (themes), taken together."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from matcher.matching.areas import MOST_PASSAGES, WHOLE, Strengths
from matcher.matching.columns import Columns, starts
from matcher.matching.fact_columns import Floats, Ints

NO_PASSAGE = -1

UNIT = 120
"""What a passage that wholly tells of a theme tells of it, as it is kept: in 8 bits, from -UNIT to UNIT. Halves,
thirds, quarters and tenths are whole numbers of units."""

_WHOLE = int(WHOLE * UNIT)
"""The same of a profile that wholly shows it; fits into 8 bits without a sign too."""

_UNKNOWN = 255
"""As what is kept of a profile without passages."""

Told = NDArray[np.int8]
"""How much each passage tells of each theme, shape (passages, themes), in units of 1 / UNIT."""


def in_units(told: Strengths) -> Told:
    """Shares from -1 to 1 as they are kept.

    >>> in_units(np.array([[0.5, -1.0]], np.float32)).tolist()
    [[60, -120]]
    """
    units: Told = np.rint(told * np.float32(UNIT)).astype(np.int8)
    return units


def _values(whole: int) -> Floats:
    """What is kept in 8 bits without a sign as the share of so many units that it stands for."""
    values = np.arange(_UNKNOWN + 1) / whole
    values[_UNKNOWN] = np.nan
    return values


_UNITS = {"strength": _WHOLE, "against": UNIT}
_SHARES = {column: _values(units) for column, units in _UNITS.items()}


def _kept(column: str, values: Floats) -> NDArray[np.uint8]:
    return np.where(np.isnan(values), _UNKNOWN, np.rint(values * _UNITS[column])).astype(np.uint8)


@dataclass(frozen=True)
class Evidence:
    """How clearly each profile shows each of some themes; all of shape (profiles, themes).

    Unknown (NaN) for a profile without passages, whose passages are NO_PASSAGE.
    """

    strength: Floats
    """In [0, 1]: what the MOST_PASSAGES passages that show most of the theme show together, as a share of WHOLE."""
    place: Ints
    """Where the passage that shows most of it stands."""
    against: Floats
    """How clearly one passage speaks against the coach there, in [0, 1]."""
    against_place: Ints
    """Where that passage stands."""


def evidence(counts: Ints, told: Told) -> Evidence:
    """What passages show that tell that much of each theme, of which `counts` stand profile after profile; places are
    counted from the first passage of each profile."""
    against, against_at = best(counts, np.maximum(-told, np.int8(0)))
    left = np.maximum(told, np.int8(0))
    first_own = starts(counts)[:, np.newaxis]
    together, first = np.zeros(against.shape), against_at
    for number in range(MOST_PASSAGES):
        most, position = best(counts, left)
        together += most
        first = first if number else position
        # Each passage counts once.
        left[(position + first_own)[counts > 0], np.arange(left.shape[1])] = 0
    return Evidence(np.minimum(together / _WHOLE, 1.0), first, against / UNIT, against_at)


def best(counts: Ints, values: Floats | Told) -> tuple[Floats, Ints]:
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
    """What many profiles show of every theme, as it is kept: theme after theme, since few of them are asked for at a
    time, so all of shape (themes, profiles).

    What passages tell are whole numbers of units, and no profile has 2^15 passages, so nothing is lost by narrow
    columns.
    """

    axis: ClassVar[int] = 1

    strength: NDArray[np.uint8]
    place: NDArray[np.int16]
    against: NDArray[np.uint8]
    against_place: NDArray[np.int16]

    @classmethod
    def of(cls, counts: Ints, told: Told) -> Self:
        """What passages show that tell that much of each theme; see `evidence`."""
        found = evidence(counts, told)
        return cls(
            np.ascontiguousarray(_kept("strength", found.strength).T),
            np.ascontiguousarray(found.place.T, np.int16),
            np.ascontiguousarray(_kept("against", found.against).T),
            np.ascontiguousarray(found.against_place.T, np.int16),
        )

    def __len__(self) -> int:
        """The number of profiles."""
        return int(self.strength.shape[1])

    def take(self, rows: NDArray[np.int64]) -> Self:
        """That of those profiles, in that order."""
        # By `take`, which leaves them theme after theme; an index in brackets would turn them round.
        return type(self)(**{field.name: getattr(self, field.name).take(rows, axis=1) for field in fields(self)})

    @classmethod
    def concatenate(cls, parts: Sequence[Self]) -> Self:
        """That of all profiles of the parts, one part after another."""
        names = [field.name for field in fields(cls)]
        return cls(**{name: np.concatenate([getattr(part, name) for part in parts], axis=1) for name in names})

    def of_themes(self, column: str, rows: Ints, themes: Ints) -> Floats:
        """How clearly those profiles show each of those themes (the column `strength`), or a passage of them speaks
        against it (`against`); shape (profiles, themes)."""
        known, shares, found = getattr(self, column), _SHARES[column], np.empty((len(themes), len(rows)))
        for place, theme in enumerate(themes.tolist()):
            # Theme by theme, as they are kept: several times as fast as all at once.
            # Nothing is out of bounds; by default what is found would be written twice.
            shares.take(known[theme].take(rows), out=found[place], mode="clip")
        return found.T
