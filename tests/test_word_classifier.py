"""Classes by words: every number worked out by hand, and nothing that depends on what is read beside it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from matcher.matching.lexicon import CountedTexts, Lexicon
from matcher.matching.text_terms import parts_of_words, words_and_pairs
from matcher.matching.word_classifier import Terms, WordClassifier
from training.terms import commonest_terms

TEXTS = (
    "She hands the rota over to her deputy.",
    "The rota is late again, and the backlog grows.",
    "A backlog of claims; he signs each one off himself.",
    "Der Dienstplan ist nie fertig, der Rückstand wächst.",
)
TERMS = commonest_terms(TEXTS, most_words=40, most_parts=60, least_texts=1)


def a_classifier(classes: int = 5, terms: Terms = TERMS) -> WordClassifier:
    rng = np.random.default_rng(7)
    return WordClassifier(terms, rng.normal(size=(classes, len(terms.frequencies) + 1)))


def words_only(*words: str) -> Terms:
    """Terms without parts, each with a frequency of 2 but the last, with one of 4."""
    return Terms(words, ("zzz",), np.array([2.0] * (len(words) - 1) + [4.0, 1.0]))


def test_probabilities_are_the_softmax_of_what_the_terms_of_a_text_add() -> None:
    terms = words_only("alpha", "bravo")
    coefficients = np.array([[3.0, 0.0, 0.0, 0.5], [0.0, 5.0, 0.0, 0.0], [0.0, 0.0, 9.0, -0.5]])
    # Of "alpha alpha bravo", alpha weighs (1 + ln 2) x 2 and bravo 1 x 4, scaled to a unit vector.
    alpha, bravo = (1 + np.log(2)) * 2, 4.0
    length = np.hypot(alpha, bravo)
    logits = np.array([[3 * alpha / length + 0.5, 5 * bravo / length, -0.5], [3.5, 0, -0.5], [0.5, 0, -0.5]])
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    found = WordClassifier(terms, coefficients).probabilities(["alpha alpha Bravo", "ALPHA!", "nothing known"])
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_pairs_of_words_and_parts_of_words_are_terms_too() -> None:
    terms = Terms(("alpha bravo",), ("pha",), np.array([2.0, 3.0]))
    found = terms.counts(["alpha bravo", "bravo alpha", "alphabet"]).toarray()
    np.testing.assert_array_equal(found, [[1, 1], [0, 1], [0, 1]])


def test_no_text_has_no_probabilities_and_an_empty_one_those_of_the_intercepts() -> None:
    classifier = a_classifier()
    assert classifier.probabilities([]).shape == (0, 5)
    odds = np.exp(classifier.coefficients[:, -1])
    np.testing.assert_allclose(classifier.probabilities([""])[0], odds / odds.sum(), rtol=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(TEXTS) | st.text(max_size=40), max_size=6), st.sampled_from(TEXTS))
def test_a_text_is_read_alike_to_the_last_bit_whatever_is_read_with_it(others: list[str], text: str) -> None:
    classifier = a_classifier()
    alone = classifier.probabilities([text])[0]
    together = classifier.probabilities([*others, text, *reversed(others)])
    np.testing.assert_array_equal(together[len(others)], alone)
    np.testing.assert_array_equal(classifier.probabilities([text] * 7), np.tile(alone, (7, 1)))


def test_texts_are_read_alike_whatever_other_terms_the_lexicon_knows() -> None:
    wider = Lexicon(["late", *TERMS.words, "deputy backlog"], ["ack", *reversed(TERMS.parts)])
    shared = replace(TERMS, lexicon=wider)
    np.testing.assert_array_equal(
        a_classifier(terms=shared).probabilities(TEXTS), a_classifier().probabilities([*TEXTS])
    )


def test_texts_whose_terms_were_counted_before_are_read_alike_by_every_classifier() -> None:
    counted, other = CountedTexts(TEXTS), a_classifier(terms=words_only("rota", "backlog"))
    for classifier in (a_classifier(), other):
        np.testing.assert_array_equal(classifier.probabilities(counted), classifier.probabilities([*TEXTS]))


def test_texts_together_are_read_as_one_in_which_no_pair_reaches_from_one_into_the_next() -> None:
    terms = Terms(("alpha", "alpha bravo", "bravo"), (), np.array([2.0, 9.0, 4.0]))
    classifier = a_classifier(terms=terms)
    apart = classifier.probabilities_together(["alpha", "bravo", "alpha"])
    np.testing.assert_array_equal(apart, classifier.probabilities(["alpha - alpha zulu bravo"])[0])
    counted = CountedTexts(["alpha", "bravo", "alpha"])
    np.testing.assert_array_equal(classifier.probabilities_together(counted), apart)
    pair = classifier.probabilities_together(["alpha bravo"])
    np.testing.assert_array_equal(pair, classifier.probabilities(["alpha bravo"])[0])
    assert not np.array_equal(pair, classifier.probabilities_together(["alpha", "bravo"]))


def test_terms_of_a_kind_that_may_have_none_are_none() -> None:
    terms = commonest_terms(TEXTS, most_words=5, most_parts=0, least_texts=1)
    assert (len(terms.words), terms.parts, len(terms.frequencies)) == (5, (), 5)
    assert terms.counts(TEXTS).shape == (4, 5)


def test_the_commonest_terms_that_stand_in_enough_texts_are_kept() -> None:
    terms = commonest_terms(
        ["rota rota late", "rota backlog", "backlog grows", "late"], most_words=2, most_parts=3, least_texts=2
    )
    assert set(terms.words) == {"rota", "backlog"}
    assert len(terms.parts) == 3
    # scikit-learn's smoothed inverse document frequency: ln((1 + texts) / (1 + texts with the term)) + 1.
    assert terms.frequencies[: len(terms.words)] == pytest.approx([np.log(5 / 3) + 1] * 2)


@settings(deadline=None)
@given(st.text() | st.text("aB é²_'\n\xa0İß.", max_size=30) | st.sampled_from(TEXTS))
def test_a_text_is_cut_as_scikit_learn_cuts_it(text: str) -> None:
    words = TfidfVectorizer(ngram_range=(1, 2)).build_analyzer()
    parts = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5)).build_analyzer()
    assert words_and_pairs(text) == words(text)
    assert parts_of_words(text) == parts(text)


def test_terms_come_back_as_they_were_written() -> None:
    again = Terms.from_bytes(TERMS.to_bytes(), TERMS.frequencies)
    assert (again.words, again.parts) == (TERMS.words, TERMS.parts)
    assert any("ü" in term for term in again.words)
    np.testing.assert_array_equal(again.counts(TEXTS).toarray(), TERMS.counts(TEXTS).toarray())
    np.testing.assert_array_equal(a_classifier(terms=again).probabilities(TEXTS), a_classifier().probabilities(TEXTS))


@pytest.mark.parametrize("lacking", [-1, 1])
def test_terms_without_a_frequency_each_are_refused(lacking: int) -> None:
    frequencies = np.ones(len(TERMS.frequencies) + lacking)
    with pytest.raises(ValueError, match="every term needs its frequency"):
        Terms.from_bytes(TERMS.to_bytes(), frequencies)


def test_what_was_rounded_stays_as_it_is_and_hardly_moves_what_is_read() -> None:
    exact = a_classifier()
    once = WordClassifier.rounded(exact.terms, exact.coefficients)
    again = WordClassifier.rounded(once.terms, once.coefficients)
    np.testing.assert_array_equal(again.coefficients, once.coefficients)
    most = np.abs(exact.coefficients).max(axis=1, keepdims=True)
    assert (np.abs(once.coefficients - exact.coefficients) <= most / 254 * 1.001).all()
    assert (once.coefficients != exact.coefficients).any()
    np.testing.assert_allclose(once.probabilities(TEXTS), exact.probabilities(TEXTS), atol=0.02)
