"""The classifiers of areas, wishes and backgrounds: by words, learned here, beside those by meaning that come with the
encoder."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from threadpoolctl import threadpool_limits

from matcher.domain.vocabulary import FOCUS_AREAS
from matcher.matching.area_classifier import (
    CLASSES,
    NONE,
    PassageClassifier,
    Side,
    VectorClassifier,
    combined,
)
from matcher.matching.backgrounds import NO_BACKGROUND
from matcher.matching.embedding import Encoder
from matcher.matching.reading import MOST_AREAS_READ
from matcher.matching.wish_reading import NO_WISH
from matcher.matching.word_classifier import WordClassifier
from training.annotations import Annotated, Example, glossed
from training.metrics import Values
from training.terms import commonest_terms

BEST_PASSAGES = 2
"""How many passages of a document tell how well its areas were read."""

SAYS = (0.3, 0.5, 0.7, 1.0)
"""The powers to which the readings by meaning and by words may be taken."""

USUAL_SAYS: Mapping[Side, tuple[float, float]] = {
    "need": (0.7, 0.7),
    "profile": (0.5, 0.5),
    "wish": (0.5, 0.3),
    "background": (0.5, 0.5),
}
"""Those that are kept unless others read clearly better (CLEARLY_BETTER)."""

CLEARLY_BETTER = 0.02
"""By how much others must read held-out documents better to take their place: the best of so many by less is chance."""

Measure = Callable[[Sequence[Annotated], Sequence[Values]], float]
"""How well documents are read by the probabilities of what is read of each, shape (texts, classes)."""


@dataclass(frozen=True)
class Words:
    """How the classifiers by words are learned."""

    most_words: int = 25_000
    most_parts: int = 32_000
    least_texts: int = 4
    inverse_regularisation: float = 4.0
    """scikit-learn's C."""
    most_rounds: int = 100


WORDS: Mapping[Side, Words] = {
    "need": Words(most_words=60_000, most_parts=64_000),
    "profile": Words(),
    "wish": Words(most_words=12_000, most_parts=16_000),
    "background": Words(most_words=12_000, most_parts=16_000, least_texts=2, inverse_regularisation=12.0),
}
"""Needs are learned from in more languages; wishes are told in fewer words, and the file must stay small; the names of
backgrounds are many and rare."""

WHOLE_WORDS = Words(most_words=20_000, most_parts=0, least_texts=3)
"""Those of whole needs, of which there are few."""


def stated_among_read(needs: Sequence[Annotated], probabilities: Sequence[Values]) -> float:
    """The share of the areas stated by the needs, all together, that are among the five read from each."""
    scores = np.array([of_document(own) for own in probabilities])
    read = np.argsort(-scores, axis=1, kind="stable")[:, :MOST_AREAS_READ]
    stated = _are_there(needs)
    return float(np.take_along_axis(stated, read, axis=1).sum() / stated.sum())


def mean_average_precision(profiles: Sequence[Annotated], probabilities: Sequence[Values]) -> float:
    """How well the scores of an area rank the profiles that have a concrete case of it before the others:
    average precision, averaged over the areas that some profile shows."""
    return _mean_average_precision(_are_there(profiles), np.array([of_document(own) for own in probabilities]))


def mean_average_precision_of_passages(needs: Sequence[Annotated], probabilities: Sequence[Values]) -> float:
    """How well the probability of a wish ranks the passages that are marked with it before all others: average
    precision, averaged over the wishes that some passage is marked with; 0 when none is."""
    examples = [example for need in needs for example in need.examples[: len(need.passages)]]
    return _mean_average_precision(_are_marked(examples, NO_WISH), np.concatenate([*probabilities]))


def mean_average_precision_of_examples(documents: Sequence[Annotated], probabilities: Sequence[Values]) -> float:
    """The same of backgrounds, over all examples of the documents."""
    examples = [example for document in documents for example in document.examples]
    return _mean_average_precision(_are_marked(examples, NO_BACKGROUND), np.concatenate([*probabilities]))


