"""Trained layers on a tiny encoder: put in place of those of their base, and of nothing else."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load, save

from matcher.errors import ConfigurationError
from matcher.matching.embedding import Base
from matcher.matching.tuning import CARD, WEIGHTS, Tuning
from tests.tiny_encoder import a_base, write_tuning

WORDS = ["alpha", "bravo", "charlie"]
TEXTS = ["alpha bravo", "charlie alpha alpha", "bravo"]
TRAINED = "encoder.layer.3.output.dense.bias"
UNTOUCHED = "encoder.layer.0.output.dense.bias"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    return a_base(tmp_path_factory.mktemp("models") / "tiny", WORDS)


def test_trained_weights_take_the_place_of_those_of_the_same_name_alone(base: Base, tmp_path: Path) -> None:
    # Halves and quarters, which 16 bits hold exactly.
    trained = torch.arange(32) / 4
    encoder = base.trained(1, write_tuning(tmp_path, base, {TRAINED: trained}))
    own, before = (one.transformer.state_dict() for one in (encoder, base.untrained(1)))
    assert torch.equal(own[TRAINED], trained)
    assert own[TRAINED].dtype == before[TRAINED].dtype == torch.float32
    assert own.keys() == before.keys()
    assert all(torch.equal(own[name], before[name]) for name in own if name != TRAINED)
    assert np.abs(encoder.encode(TEXTS) - base.untrained(1).encode(TEXTS)).max() > 0.01


def test_the_untrained_weights_written_as_trained_give_the_untrained_vectors(base: Base, tmp_path: Path) -> None:
    same = load((base.folder / "model.safetensors").read_bytes())[UNTOUCHED]
    found = base.trained(1, write_tuning(tmp_path, base, {UNTOUCHED: same})).encode(TEXTS)
    np.testing.assert_allclose(found, base.untrained(1).encode(TEXTS), atol=1e-3)


def test_an_encoder_is_named_by_its_base_and_its_trained_weights(base: Base, tmp_path: Path) -> None:
    names = []
    for bias in (1.0, 2.0):
        folder = write_tuning(tmp_path, base, {TRAINED: torch.full((32,), bias)})
        digest = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
        names.append(base.trained(1, folder).name)
        assert names[-1] == f"tiny+mine@{digest[:8]}"
    assert names[0] != names[1]


def test_trained_weights_that_were_changed_are_refused(base: Base, tmp_path: Path) -> None:
    folder = write_tuning(tmp_path, base, {TRAINED: torch.zeros(32)})
    (folder / WEIGHTS).write_bytes(save({TRAINED: torch.ones(32).half()}))
    with pytest.raises(ConfigurationError, match=rf"{WEIGHTS} is not the file that {CARD} describes"):
        Tuning(base.sha256, folder)


def test_weights_trained_on_another_base_are_refused(base: Base, tmp_path: Path) -> None:
    folder = write_tuning(tmp_path, base, {TRAINED: torch.zeros(32)})
    other = a_base(tmp_path / "other", WORDS, seed=1)
    assert other.sha256 != base.sha256
    with pytest.raises(ConfigurationError, match="trained on other weights"):
        other.trained(1, folder)


def test_a_weight_that_the_base_does_not_have_is_refused_by_name(base: Base, tmp_path: Path) -> None:
    folder = write_tuning(
        tmp_path, base, {TRAINED: torch.zeros(32), "encoder.layer.9.output.dense.bias": torch.zeros(32)}
    )
    with pytest.raises(ConfigurationError, match=r"no weights named encoder\.layer\.9\.output\.dense\.bias"):
        base.trained(1, folder).encode(TEXTS)


@pytest.mark.parametrize("changes", [{"format": 2}, {"name": None}, {"base_sha256": 1}])
def test_a_file_that_is_no_model_card_is_refused(base: Base, tmp_path: Path, changes: dict[str, Any]) -> None:
    folder = write_tuning(tmp_path, base, {TRAINED: torch.zeros(32)}, **changes)
    with pytest.raises(ConfigurationError, match="no model card"):
        Tuning(base.sha256, folder)


@pytest.mark.parametrize("missing", [CARD, WEIGHTS])
def test_a_missing_file_is_refused_with_what_to_do(base: Base, tmp_path: Path, missing: str) -> None:
    (write_tuning(tmp_path, base, {TRAINED: torch.zeros(32)}) / missing).unlink()
    with pytest.raises(ConfigurationError, match=r"a file is missing.*make train"):
        Tuning(base.sha256, tmp_path)
