import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matcher.domain import EXCLUSION_REASONS, Need
from matcher.matching.recommender import Recommendation
from tests.factories import a_coach, a_need
from tests.judged_world import a_recommender, judged, judged_recommender, recommended, scorer, telling
from training.judgements import JUDGED_ON

ROOT = Path(__file__).parents[1]
NEEDS = list(judged().needs)


def fingerprint(found: Recommendation) -> str:
    """Of all that a recommendation says, to the last bit."""
    said = repr(vars(found) | {"reading": found.reading.goals, "assessment": None})
    return hashlib.sha256(said.encode() + found.assessment.to_bytes()).hexdigest()


def ids(found: Recommendation) -> list[str]:
    return [shown.coach_id for shown in found.coaches]


def fees(amount: int, currency: str = "EUR") -> dict[str, Any]:
    return {"amount": amount, "currency": currency, "per": "hour"}


@pytest.mark.parametrize("need_id", NEEDS)
def test_a_score_is_the_base_plus_what_each_facet_adds_for_every_eligible_coach(need_id: str) -> None:
    found = recommended(need_id)
    base = judged_recommender().scorer.base
    assert len(found.coaches) == len(found.assessment.order) > 0
    for shown in found.coaches:
        assert abs(shown.score - base - sum(entry.contribution for entry in shown.contributions)) < 1e-9
        assert shown.score == found.assessment.scores[shown.rank - 1]
        assert all(entry.contribution == 0 for entry in shown.contributions if entry.value is None)


def test_the_eligible_coaches_of_judged_needs_are_those_that_readers_graded() -> None:
    for need_id, graded in judged().gains.items():
        assert set(ids(recommended(need_id))) == set(graded)
        assert (
            ids(judged_recommender().recommend(judged().needs[need_id], 2, JUDGED_ON)) == ids(recommended(need_id))[:2]
        )


