"""Other forms of the score, on facet values whose grades are known functions of them."""

from collections.abc import Callable

import numpy as np
import pytest

from matcher.matching.areas import THEMES, SentenceAreas
from matcher.matching.index import CoachIndex, Profile
from matcher.matching.passages import coach_passages
from matcher.matching.reading import Reader
from matcher.matching.scoring import FacetWeight, Scorer, load_scorer
from tests.factories import FakeEncoder, a_coach, a_need
from training import compared_rankers, learn_to_rank
from training.compared_rankers import ADDITIVE, FREE, MONOTONE
from training.learn_to_rank import PRIOR, Graded

TWO = Scorer("two", (FacetWeight(facet="level", weight=0.5, neutral=0.5),) * 2)


def graded(grade: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Graded:
    """Twenty needs of fifty pairs each, of two facets drawn evenly, graded by that function."""
    values = np.random.default_rng(0).random((1000, 2))
    return Graded(values, grade(*values.T), np.repeat(np.arange(20), 50))


def errors(given: Graded) -> dict[str, float]:
    scores = compared_rankers.compared(TWO, given)
    return {name: float(np.abs(scores[name](given.values) - given.grades).mean()) for name in (MONOTONE, FREE)}


def test_only_the_free_one_learns_what_one_facet_means_by_another() -> None:
    either = errors(graded(lambda a, b: 3.0 * ((a > 0.5) != (b > 0.5))))
    assert either[FREE] < 0.1
    assert either[MONOTONE] > 1


def test_only_the_free_one_learns_that_more_is_worse() -> None:
    falling = errors(graded(lambda a, b: 3 - 3 * a))
    assert falling[FREE] < 0.1
    assert falling[MONOTONE] > 0.5


def test_the_monotone_one_adds_up_curves_that_never_fall() -> None:
    given = graded(lambda a, b: np.clip(3 * a * b + np.sin(9 * b) / 2, 0, 3))
    score = compared_rankers.boosted(given, monotone=True)
    steps = np.linspace(0, 1, 30)
    assert all((np.diff(score(np.column_stack([steps, np.full(30, other)]))) >= 0).all() for other in (0.1, 0.9))
    corners = score(np.array([[0.9, 0.9], [0.1, 0.1], [0.9, 0.1], [0.1, 0.9]]))
    assert corners[0] + corners[1] == pytest.approx(corners[2] + corners[3])


def test_training_again_gives_the_same_scores_and_an_unknown_value_is_no_obstacle() -> None:
    given = graded(lambda a, b: 3 * a)
    given.values[::7, 1] = np.nan
    one, other = (compared_rankers.compared(TWO, given) for _ in range(2))
    for name in (ADDITIVE, MONOTONE, FREE):
        scores = one[name](given.values)
        assert np.isfinite(scores).all()
        np.testing.assert_array_equal(scores, other[name](given.values))
        assert np.corrcoef(scores, given.grades)[0, 1] > 0.9


def test_each_ranks_the_coaches_of_an_index_by_what_the_service_measures() -> None:
    encoder = FakeEncoder()
    reader = Reader(encoder, SentenceAreas(encoder))
    prior = load_scorer(str(PRIOR), encoder.name)
    coaches = [a_coach(id="c1", focus_areas=["execution"]), a_coach(id="c2", focus_areas=["delegation"])]
    profiles = [Profile(coach, np.empty((0, THEMES), np.float32), coach_passages(coach)) for coach in coaches]
    index = CoachIndex.build(profiles)
    need = a_need(id="n1", focus_areas=[{"area": "delegation"}])
    pairs = learn_to_rank.graded_pairs([need], [{"n1": {"c1": 0, "c2": 3}}], index, reader, scorer=prior)
    claimed = [facet.facet for facet in prior.facets].index("goals_claimed")
    rankers = compared_rankers.as_rankers({"by claims": lambda values: values[:, claimed]}, index, reader, prior)
    assert rankers["by claims"](need, ["c2", "c1"]).tolist() == [1, 0]
    assert pairs.values[:, claimed].tolist() == [0, 1]
