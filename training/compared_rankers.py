"""What the additive form of the score costs: gradient boosting trained on the same graded pairs beside it.

The monotone one adds up one curve a facet, none of which falls, so it can be explained nearly as the
weights can (Lou, Caruana & Gehrke 2012); the free one may do as it likes. Both regress the mean grade.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from matcher.domain import Need
from matcher.matching.index import CoachIndex
from matcher.matching.reading import Reader
from matcher.matching.recommender import measure, retrieve
from matcher.matching.scoring import Scorer
from training.baselines import Ranker
from training.judgements import JUDGED_ON
from training.learn_to_rank import Floats, Graded, learn
from training.metrics import Values

ADDITIVE, MONOTONE, FREE = "additive", "boosted monotone", "boosted free"

Score = Callable[[Floats], Floats]
"""Scores from facet values, shape (coaches, facets), NaN where unknown."""

_GROWTH: Mapping[str, object] = {
    "max_iter": 200,
    "learning_rate": 0.05,
    "min_samples_leaf": 40,
    "early_stopping": False,
    "random_state": 0,
}
"""Slow and smooth, since there are a few thousand pairs of a hundred needs; tuned on nothing."""


def compared(prior: Scorer, graded: Graded) -> dict[str, Score]:
    """The additive ranker around the prior, and the two boosted ones, trained on the same pairs; by name."""
    additive = learn(prior, graded, ADDITIVE)
    return {
        ADDITIVE: lambda values: additive.scores(additive.contributions(values)),
        MONOTONE: boosted(graded, monotone=True),
        FREE: boosted(graded, monotone=False),
    }


def boosted(graded: Graded, *, monotone: bool) -> Score:
    """Gradient boosting of the mean grade; a monotone one has no interactions and falls in no facet."""
    # A facet that is the same for all, or unknown, tells nothing and has no place to be cut at.
    tells = np.array([len(np.unique(column[~np.isnan(column)])) > 1 for column in graded.values.T])
    constraints = {"monotonic_cst": [1] * int(tells.sum()), "interaction_cst": "no_interactions"} if monotone else {}
    model = HistGradientBoostingRegressor(**_GROWTH, **constraints)
    # Sums are then added in one order, so that the same pairs give the same trees.
    with threadpool_limits(1):
        model.fit(graded.values[:, tells], graded.grades)

    def score(values: Floats) -> Floats:
        with threadpool_limits(1):
            return np.asarray(model.predict(values[:, tells]), np.float64)

    return score


def as_rankers(scores: Mapping[str, Score], index: CoachIndex, reader: Reader, scorer: Scorer) -> dict[str, Ranker]:
    """Those scores as rankers of the coaches of an index, whose facets are in the order of that scorer's."""

    def ranker(score: Score) -> Ranker:
        def ranked(need: Need, coach_ids: Sequence[str]) -> Values:
            rows = index.rows_of(coach_ids)
            candidates = retrieve(index, reader.read(need), rows, JUDGED_ON)
            return score(scorer.values(measure(candidates)))

        return ranked

    return {name: ranker(score) for name, score in scores.items()}
