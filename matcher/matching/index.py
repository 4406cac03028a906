"""The read model over all coaches: a numpy column per fact, and the vectors of their passages.

Names, photos and nationality are not in it, so nothing that ranks can see them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np

from matcher.domain import Coach, minute_of_day, vocabulary
from matcher.matching.areas import Strengths
from matcher.matching.columns import Columns, Ragged, ints, numbers, objects
from matcher.matching.embedding import Vectors
from matcher.matching.enumerations import is_enumeration
from matcher.matching.fact_columns import (
    FROM_TODAY,
    MONEY_UNITS,
    TIMEZONES,
    UNLIMITED,
    Bools,
    Facts,
    Floats,
    Ints,
    Objects,
    facts_of,
)
from matcher.matching.passages import Passage, coach_passages

__all__ = [
    "FORMAT",
    "FROM_TODAY",
    "MONEY_UNITS",
    "TIMEZONES",
    "UNLIMITED",
    "Bools",
    "CoachIndex",
    "Credentials",
    "Facts",
    "Floats",
    "Ints",
    "Objects",
    "Passages",
    "Profile",
    "References",
    "folded",
    "membership",
]

FORMAT = 4
"""Raised when the meaning of a column changes; part of the version that an answer names."""


def folded(organisation: str) -> str:
    """An organisation's name for comparison, without case and surrounding space (contract, `conflict`)."""
    return organisation.strip().casefold()


def membership(codes: Collection[str], vocabulary_: Sequence[str]) -> Bools:
    """Which codes of a vocabulary are given, in its order; shape (vocabulary,)."""
    return np.array([code in codes for code in vocabulary_])


@dataclass(frozen=True)
class Windows(Columns):
    """Weekly windows in the coach's own time zone; minutes from local midnight."""

    weekday: Ints
    start: Ints
    end: Ints


@dataclass(frozen=True)
class Credentials(Columns):
    """Credentials; `valid_until` is an ordinal day, or UNLIMITED."""

    title: Objects
    """Body and level, such as "ICF PCC"."""
    rank: Ints
    valid_until: Ints
    verified: Bools


@dataclass(frozen=True)
class References(Columns):
    """Ratings by former clients, 1 to 5; `date` is an ordinal day, 0 when unknown."""

    rating: Floats
    verified: Bools
    date: Ints


@dataclass(frozen=True)
class Names(Columns):
    """Cities, or organisations folded for comparison."""

    name: Objects


@dataclass(frozen=True)
class Passages(Columns):
    """Passages of the profiles with their unit vectors, shape (passages, dimension), and how clearly
    each shows help with each focus area (below 0: speaks against it), shape (passages, areas).

    A passage that only names things has a vector of zeros, near to nothing.
    """

    passage: Objects
    vector: Vectors
    areas: Strengths


@dataclass(frozen=True)
class Profile:
    """What the index takes in of one coach: the profile, and for each of its passages one vector and
    how clearly it shows help with each focus area.

    Cutting a profile into passages takes time; whoever has done so passes them on.
    """

    coach: Coach
    vectors: Vectors
    areas: Strengths
    passages: tuple[Passage, ...] | None = None

    def __post_init__(self) -> None:
        if self.passages is None:
            object.__setattr__(self, "passages", coach_passages(self.coach))


def _windows(coaches: Sequence[Coach]) -> Ragged[Windows]:
    windows = [window for coach in coaches for window in coach.availability.weekly]
    return Ragged(
        ints([len(coach.availability.weekly) for coach in coaches]),
        Windows(
            weekday=ints([window.weekday for window in windows]),
            start=ints([minute_of_day(window.start) for window in windows]),
            end=ints([minute_of_day(window.end) for window in windows]),
        ),
    )


def _credentials(coaches: Sequence[Coach]) -> Ragged[Credentials]:
    held = [credential for coach in coaches for credential in coach.credentials]
    return Ragged(
        ints([len(coach.credentials) for coach in coaches]),
        Credentials(
            title=objects([f"{credential.body} {credential.level}" for credential in held]),
            rank=ints([credential.rank for credential in held]),
            valid_until=ints(
                [day.toordinal() if (day := credential.valid_until) else UNLIMITED for credential in held]
            ),
            verified=np.array([credential.verified for credential in held], bool),
        ),
    )


