"""A few annotated texts whose words give away which areas and wishes they tell of, in the files that training reads."""

import json
from pathlib import Path
from typing import Any

from matcher.domain.backgrounds import KINDS
from matcher.domain.vocabulary import FOCUS_AREAS, INDUSTRY_GROUP, STYLES
from tests.factories import a_coach, a_need

_FILLING = ("here", "is", "of", "this", "told", "shown", "seen", "denied", "nothing", "to", "the", "point", "weather")
_WISHING = ("coach", "wanted", "avoided", "please", "who", "has", "done", "it", "before")
WORDS = (
    *(f"word{place}" for place in range(len(FOCUS_AREAS))),
    *(f"style{place}" for place in range(len(STYLES))),
    *_FILLING,
    *_WISHING,
    "marked",
    ".",
)
"""All that the texts are made of."""

ONE_OF_EACH_GROUP = tuple({group: industry for industry, group in INDUSTRY_GROUP.items()}.values())
"""An industry of each group."""

NEEDS, COACHES = 60, 60
FURTHER = range(NEEDS, NEEDS + 84)
"""The numbers of needs that only words are learned from."""

GRADED_NEEDS, GRADED_COACHES = 6, 8
"""How many of the documents, from the first on, are graded too."""


def area_of(number: int) -> str:
    return FOCUS_AREAS[number % len(FOCUS_AREAS)]


def a_quote(number: int) -> str:
    again, place = divmod(number, len(FOCUS_AREAS))
    return f"word{place} of this is {'told' if again else 'marked'}"


def a_mark(number: int, **changes: Any) -> dict[str, Any]:
    return {"quote": a_quote(number), "kind": "area", "code": area_of(number), "strength": 3} | changes


def a_wish(number: int) -> dict[str, Any]:
    """Of every three numbers one wishes for a style, one against the same, and one for a background."""
    place, kind = number // 3 % len(STYLES), number % 3
    if kind == 2:
        return {"quote": "please a coach who has done it before", "kind": "background", "code": "has done it"}
    wanted = kind == 0
    quote = f"please a coach of style{place} {'wanted' if wanted else 'avoided'}"
    return {"quote": quote, "kind": "style_wanted" if wanted else "style_avoid", "code": STYLES[place]}


def an_annotated_need(number: int) -> dict[str, Any]:
    """A need that tells of the area of that number, and wishes something; every second one states the area too."""
    stated = [{"area": area_of(number), "importance": 2}] if number % 2 else []
    wish = a_wish(number)
    need = a_need(
        id=f"n{number}", summary=f"here {a_quote(number)} .", outcome=f"{wish['quote']} .", focus_areas=stated
    )
    document = need.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return document | {"reads": [a_mark(number), wish]}


def an_annotated_coach(number: int) -> dict[str, Any]:
    """A profile that shows help with the area of that number and names it."""
    coach = a_coach(id=f"c{number}", bio=f"here {a_quote(number)} .", focus_areas=[area_of(number)])
    return coach.model_dump(mode="json", by_alias=True, exclude_defaults=True) | {"evidence": [a_mark(number)]}


def sentences() -> list[dict[str, Any]]:
    """Sentences on each area from both sides, some that speak against each, and some on none."""
    told = [
        {"text": f"word{place} is {how}", "side": side, "areas": [area], "strength": 3}
        for how in ("told", "shown", "seen")
        for side in ("situation", "evidence")
        for place, area in enumerate(FOCUS_AREAS)
    ]
    against = [
        {"text": f"word{place} is denied {how}", "side": "evidence", "areas": [area], "strength": 0}
        for how in ("", "here")
        for place, area in enumerate(FOCUS_AREAS)
    ]
    none = [
        {"text": f"nothing to the point {how}", "side": side, "areas": [], "strength": 3}
        for how in ("here", "weather", "this")
        for side in ("situation", "evidence")
    ]
    return told + against + none


def style_sentences() -> list[dict[str, Any]]:
    """Sentences that wish for each style and against it, and some of profiles, which nothing is learned from."""
    return [
        {"text": f"style{place} {how} {when}", "side": side, "styles": [style], "strength": 2}
        for when in ("here", "please")
        for side, how in (("wish", "wanted"), ("avoid", "avoided"), ("evidence", "done"))
        for place, style in enumerate(STYLES)
    ]


def background_sentences() -> list[dict[str, Any]]:
    """Sentences that tell of each background and that wish for it, and some of none."""
    told = [
        {"text": f"{how} background{place}", "side": side, "tells_of": [code]}
        for side, how in (("profile", "was"), ("wish", "wanted"))
        for place, code in enumerate((*KINDS, *ONE_OF_EACH_GROUP))
    ]
    return told + [{"text": f"nothing of that {how}", "side": "profile", "tells_of": []} for how in ("here", "there")]


def marked_backgrounds(number: int) -> dict[str, Any]:
    """What a profile tells of a background, and each third a role."""
    roles = {} if number % 3 else {"roles": {f"background{number % len(KINDS)} here": [[*KINDS][number % len(KINDS)]]}}
    return {"side": "profile", "id": f"c{number}", "marks": {f"told background{number}": ["led"]}} | roles


def further_sentences() -> list[dict[str, Any]]:
    """Sentences on troubles, in words that stand nowhere else."""
    return [
        {"text": f"weiteres{place} wird gesagt", "side": "situation", "areas": [area], "strength": 3}
        for _ in range(4)
        for place, area in enumerate(FOCUS_AREAS)
    ]


def grades() -> dict[str, dict[str, dict[str, int]]]:
    """Two readers, to whom a coach is the better the nearer the number is to that of the need."""

    def grade(need: int, coach: int, strict: int) -> int:
        return max(0, 3 - abs(need - coach) - (strict if need != coach else 0))

    return {
        reader: {
            f"n{need}": {f"c{coach}": grade(need, coach, strict) for coach in range(GRADED_COACHES)}
            for need in range(GRADED_NEEDS)
        }
        for reader, strict in (("A", 0), ("B", 1))
    }


def write_annotated(folder: Path) -> Path:
    """The files of that world, in a folder that exists."""
    documents = {
        "corpus/focus_areas.jsonl": sentences(),
        "corpus/styles.jsonl": style_sentences(),
        "corpus/backgrounds.jsonl": background_sentences(),
        "annotated/backgrounds.jsonl": [marked_backgrounds(number) for number in range(COACHES)],
        "annotated/needs.jsonl": [an_annotated_need(number) for number in range(NEEDS)],
        "annotated/coaches.jsonl": [an_annotated_coach(number) for number in range(COACHES)],
        "corpus/further_situations.jsonl": further_sentences(),
        "annotated/further_needs.jsonl": [an_annotated_need(number) | {"id": f"f{number}"} for number in FURTHER],
    }
    for name, lines in documents.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("\n".join(map(json.dumps, lines)))
    (folder / "graded").mkdir()
    (folder / "graded/grades.json").write_text(json.dumps(grades()))
    return folder
