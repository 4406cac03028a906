"""Which passages are copies of the need."""

import pytest

from matcher.matching.copies import WordsOfNeed
from matcher.matching.word_rows import sampled

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
    assert WordsOfNeed(NEED).copied(sampled([text])).tolist() == [copied]


def test_without_texts_nothing_is_copied() -> None:
    assert WordsOfNeed(NEED).copied(sampled([])).tolist() == []
    assert WordsOfNeed(()).copied(sampled(["She listens."])).tolist() == [False]
