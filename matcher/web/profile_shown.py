"""A profile in the words in which people read it, with what it lacks and what may no longer be true."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.numbers import format_decimal

from matcher.domain import Coach, Credential, Reference
from matcher.domain.upkeep import EXPIRY_NOTICE, Stale, missing_facts, stale_facts
from matcher.store.directory import Confirmed
from matcher.web import wording
from matcher.web.choices import ENGLISH, title
from matcher.web.offer_shown import supplier_lines
from matcher.web.week_grid import DAY_NAMES

MISSING: Mapping[str, tuple[str, str]] = {
    "bio": ("What the coach has done", "no goal is shown by it, and no likeness to a situation"),
    "approach": ("How the coach works", "no goal is shown by it"),
    "focus_areas": ("Focus areas", "no goal counts as named"),
    "styles": ("Styles", "wishes for a style cannot be met"),
    "experience.levels_coached": ("Levels coached", "the manager’s level cannot count"),
    "industries": ("Industries", "the manager’s industry cannot count"),
    "experience.coaching_hours": ("Hours of coaching", "experience as a coach cannot count"),
    "experience.leadership_years": ("Years of leading people", "experience as a leader cannot count"),
    "credentials": ("A checked credential", "needs that ask for a credential leave the coach out"),
    "references": ("A checked reference", "needs that ask for references leave the coach out"),
    "availability.capacity": ("Places free", "the coach is proposed to nobody"),
    "availability.weekly": ("Times in the week", "needs that state times leave the coach out"),
    "locations": ("Cities", "meetings in person cannot be arranged"),
}
"""What each missing fact is called, and what it means that it is missing."""


@dataclass(frozen=True)
class CredentialShown:
    """A credential: its title, how long it lasts, and whether that is a reason to look at it."""

    title: str
    validity: str
    checked: bool
    ended: bool


@dataclass(frozen=True)
class ReferenceShown:
    """What a former client says, with the facts about it in one line."""

    rating: str
    about: str
    checked: bool
    text: str


@dataclass(frozen=True)
class ProfileShown:
    """Everything that the page of a profile tells, lists in the order of the profile."""

    facts: tuple[tuple[str, str], ...]
    terms: tuple[tuple[str, str], ...]
    times: tuple[tuple[str, str], ...]
    credentials: tuple[CredentialShown, ...]
    references: tuple[ReferenceShown, ...]
    missing: tuple[tuple[str, str], ...]
    stale: tuple[str, ...]


def profile_shown(coach: Coach, confirmed: Confirmed, today: date) -> ProfileShown:
    """The profile as it is told on that day."""
    stale = stale_facts(coach, confirmed.availability_at.date(), confirmed.profile_at.date(), today)
    return ProfileShown(
        facts=tuple((name, text) for name, text in _facts(coach) if text),
        terms=tuple((name, text) for name, text in _terms(coach, today) if text),
        times=tuple(_times(coach)),
        credentials=tuple(_credential(held, today) for held in coach.credentials),
        references=tuple(map(_reference, coach.references)),
        missing=tuple(MISSING[name] for name in missing_facts(coach)),
        stale=tuple(map(_stale, stale)),
    )


def _facts(coach: Coach) -> Iterator[tuple[str, str]]:
    experience = coach.experience
    yield "Levels coached", ", ".join(title(level).split(":")[0] for level in experience.levels_coached)
    yield "Industries", _listed(coach.industries)
    yield "Coaching for", _years(experience.coaching_years)
    hours = experience.coaching_hours
    yield "Hours of coaching", "" if hours is None else format_decimal(hours, locale=ENGLISH)
    yield "Led people for", _years(experience.leadership_years)
    yield "Roles held", "; ".join(experience.roles_held)
    yield "Methods", "; ".join(coach.methods)
    yield "Supervision", coach.supervision or "Not stated"


def _listed(codes: Sequence[str]) -> str:
    return ", ".join(map(title, codes))


def _years(years: float | None) -> str:
    if years is None:
        return ""
    return f"{format_decimal(years, locale=ENGLISH)} {'year' if years == 1 else 'years'}"


def _terms(coach: Coach, today: date) -> Iterator[tuple[str, str]]:
    yield "Languages", ", ".join(ENGLISH.languages[code] for code in coach.languages)
    yield "Fee", _fee(coach)
    yield "VAT", "" if coach.vat_rate is None else wording.percent(coach.vat_rate)
    yield "Expenses", (coach.terms and coach.terms.expenses) or ""
    yield "Cancellation", (coach.terms and coach.terms.cancellation) or ""
    yield from supplier_lines(coach.supplier)
    yield "Meets", _listed(coach.modalities)
    yield "Cities", ", ".join(coach.locations)
    yield "Country", ENGLISH.territories[coach.country] if coach.country else ""
    yield "Places free", _places(coach, today)


def _fee(coach: Coach) -> str:
    fees = coach.fees
    price = wording.money(Decimal(fees.amount), fees.currency)
    length = "an hour" if fees.per == "hour" else f"a session of {fees.priced_minutes} minutes"
    return f"{price} {length}, without VAT"


def _places(coach: Coach, today: date) -> str:
    capacity, start = coach.availability.capacity, coach.availability.accepting_from
    if capacity is None:
        return "Not stated"
    if capacity == 0:
        return "None"
    return f"{capacity} {'now' if start is None or start <= today else 'from ' + wording.day(start)}"


def _times(coach: Coach) -> Iterator[tuple[str, str]]:
    for day, name in DAY_NAMES.items():
        spans = sorted(f"{window.start}–{window.end}" for window in coach.availability.weekly if window.day == day)
        if spans:
            yield name, ", ".join(spans)


def _credential(held: Credential, today: date) -> CredentialShown:
    end = held.valid_until
    if end is None:
        validity = "Does not expire"
    elif not held.valid_on(today):
        validity = f"Expired on {wording.day(end)}"
    else:
        validity = f"Valid until {wording.day(end)}"
    ended = end is not None and end <= today + EXPIRY_NOTICE
    return CredentialShown(f"{held.body} {held.level}", validity, held.verified, ended)


def _reference(reference: Reference) -> ReferenceShown:
    about = [title(reference.industry)] if reference.industry else []
    about += [wording.day(reference.date)] if reference.date else []
    return ReferenceShown(f"{reference.rating:g} of 5", ", ".join(about), reference.verified, reference.text)


def _stale(stale: Stale) -> str:
    told = wording.day(stale.day)
    match stale.kind:
        case "availability":
            return f"Places and times were last changed or confirmed on {told}, more than 90 days ago."
        case "expired":
            return f"{stale.credential} expired on {told}."
        case "expiring":
            return f"{stale.credential} expires on {told}."
        case "profile":
            return f"Nothing was changed or confirmed since {told}, for more than a year."
