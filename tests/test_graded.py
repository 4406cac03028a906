"""Graded pairs of annotated profiles and needs."""

import json
from pathlib import Path

import pytest

from tests.annotated_world import GRADED_COACHES, GRADED_NEEDS, area_of, grades, write_annotated
from training import graded, judgements
from training.annotations import FIXTURES


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_annotated(tmp_path)


def test_the_graded_profiles_and_needs_are_found_among_the_annotated_ones(data: Path) -> None:
    found = graded.load(data)
    assert list(found.coaches) == [f"c{number}" for number in range(GRADED_COACHES)]
    assert list(found.needs) == [f"n{number}" for number in range(GRADED_NEEDS)]
    assert graded.documents(data) == {*found.coaches, *found.needs}
    assert found.readers == grades()
    assert found.coaches["c3"].focus_areas == (area_of(3),)


def test_needs_are_learned_from_with_their_goals_and_without(data: Path) -> None:
    found = graded.load(data)
    stated, untold = graded.as_they_are(found), graded.text_only(found)
    assert [need.id for need in stated] == [need.id for need in untold] == sorted(found.needs)
    assert [bool(need.focus_areas) for need in stated] == [number % 2 == 1 for number in range(GRADED_NEEDS)]
    assert not any(need.focus_areas for need in untold)
    assert [need.summary for need in stated] == [need.summary for need in untold]


def test_without_grades_no_document_is_graded_and_others_make_another_digest(data: Path) -> None:
    first = graded.load(data).digest
    (data / graded.GRADES).write_text(json.dumps({"A": {"n1": {"c1": 3}}}))
    assert graded.load(data).digest != first
    assert graded.documents(data) == {"n1", "c1"}
    (data / graded.GRADES).unlink()
    assert graded.documents(data) == set()


def test_the_pairs_that_are_here_are_graded_alike_by_all_readers_and_none_is_judged() -> None:
    found = graded.load(FIXTURES)
    first, *others = [{need: set(given) for need, given in reader.items()} for reader in found.readers.values()]
    assert others
    assert all(other == first for other in others)
    assert found.needs.keys() == first.keys()
    assert set().union(*first.values()) == found.coaches.keys()
    judged = judgements.load()
    assert not judged.coaches.keys() & found.coaches.keys()
    assert not judged.needs.keys() & found.needs.keys()
