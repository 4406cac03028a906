"""What lies behind a mean over needs: how sure an order is, what each facet adds, and what more data would bring.

All of it works on facet values that were measured once (`training.learn_to_rank.Graded`), so no text is
read again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil

import numpy as np

from matcher.matching.area_classifier import CLASSES, Side
from matcher.matching.scoring import Scorer
from training.annotations import Annotated, Example
from training.learn_to_rank import CLEAR, Floats, Graded, learn, pairs_of
from training.metrics import Values, ndcg
from training.read_areas import MEASURES, Words, learn_words

CUTOFF = 5
BINS = 8
SHARES = (1 / 8, 1 / 4, 1 / 2, 1.0)
"""Of the needs or texts that there are, how many to learn from."""

Progress = Callable[[Sequence[int], str], Iterable[int]]
"""Gives the items one by one and tells somebody how far it is."""


def quality(scorer: Scorer, graded: Graded) -> Values:
    """nDCG@5 by need of the order of those scores; NaN for a need of whom nobody is any good."""
    scores = scorer.scores(scorer.contributions(graded.values))
    of_need = [graded.need == need for need in graded.needs]
    return np.array([ndcg(scores[rows], graded.grades[rows], CUTOFF) for rows in of_need])


def mean_quality(scorer: Scorer, graded: Graded) -> float:
    """The mean of `quality` over the needs for which it is defined."""
    return float(np.nanmean(quality(scorer, graded)))


@dataclass(frozen=True)
class Reliability:
    """Pairs of coaches of one need whom readers grade differently, from the least to the greatest difference of
    score, in bins of as many pairs: the chance that readers see them in the order of the scores as the ranker
    puts it, and the share of pairs of which it is so. All of shape (bins,).
    """

    promised: Floats
    found: Floats
    pairs: Floats


def reliability(scorer: Scorer, graded: Graded) -> Reliability | None:
    """How reliable differences of score are; None for a ranker that does not know its clear difference.

    Equal scores agree with readers half.
    """
    if scorer.clear_difference is None:
        return None
    scores = scorer.scores(scorer.contributions(graded.values))
    leads = pairs_of(scores[:, np.newaxis], graded).differences[:, 0]
    steepness = np.log(CLEAR / (1 - CLEAR)) / scorer.clear_difference
    bins = np.array_split(np.argsort(np.abs(leads), kind="stable"), min(BINS, len(leads)))
    agrees = np.where(leads == 0, 0.5, leads > 0)
    promised = 1 / (1 + np.exp(-steepness * np.abs(leads)))
    return Reliability(
        promised=np.array([promised[own].mean() for own in bins]),
        found=np.array([agrees[own].mean() for own in bins]),
        pairs=np.array([float(len(own)) for own in bins]),
    )


def chosen(graded: Graded, needs: Sequence[int]) -> Graded:
    """The pairs of those needs, each as often as it is named, and then as different needs."""
    rows = [np.flatnonzero(graded.need == need) for need in needs]
    number = np.repeat(np.arange(len(rows)), [len(own) for own in rows])
    together = np.concatenate(rows)
    return Graded(graded.values[together], graded.grades[together], number)


def _both_views(needs: Sequence[int], graded: Graded) -> list[int]:
    """Needs of the first half with the same ones of the second, where they stand without stated goals."""
    half = len(graded.needs) // 2
    return [*needs, *(need + half for need in needs)]


def weights_drawn(prior: Scorer, graded: Graded, draws: int, progress: Progress, seed: int = 2027) -> Floats:
    """The weights learned from needs drawn with replacement, both views of one together; shape (draws, facets).

    `graded` is that of `training.graded.measured`.
    """
    rng, half = np.random.default_rng(seed), len(graded.needs) // 2
    found = []
    for _ in progress(range(draws), "Drawing needs"):
        needs = rng.integers(half, size=half).tolist()
        learned = learn(prior, chosen(graded, _both_views(needs, graded)), "drawn")
        found.append([facet.weight for facet in learned.facets])
    return np.array(found)


def without_each(prior: Scorer, graded: Graded, judged: Graded, progress: Progress) -> dict[str, float]:
    """The mean nDCG@5 of a ranker that was learned without a facet, by the facet's name."""
    found = {}
    for column in progress(range(len(prior.facets)), "Leaving facets out"):
        kept = [other for other in range(len(prior.facets)) if other != column]
        fewer = replace(prior, facets=tuple(prior.facets[other] for other in kept))
        learned = learn(fewer, replace(graded, values=graded.values[:, kept]), "fewer")
        found[prior.facets[column].facet] = mean_quality(learned, replace(judged, values=judged.values[:, kept]))
    return found


@dataclass(frozen=True)
class Curve:
    """Quality by how much was learned from: for each size the mean, least and greatest over several choices."""

    sizes: tuple[int, ...]
    mean: tuple[float, ...]
    least: tuple[float, ...]
    greatest: tuple[float, ...]


def ranker_curve(
    prior: Scorer, graded: Graded, judged: Graded, progress: Progress, *, repeats: int = 5, seed: int = 2027
) -> Curve:
    """Mean nDCG@5 on judged needs of rankers learned from some of the graded needs; of the prior for none."""
    rng, half = np.random.default_rng(seed), len(graded.needs) // 2
    sizes = sorted({max(round(half * share), 1) for share in SHARES})
    found = [[mean_quality(prior, judged)]]
    for place in progress(range(len(sizes)), "Learning from fewer needs"):
        choices = [rng.permutation(half)[: sizes[place]].tolist() for _ in range(repeats)]
        learned = [learn(prior, chosen(graded, _both_views(needs, graded)), "fewer") for needs in choices]
        found.append([mean_quality(one, judged) for one in learned])
    return Curve((0, *sizes), tuple(map(_mean, found)), tuple(min(values) for values in found), tuple(map(max, found)))


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))


def reading_curve(
    side: Side, examples: Sequence[Example], held_out: Sequence[Annotated], words: Words, progress: Progress
) -> Curve:
    """How well areas, or wishes, of held-out documents are found by words alone, learned from some of the examples."""
    chosen_examples = [some_of_each(examples, share) for share in SHARES]
    values = []
    for place in progress(range(len(SHARES)), f"Learning words, {side} side"):
        by_words = learn_words(chosen_examples[place], CLASSES[side], words)
        values.append(MEASURES[side](held_out, [by_words.probabilities(document.passages) for document in held_out]))
    own = tuple(values)
    return Curve(tuple(map(len, chosen_examples)), own, own, own)


def some_of_each(examples: Sequence[Example], share: float, seed: int = 2027) -> list[Example]:
    """That share of the examples of each class, at least one, chosen at random and in their order.

    An example is of the class that has most of it.
    """
    of_class: dict[int, list[int]] = {}
    for place in np.random.default_rng(seed).permutation(len(examples)).tolist():
        shares: Mapping[int, float] = examples[place].shares
        of_class.setdefault(max(shares, key=lambda one: shares[one]), []).append(place)
    kept = [place for places in of_class.values() for place in places[: ceil(share * len(places))]]
    return [examples[place] for place in sorted(kept)]
