"""Sentences, needs and profiles annotated with the focus areas, wishes and backgrounds that they tell of, as labelled
examples."""

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from matcher.domain.backgrounds import BACKGROUNDS
from matcher.domain.vocabulary import FOCUS_AREAS, INDUSTRY_GROUP
from matcher.matching.area_classifier import NONE
from matcher.matching.backgrounds import NO_BACKGROUND
from matcher.matching.glossary import in_english
from matcher.matching.passages import split
from matcher.matching.wish_reading import NO_WISH, class_of_wish

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"

CLEAR = 2
"""The strength from which on evidence is a concrete case."""

_SURE = {3: 1.0, 2: 0.9, 1: 0.3}
"""How much a text of each strength is one on its area; the rest is one on none."""

_QUOTE = 0.5
"""What the words that were marked count by themselves, beside the whole passage that they stand in."""

_SILENT = 1 / 3
"""What a passage of a profile that tells of no background counts: of them there are ten times as many as of others."""

_NOT_WISHED = "-"
"""What stands before a background that is not wished for."""

_LIKELY_THE_SAME = 25
"""Characters of the beginning or end of a mark that show that it reaches into a passage."""

FILES = {
    "corpus": "corpus/focus_areas.jsonl",
    "said_anew": "corpus/further_situations.jsonl",
    "styles": "corpus/styles.jsonl",
    "needs": "annotated/needs.jsonl",
    "further_needs": "annotated/further_needs.jsonl",
    "coaches": "annotated/coaches.jsonl",
    "backgrounds": "corpus/backgrounds.jsonl",
    "background_marks": "annotated/backgrounds.jsonl",
}
"""What is learned from."""

_SAID_ANEW = 0.5
"""What a sentence counts that says in another language what one of the corpus says."""

_KIND_OF_SIDE = {"wish": "style_wanted", "avoid": "style_avoid"}
"""As what the styles of a sentence on that side are marked."""

_TEXTS = ("summary", "outcome", "headline", "bio", "approach")


Mark = Mapping[str, Any]


@dataclass(frozen=True)
class Example:
    """A text with the share that each class has in it (they sum to 1; see `matcher.matching.area_classifier`)."""

    text: str
    shares: Mapping[int, float]
    weight: float = 1.0


@dataclass(frozen=True)
class Annotated:
    """A need or profile: its passages, the areas that a careful reader finds in it, and examples from it, those of
    its passages first."""

    id: str
    passages: tuple[str, ...]
    areas: tuple[str, ...]
    examples: tuple[Example, ...]

    def whole(self) -> Example:
        """All passages of a need as one text, with the share that each area has of what they tell; no share where they
        tell of no area. The pairs of words that reach from one passage into the next are few, and are never looked up.
        """
        told = dict.fromkeys(range(NONE), 0.0)
        for example in self.examples[: len(self.passages)]:
            for area, share in example.shares.items():
                if area < NONE:
                    told[area] += share
        total = sum(told.values())
        return Example(" ".join(self.passages), {area: share / total for area, share in told.items() if share})


@dataclass(frozen=True)
class Annotations:
    """What one side is learned from: sentences by themselves, and whole needs or profiles."""

    sentences: tuple[Example, ...]
    documents: tuple[Annotated, ...]

    def wholes(self, without: Collection[str] = ()) -> list[Example]:
        """Of the side of needs: each one as a text, with the share that each area has of what its passages tell. Those
        that tell of no area, and those of `without`, are left out."""
        documents = (document for document in self.documents if document.id not in without)
        return [whole for document in documents if (whole := document.whole()).shares]

    def among(self, ids: Collection[str]) -> list[Annotated]:
        """The needs or profiles of those ids."""
        return [document for document in self.documents if document.id in ids]

    def examples(self, without: Collection[str] = ()) -> list[Example]:
        """All examples but those from these needs or profiles."""
        kept = [document.examples for document in self.documents if document.id not in without]
        return [*self.sentences, *(example for examples in kept for example in examples)]


def glossed(examples: Iterable[Example]) -> list[Example]:
    """The examples with their texts told in English, word by word, as the encoder is told them."""
    return [replace(example, text=in_english(example.text)) for example in examples]


