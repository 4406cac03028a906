"""Annotated texts as labelled examples: who is what, and how surely."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from matcher.domain.vocabulary import FOCUS_AREAS, STYLES
from matcher.matching.area_classifier import CLASSES, NONE, Side
from matcher.matching.glossary import in_english
from matcher.matching.wish_reading import BACKGROUND, NO_WISH, TO_AVOID, WANTED
from tests.annotated_world import COACHES, FURTHER, NEEDS, a_mark, a_quote, area_of, write_annotated
from training import annotations

SIDES: dict[Side, Callable[[Path], annotations.Annotations]] = {
    "need": annotations.need_side,
    "profile": annotations.profile_side,
    "wish": annotations.wish_side,
    "background": annotations.background_side,
}
DELEGATION, CONFLICT = FOCUS_AREAS.index("delegation"), FOCUS_AREAS.index("conflict_resolution")
MARKS = [
    {"quote": "she helped him let go", "kind": "area", "code": "delegation", "strength": 3},
    {"quote": "knows conflict", "kind": "area", "code": "conflict_resolution", "strength": 1},
    {"quote": "led a plant", "kind": "background", "code": "plant manager", "strength": 2},
]
BIO = "In one year she helped him let go, and she says she knows conflict. Before that she led a plant for years."


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_annotated(tmp_path)


def a_single_need(data: Path, need: dict[str, Any]) -> None:
    for name in ("needs", "further_needs"):
        (data / annotations.FILES[name]).write_text(json.dumps(need) if name == "needs" else "")


def a_profile(data: Path, bio: str = BIO, marks: list[dict[str, Any]] = MARKS) -> annotations.Annotated:
    coach = {"id": "x", "bio": bio, "headline": "Coach", "references": [{"text": "Good."}], "evidence": marks}
    (data / "annotated/coaches.jsonl").write_text(json.dumps(coach))
    (found,) = annotations.profile_side(data).documents
    return found


def labelled(document: annotations.Annotated) -> dict[str, tuple[dict[int, Any], float]]:
    return {
        example.text: ({one: pytest.approx(share) for one, share in example.shares.items()}, example.weight)
        for example in document.examples
    }


def test_a_passage_is_shared_by_the_areas_marked_in_it_as_far_as_the_surest_goes(data: Path) -> None:
    found = a_profile(data)
    assert found.passages == ("Coach", BIO[:67], BIO[68:], "Good.")
    assert labelled(found) == {
        "Coach": ({NONE: 1}, 1),
        BIO[:67]: ({DELEGATION: 1 / 1.3, CONFLICT: 0.3 / 1.3}, 1),
        BIO[68:]: ({NONE: 1}, 1),
        "Good.": ({NONE: 1}, 1),
        "she helped him let go": ({DELEGATION: 1}, 0.5),
        "knows conflict": ({CONFLICT: 0.3, NONE: 0.7}, 0.5),
        "led a plant": ({NONE: 1}, 0.5),
    }


def test_what_speaks_against_an_area_is_a_class_of_its_own(data: Path) -> None:
    quote = "I do not take on conflicts"
    found = a_profile(data, f"{quote}.", [{"quote": quote, "kind": "not", "code": "conflict_resolution"}])
    assert labelled(found)[f"{quote}."] == ({NONE + 1 + CONFLICT: 1}, 1)
    assert found.areas == ()


def test_a_mark_counts_for_every_passage_that_it_reaches_into(data: Path) -> None:
    first = "For a whole year nobody in the team had taken a decision without him."
    second = "By spring he was able to leave for two weeks and nothing had waited for him."
    other = "I also like to hike in the mountains of Norway in the summer."
    mark = {"quote": f"{first[20:]} {second}", "kind": "area", "code": "delegation", "strength": 3}
    found = labelled(a_profile(data, f"{first} {second} {other}", [mark]))
    assert [DELEGATION in found[text][0] for text in (first, second, other)] == [True, True, False]


def test_a_profile_shows_the_areas_with_a_concrete_case_and_a_need_has_those_it_states(data: Path) -> None:
    needs, coaches = annotations.need_side(data).documents, annotations.profile_side(data).documents
    assert [document.areas for document in needs] == [(area_of(number),) for number in (*range(NEEDS), *FURTHER)]
    assert [document.areas for document in coaches] == [(area_of(number),) for number in range(COACHES)]
    weak = a_mark(0, strength=1)
    assert a_profile(data, f"Here {a_quote(0)}.", [weak]).areas == ()
    two_areas = [a_mark(0), a_mark(1, quote="is marked"), a_mark(0, quote="of this")]
    line = {"id": "n", "summary": f"Here {a_quote(0)}.", "reads": two_areas}
    a_single_need(data, line | {"focus_areas": [{"area": area_of(5)}]})
    assert annotations.need_side(data).documents[0].areas == (area_of(5),)
    a_single_need(data, line)
    assert annotations.need_side(data).documents[0].areas == (area_of(0), area_of(1))


def test_sentences_belong_to_one_side_and_those_of_strength_0_speak_against(data: Path) -> None:
    lines = [
        {"text": "He keeps it all.", "side": "situation", "areas": ["delegation"], "strength": 1},
        {"text": "Tasks are not my subject.", "side": "situation", "areas": ["delegation"], "strength": 0},
        {"text": "He let go.", "side": "evidence", "areas": ["delegation", "conflict_resolution"], "strength": 2},
        {"text": "I do not do conflicts.", "side": "evidence", "areas": ["conflict_resolution"], "strength": 0},
        {
            "text": "He lets go, and quarrels as before.",
            "side": "evidence",
            "areas": ["delegation"],
            "not": ["conflict_resolution"],
            "strength": 3,
        },
    ]
    (data / "corpus/focus_areas.jsonl").write_text("\n".join(map(json.dumps, lines)))
    anew = {"text": "Sie behält alles.", "side": "situation", "areas": ["delegation"], "strength": 2, "language": "de"}
    (data / annotations.FILES["said_anew"]).write_text(json.dumps(anew))
    need, profile = (
        [(example.text, dict(example.shares), example.weight) for example in side(data).sentences]
        for side in (annotations.need_side, annotations.profile_side)
    )
    assert need == [
        ("He keeps it all.", {DELEGATION: 1}, 1),
        ("Tasks are not my subject.", {NONE: 1}, 1),
        ("Sie behält alles.", {DELEGATION: 1}, 0.5),
    ]
    assert profile == [
        ("He let go.", {DELEGATION: pytest.approx(0.45), CONFLICT: pytest.approx(0.45), NONE: pytest.approx(0.1)}, 1),
        ("I do not do conflicts.", {NONE + 1 + CONFLICT: 1}, 1),
        ("He lets go, and quarrels as before.", {DELEGATION: 0.5, NONE + 1 + CONFLICT: 0.5}, 1),
    ]


def test_a_need_s_passages_have_the_wishes_marked_in_them_and_no_areas(data: Path) -> None:
    first, second = "She does all of it herself until night.", "Someone who asks, never lectures, and has run a school."
    marks = [
        {"quote": "does all of it herself", "kind": "area", "code": "delegation"},
        {"quote": "Someone who asks", "kind": "style_wanted", "code": STYLES[0]},
        {"quote": "never lectures", "kind": "style_avoid", "code": STYLES[1]},
        {"quote": "has run a school", "kind": "background", "code": "led a school"},
    ]
    need = {"id": "n", "summary": f"{first} {second}", "reads": marks}
    a_single_need(data, need)
    (found,) = annotations.wish_side(data).documents
    third = pytest.approx(1 / 3)
    assert found.passages == annotations.need_side(data).documents[0].passages == (first, second)
    assert labelled(found) == {
        first: ({NO_WISH: 1}, 1),
        second: ({WANTED: third, TO_AVOID + 1: third, BACKGROUND: third}, 1),
        "does all of it herself": ({NO_WISH: 1}, 0.5),
        "Someone who asks": ({WANTED: 1}, 0.5),
        "never lectures": ({TO_AVOID + 1: 1}, 0.5),
        "has run a school": ({BACKGROUND: 1}, 0.5),
    }


def test_sentences_on_styles_teach_wishes_alone_and_those_of_profiles_nothing(data: Path) -> None:
    texts = {side: {example.text for example in read(data).sentences} for side, read in SIDES.items()}
    assert "style3 wanted here" in texts["wish"]
    assert not any("done" in text for text in texts["wish"])
    assert not texts["wish"] & (texts["need"] | texts["profile"])
    shares = {example.text: dict(example.shares) for example in annotations.wish_side(data).sentences}
    assert (shares["style3 wanted here"], shares["style3 avoided here"]) == ({WANTED + 3: 1}, {TO_AVOID + 3: 1})


def test_sentences_wish_for_a_background_or_for_none_that_counts(data: Path) -> None:
    lines = [
        {"text": "Somebody who has led a plant.", "side": "wish", "tells_of": ["led", "production"]},
        {"text": "No former consultants.", "side": "wish", "tells_of": []},
        {"text": "Led a plant.", "side": "profile", "tells_of": ["led"]},
    ]
    (data / annotations.FILES["backgrounds"]).write_text("\n".join(map(json.dumps, lines)))
    (data / annotations.FILES["styles"]).write_text("")
    shares = {example.text: dict(example.shares) for example in annotations.wish_side(data).sentences}
    assert shares == {"Somebody who has led a plant.": {BACKGROUND: 1}, "No former consultants.": {NO_WISH: 1}}


def test_examples_are_glossed_text_by_text() -> None:
    told = annotations.Example("Sie hat selbst ein Werk geleitet.", {3: 1.0}, 0.5)
    assert annotations.glossed([told]) == [annotations.Example(in_english(told.text), {3: 1.0}, 0.5)]
    assert annotations.glossed([]) == []


def test_documents_may_be_left_out_and_sentences_stay(data: Path) -> None:
    side = annotations.need_side(data)
    kept = side.examples(without={"n3"})
    assert len(kept) == len(side.examples()) - len(side.documents[3].examples)
    assert side.examples(without={document.id for document in side.documents}) == list(side.sentences)


def test_the_shares_of_every_annotated_text_that_is_here_sum_to_one_and_every_class_has_some() -> None:
    for side, read in SIDES.items():
        seen = set[int]()
        for example in read(annotations.FIXTURES).examples():
            assert sum(example.shares.values()) == pytest.approx(1)
            assert all(share > 0 for share in example.shares.values())
            seen |= example.shares.keys()
        assert seen == set(range(CLASSES[side]))


def test_data_are_known_by_the_hashes_of_their_files(data: Path) -> None:
    for name, digest in annotations.digests(data).items():
        assert digest == hashlib.sha256((data / name).read_bytes()).hexdigest()
