"""What is packaged as learned: made from the texts that are here, file by file, and good enough."""

import hashlib
import json
from importlib.resources import files
from typing import Any

import pytest

from matcher.matching import area_classifier, tuning
from matcher.matching.embedding import PACKAGED_SHA256, load_encoder
from matcher.matching.scoring import RANKER
from training import annotations, graded

MOST_BYTES = {
    tuning.LAYERS: 20_000_000,
    area_classifier.COEFFICIENTS: 20_000_000,
}
FOLDER = files("matcher.matching")


def card(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FOLDER.joinpath(name).read_bytes())
    return found


@pytest.mark.parametrize("name", [tuning.CARD, area_classifier.CARD])
def test_reading_was_learned_from_the_texts_that_are_here(name: str) -> None:
    assert card(name)["data_sha256"] == annotations.digests(annotations.FIXTURES)


def test_the_ranker_was_learned_from_the_grades_that_are_here() -> None:
    grades = (annotations.FIXTURES / graded.GRADES).read_bytes()
    assert card(RANKER)["judgements"] == hashlib.sha256(grades).hexdigest()


def test_each_was_learned_on_what_was_learned_before_it() -> None:
    assert card(tuning.CARD)["base_sha256"] == PACKAGED_SHA256
    assert card(area_classifier.CARD)["encoder"] == card(RANKER)["encoder"] == load_encoder().name


@pytest.mark.parametrize("file", MOST_BYTES)
def test_what_was_learned_is_small_enough_for_a_package(file: str) -> None:
    assert len(FOLDER.joinpath(file).read_bytes()) < MOST_BYTES[file]


def test_all_of_it_together_is_small_enough_too() -> None:
    assert sum(len(FOLDER.joinpath(file).read_bytes()) for file in MOST_BYTES) < 25_000_000


def test_the_encoder_in_8_bits_gives_nearly_the_vectors_of_the_one_that_was_trained() -> None:
    nearness = card(tuning.CARD)["cosine_to_32_bits"]
    assert nearness["texts"] > 1000
    assert nearness["least"] >= 0.99


def test_areas_wishes_and_backgrounds_are_read_as_well_as_promised() -> None:
    sides = card(area_classifier.CARD)["sides"]
    assert sides["need"]["value"] > 0.75
    assert sides["profile"]["value"] > 0.70
    assert sides["wish"]["value"] > 0.65
    assert sides["background"]["value"] > 0.6
