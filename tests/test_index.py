from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain import Coach
from matcher.matching.areas import THEMES
from matcher.matching.columns import Columns
from matcher.matching.entry_columns import name_hash
from matcher.matching.index import FROM_TODAY, UNLIMITED, CoachIndex, Profile
from matcher.matching.snapshot import Snapshots
from tests.factories import a_coach
from tests.judged_world import an_index, judged, profile

WINDOW = {"day": "mon", "from": "09:00", "to": "12:00"}
COACHES = st.builds(
    a_coach,
    id=st.sampled_from(["a", "b", "Z", "é", "c10", "c9"]),
    bio=st.sampled_from(["", "I led a plant.", "I led a plant.\n\nNow I coach others."]),
    experience=st.fixed_dictionaries({}, optional={"coaching_hours": st.integers(0, 900)}),
    focus_areas=st.sampled_from([[], ["delegation"], ["boundaries", "delegation"]]),
    availability=st.fixed_dictionaries({"weekly": st.lists(st.just(WINDOW), max_size=2), "capacity": st.just(1)}),
    credentials=st.lists(st.just({"body": "ICF", "level": "PCC"}), max_size=2),
    references=st.lists(st.fixed_dictionaries({"rating": st.integers(1, 5), "text": st.just("Good.")}), max_size=2),
    locations=st.lists(st.sampled_from(["Bonn", "Ghent"]), max_size=2),
    conflicts=st.lists(st.sampled_from([" Acme ", "Other"]), max_size=2),
)
EDITS = st.lists(st.tuples(st.just("put"), COACHES) | st.tuples(st.just("delete"), COACHES), max_size=4)


def assert_equal(found: Columns, expected: Columns) -> None:
    assert type(found) is type(expected)
    for field in fields(found):
        one, other = getattr(found, field.name), getattr(expected, field.name)
        if isinstance(one, Columns):
            assert_equal(one, other)
        else:
            assert one.dtype == other.dtype, field.name
            np.testing.assert_array_equal(one, other, err_msg=field.name)


def assert_same(found: CoachIndex, expected: CoachIndex) -> None:
    """Both know the same of the same coaches, whatever else stands in their stores."""
    found, expected = found.compacted(), expected.compacted()
    assert_equal(found.columns, expected.columns)
    assert_equal(*(index.store.tables[0] for index in (found, expected)))


@settings(max_examples=50, deadline=None)
@given(st.lists(EDITS, max_size=4))
def test_an_index_updated_by_changes_equals_one_built_afresh(rounds: list[list[tuple[str, Coach]]]) -> None:
    index, present = an_index(), dict[str, Coach]()
    for edits in rounds:
        changes: dict[str, Profile | None] = {}
        for action, coach in edits:
            changes[coach.id] = profile(coach) if action == "put" else None
        index = index.updated(changes)
        present |= {coach_id: changed.coach for coach_id, changed in changes.items() if changed is not None}
        present = {coach_id: coach for coach_id, coach in present.items() if changes.get(coach_id, True) is not None}
        assert_same(index, an_index(*present.values()))
    assert list(index.ids) == sorted(present)


def test_profiles_that_change_again_and_again_do_not_make_the_index_grow_without_end() -> None:
    coaches = list(judged().coaches.values())[:6]
    index = an_index(*coaches[:3])
    passages = len(index.store)
    sizes = []
    for times in range(150):
        for coach in coaches[2:]:
            changed = coach.model_copy(update={"headline": f"{coach.headline} {times}"})
            index = index.updated({coach.id: profile(changed)})
        sizes.append(len(index.store))
    assert max(sizes) < passages + 1_000 + 3 * passages
    assert sizes != sorted(sizes)
    last = [coach.model_copy(update={"headline": f"{coach.headline} 149"}) for coach in coaches[2:]]
    assert_same(index, an_index(*coaches[:2], *last))


def test_judged_profiles_put_one_by_one_make_the_same_index_as_at_once() -> None:
    coaches = list(judged().coaches.values())[:12]
    index = an_index()
    for coach in reversed(coaches):
        index = index.updated({coach.id: profile(coach)})
    assert_same(index, an_index(*coaches))


def test_an_update_leaves_the_index_before_it_as_it_was() -> None:
    before = an_index(a_coach(id="a", bio="I led a plant."))
    after = before.updated({"a": None, "b": profile(a_coach(id="b"))})
    assert_same(before, an_index(a_coach(id="a", bio="I led a plant.")))
    assert (len(before), len(after), after.ids) == (1, 1, ("b",))
    assert before.updated({}) is before


