"""Learns what each facet counts: weights around the prior from pairs of coaches whom readers graded differently.

Pairwise logistic regression (RankNet without hidden layers, Burges et al. 2005): the chance that readers
put one coach before another is the logistic function of how much steeper the one's score is. The weights
have a Gaussian prior around those of research, so that with no pairs they are the prior.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from matcher.domain import Need
from matcher.matching.index import CoachIndex
from matcher.matching.reading import Reader
from matcher.matching.recommender import measure, retrieve
from matcher.matching.scoring import FacetWeight, Scorer
from training.judgements import JUDGED_ON, Grades

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PRIOR = Path(__file__).resolve().parents[1] / "matcher" / "matching" / "prior.json"
"""The ranker with the weights that research suggests."""

TIGHTNESS = 1.0
"""How firmly the prior holds a weight: the inverse variance of what one standard deviation of the facet
adds, in units of the logistic function's argument; chosen by cross-validation over needs."""

LEAST: Mapping[str, float] = MappingProxyType({"goals_evidenced": 0.04})
"""The weight that a facet has at least: reasons quote the passages that it rests on, which `level` and `style_to_avoid`
count too, so that for the order of coaches alone it could do without."""

TOP = 5
"""Pairs of a need count by the inverse of the discounted gain of its best five, so that needs with many
good coaches do not outweigh those with one."""

CLEAR = 0.9
GOOD = 2.0
"""The grade from which on a coach is a good choice."""


@dataclass(frozen=True)
class Graded:
    """Facet values and mean grades of pairs of a need and a coach; `need` numbers the needs.

    `values` has shape (pairs, facets), NaN where unknown.
    """

    values: Floats
    grades: Floats
    need: Ints

    def of(self, needs: Sequence[int]) -> "Graded":
        """The pairs of some needs."""
        rows = np.isin(self.need, needs)
        return Graded(self.values[rows], self.grades[rows], self.need[rows])

    def rows_of(self, need: int) -> Ints:
        """Where the pairs of a need stand."""
        return np.flatnonzero(self.need == need)

    @property
    def needs(self) -> list[int]:
        """The numbers of the needs."""
        return [int(need) for need in np.unique(self.need)]


@dataclass(frozen=True)
class Pairs:
    """What one coach has more of than another of the same need whom readers put after; shape (pairs, facets)."""

    differences: Floats
    weights: Floats


@dataclass(frozen=True)
class Preferences:
    """Pairs of coaches of whom one proved the better choice, known from elsewhere than grades.

    `better` and `worse` hold the facets' values, NaN where unknown, both of shape (pairs, facets); `weights`
    says what each pair counts, where all pairs of a graded need count 10.
    """

    better: Floats
    worse: Floats
    weights: Floats


def graded_pairs(
    needs: Sequence[Need],
    readers: Sequence[Grades],
    index: CoachIndex,
    reader: Reader,
    *,
    scorer: Scorer,
    today: date = JUDGED_ON,
) -> Graded:
    """The values of every graded pair as the service measures them, whether the coach is eligible or not."""
    values, grades, number = [], [], []
    for place, need in enumerate(needs):
        given = [grades_of[str(need.id)] for grades_of in readers if str(need.id) in grades_of]
        ids = sorted(given[0])
        rows = index.rows_of(ids)
        candidates = retrieve(index, reader.read(need), rows, today)
        values.append(scorer.values(measure(candidates)))
        grades.append(np.mean([[grades_of[coach] for coach in ids] for grades_of in given], axis=0))
        number.append(np.full(len(ids), place))
    return Graded(np.concatenate(values), np.concatenate(grades), np.concatenate(number).astype(np.int64))


def joined(graded: Sequence[Graded]) -> Graded:
    """Several sets as one, in which their needs are different ones."""
    starts = np.cumsum([0, *(int(one.need.max()) + 1 for one in graded)])
    return Graded(
        np.concatenate([one.values for one in graded]),
        np.concatenate([one.grades for one in graded]),
        np.concatenate([one.need + start for one, start in zip(graded, starts, strict=False)]),
    )


