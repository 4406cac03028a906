"""Layers in 8 bits: nearly the vectors of the model that they were made from, each text by itself."""

from pathlib import Path

import numpy as np
import pytest

from matcher.matching.embedding import Base
from matcher.matching.glossary import in_english
from matcher.matching.quantised_encoder import QuantisedEncoder
from tests.judged_world import packaged_encoder
from tests.tiny_encoder import a_base, write_tuning
from training.quantise import quantised

WORDS = ["alpha", "foxtrot", "charlie", "delta"]
TEXTS = ["alpha foxtrot", "charlie alpha alpha delta", "foxtrot", "", "delta " * 100, "unheard words"]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    return a_base(tmp_path_factory.mktemp("models") / "tiny", WORDS)


@pytest.fixture(scope="module")
def layers(base: Base) -> bytes:
    return quantised(base.untrained(1), TEXTS)


@pytest.fixture
def encoder(base: Base, layers: bytes, tmp_path: Path) -> QuantisedEncoder:
    return base.trained(2, write_tuning(tmp_path, base, layers))


def test_vectors_are_nearly_those_of_the_model_that_the_layers_were_made_from(
    base: Base, encoder: QuantisedEncoder
) -> None:
    exact, found = base.untrained(1).encode(TEXTS), encoder.encode(TEXTS)
    assert (exact * found).sum(axis=1).min() > 0.999
    # Not by being all alike.
    assert (exact @ exact.T).min() < 0.9


def test_a_vector_is_the_same_to_the_last_bit_alone_in_a_batch_in_another_order_and_with_one_thread(
    base: Base, encoder: QuantisedEncoder, layers: bytes, tmp_path: Path
) -> None:
    together = encoder.encode(TEXTS)
    np.testing.assert_array_equal(encoder.encode(TEXTS[::-1])[::-1], together)
    np.testing.assert_array_equal(np.concatenate([encoder.encode([text]) for text in TEXTS]), together)
    np.testing.assert_array_equal(base.trained(1, write_tuning(tmp_path, base, layers)).encode(TEXTS), together)


def test_vectors_have_unit_length_and_no_text_has_none(encoder: QuantisedEncoder) -> None:
    vectors = encoder.encode(TEXTS)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert vectors.dtype == np.float32
    assert encoder.encode([]).shape == (0, encoder.dimension) == (0, 32)


def test_a_text_is_cut_where_the_model_cuts_it(encoder: QuantisedEncoder) -> None:
    longer, longest = encoder.encode(["delta " * 62, "delta " * 400])
    np.testing.assert_array_equal(longer, longest)
    assert not np.array_equal(encoder.encode(["delta " * 61])[0], longest)


def test_the_same_model_and_texts_give_the_same_bytes(base: Base, layers: bytes) -> None:
    assert quantised(base.untrained(1), TEXTS) == layers
    assert quantised(base.untrained(1), TEXTS[:1]) != layers


def test_the_packaged_layers_give_unit_vectors_that_tell_texts_apart() -> None:
    vectors = packaged_encoder().encode(["He takes every task back.", "Rain in May."])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert vectors[0] @ vectors[1] < 0.9


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("Sie gibt jede Aufgabe zurück.", "She gives every task back."),
        ("Elle fait tout elle-même, tard le soir.", "She does it all herself, late in the evening."),
    ],
)
def test_a_text_in_another_language_is_near_to_what_it_says_in_english(text: str, english: str) -> None:
    own, other, elsewhere = packaged_encoder().encode([text, english, "Rain in May."])
    np.testing.assert_array_equal(packaged_encoder().encode([in_english(text)])[0], own)
    assert own @ other > 0.95 > own @ elsewhere