def test_an_empty_index_has_the_columns_of_any_other() -> None:
    empty = an_index()
    assert len(empty) == 0
    assert empty.store.tables[0].themes.shape == (0, THEMES)
    assert_same(empty, an_index(a_coach()).updated({"c1": None}))


def test_what_is_shown_of_an_area_lies_together_however_the_index_came_about(tmp_path: Path) -> None:
    one, other = (a_coach(id=coach_id, bio="I led a plant.") for coach_id in ("c1", "c2"))
    changed = an_index(one).updated({"c2": profile(other)})
    kept = Snapshots(tmp_path / "index", "a reading")
    kept.write(changed, "mark")
    read = kept.read()
    assert read is not None
    for index in (an_index(one, other), changed, read[0]):
        shown = index.columns.shown.gathered()
        assert len(index) == 2
        assert all(getattr(shown, field.name).flags.c_contiguous for field in fields(shown))


def test_what_a_profile_leaves_out_is_unknown_and_not_zero() -> None:
    index = an_index(a_coach(availability={"weekly": []}, credentials=[{"body": "ICF", "level": "PCC"}]))
    facts = index.facts
    assert np.isnan([facts.coaching_hours, facts.coaching_years, facts.leadership_years]).all()
    assert (facts.capacity[0], facts.accepting_from[0]) == (0, FROM_TODAY)
    assert index.columns.credentials.entries.valid_until.tolist() == [UNLIMITED]
    assert index.columns.windows.counts.tolist() == [0]


def test_coaches_stand_in_the_order_of_their_ids_by_code_point() -> None:
    ids = ["b", "a", "Z", "é", "a10", "a9"]
    index = an_index(*(a_coach(id=coach_id) for coach_id in ids))
    assert list(index.ids) == sorted(ids)
    assert [index.row_of(coach_id) for coach_id in (*sorted(ids), "nobody")] == [0, 1, 2, 3, 4, 5, None]


@pytest.mark.parametrize("changes", [{"name": "Zoe Other"}, {"country": "FR"}])
def test_an_index_knows_neither_name_nor_country(changes: dict[str, Any]) -> None:
    coach = a_coach(country="NL", bio="I led a plant.")
    assert_same(an_index(coach.model_copy(update=changes)), an_index(coach))


def test_a_profile_without_a_row_of_themes_for_each_passage_is_refused() -> None:
    whole = profile(a_coach(bio="I led a plant."))
    with pytest.raises(ValueError, match="one row of themes for each"):
        CoachIndex.build([replace(whole, themes=whole.themes[:0])])


def test_each_coach_keeps_the_passages_of_the_profile() -> None:
    bios = {"a": "", "b": "First of two.\n\nSecond of two.", "c": "The only one.", "d": ""}
    index = an_index(*(a_coach(id=coach_id, bio=bio) for coach_id, bio in bios.items()))
    for known in (index, index.updated({"b": None, "e": profile(a_coach(id="e", bio="Another."))}), index.compacted()):
        told = {
            coach_id: [passage.text for passage in known.passages_of(known.row_of(coach_id) or 0)] for coach_id in "acd"
        }
        assert told == {"a": [], "c": ["The only one."], "d": []}
    assert [passage.text for passage in index.passages_of(1)] == ["First of two.", "Second of two."]


def test_rows_of_a_ragged_column_keep_their_own_entries() -> None:
    cities = {"a": [], "b": ["Bonn", "Ghent"], "c": ["Lille"], "d": []}
    locations = an_index(*(a_coach(id=one, locations=own) for one, own in cities.items())).columns.locations
    taken = locations.take(np.array([2, 0, 1]))
    assert taken.counts.tolist() == [1, 0, 2]
    assert taken.entries.hash.tolist() == [int(name_hash(city)) for city in ("Lille", "Bonn", "Ghent")]
    assert taken.owner.tolist() == [0, 2, 2]
    assert locations.any_by_row(np.array([False, True, False])).tolist() == [False, True, False, False]


def test_the_ids_stay_the_very_same_while_nobody_comes_or_goes() -> None:
    index = an_index(a_coach(id="a"), a_coach(id="c"))
    assert index.updated({"c": profile(a_coach(id="c", bio="I led a plant."))}).ids is index.ids
    assert index.updated({"b": profile(a_coach(id="b"))}).ids == ("a", "b", "c")
    assert index.updated({"c": None}).ids == ("a",)
    assert index.updated({"c": None, "b": profile(a_coach(id="b"))}).ids == ("a", "b")
