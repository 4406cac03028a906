"""Passages that only name things, and what they gain: nothing."""

import numpy as np
import pytest

from matcher.matching.areas import THEMES
from matcher.matching.enumerations import is_enumeration
from matcher.matching.evidence import in_units
from matcher.matching.index import CoachIndex, Profile
from matcher.matching.passages import coach_passages, split
from tests.factories import a_coach
from training.stuffing import BUZZWORDS

TOLD = [
    "He now hands over the rota on Fridays, and nobody rings him at night.",
    "The associate thanked me, astonished, and so was I.",
    "Ten cases, ninety seconds, out loud: that is how we rehearse.",
    "Nach drei Monaten, zwei Rückschlägen und einem Streit lief die Übergabe ohne sie.",
    "Delegation.",
    "Courage, candour.",
    "",
]


@pytest.mark.parametrize(
    "passage",
    [
        "Leadership development · Strategy · Culture · Accountability",
        "Transformational leadership, high performance, agility, purpose: coaching for professional firms",
        "Systemisch, lösungsorientiert, wertschätzend.",
        "- Vision; resilience; servant leadership",
        *split(f"My clients value {', '.join(BUZZWORDS)}."),
    ],
)
def test_names_one_after_the_other_are_an_enumeration(passage: str) -> None:
    assert is_enumeration(passage)


@pytest.mark.parametrize("passage", TOLD)
def test_what_is_told_in_sentences_or_names_little_is_none(passage: str) -> None:
    assert not is_enumeration(passage)


def test_an_enumeration_shows_nothing_and_is_near_to_nothing_but_may_speak_against_an_area() -> None:
    coach = a_coach(
        id="c1",
        headline="",
        approach="",
        references=[],
        bio=f"{TOLD[0]}\n\nGrowth mindset, agility, team synergy, purpose.",
    )
    assert len(coach_passages(coach)) == 2
    areas = np.zeros((2, THEMES), np.float32)
    areas[:, 0], areas[:, 1] = 0.8, -0.6
    passages = CoachIndex.build([Profile(coach, areas)]).store.tables[0]
    assert passages.themes[:, :2].tolist() == [in_units(areas[0, :2]).tolist(), [0, in_units(areas[0, 1:2])[0]]]
    assert (areas[:, 0] == areas[0, 0]).all()