def test_the_same_need_gets_the_same_answer_to_the_last_bit_in_this_process_and_in_another() -> None:
    program = """
from tests.test_recommender import NEEDS, fingerprint, recommended
print(*(fingerprint(recommended(need_id)) for need_id in NEEDS))
"""
    environment = os.environ | {"PYTHONHASHSEED": "77", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", program]
    elsewhere = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    again = [judged_recommender().recommend(judged().needs[need_id], 100, JUDGED_ON) for need_id in NEEDS]
    assert [fingerprint(found) for found in again] == [fingerprint(recommended(need_id)) for need_id in NEEDS]
    assert [fingerprint(found) for found in again] == elsewhere.stdout.split()


def test_equal_coaches_have_equal_scores_and_stand_by_price_and_then_by_id() -> None:
    original = next(iter(judged().coaches.values()))
    capacity = original.availability.model_copy(update={"capacity": 1, "accepting_from": None})
    twins = [
        original.model_copy(update={"id": f"t{place:03}", "availability": capacity, "conflicts": ()})
        for place in range(60)
    ]
    others = [coach.model_copy(update={"id": f"t{place:03}+"}) for place, coach in enumerate(judged().coaches.values())]
    cheaper = twins[37].model_copy(update={"fees": original.fees.model_copy(update={"amount": 1})})
    need = a_need(summary=judged().needs[NEEDS[1]].summary)
    found = a_recommender(*others, *twins[:37], cheaper, *twins[38:]).recommend(need, 200, JUDGED_ON)
    order = [shown for shown in found.coaches if not shown.coach_id.endswith("+")]
    assert len({shown.score for shown in order}) == 1
    assert [shown.coach_id for shown in order] == ["t037", *(twin.id for twin in twins if twin.id != "t037")]


def test_prices_of_equal_coaches_are_compared_in_one_currency_and_those_without_a_rate_come_last() -> None:
    amounts = {"a": fees(1, "XAU"), "b": fees(201), "c": fees(1000, "PLN"), "d": fees(200), "e": fees(200)}
    coaches = [a_coach(id=coach_id, fees=fee) for coach_id, fee in amounts.items()]
    found = a_recommender(*coaches).recommend(a_need(), 5, JUDGED_ON)
    assert ids(found) == ["d", "e", "b", "c", "a"]
    assert found.reference_rate is not None
    untied = [a_coach(id="a", fees=fees(1, "PLN")), a_coach(id="b", credentials=[{"body": "ICF", "level": "PCC"}])]
    assert a_recommender(*untied).recommend(a_need(), 5, JUDGED_ON).reference_rate is None


def test_a_coach_who_is_not_eligible_never_appears_whatever_the_score() -> None:
    perfect = {
        "focus_areas": ["delegation"],
        "bio": "He still does all the work alone.",
        "references": [{"rating": 5, "verified": True, "date": "2026-11-01"}] * 9,
    }
    need = a_need(summary="He still does all the work alone.", focus_areas=[{"area": "delegation"}], languages=["de"])
    excluded = [a_coach(id=f"p{place}", **perfect) for place in range(20)]
    plain = a_coach(id="plain", languages=["de"])
    found = a_recommender(*excluded, plain).recommend(need, 100, JUDGED_ON)
    assert ids(found) == ["plain"]
    assert found.excluded_counts == dict.fromkeys(EXCLUSION_REASONS, 0) | {"language": 20}
    assert found.relaxations[0].frees == 20


@pytest.mark.parametrize("changes", [{"name": "Zoe Other"}, {"country": "IN"}])
def test_another_name_or_country_changes_nothing(changes: dict[str, str]) -> None:
    swapped = a_recommender(*(coach.model_copy(update=changes) for coach in judged().coaches.values()))
    for need_id, need in judged().needs.items():
        assert fingerprint(swapped.recommend(need, 100, JUDGED_ON)) == fingerprint(recommended(need_id))


def test_who_else_is_eligible_does_not_change_a_score_to_the_last_bit() -> None:
    need = judged().needs[NEEDS[1]].model_copy(update={"budget": None, "languages": ()})
    all_scores = {s.coach_id: s.score for s in judged_recommender().recommend(need, 100, JUDGED_ON).coaches}
    left_out = list(all_scores)[::2]
    requirements = need.requirements.model_copy(update={"exclude_coaches": tuple(left_out)})
    fewer = judged_recommender().recommend(need.model_copy(update={"requirements": requirements}), 100, JUDGED_ON)
    assert len(fewer.coaches) == len(all_scores) // 2 > 3
    assert all(shown.score == all_scores[shown.coach_id] for shown in fewer.coaches)


@pytest.mark.parametrize(
    "need", [a_need(), a_need(summary="", focus_areas=[{"area": "delegation"}]), a_need(summary="?")]
)
def test_nobody_and_coaches_of_whom_little_is_known_are_no_trouble(need: Need) -> None:
    nobody = a_recommender().recommend(need, 3, JUDGED_ON)
    assert (nobody.coaches, nobody.assessment.ids, nobody.relaxations) == ((), (), ())
    bare = a_recommender(a_coach()).recommend(need, 3, date(2027, 1, 4))
    assert ids(bare) == ["c1"]
    assert np.isfinite(bare.coaches[0].score)


def test_relaxations_are_named_only_when_fewer_than_three_are_eligible() -> None:
    booked_up = a_coach(id="x", languages=["fr"])
    need = a_need(languages=["en"])
    two, three = ([a_coach(id=f"c{place}") for place in range(number)] for number in (2, 3))
    assert [r.reason for r in a_recommender(booked_up, *two).recommend(need, 1, JUDGED_ON).relaxations] == ["language"]
    assert a_recommender(booked_up, *three).recommend(need, 1, JUDGED_ON).relaxations == ()


def test_neighbours_that_cannot_be_told_apart_share_a_band_and_keep_their_order() -> None:
    clear = replace(scorer(), clear_difference=0.01)
    levels = {"a": ["senior"], "b": ["senior"], "c": ["middle"], "d": ["first_line"]}
    coaches = [
        a_coach(id=coach_id, focus_areas=["delegation"], experience={"levels_coached": level})
        for coach_id, level in levels.items()
    ]
    need = a_need(summary="", focus_areas=[{"area": "delegation"}], level="senior")
    told, untold = (
        a_recommender(*coaches, scorer_=known).recommend(need, 4, JUDGED_ON).coaches for known in (clear, scorer())
    )
    assert [(shown.coach_id, shown.band) for shown in told] == [("a", 1), ("b", 1), ("c", 2), ("d", 3)]
    assert [(shown.coach_id, shown.band) for shown in untold] == [(coach_id, None) for coach_id in levels]


@pytest.mark.parametrize("need_id", NEEDS)
def test_a_band_of_judged_coaches_spans_less_than_a_clear_difference(need_id: str) -> None:
    clear = replace(judged_recommender(), scorer=replace(scorer(), clear_difference=0.05))
    coaches = clear.recommend(judged().needs[need_id], 100, JUDGED_ON).coaches
    assert [shown.coach_id for shown in coaches] == ids(recommended(need_id))
    for band, shared in groupby(coaches, lambda shown: shown.band):
        scores = [shown.score for shown in shared]
        assert band is not None and scores[0] - scores[-1] < 0.05


def test_roles_tell_apart_the_coaches_that_share_the_first_band_and_reorder_nothing() -> None:
    clear = replace(scorer(), clear_difference=0.02)
    need = a_need(summary="", focus_areas=[{"area": "delegation"}, {"area": "boundaries"}])
    claims, text = ["delegation", "boundaries"], "I help with what is too much.\n\nI help to hand work over."
    coaches = [
        telling(a_coach(id="a", focus_areas=claims, bio=text, styles=["directive", "structured"]), delegation=[0.9, 0]),
        telling(
            a_coach(id="b", focus_areas=claims, bio=text, styles=["directive", "reflective"], fees=fees(230, "USD")),
            delegation=[0.5, 0],
            boundaries=[0, 0.3],
        ),
        telling(
            a_coach(id="c", focus_areas=claims, bio=text, styles=["directive"], fees=fees(180)), delegation=[0.85, 0]
        ),
        telling(a_coach(id="d", bio=text, styles=["systemic"], fees=fees(10)), delegation=[0.9, 0]),
    ]
    told, untold = (a_recommender(*coaches, scorer_=known).recommend(need, 4, JUDGED_ON) for known in (clear, scorer()))
    assert ids(told) == ids(untold) == ["a", "c", "b", "d"]
    assert [shown.band for shown in told.coaches] == [1, 1, 1, 2]
    assert {shown.coach_id: shown.roles for shown in told.coaches} == {
        "a": (),
        "b": ("best_cover", "different_approach"),
        "c": ("best_value",),
        "d": (),
    }
    assert all(shown.roles == () for shown in untold.coaches)
    assert told.reference_rate is not None and untold.reference_rate is None
