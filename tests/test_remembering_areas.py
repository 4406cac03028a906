"""Passages of needs that come again are not read again, and tell the same."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from matcher.domain.vocabulary import FOCUS_AREAS, STYLES
from matcher.matching.areas import Shares, Strengths
from matcher.matching.embedding import Vectors
from matcher.matching.reading import Reader
from matcher.matching.remembering_areas import RememberingAreas
from matcher.matching.vector_memory import OwnMemory, SharedMemory
from matcher.matching.wish_reading import NO_WISH, Wishes
from tests.factories import a_need
from tests.judged_world import ENCODER
from tests.wishing_world import ToldReading

TEXTS = ["She keeps all the work to herself.", "He should be blunt.", "Nothing of note.", "He should be blunt."]
TOLD = {"keeps all": (FOCUS_AREAS[3], 0.7), "blunt": (FOCUS_AREAS[-1], 0.3)}
TOLD_OF = {"herself": "founder"}
WISHED = {"blunt": ("style_wanted", STYLES[1], 0.6), "herself": ("background", "", 0.8)}


@dataclass(frozen=True)
class Listening(ToldReading):
    """Notes what it is asked to read."""

    asked: list[str] = field(default_factory=list)
    wholes: list[list[str]] = field(default_factory=list)

    def of_need(self, texts: Sequence[str], vectors: Vectors) -> Strengths:
        assert len(texts) == len(vectors)
        self.asked.extend(texts)
        return super().of_need(texts, vectors)

    def of_whole(self, texts: Sequence[str]) -> Shares:
        self.wholes.append(list(texts))
        shares = np.zeros(len(FOCUS_AREAS), np.float32)
        shares[len(texts)] = 1
        return shares

    def wishes(self, texts: Sequence[str], vectors: Vectors) -> Wishes:
        assert len(texts) == len(vectors)
        return super().wishes(texts, vectors)


def listening() -> Listening:
    return Listening(WISHED, TOLD, told_of=TOLD_OF, words=frozenset(["she", "blunt"]))


def assert_same(areas: RememberingAreas, texts: Sequence[str]) -> None:
    vectors, plain = ENCODER.encode(texts), ToldReading(WISHED, TOLD, told_of=TOLD_OF)
    np.testing.assert_array_equal(areas.of_need(texts, vectors), plain.of_need(texts, vectors))
    np.testing.assert_array_equal(areas.wishes(texts, vectors), plain.wishes(texts, vectors))
    np.testing.assert_array_equal(areas.of_profile(texts, vectors), plain.of_profile(texts, vectors))
    np.testing.assert_array_equal(areas.backgrounds(texts, vectors), plain.backgrounds(texts, vectors))


def test_only_what_is_new_is_read_and_all_readings_are_those_of_the_way_behind_it() -> None:
    inner = listening()
    areas = RememberingAreas(inner, OwnMemory())
    vectors = ENCODER.encode(TEXTS)
    areas.wishes(TEXTS[:2], vectors[:2])
    areas.of_need(TEXTS, vectors)
    assert inner.asked == TEXTS[:3]
    assert_same(areas, TEXTS)
    assert (areas.name, areas.kept, areas.clear) == (inner.name, inner.kept, inner.clear)
    assert areas.words_known("She is blunt") == inner.words_known("She is blunt")


def test_what_the_memory_forgot_is_read_again() -> None:
    texts = [f"{text} {number}" for number in range(9) for text in TEXTS]
    inner = listening()
    areas = RememberingAreas(inner, SharedMemory(len(FOCUS_AREAS) + NO_WISH, most=4))
    assert_same(areas, texts)
    inner.asked.clear()
    assert_same(areas, texts)
    assert inner.asked


def test_a_whole_need_is_read_once_and_the_same_words_cut_otherwise_are_another_one() -> None:
    inner = listening()
    areas = RememberingAreas(inner, wholes=OwnMemory())
    for texts in (["a b", "c"], ["a", "b c"], ["a b", "c"], ["a b c"]):
        assert areas.of_whole(texts).tolist() == listening().of_whole(texts).tolist()
    assert inner.wholes == [["a b", "c"], ["a", "b c"], ["a b c"]]


def test_no_text_has_no_readings() -> None:
    areas, none = RememberingAreas(listening()), ENCODER.encode([])
    assert areas.of_need([], none).shape == (0, len(FOCUS_AREAS))
    assert areas.wishes([], none).shape == (0, NO_WISH)


def test_a_need_that_comes_again_is_read_as_before_and_by_what_is_told_of_it_alone() -> None:
    need, inner = a_need(summary="She keeps all the work to herself. A coach should be blunt with her."), listening()
    reader = Reader(ENCODER, RememberingAreas(inner))
    first = reader.read(need)
    read = len(inner.asked)
    again, plain = reader.read(need), Reader(ENCODER, listening()).read(need)
    assert len(inner.asked) == read > 0
    for reading in (first, again):
        assert (reading.goals, reading.told, reading.wishes) == (plain.goals, plain.told, plain.wishes)
