"""The needs-by-coach grid, of profiles whose passages tell of an area exactly as much as a test says."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain import Coach, GridGoal, Need
from matcher.matching.areas import WHOLE
from matcher.matching.explanation.grid import AGAINST, SOME, STRONG, covered, level_of
from matcher.matching.index import Profile
from matcher.matching.passages import coach_passages
from tests.factories import a_coach, a_need
from tests.judged_world import a_recommender, judged, recommended, telling
from training.judgements import JUDGED_ON

HANDED = "I taught a plant manager to hand over her work."
CALENDAR = "Her calendar was empty on Friday afternoons."
DECLINED = "I do not take on conflicts between two people."
THREE = f"{HANDED}\n\n{CALENDAR}\n\n{DECLINED}"


def grid(need: Need, *profiles: Profile, limit: int = 9) -> tuple[GridGoal, ...]:
    return a_recommender(*profiles).recommend(need, limit, JUDGED_ON).grid


def about(*areas: str, **fields: Any) -> Need:
    return a_need(summary="", focus_areas=[{"area": area} for area in areas], **fields)


def cells(goal: GridGoal) -> list[tuple[str, str, str | None, bool]]:
    return [(cell.coach_id, cell.level, cell.quote, cell.claimed) for cell in goal.cells]


def test_each_cell_tells_how_plainly_a_coach_shows_a_goal_and_quotes_the_passage() -> None:
    coach = a_coach(bio=THREE, focus_areas=["delegation", "giving_feedback"])
    told = telling(
        coach,
        delegation=[0.7, 0, 0],
        prioritisation=[0, 0.3, 0],
        conflict_resolution=[0, 0, -0.9],
        giving_feedback=[0.1, 0, 0],
    )
    found = grid(about("delegation", "prioritisation", "conflict_resolution", "giving_feedback"), told)
    assert [cells(goal) for goal in found] == [
        [("c1", "strong", HANDED, True)],
        [("c1", "some", CALENDAR, False)],
        [("c1", "against", DECLINED, False)],
        [("c1", "none", None, True)],
    ]
    assert [cell.source for goal in found for cell in goal.cells] == ["bio", "bio", "bio", None]


def test_two_fair_passages_are_strong_evidence_and_the_stronger_is_quoted() -> None:
    fair = telling(a_coach(bio=THREE), delegation=[0.4, 0.45, 0])
    assert cells(grid(about("delegation"), fair)[0]) == [("c1", "strong", CALENDAR, False)]


def test_a_passage_against_a_goal_counts_only_when_the_profile_shows_less_of_it() -> None:
    shown, declined = (telling(a_coach(bio=THREE), delegation=[plain, 0, -0.6]) for plain in (0.65, 0.55))
    assert cells(grid(about("delegation"), shown)[0]) == [("c1", "strong", HANDED, False)]
    assert cells(grid(about("delegation"), declined)[0]) == [("c1", "against", DECLINED, False)]


def test_what_stands_in_a_reference_is_found_there() -> None:
    references = [{"rating": 5, "text": "Pleasant."}, {"rating": 5, "text": HANDED}]
    told = telling(a_coach(references=references), delegation=[0, 1])
    [cell] = grid(about("delegation"), told)[0].cells
    assert (cell.source, cell.quote) == ("references/1", HANDED)


def test_the_columns_are_the_coaches_shown_in_their_order_and_the_rows_the_goals_in_the_need_s() -> None:
    profiles = [telling(a_coach(id=f"c{place}", bio=HANDED), delegation=[place / 4]) for place in range(4)]
    need = a_need(
        summary="", focus_areas=[{"area": "boundaries", "importance": 1}, {"area": "delegation", "importance": 3}]
    )
    found = grid(need, *profiles, limit=2)
    assert [(goal.area, goal.weight, goal.stated, goal.words) for goal in found] == [
        ("boundaries", 0.25, True, None),
        ("delegation", 0.75, True, None),
    ]
    assert [cell.coach_id for goal in found for cell in goal.cells] == ["c3", "c2"] * 2
    assert covered(found, 2).tolist() == [0.75, 0.75]


def test_a_goal_that_was_read_from_the_text_comes_with_the_words_it_was_read_from() -> None:
    need = a_need(summary="He does all of it alone.\n\nHe was promoted over his friends.")
    read = grid(need, telling(a_coach()))
    assert read and all(goal.words and goal.words in need.summary and not goal.stated for goal in read)


@pytest.mark.parametrize("need", [a_need(summary="?"), about("delegation")])
def test_without_goals_texts_or_coaches_the_grid_says_nothing(need: Need) -> None:
    assert all(cells(goal) == [("c1", "none", None, False)] for goal in grid(need, telling(a_coach())))
    assert all(goal.cells == () for goal in grid(need))
    assert covered((), 2).tolist() == [0, 0]


def check_quotes(found: tuple[GridGoal, ...], coaches: Mapping[str, Coach]) -> list[str]:
    """What the grid quotes, each checked to stand in the profile at the place that is named."""
    quotes = []
    for cell in (cell for goal in found for cell in goal.cells):
        assert (cell.quote is None) == (cell.source is None) == (cell.level == "none")
        if cell.quote is not None:
            own = [passage.text for passage in coach_passages(coaches[cell.coach_id]) if passage.source == cell.source]
            assert cell.quote in own
            quotes.append(cell.quote)
    return quotes


def test_quotes_of_judged_coaches_stand_word_for_word_in_the_profiles() -> None:
    quotes = []
    for need_id in judged().needs:
        found = recommended(need_id)
        quotes += check_quotes(found.grid, judged().coaches)
        for goal in found.grid:
            assert [cell.coach_id for cell in goal.cells] == [shown.coach_id for shown in found.coaches]
            assert all(
                cell.claimed == (goal.area in judged().coaches[cell.coach_id].focus_areas) for cell in goal.cells
            )
    assert len(set(quotes)) > 20


TOLD = st.lists(st.lists(st.floats(-1, 1), min_size=3, max_size=3), min_size=2, max_size=2)


@settings(max_examples=50, deadline=None)
@given(TOLD, TOLD)
def test_whatever_passages_tell_a_quote_is_word_for_word_and_no_level_without_one(
    first: list[list[float]], second: list[list[float]]
) -> None:
    coaches = {coach_id: a_coach(id=coach_id, bio=THREE) for coach_id in ("a", "b")}
    told = [
        telling(coach, delegation=at[0], conflict_resolution=at[1])
        for coach, at in zip(coaches.values(), (first, second), strict=True)
    ]
    check_quotes(grid(about("delegation", "conflict_resolution"), *told), coaches)


@given(st.floats(0, 1), st.floats(0, 1))
def test_every_strength_has_one_level_and_more_is_never_told_as_less(strength: float, against: float) -> None:
    level = level_of(strength, against)
    assert (level == "against") == (against >= AGAINST and against > strength * WHOLE)
    if level != "against":
        assert ("none", "some", "strong").index(level) == (strength >= SOME) + (strength >= STRONG)
