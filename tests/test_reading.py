import json
from functools import cache
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.vocabulary import FOCUS_AREAS
from matcher.matching.reading import MOST_AREAS_READ, Reader
from tests.factories import a_need
from tests.judged_world import judged, packaged_encoder, reader


@cache
def packaged_reader() -> Reader:
    return Reader(packaged_encoder())


ABOUT = json.loads(files("matcher.matching").joinpath("focus_areas.json").read_text("utf-8"))


@given(st.dictionaries(st.sampled_from(FOCUS_AREAS), st.integers(1, 3), min_size=1))
def test_stated_goals_are_the_goals_each_with_its_share_of_the_importance(importance: dict[str, int]) -> None:
    stated = [{"area": area, "importance": number} for area, number in importance.items()]
    goals = reader().read(a_need(summary=ABOUT["delegation"]["need"], focus_areas=stated)).goals
    assert [goal.area for goal in goals] == list(importance)
    assert all(goal.stated for goal in goals)
    np.testing.assert_allclose(
        [goal.weight for goal in goals], np.array([*importance.values()]) / sum(importance.values())
    )


@pytest.mark.parametrize("area", FOCUS_AREAS)
def test_the_sentence_about_an_area_is_read_as_that_area_first(area: str) -> None:
    goals = reader().read(a_need(summary=ABOUT[area]["need"])).goals
    assert goals[0].area == area
    assert not goals[0].stated


def test_what_is_read_from_judged_texts_is_a_few_areas_with_weights_that_sum_to_one() -> None:
    for need in judged().needs.values():
        goals = reader().read(need.model_copy(update={"focus_areas": ()})).goals
        weights = [goal.weight for goal in goals]
        assert len({goal.area for goal in goals}) == len(goals) <= MOST_AREAS_READ
        assert sum(weights) == pytest.approx(1, abs=1e-9)
        assert weights == sorted(weights, reverse=True)
        assert min(weights) > 0


def test_a_need_without_text_has_the_stated_goals_and_no_passages() -> None:
    reading = reader().read(a_need(summary="", focus_areas=[{"area": "delegation"}]))
    assert reading.passages == ()
    assert [goal.area for goal in reading.goals] == ["delegation"]


def test_plain_sentences_are_mostly_read_as_the_area_that_they_tell_of() -> None:
    told = {
        "delegation": "She does everything herself and lets nobody in her team take a task over.",
        "burnout_prevention": "He is exhausted, sleeps badly and has been close to collapse since spring.",
        "conflict_resolution": "Two of his team leads are at war and he keeps out of their quarrel.",
        "interview_skills": "He has an interview before a panel next month and freezes when asked about himself.",
        "remote_leadership": "Her team is spread over four cities and works from home; she hardly sees anyone.",
        "time_management": "His diary is full from eight to eight and he is late for everything.",
        "succession": "In two years she retires and nobody has been prepared to take over her position.",
        "negotiation": "He gives way on price at once whenever a supplier bargains hard.",
    }
    real = packaged_reader()
    first = {area: real.read(a_need(summary=sentence)).goals[0].area for area, sentence in told.items()}
    assert sum(area == read for area, read in first.items()) >= 6, first


def test_three_in_five_of_the_areas_that_judged_needs_state_are_read_from_their_text_alone() -> None:
    found = total = 0
    for need in judged().needs.values():
        stated = {goal.area for goal in need.focus_areas}
        read = {goal.area for goal in packaged_reader().read(need.model_copy(update={"focus_areas": ()})).goals}
        found, total = found + len(stated & read), total + len(stated)
    assert found / total >= 0.6
