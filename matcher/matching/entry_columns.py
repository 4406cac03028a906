"""What coaches have any number of, as columns: weekly windows, credentials, references, cities, conflicts."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.domain import Coach, minute_of_day, vocabulary
from matcher.matching.columns import Columns, Ragged, ints, numbers
from matcher.matching.fact_columns import UNLIMITED, Bools, Floats, Ints

TITLES: tuple[str, ...] = tuple(
    f"{body} {level}" for body, levels in vocabulary.CREDENTIALS.items() for level in levels
)
"""Body and level of every credential, such as "ICF PCC"."""


@dataclass(frozen=True)
class Windows(Columns):
    """Weekly windows in the coach's own time zone; minutes from local midnight."""

    weekday: Ints
    start: Ints
    end: Ints


@dataclass(frozen=True)
class Credentials(Columns):
    """Credentials; `valid_until` is an ordinal day, or UNLIMITED."""

    title: Ints
    """Place in TITLES."""
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
    """Cities, or organisations folded for comparison; known by `name_hash`, since all that is asked is which are
    equal."""

    hash: NDArray[np.uint64]


def name_hash(name: str) -> np.uint64:
    """The first 64 bits of a name's SHA-256."""
    return np.uint64(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big"))


def windows_of(coaches: Sequence[Coach]) -> Ragged[Windows]:
    """The weekly windows of those coaches."""
    windows = [window for coach in coaches for window in coach.availability.weekly]
    return Ragged(
        ints([len(coach.availability.weekly) for coach in coaches]),
        Windows(
            weekday=ints([window.weekday for window in windows]),
            start=ints([minute_of_day(window.start) for window in windows]),
            end=ints([minute_of_day(window.end) for window in windows]),
        ),
    )


def credentials_of(coaches: Sequence[Coach]) -> Ragged[Credentials]:
    """The credentials of those coaches."""
    held = [credential for coach in coaches for credential in coach.credentials]
    return Ragged(
        ints([len(coach.credentials) for coach in coaches]),
        Credentials(
            title=ints([TITLES.index(f"{credential.body} {credential.level}") for credential in held]),
            rank=ints([credential.rank for credential in held]),
            valid_until=ints(
                [day.toordinal() if (day := credential.valid_until) else UNLIMITED for credential in held]
            ),
            verified=np.array([credential.verified for credential in held], bool),
        ),
    )


def references_of(coaches: Sequence[Coach]) -> Ragged[References]:
    """What clients gave those coaches."""
    given = [reference for coach in coaches for reference in coach.references]
    return Ragged(
        ints([len(coach.references) for coach in coaches]),
        References(
            rating=numbers([reference.rating for reference in given]),
            verified=np.array([reference.verified for reference in given], bool),
            date=ints([reference.date.toordinal() if reference.date else 0 for reference in given]),
        ),
    )


def names_of(rows: Sequence[Sequence[str]]) -> Ragged[Names]:
    """Any number of names a coach."""
    names = [name_hash(name) for row in rows for name in row]
    return Ragged(ints([len(row) for row in rows]), Names(np.array(names, np.uint64)))
