"""Sentences, needs and profiles annotated with the focus areas that they tell of, as labelled examples."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from matcher.domain.vocabulary import FOCUS_AREAS
from matcher.matching.passages import split

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"

NONE = len(FOCUS_AREAS)
"""The class of a text that tells of no focus area, after those of the areas."""

CLEAR = 2
"""The strength from which on evidence is a concrete case."""

_VAGUE = 0.3
"""What a vague claim counts beside a concrete case."""

_PASSAGE = 0.5
"""What a whole passage counts beside the words in it that were marked."""

_FILES = {
    "corpus": "corpus/focus_areas.jsonl",
    "needs": "annotated/needs.jsonl",
    "coaches": "annotated/coaches.jsonl",
}
_TEXTS = ("summary", "outcome", "headline", "bio", "approach")


@dataclass(frozen=True)
class Example:
    """A text with its class: a place in FOCUS_AREAS, or NONE; `source` is the need or profile it stands in."""

    text: str
    area: int
    weight: float
    source: str = ""


@dataclass(frozen=True)
class Annotated:
    """A need or profile: its passages, the areas that a careful reader finds in it, and examples from it."""

    id: str
    passages: tuple[str, ...]
    areas: tuple[str, ...]
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class Annotations:
    """What one classifier learns from: sentences by themselves, and whole needs or profiles.

    `other_side` are examples of the same areas that the other classifier learns from.
    """

    sentences: tuple[Example, ...]
    documents: tuple[Annotated, ...]
    other_side: tuple[Example, ...] = ()

    @property
    def texts(self) -> list[str]:
        """Every text of this side, each once, in a fixed order."""
        found = [example.text for example in self.examples(())]
        return sorted({*found, *(passage for document in self.documents for passage in document.passages)})

    def examples(self, without: Iterable[str]) -> list[Example]:
        """All examples of this side but those from these needs or profiles."""
        left_out = set(without)
        kept = [document.examples for document in self.documents if document.id not in left_out]
        return [*self.sentences, *(example for examples in kept for example in examples)]


def both_sides(folder: Path = FIXTURES) -> tuple[Annotations, Annotations]:
    """What the classifier for needs and the one for profiles learn from, each with the other's examples."""
    need, profile = need_side(folder), profile_side(folder)
    return replace(need, other_side=_on_areas(profile)), replace(profile, other_side=_on_areas(need))


def _on_areas(side: Annotations) -> tuple[Example, ...]:
    return tuple(example for example in side.examples(()) if example.area != NONE)


def need_side(folder: Path = FIXTURES) -> Annotations:
    """Sentences that tell of a trouble, and needs; a need's areas are those that it states."""
    needs = [
        _annotated(need, need["reads"], tuple(goal["area"] for goal in need["focus_areas"]))
        for need in _lines(folder / _FILES["needs"])
    ]
    return Annotations(_sentences(folder, "situation", least=1), tuple(needs))


def profile_side(folder: Path = FIXTURES) -> Annotations:
    """Sentences that show a skill, and profiles; a profile's areas are those with a concrete case."""
    coaches = [
        _annotated(
            coach,
            coach["evidence"],
            tuple({mark["code"]: 0 for mark in coach["evidence"] if _is_clear_area(mark)}),
        )
        for coach in _lines(folder / _FILES["coaches"])
    ]
    return Annotations(_sentences(folder, "evidence", least=CLEAR), tuple(coaches))


def digests(folder: Path = FIXTURES) -> dict[str, str]:
    """The SHA-256 of each file."""
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in _FILES.values()}


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip())


def _is_clear_area(mark: Mapping[str, Any]) -> bool:
    return bool(mark["kind"] == "area" and mark["strength"] >= CLEAR)


def _sentences(folder: Path, side: str, least: int) -> tuple[Example, ...]:
    """Those of that side; a sentence that speaks against an area (strength 0) is about none."""
    found = [line for line in _lines(folder / _FILES["corpus"]) if line["side"] == side]
    return tuple(
        example
        for line in found
        if line["strength"] == 0 or line["strength"] >= least
        for example in _labelled(line["text"], line["areas"] if line["strength"] else (), 1.0)
    )


def _labelled(text: str, areas: Iterable[str], weight: float) -> list[Example]:
    """One example for each area, which share the weight; one for none without areas."""
    classes = [FOCUS_AREAS.index(area) for area in areas] or [NONE]
    return [Example(text, area, weight / len(classes)) for area in classes]


def _annotated(document: Mapping[str, Any], marks: list[dict[str, Any]], areas: tuple[str, ...]) -> Annotated:
    texts = [document.get(field) or "" for field in _TEXTS]
    texts += [reference.get("text") or "" for reference in document.get("references", ())]
    passages = tuple(passage for text in texts for passage in split(text))
    examples = [example for mark in marks for example in _of_mark(mark)]
    examples += [example for passage in passages for example in _of_passage(passage, marks)]
    return Annotated(
        document["id"], passages, areas, tuple(replace(example, source=document["id"]) for example in examples)
    )


def _of_mark(mark: Mapping[str, Any]) -> list[Example]:
    vague = mark.get("strength", CLEAR) < CLEAR
    return _labelled(mark["quote"], [mark["code"]] if mark["kind"] == "area" else (), _VAGUE if vague else 1.0)


def _of_passage(passage: str, marks: Iterable[Mapping[str, Any]]) -> list[Example]:
    """A whole passage has the areas of what is marked in it."""
    inside = [mark for mark in marks if mark["quote"] in passage or passage in mark["quote"]]
    return _labelled(passage, sorted({mark["code"] for mark in inside if mark["kind"] == "area"}), _PASSAGE)
