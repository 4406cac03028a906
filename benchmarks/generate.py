"""Any number of plausible profiles, composed of judged ones: `python -m benchmarks.generate 10000`.

Texts are made of whole passages of the judged profiles, each its own paragraph, so that their
vectors are known and 10,000 profiles need no hours of encoding. Facts that go together stay
together: time zone, country, cities, languages and fees are those of one judged coach.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Self

import click

from matcher.domain import Coach, CoachAvailability, Credential, Experience, Fees, Reference
from matcher.matching.passages import split
from matcher.store.documents import written
from training import judgements

SEED = 2027

_PARAGRAPH_BREAK = "\n\n"
_PRICE_STEP = 5


@dataclass(frozen=True)
class _Material:
    """What there is to compose from: whole profiles, and their passages by field."""

    coaches: tuple[Coach, ...]
    bio: tuple[str, ...]
    approach: tuple[str, ...]
    references: tuple[Reference, ...]

    @classmethod
    def of(cls, coaches: Sequence[Coach]) -> Self:
        return cls(
            coaches=tuple(coaches),
            bio=tuple(passage for coach in coaches for passage in split(coach.bio)),
            approach=tuple(passage for coach in coaches for passage in split(coach.approach)),
            references=tuple(reference for coach in coaches for reference in coach.references),
        )


def generate(count: int, coaches: Sequence[Coach], seed: int = SEED) -> Iterator[Coach]:
    """That many profiles with the ids g00001, g00002 ...; the same for the same arguments.

    Every passage of them is a passage of `coaches`, of which there must be one at least.
    """
    rng = Random(seed)
    material = _Material.of(coaches)
    return (_profile(f"g{number:05}", material, rng) for number in range(1, count + 1))


def _profile(coach_id: str, material: _Material, rng: Random) -> Coach:
    place, practice, history, person = rng.choices(material.coaches, k=4)
    return Coach(
        id=coach_id,
        name=f"{person.name.split(' ')[0]} {place.name.split(' ', 1)[-1]}",
        headline=practice.headline,
        bio=_text(material.bio, len(split(practice.bio)), rng),
        approach=_text(material.approach, len(split(practice.approach)), rng),
        experience=_experience(history.experience, rng),
        credentials=tuple(_moved(credential, rng) for credential in history.credentials),
        industries=_mixed(history.industries, practice.industries, rng),
        focus_areas=_mixed(practice.focus_areas, history.focus_areas, rng),
        styles=_mixed(practice.styles, person.styles, rng),
        methods=practice.methods,
        languages=place.languages,
        timezone=place.timezone,
        country=place.country,
        locations=place.locations,
        modalities=place.modalities,
        fees=_fees(place.fees, rng),
        availability=_availability(rng.choices(material.coaches, k=3), rng),
        references=tuple(rng.sample(material.references, len(practice.references))),
        conflicts=person.conflicts,
    )


def _text(passages: Sequence[str], count: int, rng: Random) -> str:
    return _PARAGRAPH_BREAK.join(rng.sample(passages, count))


def _experience(like: Experience, rng: Random) -> Experience:
    factor = rng.uniform(0.6, 1.5)
    return Experience(
        coaching_years=_scaled(like.coaching_years, factor),
        coaching_hours=_scaled(like.coaching_hours, factor),
        leadership_years=_scaled(like.leadership_years, rng.uniform(0.5, 1.5)),
        levels_coached=like.levels_coached,
        roles_held=like.roles_held,
    )


def _scaled(value: float | None, factor: float) -> float | None:
    return None if value is None else round(value * factor)


def _moved(credential: Credential, rng: Random) -> Credential:
    return credential.model_copy(update={"valid_until": _shifted(credential.valid_until, 180, rng)})


def _shifted(day: date | None, most: int, rng: Random) -> date | None:
    return None if day is None else day + timedelta(days=rng.randint(-most, most))


def _mixed(first: Sequence[str], second: Sequence[str], rng: Random) -> tuple[str, ...]:
    """As many codes as the first list has, out of both."""
    return tuple(rng.sample(sorted({*first, *second}), len(first)))


def _fees(like: Fees, rng: Random) -> Fees:
    steps = round(float(like.amount) * rng.uniform(0.8, 1.25) / _PRICE_STEP)
    return like.model_copy(update={"amount": Decimal(steps * _PRICE_STEP)})


def _availability(like: Sequence[Coach], rng: Random) -> CoachAvailability:
    first, second, third = (coach.availability for coach in like)
    return CoachAvailability(
        accepting_from=_shifted(first.accepting_from, 30, rng), capacity=second.capacity, weekly=third.weekly
    )


@click.command()
@click.argument("count", type=click.IntRange(min=0))
@click.option("--seed", default=SEED, show_default=True, help="Another seed gives other profiles.")
def main(count: int, seed: int) -> None:
    """Write COUNT generated profiles to standard output, one JSON object a line."""
    for coach in generate(count, list(judgements.load().coaches.values()), seed):
        click.echo(written(coach).encode())


if __name__ == "__main__":
    main()
