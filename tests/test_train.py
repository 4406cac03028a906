"""Training as a whole, through its command: a tiny encoder, a few texts, and files that the service loads."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from matcher.domain.vocabulary import STYLES
from matcher.errors import ConfigurationError
from matcher.matching import area_classifier, tuning
from matcher.matching.area_classifier import ClassifiedAreas, area_reading
from matcher.matching.embedding import Base
from matcher.matching.facets import FACETS
from matcher.matching.index import CoachIndex
from matcher.matching.reading import Reader
from matcher.matching.recommender import Recommender
from matcher.matching.remembering_encoder import RememberingEncoder
from matcher.matching.scoring import RANKER, load_scorer
from matcher.matching.wish_reading import class_of_wish
from tests.annotated_world import (
    COACHES,
    FURTHER,
    GRADED_COACHES,
    GRADED_NEEDS,
    NEEDS,
    WORDS,
    area_of,
    further_sentences,
    write_annotated,
)
from tests.factories import a_need
from tests.tiny_encoder import a_base
from training import annotations, graded, train
from training.evaluate import encode_profiles
from training.judgements import JUDGED_ON, JUDGED_RATES

WISHES = {
    "please a coach of style3 wanted .": ("style_wanted", STYLES[3]),
    "please a coach of style6 avoided .": ("style_avoid", STYLES[6]),
    "please a coach who has done it before .": ("background", "has done it"),
}
READING = {
    tuning.CARD,
    tuning.LAYERS,
    area_classifier.CARD,
    area_classifier.COEFFICIENTS,
}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Base:
    return a_base(tmp_path_factory.mktemp("models") / "tiny", WORDS)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_annotated(tmp_path_factory.mktemp("data"))


def run(base: Base, data: Path, target: Path, *further: str) -> Result:
    target.mkdir(exist_ok=True)
    arguments = ["--data", str(data), "--target", str(target), "--epochs", "2", *further]
    return CliRunner().invoke(train.main, arguments, obj=base, catch_exceptions=False)


@pytest.fixture(scope="module")
def trained(base: Base, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("trained")
    assert run(base, data, target).exit_code == 0
    return target


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_the_same_texts_give_the_same_files_each_time(base: Base, data: Path, trained: Path, tmp_path: Path) -> None:
    run(base, data, tmp_path / "again")
    assert contents(trained).keys() == READING | {RANKER}
    assert contents(tmp_path / "again") == contents(trained)


def test_what_is_trained_reads_areas_and_ranks_as_the_service_does(base: Base, data: Path, trained: Path) -> None:
    encoder = RememberingEncoder(base.trained(1, trained))
    reader = Reader(encoder, area_reading(encoder, trained))
    assert isinstance(reader.areas, ClassifiedAreas)
    places = (3, 20, 41)
    read = [reader.read(a_need(summary=f"word{place} is shown here")).goals[0].area for place in places]
    assert read == [area_of(place) for place in places]
    wishes = reader.areas.wishes([*WISHES], encoder.encode([*WISHES]))
    assert wishes.argmax(axis=1).tolist() == [class_of_wish(*marked) for marked in WISHES.values()]
    pairs = graded.load(data)
    index = CoachIndex.build(encode_profiles(pairs, encoder, reader.areas))
    scorer = load_scorer(str(trained / RANKER), encoder.name)
    recommender = Recommender(index, reader, scorer, JUDGED_RATES)
    best = [recommender.recommend(pairs.needs[f"n{number}"], 1, JUDGED_ON).coaches[0] for number in (1, 3, 5)]
    assert [shown.coach_id for shown in best] == ["c1", "c3", "c5"]


def test_the_ranker_knows_its_encoder_and_its_grades_and_what_a_lead_is_worth(
    base: Base, data: Path, trained: Path
) -> None:
    ranker = json.loads((trained / RANKER).read_text())
    assert ranker["encoder"] == base.trained(1, trained).name
    assert ranker["judgements"] == hashlib.sha256((data / graded.GRADES).read_bytes()).hexdigest()
    assert [facet["facet"] for facet in ranker["facets"]] == list(FACETS)
    assert sum(facet["weight"] for facet in ranker["facets"]) == pytest.approx(1, abs=1e-3)
    assert ranker["clear_difference"] > 0
    # The best coach of every need is good in that world, so nothing tells where good begins.
    assert ranker["good_score"] is None


def test_the_cards_say_what_was_learned_from_and_what_was_kept_back(base: Base, data: Path, trained: Path) -> None:
    encoder, areas = (json.loads((trained / card).read_text()) for card in (tuning.CARD, area_classifier.CARD))
    for card, file, digest in (
        (encoder, tuning.LAYERS, "layers_sha256"),
        (areas, area_classifier.COEFFICIENTS, "coefficients_sha256"),
    ):
        assert card["data_sha256"] == annotations.digests(data)
        assert card[digest] == hashlib.sha256((trained / file).read_bytes()).hexdigest()
    assert encoder["base_sha256"] == base.sha256
    assert areas["encoder"] == base.trained(1, trained).name
    assert {side: told["held_out"] for side, told in areas["sides"].items()} == {
        "need": GRADED_NEEDS,
        "profile": GRADED_COACHES,
        "wish": GRADED_NEEDS,
        "background": GRADED_COACHES + GRADED_NEEDS,
    }
    assert areas["styles"] == list(STYLES)
    nearness = encoder["cosine_to_32_bits"]
    assert nearness["texts"] > GRADED_NEEDS
    assert 0.99 < nearness["least"] <= nearness["mean"] <= 1


def test_graded_documents_take_no_part_in_what_is_read(data: Path) -> None:
    texts = train.reading(data)
    assert texts.held_out == graded.documents(data)
    for side, every, held_out in (
        ("need", NEEDS + len(FURTHER), GRADED_NEEDS),
        ("profile", COACHES, GRADED_COACHES),
        ("wish", NEEDS + len(FURTHER), GRADED_NEEDS),
    ):
        kept_back = {document.id for document in texts.kept_back(side)}
        assert (len(kept_back), len(texts.sides[side].documents)) == (held_out, every)
        passages = {passage for document in texts.kept_back(side) for passage in document.passages}
        others = [document for document in texts.sides[side].documents if document.id not in kept_back]
        own = passages - {passage for document in others for passage in document.passages}
        learned = {example.text for example in texts.examples(side)}
        assert learned >= {passage for document in others for passage in document.passages}
        assert len(own) >= held_out
        assert not own & learned


def test_sentences_said_anew_count_half_for_needs_and_are_learned(base: Base, data: Path, trained: Path) -> None:
    texts = train.reading(data)
    further = {line["text"] for line in further_sentences()}
    assert {example.weight for example in texts.examples("need") if example.text in further} == {0.5}
    assert not further & {example.text for side in ("profile", "wish") for example in texts.examples(side)}
    areas = area_reading(RememberingEncoder(base.trained(1, trained)), trained)
    assert isinstance(areas, ClassifiedAreas)
    told = areas.need.by_words.probabilities(["weiteres7 wird gesagt", "weiteres30 wird gesagt"])
    assert told.argmax(axis=1).tolist() == [7, 30]


def test_the_ranker_alone_is_trained_anew_on_what_reads_already(
    base: Base, data: Path, trained: Path, tmp_path: Path
) -> None:
    target = Path(shutil.copytree(trained, tmp_path / "target"))
    (target / RANKER).unlink()
    told = run(base, data, target, "--only", "ranker")
    assert contents(target) == contents(trained)
    ranker = json.loads((target / RANKER).read_text())
    assert told.stdout.splitlines() == [f"{facet['facet']}: {facet['weight']:.3f}" for facet in ranker["facets"]]


def test_words_alone_are_learned_anew_beside_an_encoder_that_stays(
    base: Base, data: Path, trained: Path, tmp_path: Path
) -> None:
    target = Path(shutil.copytree(trained, tmp_path / "target"))
    other = write_annotated(tmp_path)
    assert run(base, other, target, "--only", "words").exit_code == 0
    assert contents(target) == contents(trained)
    further = other / annotations.FILES["further_needs"]
    further.write_text("\n".join(further.read_text().splitlines()[20:]))
    assert run(base, other, target, "--only", "words").exit_code == 0
    changed = {name for name, content in contents(trained).items() if content != (target / name).read_bytes()}
    assert changed == {area_classifier.CARD, area_classifier.COEFFICIENTS}
    (target / tuning.CARD).write_text((target / tuning.CARD).read_text().replace(train.NAME, "another"))
    with pytest.raises(ConfigurationError, match="of another encoder"):
        run(base, other, target, "--only", "words")


def test_rankers_learned_from_the_same_grades_with_other_readings_have_other_names(
    base: Base, data: Path, trained: Path, tmp_path: Path
) -> None:
    run(base, data, tmp_path / "other", "--epochs", "4")
    first, second = (json.loads((folder / RANKER).read_text()) for folder in (trained, tmp_path / "other"))
    assert first["judgements"] == second["judgements"]
    assert first["name"] != second["name"]


def test_the_reading_alone_leaves_the_ranker_as_it_is(base: Base, data: Path, trained: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    (target / RANKER).write_text("mine")
    assert run(base, data, target, "--only", "reading").stdout == ""
    assert contents(target) == contents(trained) | {RANKER: b"mine"}


def test_the_longer_the_encoder_is_taught_the_further_its_vectors_move(
    base: Base, data: Path, trained: Path, tmp_path: Path
) -> None:
    run(base, data, tmp_path / "longer", "--only", "reading", "--epochs", "8")
    texts = [f"word{place} is shown" for place in range(5)]
    before = base.untrained(1).encode(texts)
    short, long = (
        float(np.abs(base.trained(1, folder).encode(texts) - before).mean())
        for folder in (trained, tmp_path / "longer")
    )
    assert 0 < short < long
