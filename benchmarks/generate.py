"""Any number of plausible profiles, composed of judged ones: `python -m benchmarks.generate 1000000`.

Texts are made of whole passages of the judged profiles, each its own paragraph, so that their
vectors are known and a million profiles need no days of encoding. Which passages stand together is
drawn anew for each profile, so that none is a copy of another. Facts that go together stay
together: time zone, country, cities, languages and fees are those of one judged coach.
"""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any, Self

import click

from matcher.domain import Coach
from matcher.matching.passages import split
from matcher.store.documents import read_coach, written
from training import judgements

SEED = 2027

_PARAGRAPH_BREAK = "\n\n"
_PRICE_STEP = 5
_TEXTS = ("bio", "approach")
_OF_THE_PLACE = ("languages", "timezone", "country", "locations", "modalities")

Document = Mapping[str, Any]
"""A profile, or a part of one, as its JSON says it; what is at its default may be absent."""


@dataclass(frozen=True)
class _Material:
    """What there is to compose from: whole profiles, and their passages by field."""

    coaches: tuple[Document, ...]
    lengths: Mapping[str, Mapping[str, int]]
    """How many passages a text of a coach has, by id and field."""
    passages: Mapping[str, tuple[str, ...]]
    references: tuple[Document, ...]

    @classmethod
    def of(cls, coaches: Sequence[Coach]) -> Self:
        documents = tuple(json.loads(written(coach)) for coach in coaches)
        cut = {document["id"]: {field: split(document.get(field, "")) for field in _TEXTS} for document in documents}
        return cls(
            coaches=documents,
            lengths={
                coach_id: {field: len(passages) for field, passages in texts.items()} for coach_id, texts in cut.items()
            },
            passages={field: tuple(passage for texts in cut.values() for passage in texts[field]) for field in _TEXTS},
            references=tuple(reference for document in documents for reference in document.get("references", ())),
        )


def generate(count: int, coaches: Sequence[Coach], seed: int = SEED) -> Iterator[Coach]:
    """The profiles that `generated_lines` has."""
    return (read_coach("generated", line) for line in generated_lines(count, coaches, seed))


def generated_lines(count: int, coaches: Sequence[Coach], seed: int = SEED) -> Iterator[str]:
    """That many profiles with the ids g00001, g00002 ..., each as a line of JSON; the same for the same arguments.

    Every passage of them is a passage of `coaches`, of which there must be one at least. They are written without
    being checked, which takes most of the time of composing them: reading them checks them.
    """
    rng = Random(seed)
    material = _Material.of(coaches)
    return (
        json.dumps(_profile(f"g{number:05}", material, rng), ensure_ascii=False, separators=(",", ":"))
        for number in range(1, count + 1)
    )


def _profile(coach_id: str, material: _Material, rng: Random) -> Document:
    place, practice, history, person = rng.choices(material.coaches, k=4)
    return {
        "id": coach_id,
        "name": f"{person['name'].split(' ')[0]} {place['name'].split(' ', 1)[-1]}",
        **_texts(practice, material, rng),
        "experience": _experience(history.get("experience", {}), rng),
        "credentials": [_moved(credential, rng) for credential in history.get("credentials", ())],
        "industries": _mixed("industries", history, practice, rng),
        "focus_areas": _mixed("focus_areas", practice, history, rng),
        "styles": _mixed("styles", practice, person, rng),
        **{field: place[field] for field in _OF_THE_PLACE if field in place},
        "methods": practice.get("methods", ()),
        "fees": _fees(place["fees"], rng),
        "availability": _availability(rng.choices(material.coaches, k=3), rng),
        "references": rng.sample(material.references, len(practice.get("references", ()))),
        "conflicts": person.get("conflicts", ()),
    }


def _texts(like: Document, material: _Material, rng: Random) -> Document:
    """Texts of as many passages as those of another profile."""
    lengths = material.lengths[like["id"]]
    drawn = {field: _PARAGRAPH_BREAK.join(rng.sample(material.passages[field], lengths[field])) for field in _TEXTS}
    return {"headline": like.get("headline", ""), **drawn}


def _experience(like: Document, rng: Random) -> Document:
    factor, other = rng.uniform(0.6, 1.5), rng.uniform(0.5, 1.5)
    factors = {"coaching_years": factor, "coaching_hours": factor, "leadership_years": other}
    return {**like, **{field: round(like[field] * factor) for field, factor in factors.items() if field in like}}


def _moved(credential: Document, rng: Random) -> Document:
    return {**credential, **_shifted(credential, "valid_until", 180, rng)}


def _shifted(document: Document, field: str, most: int, rng: Random) -> Document:
    """The day in that field, moved by at most so many days; nothing where there is none."""
    if field not in document:
        return {}
    return {field: (date.fromisoformat(document[field]) + timedelta(days=rng.randint(-most, most))).isoformat()}


def _mixed(field: str, first: Document, second: Document, rng: Random) -> Sequence[str]:
    """As many codes as the first has, out of both."""
    codes = first.get(field, ())
    return rng.sample(sorted({*codes, *second.get(field, ())}), len(codes))


def _fees(like: Document, rng: Random) -> Document:
    return {**like, "amount": round(like["amount"] * rng.uniform(0.8, 1.25) / _PRICE_STEP) * _PRICE_STEP}


def _availability(like: Sequence[Document], rng: Random) -> Document:
    first, second, third = (document["availability"] for document in like)
    return {
        **_shifted(first, "accepting_from", 30, rng),
        **({"capacity": second["capacity"]} if "capacity" in second else {}),
        "weekly": third.get("weekly", ()),
    }


@click.command()
@click.argument("count", type=click.IntRange(min=0))
@click.option("--seed", default=SEED, show_default=True, help="Another seed gives other profiles.")
def main(count: int, seed: int) -> None:
    """Write COUNT generated profiles to standard output, one JSON object a line."""
    lines = generated_lines(count, list(judgements.load().coaches.values()), seed)
    sys.stdout.buffer.writelines(f"{line}\n".encode() for line in lines)


if __name__ == "__main__":
    main()
