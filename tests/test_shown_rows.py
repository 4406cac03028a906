"""What profiles show of areas is the same wherever their rows stand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain import Coach
from matcher.matching import shown_rows
from matcher.matching.areas import THEMES
from matcher.matching.index import CoachIndex, Profile
from tests.factories import a_coach
from tests.judged_world import an_index, judged, profile

JUDGED = list(judged().coaches.values())[:5]
EVERY_THEME = np.arange(THEMES)
# Each of the judged texts under any of the ids, or a profile without a text, or none.
EDITS = st.lists(
    st.dictionaries(
        st.sampled_from("abcdef"), st.sampled_from([*JUDGED, a_coach(bio=""), None]), min_size=1, max_size=3
    ),
    max_size=8,
)


def index_of(present: dict[str, Coach]) -> CoachIndex:
    return an_index(*(coach.model_copy(update={"id": coach_id}) for coach_id, coach in present.items()))


def assert_shows_the_same(found: CoachIndex, expected: CoachIndex) -> None:
    assert found.ids == expected.ids
    rows = np.arange(len(found))[::-1]
    one, other = found.columns.shown, expected.columns.shown
    for column in ("strength", "against"):
        found_of, expected_of = (shown.of_themes(column, rows, EVERY_THEME) for shown in (one, other))
        np.testing.assert_array_equal(found_of, expected_of)
    for row in rows.tolist():
        assert one.place(row, EVERY_THEME.tolist()) == other.place(row, EVERY_THEME.tolist())
        assert one.against_place(row, EVERY_THEME.tolist()) == other.against_place(row, EVERY_THEME.tolist())


@pytest.mark.parametrize("few", [0, 1_000])
@settings(max_examples=30, deadline=None)
@given(st.integers(0, 5), EDITS)
def test_an_index_in_which_profiles_changed_shows_what_one_built_afresh_does(
    few: int, known: int, rounds: list[dict[str, Coach | None]]
) -> None:
    present = dict(zip("abcde"[:known], JUDGED, strict=False))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shown_rows, "FEW_GONE", few)
        index = index_of(present)
        for edits in rounds:
            changes: dict[str, Profile | None] = {}
            for coach_id, coach in edits.items():
                changes[coach_id] = profile(coach.model_copy(update={"id": coach_id})) if coach else None
            index = index.updated(changes)
            present |= {coach_id: coach for coach_id, coach in edits.items() if coach}
            present = {coach_id: coach for coach_id, coach in present.items() if edits.get(coach_id, True)}
    expected = index_of(present)
    assert_shows_the_same(index, expected)
    assert_shows_the_same(index.compacted(), expected)
    assert index.compacted().columns.shown.is_gathered


def test_what_was_known_at_first_is_not_copied_and_what_was_replaced_is_cleared_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shown_rows, "FEW_GONE", 3)
    index = first = index_of(dict(zip("abcde", JUDGED, strict=True)))
    sizes = []
    for _ in range(12):
        index = index.updated({"b": profile(JUDGED[0].model_copy(update={"id": "b"}))})
        assert index.columns.shown.first is first.columns.shown.first
        sizes.append(len(index.columns.shown.added))
    assert sizes == [1, 2, 3, 4] * 3
