"""Which terms count: the commonest of the texts that a classifier by words is learned from."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from matcher.matching.text_terms import parts_of_words, words_and_pairs
from matcher.matching.word_classifier import Terms


def commonest_terms(texts: Sequence[str], most_words: int, most_parts: int, least_texts: int) -> Terms:
    """The commonest terms of those texts, of those that stand in at least `least_texts` of them; of a kind that may
    have none, none."""
    words, parts = (
        _commonest(texts, analyzer, most, least_texts) if most else ((), np.empty(0))
        for analyzer, most in ((words_and_pairs, most_words), (parts_of_words, most_parts))
    )
    return Terms(words[0], parts[0], np.concatenate([words[1], parts[1]]))


def _commonest(
    texts: Sequence[str], analyzer: Callable[[str], list[str]], most: int, least_texts: int
) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """The terms in alphabetical order, and the inverse document frequency of each."""
    counter = TfidfVectorizer(analyzer=analyzer, max_features=most, min_df=least_texts).fit(texts)
    return tuple(counter.get_feature_names_out()), counter.idf_