def need_side(folder: Path = FIXTURES) -> Annotations:
    """Sentences that tell of a trouble, and needs; a need's areas are those that it states, else those marked."""
    needs = []
    for need in _needs(folder):
        marked = dict.fromkeys(mark["code"] for mark in need["reads"] if mark["kind"] == "area")
        stated = [goal["area"] for goal in need.get("focus_areas", ())]
        needs.append(_annotated(need, need["reads"], tuple(stated or marked)))
    said_anew = _sentences(folder / FILES["said_anew"], "situation")
    sentences = (
        *_sentences(folder / FILES["corpus"], "situation"),
        *(replace(sentence, weight=_SAID_ANEW) for sentence in said_anew),
    )
    return Annotations(sentences, tuple(needs))


def profile_side(folder: Path = FIXTURES) -> Annotations:
    """Sentences that show a skill, and profiles; a profile's areas are those with a concrete case."""
    coaches = [
        _annotated(
            coach,
            coach["evidence"],
            tuple({mark["code"]: 0 for mark in coach["evidence"] if _is_clear_area(mark)}),
        )
        for coach in _lines(folder / FILES["coaches"])
    ]
    return Annotations(_sentences(folder / FILES["corpus"], "evidence"), tuple(coaches))


def wish_side(folder: Path = FIXTURES) -> Annotations:
    """Sentences that wish for a style or against one, or for a background or none that counts, and the same needs, with
    what their passages wish of a coach."""
    styles = tuple(
        Example(line["text"], _wish_shares({"kind": kind, "code": style} for style in line["styles"]))
        for line in _lines(folder / FILES["styles"])
        if (kind := _KIND_OF_SIDE.get(line["side"]))
    )
    backgrounds = tuple(
        Example(line["text"], _wish_shares([{"kind": "background", "code": ""}] if line["tells_of"] else []))
        for line in _lines(folder / FILES["backgrounds"])
        if line["side"] == "wish"
    )
    needs = tuple(_annotated(need, need["reads"], (), _wish_shares) for need in _needs(folder))
    return Annotations(styles + backgrounds, needs)


def background_side(folder: Path = FIXTURES) -> Annotations:
    """Sentences that tell of a background or wish for one, profiles with the roles that their coaches held, and the
    passages of needs that wish for a background."""
    sentences = tuple(
        Example(line["text"], _background_shares([line])) for line in _lines(folder / FILES["backgrounds"])
    )
    # By side too, since some needs have ids of profiles.
    told = {(line["side"], line["id"]): line for line in _lines(folder / FILES["background_marks"])}
    coaches, needs = _lines(folder / FILES["coaches"]), _needs(folder)
    documents = [_with_background(coach, told.get(("profile", coach["id"]), {})) for coach in coaches]
    documents += [_wishing(need, told.get(("need", need["id"]), {})) for need in needs]
    return Annotations(sentences, tuple(documents))


def digests(folder: Path = FIXTURES) -> dict[str, str]:
    """The SHA-256 of each of FILES."""
    return {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES.values()}


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip())


def _needs(folder: Path) -> Iterator[dict[str, Any]]:
    return chain(_lines(folder / FILES["needs"]), _lines(folder / FILES["further_needs"]))


def _is_clear_area(mark: Mapping[str, Any]) -> bool:
    return bool(mark["kind"] == "area" and mark["strength"] >= CLEAR)


def _sentences(file: Path, side: str) -> tuple[Example, ...]:
    """Those of that side in a file; strength 0 speaks against the areas, which for a need is the same as none. One that
    shows some areas may name others under `not` that it speaks against."""
    return tuple(Example(line["text"], _shares(_as_marks(line, side))) for line in _lines(file) if line["side"] == side)


def _as_marks(line: Mapping[str, Any], side: str) -> list[dict[str, Any]]:
    strength = {"strength": line["strength"]} if side == "evidence" else {}
    shown, against = (line["areas"], line.get("not", [])) if line["strength"] else ([], line["areas"])
    marks = [{"kind": "area", "code": area} | strength for area in shown]
    return marks + ([{"kind": "not", "code": area} for area in against] if side == "evidence" else [])


def _shares(marks: Iterable[Mark]) -> dict[int, float]:
    """What is marked shares the text as far as the surest mark goes; the rest is none.

    >>> _shares([{"kind": "area", "code": FOCUS_AREAS[3], "strength": 1}]) == {3: 0.3, NONE: 0.7}
    True
    """
    return _shared(((_class_of_area(mark), _SURE[mark.get("strength", 3)]) for mark in marks), NONE)


