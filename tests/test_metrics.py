from itertools import permutations
from math import isnan, log2, nan
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.metrics import (
    MEASURES,
    Estimate,
    Values,
    estimate_difference,
    estimate_mean,
    hit_rate,
    measured,
    ndcg,
    ranked,
)

grades = st.integers(0, 6).map(lambda half: half / 2)
rankings = st.lists(st.tuples(st.integers(0, 4), grades), min_size=1, max_size=12)


def columns(ranking: list[tuple[int, float]]) -> tuple[Values, Values]:
    both = np.array(ranking, np.float64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def test_ndcg_is_the_discounted_gain_over_that_of_the_best_order() -> None:
    found = ndcg(np.array([0.9, 0.8, 0.7, 0.6]), np.array([2.0, 0.0, 3.0, 1.0]), cutoff=3)
    assert found == pytest.approx((2 + 3 / 2) / (3 + 2 / log2(3) + 1 / 2))


def test_only_places_up_to_the_cutoff_count() -> None:
    scores, gains = np.array([3.0, 2.0, 1.0]), np.array([0.0, 0.0, 3.0])
    assert ndcg(scores, gains, cutoff=2) == 0
    assert ndcg(scores, gains, cutoff=3) == pytest.approx(0.5)


def test_no_order_is_better_than_another_when_nobody_has_a_gain() -> None:
    assert isnan(ndcg(np.array([0.2, 0.1]), np.zeros(2), cutoff=3))
    assert np.isnan(measured(np.empty(0), np.empty(0))).all()


def test_a_hit_is_a_good_coach_among_the_three_shown() -> None:
    scores = np.array([5.0, 4.0, 3.0, 2.0, 1.0])
    assert hit_rate(scores, np.array([3.0, 1.5, 2.0, 2.5, 3.0])) == pytest.approx(2 / 3)


def test_hits_are_counted_over_what_is_possible() -> None:
    scores = np.array([4.0, 3.0, 2.0, 1.0])
    assert hit_rate(scores, np.array([0.0, 2.0, 1.0, 1.0])) == 1
    assert hit_rate(scores, np.array([0.0, 2.0, 1.0, 3.0])) == 0.5
    assert isnan(hit_rate(scores, np.array([1.5, 1.0, 0.0, 0.0])))


@pytest.mark.parametrize("name", MEASURES)
def test_ties_are_worth_the_mean_over_their_orders(name: str) -> None:
    tied, gains = [3, 2, 2, 2, 2, 1], np.array([1.0, 3.0, 2.0, 0.0, 0.0, 2.5])
    orders = [[10, *order, 1] for order in permutations([2, 3, 4, 5])]
    expected = np.mean([MEASURES[name](np.array(order, float), gains) for order in orders])
    assert MEASURES[name](np.array(tied, float), gains) == pytest.approx(expected)


def test_a_coach_without_a_score_stands_last() -> None:
    assert ranked(np.array([nan, -5.0, 2.0]), np.array([3.0, 1.0, 2.0])).tolist() == [2, 1, 3]


@given(rankings)
def test_every_measure_is_between_none_and_all(ranking: list[tuple[int, float]]) -> None:
    values = measured(*columns(ranking))
    assert all(isnan(value) or -1e-12 <= value <= 1 + 1e-12 for value in values)


@given(rankings)
def test_the_order_of_the_gains_is_perfect(ranking: list[tuple[int, float]]) -> None:
    _, gains = columns(ranking)
    values = measured(gains, gains)
    assert all(isnan(value) or value == pytest.approx(1) for value in values)


@given(rankings, st.randoms(use_true_random=False))
def test_no_measure_depends_on_the_order_in_which_coaches_are_given(
    ranking: list[tuple[int, float]], random: Random
) -> None:
    shuffled = random.sample(ranking, len(ranking))
    np.testing.assert_allclose(measured(*columns(shuffled)), measured(*columns(ranking)))


def test_an_interval_holds_the_mean_and_comes_again_with_the_same_seed() -> None:
    values = np.array([0.1, 0.9, 0.4, nan, 0.6])
    first, again = (estimate_mean(values, np.random.default_rng(7)) for _ in range(2))
    assert first == again
    assert first.mean == pytest.approx(0.5)
    assert first.low < 0.5 < first.high


def test_an_interval_is_as_wide_as_the_normal_one_for_many_needs() -> None:
    values = np.random.default_rng(1).normal(0.6, 0.2, 400)
    found = estimate_mean(values, np.random.default_rng(2))
    half = 1.96 * values.std() / 20
    assert (found.mean - found.low, found.high - found.mean) == pytest.approx((half, half), rel=0.1)


def test_a_difference_is_judged_need_by_need() -> None:
    hard_and_easy = np.linspace(0, 0.9, 10)
    better = hard_and_easy + np.tile([0.04, 0.06], 5)
    apart = [estimate_mean(values, np.random.default_rng(0)) for values in (better, hard_and_easy)]
    assert apart[0].low < apart[1].high
    difference = estimate_difference(better, hard_and_easy, np.random.default_rng(0))
    assert difference.mean == pytest.approx(0.05)
    assert 0.04 <= difference.low < difference.high <= 0.06 + 1e-12


def test_a_need_that_one_of_the_two_cannot_be_measured_on_is_left_out() -> None:
    found = estimate_difference(np.array([0.5, nan, 1.0]), np.array([0.4, 0.0, nan]), np.random.default_rng(0))
    assert found == Estimate(*[pytest.approx(0.1)] * 3)
    assert isnan(estimate_mean(np.array([nan]), np.random.default_rng(0)).low)
