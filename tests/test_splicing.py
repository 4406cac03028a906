"""Runs of the rows of two tables, which are spliced."""

from hypothesis import given
from hypothesis import strategies as st

from matcher.matching.splicing import runs_of


@given(st.integers(0, 6), st.data())
def test_runs_put_each_row_where_it_belongs(number: int, data: st.DataObject) -> None:
    gone = data.draw(st.lists(st.integers(0, max(number - 1, 0)), max_size=number, unique=True)) if number else []
    before = sorted(data.draw(st.lists(st.integers(0, number), max_size=5)))
    found = [(which, row) for which, begin, end in runs_of(number, gone, before) for row in range(begin, end)]
    expected = [(1, row) for row, place in enumerate(before)] + [(0, row) for row in range(number) if row not in gone]
    assert found == sorted(expected, key=lambda one: (before[one[1]], 0, one[1]) if one[0] else (one[1], 1, 0))
