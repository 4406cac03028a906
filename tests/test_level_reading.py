"""The level of a manager, read from titles in the text of a need."""

import json
from pathlib import Path

import pytest

from matcher.matching.level_reading import read_level
from matcher.matching.passages import Passage, split

ANNOTATED = Path(__file__).parents[1] / "fixtures" / "annotated" / "needs.jsonl"


def read(text: str) -> str | None:
    found = read_level([Passage("summary", part) for part in split(text)])
    return found.level if found else None


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("She is team lead in claims since spring.", "first_line"),
        ("Er ist Schichtleiter im Presswerk.", "first_line"),
        ("Abteilungsleiterin Einkauf, vier Gruppen.", "middle"),
        ("Head of the purchasing department, 40 people.", "middle"),
        ("Vice President of a biotechnology company.", "senior"),
        ("Our CEO has never been told no.", "executive"),
        ("Neue Geschäftsführerin eines Stadtwerks.", "executive"),
        ("She is managing director of a plant.", "executive"),
        ("She does all of it alone.", None),
        ("Three team leaders left within a year.", None),
        ("His managing director does not answer him.", None),
        ("A team lead who writes to the CEO each week.", "first_line"),
    ],
)
def test_a_level_is_read_from_a_title_that_is_nobody_else_s(text: str, level: str | None) -> None:
    assert read(text) == level


def test_the_passage_that_names_the_title_comes_along() -> None:
    passages = [Passage("summary", "He does all of it alone."), Passage("outcome", "A team lead who delegates.")]
    found = read_level(passages)
    assert found and found.passage is passages[1]


def test_of_annotated_needs_most_levels_that_are_read_are_right() -> None:
    read_of = right = 0
    for line in ANNOTATED.read_text("utf-8").splitlines():
        need = json.loads(line)
        levels = {mark["code"] for mark in need["reads"] if mark["kind"] == "level"}
        if level := read(f"{need['summary']}\n\n{need.get('outcome') or ''}"):
            read_of, right = read_of + 1, right + (level in levels)
    assert read_of > 1000
    assert right / read_of > 0.78
