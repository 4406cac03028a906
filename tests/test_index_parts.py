"""An index gone through in parts, changed or not, is the whole one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain import Coach
from matcher.matching.index import CoachIndex
from matcher.matching.index_parts import changed_parts, parts
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