def with_neutral(scorer: Scorer, graded: Graded) -> Scorer:
    """The scorer with each facet's mean value over those pairs as neutral, rounded to two digits; a facet
    that is unknown in all of them keeps its own."""
    known = ~np.isnan(graded.values)
    means = np.where(known, graded.values, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    facets = [
        facet.model_copy(update={"neutral": round(float(mean), 2)}) if any_known else facet
        for facet, mean, any_known in zip(scorer.facets, means.tolist(), (known.sum(axis=0) > 0).tolist(), strict=True)
    ]
    return replace(scorer, facets=tuple(facets))


def centred(scorer: Scorer, values: Floats) -> Floats:
    """How far each value is from neutral, as the scorer counts it; 0 for an unknown one."""
    neutral = np.array([facet.neutral for facet in scorer.facets])
    return np.where(np.isnan(values), 0.0, values - neutral)


def pairs_of(inputs: Floats, graded: Graded) -> Pairs:
    """Every pair of coaches of one need with different grades, weighted by the difference of the grades;
    none where readers graded all coaches of each need the same."""
    differences, weights = [], []
    for need in graded.needs:
        rows = np.flatnonzero(graded.need == need)
        grades = graded.grades[rows]
        better, worse = np.nonzero(grades[:, np.newaxis] > grades)
        if len(better):
            best = np.sort(grades)[::-1][:TOP]
            ideal = float((best / np.log2(np.arange(2, len(best) + 2))).sum())
            differences.append(inputs[rows[better]] - inputs[rows[worse]])
            weights.append((grades[better] - grades[worse]) / ideal)
    if not weights:
        return Pairs(np.empty((0, inputs.shape[1])), np.empty(0))
    total = np.concatenate(weights)
    # As many as there are needs, times ten: the prior is then as strong beside few needs as beside many.
    return Pairs(np.concatenate(differences), total * (10 * len(graded.needs) / total.sum()))


def learn(
    prior: Scorer, graded: Graded, name: str, tightness: float = TIGHTNESS, beside: Preferences | None = None
) -> Scorer:
    """The scorer with the weights that agree best with the grades and the prior, none below 0 or LEAST, summing to 1.

    `beside` are pairs that count in addition; what is clear and what is good stays that of the readers.
    """
    prior = with_neutral(prior, graded)
    inputs = centred(prior, graded.values)
    sides = [] if beside is None else [centred(prior, side) for side in (beside.better, beside.worse)]
    spread = np.concatenate([inputs, *sides]).std(axis=0) + 1e-9
    pairs = pairs_of(inputs / spread, graded)
    believed = np.array([facet.weight for facet in prior.facets]) * spread
    believed *= _steepness(pairs.differences @ believed, pairs.weights)
    if beside is not None:
        pairs = _with(pairs, beside, prior, spread)
    found = minimize(
        _regret,
        believed,
        args=(pairs, believed, tightness),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0.0, None)] * len(believed),
    )
    weights = np.round(_with_least(prior.names, found.x / spread), 4)
    facets = [
        facet.model_copy(update={"weight": float(weight)}) for facet, weight in zip(prior.facets, weights, strict=True)
    ]
    return calibrated(Scorer(name, tuple(facets)), graded)


def _with_least(names: Sequence[str], weights: Floats) -> Floats:
    """The weights, scaled to sum to 1, with those that LEAST holds raised to it and the others in their proportion."""
    shares: Floats = weights / weights.sum()
    for place, name in enumerate(names):
        least = LEAST.get(name, 0.0)
        if shares[place] < least:
            shares *= (1 - least) / (1 - shares[place])
            shares[place] = least
    return shares


def _with(pairs: Pairs, beside: Preferences, scorer: Scorer, spread: Floats) -> Pairs:
    differences = (centred(scorer, beside.better) - centred(scorer, beside.worse)) / spread
    return Pairs(np.concatenate([pairs.differences, differences]), np.concatenate([pairs.weights, beside.weights]))


def _regret(weights: Floats, pairs: Pairs, believed: Floats, tightness: float) -> tuple[float, Floats]:
    """The negative log posterior and its gradient."""
    leads = pairs.differences @ weights
    away = weights - believed
    value = (pairs.weights * np.logaddexp(0, -leads)).sum() + 0.5 * tightness * (away**2).sum()
    gradient = -(pairs.differences.T @ (pairs.weights / (1 + np.exp(leads)))) + tightness * away
    return float(value), gradient


def _steepness(leads: Floats, weights: Floats) -> float:
    """By what leads of score must be multiplied to be the arguments of the logistic function that fit best."""

    def regret(steepness: Floats) -> float:
        return float((weights * np.logaddexp(0, -steepness[0] * leads)).sum())

    return float(minimize(regret, np.array([10.0]), method="L-BFGS-B", bounds=[(1e-3, 1e3)]).x[0])


def calibrated(scorer: Scorer, graded: Graded) -> Scorer:
    """The scorer with the lead that is clear, and the score that is good, to those readers; None for what
    they do not tell: no pair is scored differently, or all coaches are good, or none is."""
    scores = scorer.scores(scorer.contributions(graded.values))
    leads = pairs_of(scores[:, np.newaxis], graded).differences[:, 0]
    # Of each need its best coach: most of the others are no good choice, whatever the best one is.
    best = np.array([rows[np.argmax(scores[rows])] for rows in map(graded.rows_of, graded.needs)], np.int64)
    good = graded.grades[best] >= GOOD
    clear = np.log(CLEAR / (1 - CLEAR)) / _steepness(leads, np.ones(len(leads))) if leads.any() else None
    return replace(
        scorer,
        clear_difference=None if clear is None else round(float(clear), 4),
        good_score=round(_even_chance(scores[best], good), 4) if good.any() and not good.all() else None,
    )


def _even_chance(scores: Floats, good: NDArray[np.bool_]) -> float:
    """The score at which one in two is good, by logistic regression."""

    def regret(line: Floats) -> float:
        return float(np.logaddexp(0, -np.where(good, 1, -1) * (line[0] * scores - line[1])).sum())

    slope, height = minimize(regret, np.array([10.0, 8.0]), method="BFGS").x
    return float(height / slope)


def to_document(scorer: Scorer, encoder: str, judgements: str) -> dict[str, object]:
    """The scorer as a ranker file."""
    facets = [FacetWeight.model_dump(facet) for facet in scorer.facets]
    return {
        "format": 3,
        "name": scorer.name,
        "encoder": encoder,
        "judgements": judgements,
        "clear_difference": scorer.clear_difference,
        "good_score": scorer.good_score,
        "facets": facets,
    }


def named_by_content(document: Mapping[str, object], areas: str) -> dict[str, object]:
    """The ranker file with a digest of all that it says, and of the way of reading areas that it was learned with, at
    the end of its name: rankers that differ in anything but the name they were given have different names."""
    content = {key: value for key, value in document.items() if key != "name"} | {"areas": areas}
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return {**document, "name": f"{document['name']}@{digest[:8]}"}
