import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matcher.matching.areas import MOST_PASSAGES, WHOLE
from matcher.matching.columns import Ragged
from matcher.matching.index import Passages
from matcher.matching.retrieval import NO_PASSAGE, evidence, likeness, nearest


def passages(vectors: np.ndarray, counts: list[int], areas: np.ndarray | None = None) -> Ragged[Passages]:
    names = np.array([str(place) for place in range(len(vectors))], object)
    areas = np.zeros((len(vectors), 1)) if areas is None else areas
    return Ragged(np.array(counts, np.int64), Passages(names, vectors.astype(np.float32), areas.astype(np.float32)))


COUNTS = st.lists(st.integers(0, 3), max_size=6)


def some_rows(counts: list[int], data: st.DataObject) -> list[int]:
    return data.draw(st.lists(st.sampled_from(range(len(counts))), unique=True).map(sorted)) if counts else []


@given(COUNTS, st.integers(0, 3), st.data())
def test_the_nearest_passage_is_what_a_search_one_by_one_finds(
    counts: list[int], queries: int, data: st.DataObject
) -> None:
    # Small whole numbers, so that products are exact and often equal.
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    vectors, asked = rng.integers(-1, 2, (sum(counts), 3)), rng.integers(-1, 2, (queries, 3)).astype(np.float32)
    rows = some_rows(counts, data)
    table, taken = passages(vectors, counts), np.array(rows, np.int64)
    found = nearest(table, taken, likeness(table, taken, asked))
    assert found.similarity.shape == found.place.shape == (len(rows), queries)
    for place, row in enumerate(rows):
        own = range(sum(counts[:row]), sum(counts[: row + 1]))
        for query in range(queries):
            best = max(own, key=lambda passage: vectors[passage] @ asked[query], default=NO_PASSAGE)
            expected = vectors[best] @ asked[query] if own else np.nan
            assert found.place[place, query] == best
            np.testing.assert_equal(found.similarity[place, query], expected)


def near(table: Ragged[Passages], rows: np.ndarray, queries: np.ndarray) -> np.ndarray:
    return nearest(table, rows, likeness(table, rows, queries)).similarity


@given(st.lists(st.integers(0, MOST_PASSAGES + 2), max_size=4), st.lists(st.integers(0, 3), max_size=3), st.data())
def test_evidence_is_what_the_passages_that_show_most_show_together_as_a_share_of_the_whole(
    counts: list[int], areas: list[int], data: st.DataObject
) -> None:
    # Quarters, so that what is expected is exact and strengths are often equal.
    shown = np.random.default_rng(data.draw(st.integers(0, 99))).integers(0, 5, (sum(counts), 4)) / 4
    rows = some_rows(counts, data)
    found = evidence(passages(np.zeros((len(shown), 1)), counts, shown), np.array(rows, np.int64), areas)
    assert found.strength.shape == found.place.shape == (len(rows), len(areas))
    for place, row in enumerate(rows):
        own = range(sum(counts[:row]), sum(counts[: row + 1]))
        for column, area in enumerate(areas):
            ranked = sorted(own, key=lambda passage, area=area: (-shown[passage, area], passage))
            assert found.place[place, column] == next(iter(ranked), NO_PASSAGE)
            together = sum(shown[passage, area] for passage in ranked[:MOST_PASSAGES])
            expected = min(together / WHOLE, 1.0) if ranked else np.nan
            np.testing.assert_equal(found.strength[place, column], expected)


def test_a_passage_that_speaks_against_an_area_adds_nothing_for_it_and_is_told_apart() -> None:
    shown = np.array([[0.5], [-0.75], [-0.25], [0.0]])
    found = evidence(passages(np.zeros((4, 1)), [3, 1, 0], shown), np.arange(3), [0])
    assert found.strength[:2, 0].tolist() == [0.5 / WHOLE, 0.0]
    assert found.against[:2, 0].tolist() == [0.75, 0.0]
    assert found.against_place[0, 0] == 1
    assert np.isnan(found.against[2, 0])
    assert found.against_place[2, 0] == NO_PASSAGE


def test_a_copied_passage_shows_nothing() -> None:
    table = passages(np.zeros((2, 1)), [2], np.array([[0.9], [0.25]]))
    found = evidence(table, np.array([0]), [0], copied=np.array([True, False]))
    assert (found.strength[0, 0], found.place[0, 0]) == (0.25 / WHOLE, 1)


def test_equal_passages_are_equally_near_to_the_last_bit_wherever_they_stand() -> None:
    rng = np.random.default_rng(1)
    vectors, queries = rng.normal(size=(1301, 384)), rng.normal(size=(17, 384)).astype(np.float32)
    vectors[::3] = vectors[0]
    table = passages(vectors, [1] * 1301)
    together = near(table, np.arange(1301), queries)
    assert (together[::3] == together[0]).all()
    np.testing.assert_array_equal(near(table, np.array([600]), queries), together[600:601])
