"""Which terms count: the commonest of the texts that a classifier by words is learned from."""

from collections.abc import Sequence

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from matcher.matching.text_terms import parts_of_words, words_and_pairs
from matcher.matching.word_classifier import Terms


def commonest_terms(texts: Sequence[str], most_words: int, most_parts: int, least_texts: int) -> Terms:
    """The commonest terms of those texts, of those that stand in at least `least_texts` of them."""
    words = TfidfVectorizer(analyzer=words_and_pairs, max_features=most_words, min_df=least_texts)
    parts = TfidfVectorizer(analyzer=parts_of_words, max_features=most_parts, min_df=least_texts)
    for counter in (words, parts):
        counter.fit(texts)
    return Terms(
        tuple(words.get_feature_names_out()),
        tuple(parts.get_feature_names_out()),
        np.concatenate([words.idf_, parts.idf_]),
    )