def _mean_average_precision(there: Values, scores: Values) -> float:
    occur = np.flatnonzero(there.any(axis=0))
    each = [average_precision_score(there[:, one], scores[:, one]) for one in occur]
    return float(np.mean(each)) if each else 0.0


MEASURES: Mapping[Side, Measure] = {
    "need": stated_among_read,
    "profile": mean_average_precision,
    "wish": mean_average_precision_of_passages,
    "background": mean_average_precision_of_examples,
}


def _are_there(documents: Sequence[Annotated]) -> Values:
    return np.array([[area in document.areas for area in FOCUS_AREAS] for document in documents], np.float64)


def _are_marked(examples: Sequence[Example], classes: int) -> Values:
    return np.array([[one in example.shares for one in range(classes)] for example in examples], np.float64)


def of_document(probabilities: NDArray[np.float64]) -> Values:
    """How much the best passages of one document tell of each area together; shape (areas,)."""
    best: Values = np.sort(probabilities[:, :NONE], axis=0)[-BEST_PASSAGES:].sum(axis=0)
    return best


def learn_words(examples: Sequence[Example], classes: int, words: Words) -> WordClassifier:
    """The classifier by words of those examples. Raises ValueError when a class has no example."""
    texts = [example.text for example in examples]
    terms = commonest_terms(texts, words.most_words, words.most_parts, words.least_texts)
    rows = [
        (place, one, share * example.weight)
        for place, example in enumerate(examples)
        for one, share in example.shares.items()
        if share > 0
    ]
    places, labels, weights = map(np.array, zip(*rows, strict=True))
    regression = LogisticRegression(C=words.inverse_regularisation, max_iter=words.most_rounds, tol=1e-3)
    # With one thread sums are added in one order, so that the same data give the same bytes. That the rounds
    # run out before the last digits settle is meant.
    with threadpool_limits(1), warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
        regression.fit(terms.counts(texts)[places], labels, sample_weight=weights)
    if len(regression.classes_) != classes:
        raise ValueError("the examples must cover every focus area, wish or background, and texts on none")
    coefficients = np.hstack([regression.coef_, regression.intercept_[:, np.newaxis]])
    return WordClassifier.rounded(terms, coefficients)


def learn_side(
    side: Side,
    examples: Sequence[Example],
    held_out: Sequence[Annotated],
    *,
    by_meaning: VectorClassifier,
    encoder: Encoder,
    words: Words,
) -> tuple[PassageClassifier, dict[str, object]]:
    """The classifier of one side and what its card says of it; what each reading has to say is settled on
    documents that neither has seen."""
    by_words = learn_words(glossed(examples) if side == "background" else examples, CLASSES[side], words)
    readings = [_both(side, document, by_meaning, by_words, encoder) for document in held_out]
    found = {
        says: MEASURES[side](held_out, [combined(*both, *says) for both in readings]) for says in product(SAYS, SAYS)
    }
    best = max(found, key=lambda says: found[says])
    usual = USUAL_SAYS[side]
    if found[best] - found[usual] <= CLEARLY_BETTER:
        best = usual
    return PassageClassifier(by_meaning, by_words, *best), {
        "measure": MEASURES[side].__name__,
        "held_out": len(held_out),
        "value": round(found[best], 4),
        "by_says": [{"meaning": says[0], "words": says[1], "value": round(value, 4)} for says, value in found.items()],
        "examples": len(examples),
        "terms": len(by_words.terms.frequencies),
    }


def _both(
    side: Side, document: Annotated, by_meaning: VectorClassifier, by_words: WordClassifier, encoder: Encoder
) -> tuple[Values, Values]:
    """What both classifiers of a side read of a document: of its passages, or for backgrounds of all of its examples,
    since the roles of a profile are no passages, and of a need not every passage is an example."""
    if side != "background":
        return by_meaning.probabilities(encoder.encode(document.passages)), by_words.probabilities(document.passages)
    # To the encoder each is as it stands, since it has texts glossed itself.
    as_they_are, in_words = (
        [example.text for example in examples] for examples in (document.examples, glossed(document.examples))
    )
    return by_meaning.probabilities(encoder.encode(as_they_are)), by_words.probabilities(in_words)
