"""Texts that come again are not encoded again, and get the same vectors."""

import os
from collections.abc import Sequence

import numpy as np

from matcher.matching.embedding import Vectors, text_hash
from matcher.matching.remembering_encoder import RememberingEncoder
from matcher.matching.vector_memory import SharedMemory
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


def test_what_the_memory_forgot_is_encoded_again_and_all_texts_get_their_vectors() -> None:
    texts = [str(number) for number in range(99)]
    inner = Listening()
    recent = RememberingEncoder(inner, SharedMemory(16, most=4))
    np.testing.assert_array_equal(recent.encode(texts), FakeEncoder(16).encode(texts))
    inner.asked.clear()
    np.testing.assert_array_equal(recent.encode(texts), FakeEncoder(16).encode(texts))
    assert 95 <= len(inner.asked) < 99
    assert recent.encode([]).shape == (0, 16)


def hashes(number: int) -> list[str]:
    return [text_hash(str(each)) for each in range(number)]


def test_a_memory_twice_as_large_as_what_it_holds_forgets_next_to_nothing() -> None:
    memory, known = SharedMemory(3, most=4096), hashes(2048)
    vectors = {hashed: np.array([number, 0, -number], np.float32) for number, hashed in enumerate(known)}
    memory.keep(vectors)
    found = memory.recalled([*known, text_hash("never kept")])
    assert len(found) > 0.9 * len(known)
    assert all(np.array_equal(vector, vectors[hashed]) for hashed, vector in found.items())


def test_what_one_process_encoded_another_that_was_forked_before_knows() -> None:
    memory, (one, two) = SharedMemory(3), hashes(2)
    memory.keep({one: np.ones(3, np.float32)})
    child = os.fork()
    if not child:
        memory.keep({two: np.arange(3, dtype=np.float32)})
        os._exit(0 if np.array_equal(memory.recalled([one])[one], np.ones(3)) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    np.testing.assert_array_equal(memory.recalled([two])[two], np.arange(3))


def test_a_record_that_was_half_written_is_not_there() -> None:
    memory, (one,) = SharedMemory(3, most=4), hashes(1)
    memory.keep({one: np.ones(3, np.float32)})
    whole = memory._records[:]
    places = [place for place, byte in enumerate(whole) if byte]
    assert memory.recalled([one])
    for place in places:
        memory._records[place] ^= 1
        assert memory.recalled([one]) == {}, "a byte of another record"
        memory._records[place] ^= 1
    memory.keep({one: np.zeros(3, np.float32)})
    np.testing.assert_array_equal(memory.recalled([one])[one], np.zeros(3))
