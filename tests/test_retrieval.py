"""What is near and what is shown, held against a search one by one."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matcher.matching.areas import MOST_PASSAGES, THEMES, WHOLE
from matcher.matching.copies import NO_COPIES, Copies, WordsOfNeed, copies
from matcher.matching.evidence import NO_PASSAGE, evidence, in_units
from matcher.matching.index import CoachIndex, Profile
from matcher.matching.passages import Passage
from matcher.matching.retrieval import shown
from tests.factories import a_coach

COUNTS = st.lists(st.integers(0, 3), max_size=6)


def an_index(counts: list[int], areas: np.ndarray | None = None, text: str = "Said.") -> CoachIndex:
    """Coaches 0, 1, ... with so many passages each; every second one was put later than the others."""
    told = np.zeros((sum(counts), THEMES), np.float32)
    if areas is not None:
        told[:, : areas.shape[1]] = areas
    ends = np.cumsum(counts)
    profiles = [
        Profile(
            a_coach(id=str(row)),
            told[end - count : end],
            tuple(Passage("bio", f"{text} {number}") for number in range(count)),
        )
        for row, (end, count) in enumerate(zip(ends, counts, strict=True))
    ]
    first = CoachIndex.build(profiles[::2])
    return first.updated({profile.coach.id: profile for profile in profiles[1::2]})


def some_rows(counts: list[int], data: st.DataObject) -> list[int]:
    return data.draw(st.lists(st.sampled_from(range(len(counts))), unique=True).map(sorted)) if counts else []


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
    index = an_index([2, 0, 1], areas)
    found = shown(index, np.array([0, 1, 2]), [1, 0], NO_COPIES)
    assert index.passage(found.place(0)[1]).text == "Said. 1"
    assert found.place(1).tolist() == [NO_PASSAGE, NO_PASSAGE]
    assert (found.against[2, 0], index.passage(found.against_place(2)[0]).text) == (0.5, "Said. 0")


def test_a_passage_that_repeats_the_need_shows_nothing() -> None:
    index = an_index([2, 1], np.array([[0.75], [0.25], [0.5]]), text="The same two people stay late")
    rows = np.array([0, 1])
    every = copies(index, rows, WordsOfNeed(["Every month the same two people stay late 0"]))
    assert (every.places.tolist(), every.owner.tolist()) == ([0, 1, 2], [0, 0, 1])
    copied = Copies(every.places[:1], every.owner[:1])
    without, whole = (shown(index, rows, [0], some) for some in (copied, NO_COPIES))
    assert without.strength[:, 0].tolist() == [0.25 / WHOLE, 0.5 / WHOLE]
    assert whole.strength[0, 0] == 1.0 / WHOLE
    assert (without.place(0)[0], whole.place(0)[0]) == (1, 0)
    for coaches in ([], [0], [1], [0, 1]):
        some = without.some(np.array(coaches, np.int64))
        assert some.strength.tolist() == without.strength[coaches].tolist()
        assert [some.place(one)[0] for one in range(len(coaches))] == [without.place(one)[0] for one in coaches]
    assert (without.place(1)[0], without.only([0]).place(0)[0], without.only([]).place(0).tolist()) == (2, 1, [])


@given(COUNTS, st.data())
def test_copies_are_told_of_those_coaches_alone_who_are_asked_for(counts: list[int], data: st.DataObject) -> None:
    index = an_index(counts, text="The same two people stay late")
    rows = np.array(some_rows(counts, data), np.int64)
    found = copies(index, rows, WordsOfNeed(["The same two people stay late"]))
    assert found.places.tolist() == sorted(index.columns.spans.places(rows).tolist())
    spans = index.columns.spans
    for place, owner in zip(found.places.tolist(), rows[found.owner].tolist(), strict=True):
        assert spans.start[owner] <= place < spans.start[owner] + spans.count[owner]
