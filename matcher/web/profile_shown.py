"""A profile in the words in which people read it, with what it lacks and what may no longer be true."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from matcher.domain import Coach, Credential, Reference
from matcher.domain.upkeep import EXPIRY_NOTICE, Stale, missing_facts, stale_facts
from matcher.store.directory import Confirmed
from matcher.texts import Phrase
from matcher.web import wording
from matcher.web.choices import language_name, short, title
from matcher.web.language import gettext, locale, ngettext, said
from matcher.web.offer_shown import supplier_lines
from matcher.web.week_grid import day_names

MISSING: Mapping[str, tuple[str, str]] = {
    "bio": (Phrase("What the coach has done"), Phrase("no goal is shown by it, and no background")),
    "approach": (Phrase("How the coach works"), Phrase("no goal is shown by it")),
    "focus_areas": (Phrase("Focus areas"), Phrase("no goal counts as named")),
    "styles": (Phrase("Styles"), Phrase("wishes for a style cannot be met")),
    "experience.levels_coached": (Phrase("Levels coached"), Phrase("the manager’s level cannot count")),
    "industries": (Phrase("Industries"), Phrase("the manager’s industry cannot count")),
    "experience.coaching_hours": (Phrase("Hours of coaching"), Phrase("experience as a coach cannot count")),
    "experience.leadership_years": (Phrase("Years of leading people"), Phrase("experience as a leader cannot count")),
    "credentials": (Phrase("A checked credential"), Phrase("needs that ask for a credential leave the coach out")),
    "references": (Phrase("A checked reference"), Phrase("needs that ask for references leave the coach out")),
    "availability.capacity": (Phrase("Places free"), Phrase("the coach is proposed to nobody")),
    "availability.weekly": (Phrase("Times in the week"), Phrase("needs that state times leave the coach out")),
    "locations": (Phrase("Cities"), Phrase("meetings in person cannot be arranged")),
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
        missing=tuple(
            (said(name), said(meaning)) for name, meaning in (MISSING[fact] for fact in missing_facts(coach))
        ),
        stale=tuple(map(_stale, stale)),
    )


def _facts(coach: Coach) -> Iterator[tuple[str, str]]:
    experience = coach.experience
    yield gettext("Levels coached"), ", ".join(short(level) for level in experience.levels_coached)
    yield gettext("Industries"), _listed(coach.industries)
    yield gettext("Coaching for"), _years(experience.coaching_years)
    hours = experience.coaching_hours
    yield gettext("Hours of coaching"), "" if hours is None else wording.decimal(hours)
    yield gettext("Led people for"), _years(experience.leadership_years)
    yield gettext("Roles held"), "; ".join(experience.roles_held)
    yield gettext("Methods"), "; ".join(coach.methods)
    yield gettext("Supervision"), coach.supervision or gettext("Not stated")


def _listed(codes: Sequence[str]) -> str:
    return ", ".join(map(title, codes))


def _years(years: float | None) -> str:
    if years is None:
        return ""
    return ngettext("%(told)s year", "%(told)s years", years, told=wording.decimal(years))


def _terms(coach: Coach, today: date) -> Iterator[tuple[str, str]]:
    yield gettext("Languages"), ", ".join(map(language_name, coach.languages))
    yield gettext("Fee"), _fee(coach)
    yield gettext("VAT"), "" if coach.vat_rate is None else wording.rate(coach.vat_rate)
    yield gettext("Expenses"), (coach.terms and coach.terms.expenses) or ""
    yield gettext("Cancellation"), (coach.terms and coach.terms.cancellation) or ""
    yield from supplier_lines(coach.supplier)
    yield gettext("Meets"), _listed(coach.modalities)
    yield gettext("Cities"), ", ".join(coach.locations)
    yield gettext("Country"), locale().territories.get(coach.country, coach.country) if coach.country else ""
    yield gettext("Places free"), _places(coach, today)


def _fee(coach: Coach) -> str:
    fees = coach.fees
    price = wording.money(Decimal(fees.amount), fees.currency)
    if fees.per == "hour":
        return gettext("%(price)s an hour, without VAT", price=price)
    return gettext("%(price)s a session of %(minutes)s minutes, without VAT", price=price, minutes=fees.priced_minutes)


def _places(coach: Coach, today: date) -> str:
    capacity, start = coach.availability.capacity, coach.availability.accepting_from
    if capacity is None:
        return gettext("Not stated")
    if capacity == 0:
        return gettext("None")
    if start is None or start <= today:
        return gettext("%(number)s now", number=capacity)
    return gettext("%(number)s from %(day)s", number=capacity, day=wording.day(start))


def _times(coach: Coach) -> Iterator[tuple[str, str]]:
    for day, name in day_names().items():
        spans = sorted(f"{window.start}–{window.end}" for window in coach.availability.weekly if window.day == day)
        if spans:
            yield name, ", ".join(spans)


def _credential(held: Credential, today: date) -> CredentialShown:
    end = held.valid_until
    if end is None:
        validity = gettext("Does not expire")
    elif not held.valid_on(today):
        validity = gettext("Expired on %(day)s", day=wording.day(end))
    else:
        validity = gettext("Valid until %(day)s", day=wording.day(end))
    ended = end is not None and end <= today + EXPIRY_NOTICE
    return CredentialShown(f"{held.body} {held.level}", validity, held.verified, ended)


def _reference(reference: Reference) -> ReferenceShown:
    about = [title(reference.industry)] if reference.industry else []
    about += [wording.day(reference.date)] if reference.date else []
    rating = gettext("%(rating)s of 5", rating=wording.decimal(reference.rating))
    return ReferenceShown(rating, ", ".join(about), reference.verified, reference.text)


def _stale(stale: Stale) -> str:
    told = wording.day(stale.day)
    match stale.kind:
        case "availability":
            return gettext(
                "Places and times were last changed or confirmed on %(day)s, more than 90 days ago.", day=told
            )
        case "expired":
            return gettext("%(credential)s expired on %(day)s.", credential=stale.credential, day=told)
        case "expiring":
            return gettext("%(credential)s expires on %(day)s.", credential=stale.credential, day=told)
        case "profile":
            return gettext("Nothing was changed or confirmed since %(day)s, for more than a year.", day=told)
