"""All that is known of coaches, as a numpy column a fact, and how profiles are made into such columns.

Names, photos and nationality are not in them, so nothing that ranks can see those.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from matcher.domain import Coach
from matcher.matching.areas import THEMES, Strengths
from matcher.matching.columns import Columns, Letters, Ragged, ints, starts, stretches, written
from matcher.matching.entry_columns import (
    Credentials,
    Names,
    References,
    Windows,
    credentials_of,
    names_of,
    references_of,
    windows_of,
)
from matcher.matching.evidence import Shown
from matcher.matching.fact_columns import Facts, Ints, facts_of
from matcher.matching.passage_store import PassageTable
from matcher.matching.passages import Passage, coach_passages
from matcher.matching.shown_rows import ShownRows
from matcher.matching.telling import told
from matcher.matching.word_rows import sampled

_NO_THEMES = np.empty((0, THEMES), np.float32)


def folded(organisation: str) -> str:
    """An organisation's name for comparison, without case and surrounding space (contract, `conflict`)."""
    return organisation.strip().casefold()


@dataclass(frozen=True)
class Profile:
    """What the index takes in of one coach: the profile, and for each of its passages how clearly it shows help with
    each focus area, and how much of it tells of each background.

    Cutting a profile into passages takes time; whoever has done so passes them on.
    """

    coach: Coach
    themes: Strengths
    passages: tuple[Passage, ...] | None = None

    def __post_init__(self) -> None:
        if self.passages is None:
            object.__setattr__(self, "passages", coach_passages(self.coach))

    @property
    def cut(self) -> tuple[Passage, ...]:
        """The passages."""
        return self.passages or ()


@dataclass(frozen=True)
class Spans(Columns):
    """Which passages of the store are a coach's: the `count` ones from `start` on."""

    start: Ints
    count: Ints

    def places(self, rows: Ints) -> Ints:
        """Where the passages of those rows stand, row after row."""
        return stretches(self.start[rows], self.count[rows])


@dataclass(frozen=True)
class CoachColumns(Columns):
    """All that is known of coaches but the passages themselves, a row each."""

    id: Ragged[Letters]
    facts: Facts
    windows: Ragged[Windows]
    credentials: Ragged[Credentials]
    references: Ragged[References]
    locations: Ragged[Names]
    conflicts: Ragged[Names]
    spans: Spans
    shown: ShownRows
    """What each profile shows of every theme; places are counted from its first passage."""


def columns_of(profiles: Sequence[Profile], table: PassageTable) -> CoachColumns:
    """The columns of those profiles, whose passages are those of the table."""
    coaches = [profile.coach for profile in profiles]
    counts = ints([len(profile.cut) for profile in profiles])
    return CoachColumns(
        id=written([coach.id for coach in coaches]),
        facts=facts_of(coaches),
        windows=windows_of(coaches),
        credentials=credentials_of(coaches),
        references=references_of(coaches),
        locations=names_of([coach.locations for coach in coaches]),
        conflicts=names_of([[folded(name) for name in coach.conflicts] for coach in coaches]),
        spans=Spans(starts(counts), counts),
        shown=ShownRows.of(Shown.of(counts, table.themes)),
    )


def passages_of(profiles: Sequence[Profile]) -> PassageTable:
    """The passages of those profiles, profile after profile."""
    passages = list(chain.from_iterable(profile.cut for profile in profiles))
    rows = sampled([passage.text for passage in passages])
    counts = ints([len(profile.cut) for profile in profiles])
    themes = np.concatenate([profile.themes for profile in profiles]) if profiles else _NO_THEMES
    return PassageTable.of(passages, rows, told(passages, rows, counts, themes))
