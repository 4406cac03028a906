"""Training on a few annotated texts whose words give their areas away."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matcher.domain.vocabulary import FOCUS_AREAS
from matcher.matching.area_classifier import CARD, COEFFICIENTS, area_reading
from matcher.matching.areas import sentence_vectors
from matcher.matching.reading import Reader
from tests.factories import FakeEncoder, a_need
from training import annotations, read_areas
from training.annotations import NONE, Annotated

ENCODER = FakeEncoder(256)
STORED = Path(read_areas.ARTEFACT)


def a_document(number: int, marks: str, **texts: str) -> dict[str, Any]:
    area = FOCUS_AREAS[number % len(FOCUS_AREAS)]
    quote = f"word{number % len(FOCUS_AREAS)} of this is marked"
    mark = {"quote": quote, "kind": "area", "code": area, "strength": 3}
    stated = {"focus_areas": [{"area": area, "importance": 2}]}
    return stated | {"id": str(number), marks: [mark], **{field: text.format(quote) for field, text in texts.items()}}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    sentences = [
        {"text": f"word{place} is {told}", "side": side, "areas": [area], "strength": 3}
        for told in ("told", "shown", "seen")
        for side in ("situation", "evidence")
        for place, area in enumerate(FOCUS_AREAS)
    ]
    against = {"text": "word3 is denied", "side": "evidence", "areas": [FOCUS_AREAS[3]], "strength": 0}
    empty = {"text": "nothing to the point", "side": "situation", "areas": [FOCUS_AREAS[3]], "strength": 0}
    documents = {
        "corpus/focus_areas.jsonl": [*sentences, against, empty],
        "annotated/needs.jsonl": [a_document(place, "reads", summary="Here {}.") for place in range(8)],
        "annotated/coaches.jsonl": [a_document(place, "evidence", bio="Here {}.") for place in range(8)],
    }
    for name, lines in documents.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("\n".join(map(json.dumps, lines)))
    return tmp_path


def trained(data: Path, target: Path) -> Path:
    target.mkdir()
    read_areas.train(data, target, ENCODER, choices=read_areas.CHOICES[-2:])
    return target


def test_what_is_learned_reads_areas_says_where_it_is_from_and_is_the_same_each_time(
    data: Path, tmp_path: Path
) -> None:
    one, other = (trained(data, tmp_path / name) for name in ("one", "other"))
    assert sorted(file.name for file in one.iterdir()) == [CARD, COEFFICIENTS]
    assert all((other / file.name).read_bytes() == file.read_bytes() for file in one.iterdir())
    card = json.loads((one / CARD).read_text())
    assert max(choice["value"] for choice in card["sides"]["need"]["cross_validated"]) > 0.5
    for name, digest in card["data_sha256"].items():
        assert digest == hashlib.sha256((data / name).read_bytes()).hexdigest()
    reader = Reader(ENCODER, area_reading("fake", sentence_vectors(ENCODER), one))
    for place in (0, 20, 41):
        assert reader.read(a_need(summary=f"word{place} is here")).goals[0].area == FOCUS_AREAS[place]


def test_examples_have_the_areas_marked_in_them_and_others_have_none(data: Path) -> None:
    marks = [
        {"quote": "she helped him let go", "kind": "area", "code": "delegation", "strength": 3},
        {"quote": "knows conflict", "kind": "area", "code": "conflict_resolution", "strength": 1},
        {"quote": "led a plant", "kind": "background", "code": "plant manager", "strength": 2},
    ]
    bio = "In one year she helped him let go, and she says she knows conflict. Before that she led a plant for years."
    coach = {"id": "x", "bio": bio, "headline": "Coach", "references": [{"text": "Good."}], "evidence": marks}
    (data / "annotated/coaches.jsonl").write_text(json.dumps(coach))
    side = annotations.profile_side(data)
    (found,) = side.documents
    assert found.areas == ("delegation",)
    assert found.passages == ("Coach", bio[:67], bio[68:], "Good.")
    delegation, conflict = FOCUS_AREAS.index("delegation"), FOCUS_AREAS.index("conflict_resolution")
    assert [(example.text, example.area, example.weight) for example in found.examples] == [
        (marks[0]["quote"], delegation, 1),
        (marks[1]["quote"], conflict, 0.3),
        (marks[2]["quote"], NONE, 1),
        ("Coach", NONE, 0.5),
        (bio[:67], conflict, 0.25),
        (bio[:67], delegation, 0.25),
        (bio[68:], NONE, 0.5),
        ("Good.", NONE, 0.5),
    ]
    assert side.examples(without=["x"]) == list(side.sentences)
    need, _ = annotations.both_sides(data)
    assert [example.text for example in need.other_side[-4:]] == [
        marks[0]["quote"],
        marks[1]["quote"],
        bio[:67],
        bio[:67],
    ]
    assert [example.area for example in side.sentences if example.text == "word3 is denied"] == [NONE]


def test_an_area_without_an_example_is_refused(data: Path) -> None:
    corpus = data / "corpus/focus_areas.jsonl"
    corpus.write_text("\n".join(line for line in corpus.read_text().splitlines() if FOCUS_AREAS[40] not in line))
    with pytest.raises(ValueError, match="every focus area"):
        read_areas.fit(annotations.need_side(data), ENCODER, read_areas.CHOICES[0])


def test_measures_are_those_worked_out_by_hand() -> None:
    documents = [Annotated("a", (), FOCUS_AREAS[:2], ()), Annotated("b", (), FOCUS_AREAS[1:2], ())]
    scores = np.zeros((2, len(FOCUS_AREAS)))
    scores[0, [1, *range(10, 14)]] = 1
    scores[1, 20:25] = 2
    assert read_areas.stated_among_read(documents, scores) == pytest.approx(1 / 3)
    scores[:, 0] = [1, 2]
    assert read_areas.mean_average_precision(documents, scores) == pytest.approx((1 / 2 + 1) / 2)


def test_the_packaged_classifiers_were_trained_on_the_texts_that_are_here_and_keep_their_quality() -> None:
    card = json.loads((STORED / CARD).read_text())
    assert card["data_sha256"] == annotations.digests()
    assert (STORED / COEFFICIENTS).stat().st_size < 1_000_000
    best = {name: max(choice["value"] for choice in side["cross_validated"]) for name, side in card["sides"].items()}
    assert best["need"] > 0.58
    assert best["profile"] > 0.42
