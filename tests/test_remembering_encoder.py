"""Texts that come again are not encoded again, and get the same vectors."""

from collections.abc import Sequence

import numpy as np

from matcher.matching.embedding import Vectors
from matcher.matching.remembering_encoder import RememberingEncoder
from tests.factories import FakeEncoder


class Listening(FakeEncoder):
    """An encoder that notes what it is asked to encode."""

    def __init__(self) -> None:
        super().__init__(16)
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return super().encode(texts)


def test_only_what_is_new_is_encoded_and_all_vectors_are_the_encoders_own() -> None:
    inner = Listening()
    recent = RememberingEncoder(inner)
    first = recent.encode(["one", "two", "one"])
    again = recent.encode(["two", "three", "one"])
    assert inner.asked == ["one", "two", "three"]
    np.testing.assert_array_equal(first, FakeEncoder(16).encode(["one", "two", "one"]))
    np.testing.assert_array_equal(again, FakeEncoder(16).encode(["two", "three", "one"]))
    assert (recent.name, recent.dimension) == (inner.name, 16)


def test_what_has_not_been_asked_for_the_longest_is_forgotten_first() -> None:
    inner = Listening()
    recent = RememberingEncoder(inner, most=2)
    recent.encode(["one", "two"])
    recent.encode(["one"])
    recent.encode(["three"])
    inner.asked.clear()
    recent.encode(["one", "three"])
    assert inner.asked == []
    recent.encode(["two"])
    assert inner.asked == ["two"]


def test_more_texts_at_once_than_are_remembered_all_get_their_vectors() -> None:
    texts = [str(number) for number in range(9)]
    recent = RememberingEncoder(FakeEncoder(16), most=4)
    np.testing.assert_array_equal(recent.encode(texts), FakeEncoder(16).encode(texts))
    assert recent.encode([]).shape == (0, 16)
