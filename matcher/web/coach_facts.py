"""What a profile states, as pairs of what and how much; of the profile as it was when the shortlist was drawn up."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from statistics import fmean

from matcher.domain import Coach, Credential, Need
from matcher.domain.vocabulary import label
from matcher.matching.first_session import FirstSession, first_session
from matcher.web import wording
from matcher.web.choices import ENGLISH, title

Fact = tuple[str, tuple[str, ...]]
"""What it is, and its lines; none for what the profile does not say."""

UNKNOWN = "Not said in the profile"


def sealed_profiles(facts: str) -> Mapping[str, Coach]:
    """The profiles that were sealed with a shortlist, by id."""
    return {
        coach_id: Coach.model_validate(document) for coach_id, document in json.loads(facts).get("profiles", {}).items()
    }


def facts(coach: Coach, need: Need, today: date) -> tuple[Fact, ...]:
    """All that can be set side by side, in one order for every coach."""
    return (
        ("First session at the earliest", tuple(_earliest(coach, need, today))),
        ("Styles", tuple(_capitalised(label(code)) for code in coach.styles)),
        ("Levels coached", tuple(title(level).split(":")[0] for level in coach.experience.levels_coached)),
        ("Languages", tuple(ENGLISH.languages[code] for code in coach.languages)),
        ("Meets", tuple(_meeting(coach))),
        ("Credentials", tuple(_credential(one) for one in coach.credentials)),
        ("References", tuple(_references(coach))),
    )


def _capitalised(words: str) -> str:
    return words[:1].upper() + words[1:]


def _earliest(coach: Coach, need: Need, today: date) -> Iterator[str]:
    found = first_session(coach, need, today)
    if found is not None:
        yield f"{found.start:%A}, {wording.day(found.start.date())}"
        yield f"{found.start:%H:%M}–{found.end:%H:%M}, {_zone(found)} time"
    elif coach.availability.accepting_from and coach.availability.accepting_from > today:
        yield f"Takes nobody on before {wording.day(coach.availability.accepting_from)}"


def _zone(found: FirstSession) -> str:
    """The zone by the city that it is named after."""
    return str(found.start.tzinfo).rpartition("/")[2].replace("_", " ")


def _meeting(coach: Coach) -> Iterator[str]:
    for modality in coach.modalities:
        cities = f" ({', '.join(coach.locations)})" if modality == "in_person" and coach.locations else ""
        yield title(modality) + cities


def _credential(one: Credential) -> str:
    until = f"valid until {wording.day(one.valid_until)}" if one.valid_until else "does not expire"
    return f"{one.body} {one.level}, {until}, {'checked' if one.verified else 'not checked'}"


def _references(coach: Coach) -> Iterator[str]:
    given = coach.references
    if given:
        mean = fmean(one.rating for one in given)
        verified = sum(one.verified for one in given)
        checked = f"{wording.number(verified) if verified else 'none'} checked"
        yield f"{wording.counted(len(given), 'reference', 'references')}, {checked}, rated {mean:.1f} of 5"
        newest = max((one.date for one in given if one.date), default=None)
        if newest:
            yield f"The newest of {wording.day(newest)}"
