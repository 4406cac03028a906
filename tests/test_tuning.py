"""Trained layers of a tiny encoder: taken for the base that they were trained on, and refused when they do not fit."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from matcher.errors import ConfigurationError
from matcher.matching import glossary
from matcher.matching.embedding import Base
from matcher.matching.tuning import CARD, LAYERS, Tuning
from tests.tiny_encoder import a_base, write_tuning

WORDS = ["alpha", "bravo", "charlie"]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    return a_base(tmp_path_factory.mktemp("models") / "tiny", WORDS)


def test_an_encoder_is_named_by_its_base_and_its_trained_layers(base: Base, tmp_path: Path) -> None:
    names = []
    for layers in (b"some", b"others"):
        folder = write_tuning(tmp_path, base, layers)
        names.append(base.trained(1, folder).name)
        digests = hashlib.sha256(layers).hexdigest() + glossary.digest()
        assert names[-1] == f"tiny+mine@{hashlib.sha256(digests.encode()).hexdigest()[:8]}"
    assert names[0] != names[1]


def test_trained_layers_that_were_changed_are_refused(base: Base, tmp_path: Path) -> None:
    folder = write_tuning(tmp_path, base, b"layers")
    (folder / LAYERS).write_bytes(b"other layers")
    with pytest.raises(ConfigurationError, match=rf"{LAYERS} is not the file that {CARD} describes"):
        Tuning(base.sha256, folder)


def test_layers_trained_on_another_base_are_refused(base: Base, tmp_path: Path) -> None:
    folder = write_tuning(tmp_path, base, b"layers")
    other = a_base(tmp_path / "other", WORDS, seed=1)
    assert other.sha256 != base.sha256
    with pytest.raises(ConfigurationError, match="trained on other weights"):
        other.trained(1, folder)


@pytest.mark.parametrize("changes", [{"format": 1}, {"name": None}, {"base_sha256": 1}])
def test_a_file_that_is_no_model_card_is_refused(base: Base, tmp_path: Path, changes: dict[str, Any]) -> None:
    folder = write_tuning(tmp_path, base, b"layers", **changes)
    with pytest.raises(ConfigurationError, match="no model card"):
        Tuning(base.sha256, folder)


@pytest.mark.parametrize("missing", [CARD, LAYERS])
def test_a_missing_file_is_refused_with_what_to_do(base: Base, tmp_path: Path, missing: str) -> None:
    (write_tuning(tmp_path, base, b"layers") / missing).unlink()
    with pytest.raises(ConfigurationError, match=r"a file is missing.*make train"):
        Tuning(base.sha256, tmp_path)


def test_layers_that_are_no_model_are_refused_when_they_are_first_needed(base: Base, tmp_path: Path) -> None:
    encoder = base.trained(1, write_tuning(tmp_path, base, b"layers"))
    with pytest.raises(ConfigurationError, match=r"cannot be used.*make train"):
        encoder.encode(["alpha"])
