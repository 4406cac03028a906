"""What a profile states, as pairs of what and how much; of the profile as it was when the shortlist was drawn up."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from statistics import fmean

from matcher.domain import Coach, Credential, Need
from matcher.matching.first_session import FirstSession, first_session
from matcher.texts import Phrase
from matcher.web import wording
from matcher.web.choices import city, language_name, short, title
from matcher.web.language import gettext, ngettext

STYLES = Phrase("Styles")
"""What the fact is called that names the styles of a coach."""

Fact = tuple[str, tuple[str, ...]]
"""What it is, and its lines; none for what the profile does not say."""

UNKNOWN = Phrase("Not said in the profile")


def sealed_profiles(facts: str) -> Mapping[str, Coach]:
    """The profiles that were sealed with a shortlist, by id."""
    return {
        coach_id: Coach.model_validate(document) for coach_id, document in json.loads(facts).get("profiles", {}).items()
    }


def facts(coach: Coach, need: Need, today: date) -> tuple[Fact, ...]:
    """All that can be set side by side, in one order for every coach."""
    return (
        (gettext("First session at the earliest"), tuple(_earliest(coach, need, today))),
        (gettext(STYLES), tuple(title(code) for code in coach.styles)),
        (gettext("Levels coached"), tuple(short(level) for level in coach.experience.levels_coached)),
        (gettext("Languages"), tuple(language_name(code) for code in coach.languages)),
        (gettext("Meets"), tuple(_meeting(coach))),
        (gettext("Credentials"), tuple(_credential(one) for one in coach.credentials)),
        (gettext("References"), tuple(_references(coach))),
    )


def _earliest(coach: Coach, need: Need, today: date) -> Iterator[str]:
    found = first_session(coach, need, today)
    if found is not None:
        yield wording.clock(found.start)
        times = f"{found.start:%H:%M}–{found.end:%H:%M}"
        yield gettext("%(times)s, %(city)s time", times=times, city=_zone(found))
    elif coach.availability.accepting_from and coach.availability.accepting_from > today:
        yield gettext("Takes nobody on before %(day)s", day=wording.day(coach.availability.accepting_from))


def _zone(found: FirstSession) -> str:
    """The zone by the city that it is named after."""
    return city(str(found.start.tzinfo)).rpartition(", ")[2]


def _meeting(coach: Coach) -> Iterator[str]:
    for modality in coach.modalities:
        cities = f" ({', '.join(coach.locations)})" if modality == "in_person" and coach.locations else ""
        yield title(modality) + cities


def _credential(one: Credential) -> str:
    day = one.valid_until
    until = gettext("valid until %(day)s", day=wording.day(day)) if day else gettext("does not expire")
    checked = gettext("checked") if one.verified else gettext("not checked")
    return f"{one.body} {one.level}, {until}, {checked}"


def _references(coach: Coach) -> Iterator[str]:
    given = coach.references
    if given:
        verified = sum(one.verified for one in given)
        yield ngettext(
            "%(number)s reference, %(checked)s checked, rated %(mean)s of 5",
            "%(number)s references, %(checked)s checked, rated %(mean)s of 5",
            len(given),
            checked=wording.number(verified) if verified else gettext("none"),
            mean=wording.decimal(fmean(one.rating for one in given), 1),
        )
        newest = max((one.date for one in given if one.date), default=None)
        if newest:
            yield gettext("The newest of %(day)s", day=wording.day(newest))
