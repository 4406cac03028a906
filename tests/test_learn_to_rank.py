"""Learning weights from grades whose making is known, and what a lead and a score are worth to readers."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from matcher.domain import Coach
from matcher.matching.facets import FACETS
from matcher.matching.scoring import FacetWeight, Scorer, load_scorer
from tests.factories import a_coach, a_need
from tests.judged_world import ENCODER, a_recommender, an_index, reader, scorer
from training import learn_to_rank
from training.judgements import JUDGED_ON
from training.learn_to_rank import LEAST, Graded, calibrated, learn

NAMES = ("a", "b", "c", "d")
TRUE = np.array([0.5, 0.3, 0.2, 0.0])
POOL = 12


def a_prior(weights: Sequence[float] = (0.25,) * 4, neutral: float = 0.5) -> Scorer:
    facets = [
        FacetWeight(facet=name, weight=weight, neutral=neutral) for name, weight in zip(NAMES, weights, strict=True)
    ]
    return Scorer("prior", tuple(facets))


def weights(found: Scorer) -> np.ndarray:
    return np.array([facet.weight for facet in found.facets])


def graded(by: np.ndarray, needs: int = 60, seed: int = 0, unknown: float = 0.0) -> Graded:
    """Coaches of random values, graded 0 to 3 by a score of those weights; some values then become unknown."""
    rng = np.random.default_rng(seed)
    values = rng.random((needs * POOL, len(by)))
    scores = values @ by
    grades = np.clip(3 * (scores - scores.min()) / np.ptp(scores), 0, 3)
    values[rng.random(values.shape) < unknown] = np.nan
    return Graded(values, grades, np.repeat(np.arange(needs), POOL))


# Weights


@pytest.mark.parametrize("unknown", [0.0, 0.2])
def test_weights_are_recovered_from_grades_made_of_them(unknown: float) -> None:
    found = learn(a_prior(), graded(TRUE, unknown=unknown), "learned")
    np.testing.assert_allclose(weights(found), TRUE, atol=0.05)
    assert (found.name, found.names) == ("learned", NAMES)


def test_the_evidence_of_the_goals_keeps_a_weight_however_often_weights_are_learned_anew() -> None:
    facets = tuple(facet.model_copy(update={"facet": "goals_evidenced"}) for facet in a_prior().facets[3:])
    found = Scorer("prior", a_prior().facets[:3] + facets)
    for _ in range(3):
        found = learn(found, graded(TRUE), "learned")
        assert weights(found)[3] == pytest.approx(LEAST["goals_evidenced"], abs=1e-4)
        assert weights(found).sum() == pytest.approx(1, abs=1e-3)
    np.testing.assert_allclose(weights(found)[:3], TRUE[:3] * (1 - LEAST["goals_evidenced"]), atol=0.05)


@pytest.mark.parametrize("prior", [(0.25,) * 4, (0.7, 0.1, 0.1, 0.1), (0.0, 0.0, 0.4, 0.6)])
def test_no_weight_is_below_0_and_together_they_are_1(prior: tuple[float, ...]) -> None:
    for seed in range(4):
        by = np.random.default_rng(seed).normal(size=4)
        found = weights(learn(a_prior(prior), graded(by, needs=20, seed=seed), "learned"))
        assert found.min() >= 0
        assert found.sum() == pytest.approx(1, abs=1e-3)


def test_a_facet_that_readers_mark_down_gets_no_weight() -> None:
    found = weights(learn(a_prior(), graded(np.array([0.6, 0.4, -0.5, 0.0])), "learned"))
    assert found[2] == 0
    assert found[:2] == pytest.approx([0.6, 0.4], abs=0.05)


@pytest.mark.parametrize("prior", [(0.25,) * 4, (0.7, 0.2, 0.1, 0.0)])
def test_without_a_pair_to_learn_from_the_weights_are_those_of_the_prior(prior: tuple[float, ...]) -> None:
    every = graded(TRUE, needs=5)
    all_graded_alike = replace(every, grades=np.full(len(every.grades), 1.0))
    alone = Graded(every.values[::POOL], every.grades[::POOL], every.need[::POOL])
    nothing_known = replace(every, values=np.full_like(every.values, np.nan))
    for uninformative in (all_graded_alike, alone, nothing_known):
        np.testing.assert_allclose(weights(learn(a_prior(prior), uninformative, "learned")), prior, atol=1e-4)


def test_a_facet_that_is_always_unknown_keeps_its_part_and_its_neutral_value() -> None:
    known = graded(TRUE)
    known.values[:, 3] = np.nan
    found = learn(a_prior(neutral=0.35), known, "learned")
    assert found.facets[3].neutral == 0.35
    assert found.facets[3].weight > 0


def test_the_fewer_the_pairs_and_the_tighter_the_prior_the_nearer_are_the_weights_to_it() -> None:
    prior, pairs = a_prior((0.1, 0.2, 0.3, 0.4)), graded(TRUE, needs=20)
    away = [np.abs(weights(learn(prior, pairs, "x", tightness)) - weights(prior)).max() for tightness in (1, 100, 1e5)]
    assert away[0] > away[1] > away[2]
    assert away[2] < 0.02


def test_neutral_is_the_mean_of_what_is_known() -> None:
    values = np.array([[0.2, np.nan], [0.4, np.nan], [np.nan, np.nan]])
    given = Scorer("two", a_prior().facets[:2])
    found = learn_to_rank.with_neutral(given, Graded(values, np.zeros(3), np.zeros(3, np.int64)))
    assert [facet.neutral for facet in found.facets] == [0.3, 0.5]
    np.testing.assert_allclose(learn_to_rank.centred(found, values), [[-0.1, 0], [0.1, 0], [0, 0]], atol=1e-12)


def test_only_coaches_of_one_need_with_different_grades_are_compared_the_better_one_first() -> None:
    values = np.array([[0.1], [0.7], [0.4], [0.9]])
    of_two = Graded(values, np.array([1.0, 3.0, 1.0, 2.0]), np.array([0, 0, 0, 1]))
    pairs = learn_to_rank.pairs_of(values, of_two)
    np.testing.assert_allclose(pairs.differences[:, 0], [0.6, 0.3])
    assert pairs.weights.tolist() == [10, 10]
    assert of_two.of([1]).grades.tolist() == [2]
    assert of_two.needs == [0, 1]


def test_every_need_counts_alike_however_many_good_coaches_it_has() -> None:
    grades = np.array([3.0, 0, 0, 0, 3, 3, 3, 0])
    pairs = learn_to_rank.pairs_of(np.zeros((8, 1)), Graded(np.zeros((8, 1)), grades, np.repeat([0, 1], 4)))
    first, second = pairs.weights[:3].sum(), pairs.weights[3:].sum()
    gain = np.array([1, 1 + 1 / np.log2(3) + 0.5])
    assert first + second == pytest.approx(20)
    assert first / second == pytest.approx(gain[1] / gain[0])


def test_sets_that_are_joined_keep_their_needs_apart() -> None:
    one, other = graded(TRUE, needs=2), graded(TRUE, needs=3, seed=1)
    both = learn_to_rank.joined([one, other, one])
    assert both.needs == list(range(7))
    assert len(both.values) == 7 * POOL
    np.testing.assert_array_equal(both.of([2]).values, other.of([0]).values)


# What a lead and a score are worth


def by_chance(steepness: float, needs: int = 20_000) -> tuple[Scorer, Graded]:
    """Needs of two coaches each; that the first is put before the second is as likely as the logistic function says."""
    rng = np.random.default_rng(5)
    values = rng.random((needs, 2))
    first = rng.random(needs) < 1 / (1 + np.exp(-steepness * (values[:, 0] - values[:, 1])))
    grades = np.stack([first, ~first], axis=1).astype(np.float64)
    one = Scorer("one", (FacetWeight(facet="a", weight=1, neutral=0.5),))
    return one, Graded(values.reshape(-1, 1), grades.reshape(-1), np.repeat(np.arange(needs), 2))


@pytest.mark.parametrize("steepness", [4.0, 20.0])
def test_at_a_clear_difference_nine_in_ten_pairs_are_seen_in_that_order(steepness: float) -> None:
    one, pairs = by_chance(steepness)
    clear = calibrated(one, pairs).clear_difference
    assert clear == pytest.approx(np.log(9) / steepness, rel=0.05)
    values, grades = pairs.values.reshape(-1, 2), pairs.grades.reshape(-1, 2)
    lead = values[:, 0] - values[:, 1]
    agrees = (lead > 0) == (grades[:, 0] > grades[:, 1])
    near = np.abs(np.abs(lead) - clear) < 0.02
    assert agrees[near].mean() == pytest.approx(0.9, abs=0.03)
    assert agrees[np.abs(lead) >= clear].mean() >= 0.9
    assert agrees[np.abs(lead) < clear].mean() < 0.9


def test_at_a_good_score_every_second_coach_is_good() -> None:
    rng = np.random.default_rng(6)
    values = rng.random((20_000, 1))
    good = rng.random(20_000) < 1 / (1 + np.exp(-12 * (values[:, 0] - 0.7)))
    one, _ = by_chance(4.0, needs=1)
    found = calibrated(one, Graded(values, np.where(good, 2.0, 1.5), np.arange(20_000)))
    assert found.good_score == pytest.approx(0.7, abs=0.02)


def test_what_readers_do_not_tell_stays_unknown() -> None:
    one, pairs = by_chance(4.0, needs=50)
    assert calibrated(one, replace(pairs, grades=pairs.grades + 2)).good_score is None
    assert calibrated(one, pairs).good_score is None
    alike = calibrated(one, replace(pairs, values=np.full_like(pairs.values, 0.5)))
    assert alike.clear_difference is None
    assert calibrated(one, replace(pairs, grades=np.ones_like(pairs.grades))).clear_difference is None


# As the service measures


def test_graded_pairs_have_the_values_that_the_service_ranks_by_and_the_mean_grade() -> None:
    coaches: list[Coach] = [
        a_coach(id="a", bio="I help to hand over work.", focus_areas=["delegation"]),
        a_coach(id="b", references=[{"rating": 4.5}]),
        a_coach(id="c", experience={"leadership_years": 3}),
    ]
    needs = [a_need(id="n1"), a_need(id="n2", summary="", focus_areas=[{"area": "delegation"}])]
    readers = [
        {"n1": {"c": 3, "a": 1, "b": 0}, "n2": {"a": 2}},
        {"n1": {"a": 2, "b": 0, "c": 3}},
    ]
    found = learn_to_rank.graded_pairs(needs, readers, an_index(*coaches), reader(), scorer=scorer())
    assert found.need.tolist() == [0, 0, 0, 1]
    assert found.grades.tolist() == [1.5, 0, 3, 2]
    for place, need in enumerate(needs):
        ranked = a_recommender(*coaches).recommend(need, 1, JUDGED_ON).assessment
        own = ranked.values[np.argsort(ranked.order)]
        np.testing.assert_array_equal(found.of([place]).values, own[: [3, 1][place]])


def test_coaches_who_are_not_eligible_are_learned_from_too() -> None:
    french = a_coach(languages=["fr"])
    need = a_need(id="n1", languages=["en"])
    found = learn_to_rank.graded_pairs([need], [{"n1": {"c1": 1}}], an_index(french), reader(), scorer=scorer())
    assert found.values.shape == (1, len(FACETS))


def test_what_is_learned_is_a_ranker_file_for_the_encoder_it_was_learned_with(tmp_path: Path) -> None:
    learned = replace(scorer(), name="ranker-1@x", clear_difference=0.05, good_score=0.6)
    file = tmp_path / "ranker.json"
    file.write_text(json.dumps(learn_to_rank.to_document(learned, ENCODER.name, "digest")))
    assert load_scorer(str(file), ENCODER.name) == learned
    assert json.loads(file.read_text())["judgements"] == "digest"


def test_the_name_of_a_ranker_file_changes_with_all_that_it_says_and_with_what_read_for_it() -> None:
    learned = replace(scorer(), name="ranker-1", clear_difference=0.05, good_score=0.6)
    first, *others = learned.facets

    def name(own: Scorer = learned, encoder: str = "e", judgements: str = "j", areas: str = "a") -> str:
        document = learn_to_rank.named_by_content(learn_to_rank.to_document(own, encoder, judgements), areas)
        return str(document["name"])

    names = [
        name(),
        name(replace(learned, facets=(first.model_copy(update={"weight": first.weight + 1e-4}), *others))),
        name(replace(learned, facets=(first.model_copy(update={"neutral": first.neutral + 0.01}), *others))),
        name(replace(learned, facets=tuple(others))),
        name(replace(learned, clear_difference=0.06)),
        name(replace(learned, good_score=None)),
        name(encoder="other"),
        name(judgements="other"),
        name(areas="other"),
    ]
    assert len(set(names)) == len(names)
    assert {one.partition("@")[0] for one in names} == {"ranker-1"}
    assert name() == names[0]
