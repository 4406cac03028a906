"""Where rows of words stand: looked up, with the same result as going through all passages."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.matching import postings
from matcher.matching.copies import WordsOfNeed
from matcher.matching.postings import Postings, postings_in_turn
from matcher.matching.word_rows import SAMPLED, Hashes, sampled

WORDS = st.lists(st.sampled_from(["late", "stay", "two", "people", "again"]), min_size=1, max_size=14).map(" ".join)


@given(st.lists(WORDS, max_size=8), st.lists(WORDS, max_size=3))
def test_every_copy_of_a_need_is_among_the_passages_that_have_a_row_of_it(texts: list[str], need: list[str]) -> None:
    rows, asked = sampled(texts), WordsOfNeed(need)
    likely = Postings.of(rows).having(asked.rows)
    assert likely.tolist() == sorted(set(likely.tolist()))
    assert set(np.flatnonzero(asked.copied(rows)).tolist()) <= set(likely.tolist())


def test_a_passage_without_a_row_of_the_need_is_not_looked_at() -> None:
    rows = sampled(["Two people stay late again", "She listens and then asks"])
    assert Postings.of(rows).having(WordsOfNeed(["two people stay late"]).rows).tolist() == [0]
    assert Postings.of(rows).having(WordsOfNeed(()).rows).tolist() == []


def skewed(passages: int) -> Hashes:
    # Small ones mostly, as the least of several are, and the least and the greatest there are.
    rows = np.random.default_rng(7).integers(0, 1 << 8, (passages, SAMPLED), dtype=np.uint32) ** np.uint32(3)
    rows[:1, 0], rows[-1:, 0] = 0, 0xFFFFFFFF
    return np.sort(rows, axis=1)


@pytest.mark.parametrize("passages", [0, 1, 500])
@pytest.mark.parametrize("together", [7, 1 << 10, 1 << 24])
def test_postings_made_a_stretch_at_a_time_are_those_made_at_once(
    passages: int, together: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postings, "_SORTED_TOGETHER", together)
    monkeypatch.setattr(postings, "_READ_TOGETHER", 64)
    rows = skewed(passages)
    in_turn = np.concatenate([np.empty(0, np.uint64), *postings_in_turn(rows)])
    np.testing.assert_array_equal(in_turn, Postings.of(rows).entries)
