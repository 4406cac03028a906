"""What is near and what is shown, held against a search one by one."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.matching.areas import MOST_PASSAGES, THEMES, WHOLE
from matcher.matching.copies import ALIKE, NO_COPIES, Copies, WordsOfNeed, copies
from matcher.matching.evidence import NO_PASSAGE, evidence, in_units
from matcher.matching.index import CoachIndex, Profile
from matcher.matching.passages import Passage
from matcher.matching.retrieval import _MANY, _blocks, nearest, shown
from matcher.matching.vector_form import AsEncoded
from tests.factories import a_coach

COUNTS = st.lists(st.integers(0, 3), max_size=6)


def an_index(
    vectors: np.ndarray, counts: list[int], areas: np.ndarray | None = None, text: str = "Said."
) -> CoachIndex:
    """Coaches 0, 1, ... with so many passages each; every second one was put later than the others."""
    told = np.zeros((len(vectors), THEMES), np.float32)
    if areas is not None:
        told[:, : areas.shape[1]] = areas
    ends = np.cumsum(counts)
    profiles = [
        Profile(
            a_coach(id=str(row)),
            vectors[end - count : end].astype(np.float32),
            told[end - count : end],
            tuple(Passage("bio", f"{text} {number}") for number in range(count)),
        )
        for row, (end, count) in enumerate(zip(ends, counts, strict=True))
    ]
    first = CoachIndex.build(profiles[::2], AsEncoded(vectors.shape[1]))
    return first.updated({profile.coach.id: profile for profile in profiles[1::2]})


def some_rows(counts: list[int], data: st.DataObject) -> list[int]:
    return data.draw(st.lists(st.sampled_from(range(len(counts))), unique=True).map(sorted)) if counts else []


@given(COUNTS, st.integers(0, 3), st.data())
def test_the_nearest_passage_is_what_a_search_one_by_one_finds(
    counts: list[int], queries: int, data: st.DataObject
) -> None:
    # Small whole numbers, so that products are exact and often equal.
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    vectors, asked = rng.integers(-1, 2, (sum(counts), 3)), rng.integers(-1, 2, (queries, 3)).astype(np.float32)
    rows, index = some_rows(counts, data), an_index(vectors, counts)
    found = nearest(index, np.array(rows, np.int64), asked, NO_COPIES)
    assert found.similarity.shape == (len(rows), queries)
    for place, row in enumerate(rows):
        own = vectors[sum(counts[:row]) : sum(counts[: row + 1])]
        where = found.places(place)
        for query in range(queries):
            if not len(own):
                assert (np.isnan(found.similarity[place, query]), where[query]) == (True, NO_PASSAGE)
                continue
            alike = (own @ asked[query]).tolist()
            assert found.similarity[place, query] == max(alike)
            assert where[query] - index.columns.spans.start[row] == alike.index(max(alike))


@given(st.lists(st.integers(0, MOST_PASSAGES + 2), max_size=4), st.integers(0, 3), st.data())
def test_evidence_is_what_the_passages_that_show_most_show_together_as_a_share_of_the_whole(
    counts: list[int], areas: int, data: st.DataObject
) -> None:
    # Quarters, so that what is expected is exact and strengths are often equal.
    told = np.random.default_rng(data.draw(st.integers(0, 99))).integers(0, 5, (sum(counts), areas)) / 4
    found = evidence(np.array(counts, np.int64), in_units(told))
    assert found.strength.shape == found.place.shape == (len(counts), areas)
    for row, count in enumerate(counts):
        own = told[sum(counts[:row]) : sum(counts[:row]) + count]
        for area in range(areas):
            ranked = sorted(range(count), key=lambda passage, own=own, area=area: (-own[passage, area], passage))
            assert found.place[row, area] == next(iter(ranked), NO_PASSAGE)
            together = sum(own[passage, area] for passage in ranked[:MOST_PASSAGES])
            expected = min(together / WHOLE, 1.0) if ranked else np.nan
            np.testing.assert_equal(found.strength[row, area], expected)


def test_a_passage_that_speaks_against_an_area_adds_nothing_for_it_and_is_told_apart() -> None:
    found = evidence(np.array([3, 1, 0]), in_units(np.array([[0.5], [-0.75], [-0.25], [0.0]])))
    assert found.strength[:2, 0].tolist() == [0.5 / WHOLE, 0.0]
    assert found.against[:2, 0].tolist() == [0.75, 0.0]
    assert found.against_place[0, 0] == 1
    assert np.isnan(found.against[2, 0])
    assert found.against_place[2, 0] == NO_PASSAGE


def test_what_is_shown_is_told_by_places_among_all_passages() -> None:
    areas = np.array([[0.25, 0.0], [0.5, 0.0], [0.0, -0.5]])
    index = an_index(np.zeros((3, 1)), [2, 0, 1], areas)
    found = shown(index, np.array([0, 1, 2]), [1, 0], NO_COPIES)
    assert index.passage(found.place(0)[1]).text == "Said. 1"
    assert found.place(1).tolist() == [NO_PASSAGE, NO_PASSAGE]
    assert (found.against[2, 0], index.passage(found.against_place(2)[0]).text) == (0.5, "Said. 0")


def test_a_passage_that_repeats_the_need_is_near_to_nothing_and_shows_nothing() -> None:
    vectors = np.array([[1.0, 0.0], [0.0, 1.0], [ALIKE - 0.01, 0.0]])
    index = an_index(vectors, [2, 1], np.array([[0.75], [0.25], [0.5]]), text="The same two people stay late")
    need, rows = np.eye(2, dtype=np.float32)[:1], np.array([0, 1])
    copied = copies(index, rows, need, WordsOfNeed(["Every month the same two people stay late 0"]))
    assert (copied.places.tolist(), copied.owner.tolist()) == ([0], [0])
    found = nearest(index, rows, need, copied)
    assert found.similarity[:, 0].tolist() == [0.0, np.float32(ALIKE - 0.01)], "one too far away is not held against it"
    without, whole = (shown(index, rows, [0], some) for some in (copied, NO_COPIES))
    assert without.strength[:, 0].tolist() == [0.25 / WHOLE, 0.5 / WHOLE]
    assert whole.strength[0, 0] == 1.0 / WHOLE
    assert (without.place(0)[0], whole.place(0)[0]) == (1, 0)
    for coaches in ([], [0], [1], [0, 1]):
        some, alone = without.some(np.array(coaches, np.int64)), found.some(np.array(coaches, np.int64))
        assert some.strength.tolist() == without.strength[coaches].tolist()
        assert [some.place(one)[0] for one in range(len(coaches))] == [without.place(one)[0] for one in coaches]
        assert [alone.places(one)[0] for one in range(len(coaches))] == [found.places(one)[0] for one in coaches]
    assert (without.place(1)[0], without.only([0]).place(0)[0], without.only([]).place(0).tolist()) == (2, 1, [])


def test_equal_passages_are_equally_near_to_the_last_bit_wherever_they_stand() -> None:
    rng = np.random.default_rng(1)
    vectors, queries = rng.normal(size=(1301, 384)), rng.normal(size=(17, 384)).astype(np.float32)
    vectors[::3] = vectors[0]
    index = an_index(vectors, [1] * 1301)
    order = np.argsort([int(coach_id) for coach_id in index.ids])
    together = nearest(index, order, queries, NO_COPIES).similarity
    assert (together[::3] == together[0]).all()
    alone = replace(nearest(index, order[600:601], queries, NO_COPIES)).similarity
    np.testing.assert_array_equal(alone, together[600:601])


@pytest.mark.parametrize("put_later", [0, 3, 400])
def test_each_of_many_coaches_is_compared_by_the_own_passages_however_many_others_have(put_later: int) -> None:
    rng, counts = np.random.default_rng(2), [1, 3, 0, 2, 3, 1, *range(6)] * 60
    vectors, asked = rng.integers(-9, 9, (sum(counts), 5)), rng.integers(-9, 9, (4, 5)).astype(np.float32)
    profiles = [
        Profile(a_coach(id=f"{row:03}"), own.astype(np.float32), np.zeros((len(own), THEMES), np.float32), cut)
        for row, own in enumerate(np.split(vectors, np.cumsum(counts)[:-1]))
        for cut in [tuple(Passage("bio", f"Said {row} {number}.") for number in range(len(own)))]
    ]
    whole = CoachIndex.build(profiles, AsEncoded(5))
    index = whole.updated({profile.coach.id: profile for profile in profiles[:put_later]})
    rows = np.flatnonzero(np.arange(len(profiles)) % 7)
    assert max(np.bincount(index.columns.spans.count[rows])) > _MANY, "or they are all compared together"
    expected = np.array([(profile.vectors @ asked.T).max(axis=0, initial=-np.inf) for profile in profiles])[rows]
    expected[~np.isfinite(expected)] = np.nan
    np.testing.assert_array_equal(nearest(index, rows, asked, NO_COPIES).similarity, expected)
    # A copy is near to nothing, wherever among them it stands.
    owner = int(np.nanargmax(expected[:, 0]))
    place = nearest(index, rows, asked, NO_COPIES).places(owner)[0]
    copied = Copies(np.array([place]), np.array([owner]))
    own = profiles[rows[owner]].vectors @ asked.T
    own[place - index.columns.spans.start[rows[owner]]] = 0
    expected[owner] = own.max(axis=0)
    np.testing.assert_array_equal(nearest(index, rows, asked, copied).similarity, expected)


@pytest.mark.parametrize("most", [2**15 - 1, 2**15, 40_000, 2**16, 70_000])
def test_a_profile_of_very_many_passages_leaves_the_blocks_of_others_as_they_are(most: int) -> None:
    counts = np.array([0] * 5 + [3] * (_MANY + 1) + [most] + [4] * (_MANY + 2) + [7, most])
    blocks = _blocks(counts)
    assert sorted(np.concatenate(blocks).tolist()) == np.flatnonzero(counts).tolist()
    apart = [block for block in blocks if len(set(counts[block].tolist())) == 1]
    assert {(int(counts[block][0]), len(block)) for block in apart} >= {(3, _MANY + 1), (4, _MANY + 2)}


@given(COUNTS, st.data())
def test_copies_are_told_of_those_coaches_alone_who_are_asked_for(counts: list[int], data: st.DataObject) -> None:
    index = an_index(np.ones((sum(counts), 1)), counts, text="The same two people stay late")
    rows = np.array(some_rows(counts, data), np.int64)
    found = copies(index, rows, np.ones((1, 1), np.float32), WordsOfNeed(["The same two people stay late"]))
    assert found.places.tolist() == sorted(index.columns.spans.places(rows).tolist())
    spans = index.columns.spans
    for place, owner in zip(found.places.tolist(), rows[found.owner].tolist(), strict=True):
        assert spans.start[owner] <= place < spans.start[owner] + spans.count[owner]
