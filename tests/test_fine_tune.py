"""Teaching a tiny encoder a dozen texts, some for two sides: it learns them, forgets nothing below, alike each time."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from matcher.matching.area_classifier import CLASSES, NONE, Side
from matcher.matching.backgrounds import NO_BACKGROUND
from matcher.matching.embedding import Base
from matcher.matching.wish_reading import BACKGROUND, NO_WISH
from tests.tiny_encoder import LAYERS, a_base, write_tuning
from training.annotations import Example
from training.fine_tune import Lessons, Taught, teach

AGAINST = NONE + 1
TEXTS: dict[Side, dict[str, int]] = {
    "need": {
        "she keeps every task": 0,
        "he lets no task go to anyone": 0,
        "they quarrel and nobody speaks": 1,
        "a quarrel of two teams": 1,
        "the weather is fine": NONE,
        "it was in spring": NONE,
    },
    "profile": {
        "my clients let every task go": 0,
        "he has let go of it": 0,
        "i settle a quarrel of two teams": 1,
        "they speak again and quarrel no longer": 1,
        "i do no quarrel": AGAINST + 1,
        "i was in spring at the sea": NONE,
    },
    "wish": {
        "she keeps every task": NO_WISH,
        "he lets no task go to anyone": NO_WISH,
        "the weather is fine": NO_WISH,
        "a quarrel of two teams": BACKGROUND,
    },
    "background": {
        "it was in spring": NO_BACKGROUND,
        "i was in spring at the sea": 3,
        "they speak again and quarrel no longer": 4,
    },
}
WORDS = sorted({word for side in TEXTS.values() for text in side for word in text.split()})
EXAMPLES = {side: [Example(text, {one: 1.0}) for text, one in texts.items()] for side, texts in TEXTS.items()}
LESSONS = Lessons(epochs=25, batch=4, rate_of_layers=3e-3, rate_of_classifiers=3e-2)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    return a_base(tmp_path_factory.mktemp("models") / "tiny", WORDS)


def taught(base: Base, lessons: Lessons = LESSONS) -> Taught:
    torch.set_num_threads(1)
    return teach(base.untrained(1), EXAMPLES, lessons, lambda *_: None)


@pytest.fixture(scope="module")
def learned(base: Base) -> Taught:
    return taught(base)


def loss(base: Base, found: Taught, folder: Path) -> dict[str, float]:
    """The mean cross-entropy of each side, as the service would read those texts."""
    encoder = base.trained(1, write_tuning(folder, base, found.layers))
    losses = {}
    for side, texts in TEXTS.items():
        chances = found.classifiers[side].probabilities(encoder.encode(list(texts)))
        losses[side] = -float(np.log(chances[range(len(texts)), list(texts.values())]).mean())
    return losses


def test_the_texts_of_both_sides_are_learned_and_read_so_by_the_service(
    base: Base, learned: Taught, tmp_path: Path
) -> None:
    encoder = base.trained(1, write_tuning(tmp_path, base, learned.layers))
    for side, texts in TEXTS.items():
        found = learned.classifiers[side].probabilities(encoder.encode(list(texts)))
        assert found.shape == (len(texts), CLASSES[side])
        assert found.argmax(axis=1).tolist() == list(texts.values())


def test_the_loss_falls_the_longer_it_is_taught(base: Base, learned: Taught, tmp_path: Path) -> None:
    shorter = [loss(base, taught(base, replace(LESSONS, epochs=epochs)), tmp_path) for epochs in (1, 5)]
    for side in TEXTS:
        first, second, last = (found[side] for found in (*shorter, loss(base, learned, tmp_path)))
        assert first > second > last
        assert first > 1.0
        assert last < 0.3


def test_the_same_seed_gives_the_same_bytes_and_another_seed_gives_others(base: Base, learned: Taught) -> None:
    again, other = taught(base), taught(base, replace(LESSONS, seed=2))
    assert (again.layers, again.digest) == (learned.layers, learned.digest)
    for side in TEXTS:
        np.testing.assert_array_equal(again.classifiers[side].coefficients, learned.classifiers[side].coefficients)
    assert other.layers != learned.layers


def test_every_layer_is_taught_and_words_stay_as_they_are(base: Base) -> None:
    encoder = base.untrained(1)
    before = {name: weight.clone() for name, weight in encoder.transformer.state_dict().items()}
    teach(encoder, EXAMPLES, replace(LESSONS, epochs=1), lambda *_: None)
    trained = ("embeddings.LayerNorm.", *(f"encoder.layer.{layer}." for layer in range(LAYERS)))
    for name, weight in encoder.transformer.state_dict().items():
        # Training moves every matrix of a layer at least a little.
        assert torch.equal(weight, before[name]) == (not name.startswith(trained)), name


def test_it_is_told_how_far_it_is_and_a_text_of_two_sides_is_taught_once(base: Base) -> None:
    told: list[tuple[int, int]] = []
    teach(base.untrained(1), EXAMPLES, replace(LESSONS, epochs=2), lambda *step: told.append(step))
    assert told == [(step, 6) for step in range(1, 7)]
    twice = EXAMPLES | {"wish": [*EXAMPLES["wish"], *EXAMPLES["wish"]]}
    told.clear()
    teach(base.untrained(1), twice, replace(LESSONS, epochs=1), lambda *step: told.append(step))
    assert told[-1] == (4, 4)


def test_what_an_example_counts_is_how_far_it_moves_a_classifier(base: Base) -> None:
    def background(weight: float) -> float:
        marked = "a quarrel of two teams"
        wishes = [Example(text, {one: 1.0}, weight if text == marked else 1.0) for text, one in TEXTS["wish"].items()]
        encoder = base.untrained(1)
        found = teach(encoder, EXAMPLES | {"wish": wishes}, replace(LESSONS, epochs=4), lambda *_: None)
        return float(found.classifiers["wish"].probabilities(encoder.encode([marked]))[0, BACKGROUND])

    assert background(0.1) < background(1.0)