def _references(coaches: Sequence[Coach]) -> Ragged[References]:
    given = [reference for coach in coaches for reference in coach.references]
    return Ragged(
        ints([len(coach.references) for coach in coaches]),
        References(
            rating=numbers([reference.rating for reference in given]),
            verified=np.array([reference.verified for reference in given], bool),
            date=ints([reference.date.toordinal() if reference.date else 0 for reference in given]),
        ),
    )


def _names(rows: Sequence[Sequence[str]]) -> Ragged[Names]:
    return Ragged(ints([len(row) for row in rows]), Names(objects([name for row in rows for name in row])))


def _passages(profiles: Sequence[Profile], dimension: int) -> Ragged[Passages]:
    rows = [profile.passages or () for profile in profiles]
    if any(not len(row) == len(own.vectors) == len(own.areas) for row, own in zip(rows, profiles, strict=True)):
        raise ValueError("a profile must come with one vector, and one row of areas, for each of its passages")
    nothing = np.empty((0, dimension), np.float32), np.empty((0, len(vocabulary.FOCUS_AREAS)), np.float32)
    telling = [_telling(profile) for profile in profiles]
    return Ragged(
        ints([len(row) for row in rows]),
        Passages(
            objects([passage for row in rows for passage in row]),
            np.concatenate([nothing[0], *(vectors for vectors, _ in telling)]),
            np.concatenate([nothing[1], *(areas for _, areas in telling)]),
        ),
    )


def _telling(profile: Profile) -> tuple[Vectors, Strengths]:
    """The vectors of the passages and what they show of the areas: one that repeats another's words shows nothing
    more, and one that only names things shows nothing and is near to nothing, though it may speak against an area."""
    passages = profile.passages or ()
    said, again = set[str](), []
    for passage in passages:
        words = " ".join(passage.text.casefold().split())
        again.append(words in said)
        said.add(words)
    vectors, areas = profile.vectors, profile.areas.copy()
    names = np.array([is_enumeration(passage.text) for passage in passages], bool)
    if names.any():
        vectors = np.where(names[:, np.newaxis], np.float32(0), vectors)
        areas[names] = np.minimum(areas[names], 0)
    areas[np.array(again, bool)] = 0
    return vectors, areas


@dataclass(frozen=True)
class CoachIndex(Columns):
    """All coaches as columns, in the order of their ids by code point; never changed, only replaced."""

    facts: Facts
    windows: Ragged[Windows]
    credentials: Ragged[Credentials]
    references: Ragged[References]
    locations: Ragged[Names]
    conflicts: Ragged[Names]
    passages: Ragged[Passages]

    @classmethod
    def build(cls, profiles: Sequence[Profile], dimension: int) -> Self:
        """An index of those profiles; `dimension` is the length of the encoder's vectors.

        Raises ValueError for a profile whose vectors or rows of areas are not as many as its passages.
        """
        ordered = sorted(profiles, key=lambda profile: profile.coach.id)
        coaches = [profile.coach for profile in ordered]
        return cls(
            facts=facts_of(coaches),
            windows=_windows(coaches),
            credentials=_credentials(coaches),
            references=_references(coaches),
            locations=_names([coach.locations for coach in coaches]),
            conflicts=_names([[folded(name) for name in coach.conflicts] for coach in coaches]),
            passages=_passages(ordered, dimension),
        )

    def updated(self, changes: Mapping[str, Profile | None]) -> Self:
        """The index after those coaches were put (a profile) or deleted (None)."""
        if not changes:
            return self
        kept = self.take(np.flatnonzero([coach_id not in changes for coach_id in self.facts.id]))
        put = [profile for profile in changes.values() if profile is not None]
        dimension = self.passages.entries.vector.shape[1]
        built = type(self).build(put, dimension)
        if not len(kept):
            return built
        joined = type(self).concatenate([kept, built])
        return joined.take(ints(sorted(range(len(joined)), key=lambda row: joined.facts.id[row])))

    def __len__(self) -> int:
        """The number of coaches."""
        return len(self.facts.id)

    @cached_property
    def row_of(self) -> Mapping[str, int]:
        """The row of each coach, by id."""
        return {coach_id: row for row, coach_id in enumerate(self.facts.id)}

    def passage(self, place: int) -> Passage:
        """The passage that stands at that place among all passages."""
        found: Passage = self.passages.entries.passage[place]
        return found
