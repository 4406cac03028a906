"""An index gone through in parts, changed or not, is the whole one."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain import Coach
from matcher.matching.column_files import column_file
from matcher.matching.index import CoachIndex
from matcher.matching.index_parts import changed_parts, parts
from matcher.matching.splicing import runs_of
from tests.factories import a_coach
from tests.judged_world import an_index
from tests.test_index import COACHES, assert_same

CHANGES = st.lists(st.tuples(COACHES, st.booleans()), max_size=6, unique_by=lambda change: change[0].id)


@settings(max_examples=60, deadline=None)
@given(st.lists(COACHES, max_size=6, unique_by=lambda coach: coach.id), CHANGES, st.integers(1, 3), st.integers(1, 3))
def test_the_parts_of_a_changed_index_are_those_of_the_index_changed_at_once(
    known: list[Coach], changes: list[tuple[Coach, bool]], size: int, together: int
) -> None:
    index, ordered = an_index(*known), sorted(changes, key=lambda change: change[0].id)
    told = [ordered[start : start + together] for start in range(0, len(ordered), together)]
    found = changed_parts(
        index, (([coach.id for coach, _ in some], an_index(*(one for one, put in some if put))) for some in told), size
    )
    put = an_index(*(coach for coach, put in changes if put))
    expected = index.changed([coach.id for coach, _ in changes], put)
    assert_same(CoachIndex.joined([an_index(), *found]), expected)


@pytest.mark.parametrize("size", [1, 2, 5, 9])
def test_parts_have_each_coach_once_and_at_most_so_many(size: int) -> None:
    known = [a_coach(id=one, bio="" if one == "c" else f"I am {one}.") for one in "abcde"]
    found = [*parts(an_index(*known), size=size)]
    assert [len(part) for part in found] == [min(size, 5 - start) for start in range(0, 5, size)]
    assert_same(CoachIndex.joined(found), an_index(*known))
    assert [*parts(an_index())] == []


@given(st.integers(0, 6), st.data())
def test_runs_put_each_row_where_it_belongs(number: int, data: st.DataObject) -> None:
    gone = data.draw(st.lists(st.integers(0, max(number - 1, 0)), max_size=number, unique=True)) if number else []
    before = sorted(data.draw(st.lists(st.integers(0, number), max_size=5)))
    found = [(which, row) for which, begin, end in runs_of(number, gone, before) for row in range(begin, end)]
    expected = [(1, row) for row, place in enumerate(before)] + [(0, row) for row in range(number) if row not in gone]
    assert found == sorted(expected, key=lambda one: (before[one[1]], 0, one[1]) if one[0] else (one[1], 1, 0))


@pytest.mark.parametrize(("axis", "shapes"), [(0, [(0, 3), (2, 3), (1, 3)]), (1, [(3, 0), (3, 2), (3, 1)])])
def test_a_column_that_is_written_in_parts_is_read_as_one(
    tmp_path: Path, axis: int, shapes: list[tuple[int, int]]
) -> None:
    rng = np.random.default_rng(1)
    written = [rng.random(shape).astype(np.float32) for shape in shapes]
    file = column_file(tmp_path / "column.npy", written[0], axis)
    for part in written:
        file.add(part)
    assert file.finish() == (tmp_path / "column.npy").stat().st_size
    whole = np.concatenate(written, axis=axis)
    np.testing.assert_array_equal(np.load(tmp_path / "column.npy", allow_pickle=False), whole)
    np.save(tmp_path / "at_once.npy", whole)
    assert (tmp_path / "at_once.npy").read_bytes() == (tmp_path / "column.npy").read_bytes()
    assert {left.name for left in tmp_path.iterdir()} == {"at_once.npy", "column.npy"}


def test_a_column_goes_on_with_rows_like_those_before_alone(tmp_path: Path) -> None:
    file = column_file(tmp_path / "column.npy", np.zeros((2, 3)), 0)
    for other in (np.zeros((2, 3), np.float32), np.zeros((2, 4))):
        with pytest.raises(ValueError, match=r"column\.npy"):
            file.add(other)
    file.close()
