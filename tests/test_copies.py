"""Which passages are copies of the need."""

import numpy as np
import pytest

from matcher.matching.columns import objects
from matcher.matching.copies import ALIKE, copies
from matcher.matching.passages import Passage

NEED = ("Every month the same two people stay late to redo his figures.", "Nobody tells him.")


@pytest.mark.parametrize(
    ("text", "copied"),
    [
        (NEED[0], True),
        ("Nobody tells him. Every month the same two people stay late", True),
        ("EVERY MONTH THE SAME TWO PEOPLE stay late, to redo his figures!", True),
        ("A controller redid his people's figures every month; now they come right the first time.", False),
        ("Nobody tells him.", True),
        ("", False),
    ],
)
def test_a_passage_is_a_copy_when_most_of_its_words_stand_in_the_need_in_a_row(text: str, copied: bool) -> None:
    assert copies(objects([Passage("bio", text)]), np.array([[0.1, 0.99]]), NEED).tolist() == [copied]


def test_only_passages_that_are_near_are_held_against_the_need() -> None:
    same = objects([Passage("bio", NEED[0])] * 2)
    assert copies(same, np.array([[ALIKE - 0.01], [ALIKE]]), NEED).tolist() == [False, True]


def test_without_texts_nothing_is_copied() -> None:
    assert copies(objects([]), np.empty((0, 2)), NEED).tolist() == []
    assert copies(objects([Passage("bio", "She listens.")]), np.empty((1, 0)), ()).tolist() == [False]
