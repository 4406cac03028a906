"""What a profile lacks of the facts that matching uses, and which of its facts may no longer be true."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from matcher.domain.coach import Coach

AVAILABILITY_LASTS = timedelta(days=90)
"""Engagements mostly run for three to six months, so within a quarter places fill and come free."""

EXPIRY_NOTICE = timedelta(days=60)
"""Bodies take some weeks to renew a credential, and a coach some to ask for it."""

PROFILE_LASTS = timedelta(days=365)
"""Within a year there are clients, references and hours to add for anybody who coaches at all."""

StaleKind = Literal["availability", "expired", "expiring", "profile"]


@dataclass(frozen=True)
class Stale:
    """A fact to look at: since, or until, that day; `credential` names the one that ends."""

    kind: StaleKind
    day: date
    credential: str = ""


def missing_facts(coach: Coach) -> tuple[str, ...]:
    """The fields that matching would use and that say nothing, by dotted name, in the order of the profile.

    A fact counts as missing where it is empty, and credentials and references also where none was checked: unchecked
    ones count for little or meet no requirement. Empty for a profile that lacks nothing.
    """
    experience, availability = coach.experience, coach.availability
    present = {
        "bio": coach.bio.strip(),
        "approach": coach.approach.strip(),
        "focus_areas": coach.focus_areas,
        "styles": coach.styles,
        "experience.levels_coached": experience.levels_coached,
        "industries": coach.industries,
        "experience.coaching_hours": experience.coaching_hours is not None,
        "experience.leadership_years": experience.leadership_years is not None,
        "credentials": any(held.verified for held in coach.credentials),
        "references": any(reference.verified for reference in coach.references),
        "availability.capacity": availability.capacity is not None,
        "availability.weekly": availability.weekly,
        "locations": coach.locations or "in_person" not in coach.modalities,
    }
    return tuple(name for name, there in present.items() if not there)


def stale_facts(coach: Coach, availability_on: date, changed_on: date, today: date) -> tuple[Stale, ...]:
    """What to look at anew, given on which days the availability and the profile were last changed or confirmed.

    Empty for a profile that is up to date.
    """
    return tuple(_stale_facts(coach, availability_on, changed_on, today))


def _stale_facts(coach: Coach, availability_on: date, changed_on: date, today: date) -> Iterator[Stale]:
    if today - availability_on > AVAILABILITY_LASTS:
        yield Stale("availability", availability_on)
    for held in coach.credentials:
        if held.valid_until is not None and held.valid_until <= today + EXPIRY_NOTICE:
            kind: StaleKind = "expiring" if held.valid_on(today) else "expired"
            yield Stale(kind, held.valid_until, f"{held.body} {held.level}")
    if today - changed_on > PROFILE_LASTS:
        yield Stale("profile", changed_on)
