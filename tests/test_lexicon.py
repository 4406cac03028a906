"""Terms counted in texts, held against cutting each text into its terms and counting those one by one."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.matching.lexicon import CountedTexts, Lexicon
from matcher.matching.text_terms import parts_of_words, words_and_pairs
from matcher.matching.word_parts import WordParts

TEXTS = ("The rota is late again.", "Ähnlich: der Dienstplan ist nie fertig!", "I am a\tox, a\xa0bee")
WORDS = ["rota", "late again", "der", "ist nie", "am"]
PARTS = ["rot", " rota", "ota ", "ähn", " a ", "plan ", " ox", "x, ", "ee "]

texts_of_any_kind = st.lists(st.sampled_from(TEXTS) | st.text("raotn Äiß²\n\xa0\x00😀", max_size=40), max_size=5)


def counted_one_by_one(lexicon: Lexicon, text: str) -> dict[int, int]:
    found = Counter[int]()
    for word, number in zip(WORDS, lexicon.numbers(WORDS, []).tolist(), strict=True):
        found[number] = words_and_pairs(text).count(word)
    for part, number in zip(PARTS, lexicon.numbers([], PARTS).tolist(), strict=True):
        found[number] = parts_of_words(text).count(part)
    return {number: times for number, times in found.items() if times}


@settings(deadline=None)
@given(texts_of_any_kind)
def test_terms_are_counted_as_if_each_text_were_cut_into_them(texts: list[str]) -> None:
    lexicon = Lexicon(WORDS, PARTS)
    found = lexicon.counts(texts)
    by_text: list[dict[int, int]] = [{} for _ in texts]
    for text, term, times in zip(found.text.tolist(), found.term.tolist(), found.count.tolist(), strict=True):
        by_text[text][term] = times
    assert by_text == [counted_one_by_one(lexicon, text) for text in texts]


def test_more_texts_than_are_looked_up_together_are_told_apart() -> None:
    lexicon = Lexicon(WORDS, PARTS)
    found = lexicon.counts([*[""] * 150, TEXTS[0], *[""] * 150, TEXTS[0]])
    assert sorted(set(found.text.tolist())) == [150, 301]
    assert dict(Counter(found.text.tolist())) == {150: 5, 301: 5}


def test_a_term_has_a_number_of_its_own_however_often_it_is_given() -> None:
    lexicon = Lexicon(["rota", "der", "rota"], ["rot", "ota ", "rot"])
    assert len(lexicon) == 4
    assert sorted(lexicon.numbers(["rota", "der"], ["rot", "ota "]).tolist()) == [0, 1, 2, 3]


def test_without_terms_nothing_is_found_and_without_texts_neither() -> None:
    assert len(Lexicon([], []).counts(TEXTS).term) == 0
    assert len(Lexicon(WORDS, PARTS).counts([]).term) == 0


def test_texts_are_counted_once_for_each_lexicon() -> None:
    texts, lexicon = CountedTexts(TEXTS), Lexicon(WORDS, PARTS)
    assert texts.counts(lexicon) is texts.counts(lexicon)
    np.testing.assert_array_equal(texts.counts(Lexicon(["ist"], [])).term, [0])


@pytest.mark.parametrize("part", ["", "ab", "abcdef", "a  b"])
def test_what_cannot_stand_in_a_word_is_no_part(part: str) -> None:
    with pytest.raises(ValueError, match="3 to 5 characters"):
        WordParts(["abc", part])


def test_parts_of_more_characters_than_a_number_can_tell_apart_are_refused() -> None:
    with pytest.raises(ValueError, match="different characters"):
        WordParts([chr(0x4E00 + number) * 3 for number in range(5000)])