def _wish_shares(marks: Iterable[Mark]) -> dict[int, float]:
    """The same of wishes, which are all sure.

    >>> _wish_shares([{"kind": "background", "code": "a nurse"}, {"kind": "area", "code": "delegation"}])
    {20: 1.0}
    """
    return _shared(((class_of_wish(mark["kind"], mark["code"]), 1.0) for mark in marks), NO_WISH)


def _background_shares(marks: Iterable[Mark]) -> dict[int, float]:
    """What is marked tells of each background alike; a mark of none that is told apart tells of none.

    >>> _background_shares([{"tells_of": ["led", "banking", "-sales"]}]) == {30: 0.5, 43: 0.5}
    True
    """
    told = dict.fromkeys(code for mark in marks for code in mark.get("tells_of", ()) if code[0] != _NOT_WISHED)
    classes = dict.fromkeys(BACKGROUNDS.index(INDUSTRY_GROUP.get(code, code)) for code in told)
    return dict.fromkeys(classes, 1 / len(classes)) if classes else {NO_BACKGROUND: 1.0}


def _with_background(coach: Mapping[str, Any], told: Mapping[str, Any]) -> Annotated:
    """A profile with what its passages and its roles tell of backgrounds."""
    annotated = _annotated(coach, _told_marks(told), (), _background_shares)
    examples = [
        replace(example, weight=_SILENT) if NO_BACKGROUND in example.shares and example.weight == 1 else example
        for example in annotated.examples
    ]
    roles = told.get("roles", {}).items()
    examples += [Example(role, _background_shares([{"tells_of": codes}])) for role, codes in roles]
    return replace(annotated, examples=tuple(examples))


def _wishing(need: Mapping[str, Any], told: Mapping[str, Any]) -> Annotated:
    """A need with the passages alone in which a wish for a background is marked: nothing is asked of others."""

    def shares(marks: Iterable[Mark]) -> dict[int, float]:
        reaching = [*marks]
        return _background_shares(reaching) if reaching else {}

    annotated = _annotated(need, _told_marks(told), (), shares)
    return replace(annotated, examples=tuple(example for example in annotated.examples if example.shares))


def _told_marks(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"quote": quote, "tells_of": codes} for quote, codes in told.get("marks", {}).items()]


def _class_of_area(mark: Mark) -> int | None:
    first = {"area": 0, "not": NONE + 1}.get(mark["kind"])
    return None if first is None else first + FOCUS_AREAS.index(mark["code"])


def _shared(marked: Iterable[tuple[int | None, float]], none: int) -> dict[int, float]:
    sure: dict[int, float] = {}
    for one, surety in marked:
        if one is not None:
            sure[one] = max(sure.get(one, 0.0), surety)
    surest = max(sure.values(), default=0.0)
    shares = {one: share / sum(sure.values()) * surest for one, share in sure.items()}
    return shares if surest == 1 else shares | {none: 1 - surest}


def _annotated(
    document: Mapping[str, Any],
    marks: list[dict[str, Any]],
    areas: tuple[str, ...],
    shares: Callable[[Iterable[Mark]], dict[int, float]] = _shares,
) -> Annotated:
    texts = [document.get(field) or "" for field in _TEXTS]
    texts += [reference.get("text") or "" for reference in document.get("references", ())]
    passages = tuple(passage for text in texts for passage in split(text))
    examples = [Example(passage, shares(mark for mark in marks if _reaches(mark, passage))) for passage in passages]
    quotes = dict.fromkeys(mark["quote"] for mark in marks)
    examples += [
        Example(quote, shares(mark for mark in marks if mark["quote"] in quote), _QUOTE)
        for quote in quotes
        if quote not in passages
    ]
    return Annotated(document["id"], passages, areas, tuple(examples))


def _reaches(mark: Mapping[str, Any], passage: str) -> bool:
    """Whether what is marked stands in the passage, holds it, or begins or ends in it."""
    quote: str = mark["quote"]
    ends = [end for end in (quote[:40], quote[-40:]) if len(end) >= _LIKELY_THE_SAME]
    return quote in passage or passage in quote or any(end in passage for end in ends)
