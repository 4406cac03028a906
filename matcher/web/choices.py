"""The closed vocabularies as things to choose from in a form, labelled for people."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby

from babel import Locale

from matcher.domain import ReferenceRates, vocabulary
from matcher.domain.vocabulary import label
from matcher.matching.index import CoachIndex

ENGLISH = Locale("en", "GB")

_SPELLED = {
    "it_services": "IT services",
    "self_awareness": "Self-awareness",
    "work_life_balance": "Work-life balance",
    "ecommerce": "E-commerce",
    "biweekly": "Every two weeks",
    "phone": "By phone",
    "video": "By video",
    "first_line": "First-line: leads people who lead nobody",
    "middle": "Middle: leads other managers",
    "senior": "Senior: heads a function or a site",
    "executive": "Executive: board and its reports",
}


@dataclass(frozen=True)
class Choice:
    """One value that may be chosen; `meaning` says more than its label, or is empty."""

    value: str
    label: str
    meaning: str = ""


@dataclass(frozen=True)
class Group:
    """Choices that belong together, under a heading."""

    label: str
    choices: tuple[Choice, ...]


def title(code: str) -> str:
    """A code as a label of its own.

    >>> title("giving_feedback"), title("it_services")
    ('Giving feedback', 'IT services')
    """
    words = label(code)
    return _SPELLED.get(code, words[:1].upper() + words[1:])


def language_name(code: str) -> str:
    """The English name of a language.

    >>> language_name("nl")
    'Dutch'
    """
    return str(ENGLISH.languages[code])


def _choices(codes: Iterable[str]) -> tuple[Choice, ...]:
    return tuple(Choice(code, title(code)) for code in codes)


def _grouped(group_of: Mapping[str, str]) -> tuple[Group, ...]:
    return tuple(Group(title(group), _choices(codes)) for group, codes in groupby(group_of, group_of.__getitem__))


FOCUS_AREAS = _grouped(vocabulary.FOCUS_AREA_GROUP)
INDUSTRIES = _grouped(vocabulary.INDUSTRY_GROUP)
LEVELS = _choices(vocabulary.LEVELS)
MODALITIES = _choices(vocabulary.MODALITIES)
CADENCES = _choices(vocabulary.CADENCES)
STYLES = tuple(Choice(code, title(code), meaning) for code, meaning in vocabulary.STYLE_MEANING.items())
STYLE_WISHES = (Choice("", "No wish"), Choice("preferred", "Suits"), Choice("avoid", "Avoid"))
IMPORTANCES = (Choice("", "No goal"), Choice("1", "Some"), Choice("2", "Important"), Choice("3", "Crucial"))


CREDENTIALS = tuple(
    Group(body, tuple(Choice(f"{body} {level}", f"{body} {level}") for level in levels))
    for body, levels in vocabulary.CREDENTIALS.items()
)
COUNTRIES = tuple(
    sorted((Choice(code, ENGLISH.territories[code]) for code in vocabulary.COUNTRIES), key=lambda choice: choice.label)
)
ALL_LANGUAGES = tuple(
    sorted((Choice(code, ENGLISH.languages[code]) for code in vocabulary.LANGUAGES), key=lambda choice: choice.label)
)


def _titles_of(rank: int) -> str:
    return ", ".join(
        f"{body} {level}"
        for body, levels in vocabulary.CREDENTIALS.items()
        for level in levels
        if vocabulary.credential_rank(body, level) == rank
    )


CREDENTIAL_RANKS = tuple(Choice(str(rank), f"At least {_titles_of(rank)}") for rank in range(4))
"""Ranks of credentials, told by the titles that have them."""

FRAMEWORK_CONTRACT = (Choice("true", "Only coaches under one that is valid at the start"),)


def languages(index: CoachIndex, chosen: Collection[str]) -> tuple[Choice, ...]:
    """What the coaches of the directory speak, most common first; then what is chosen beside that."""
    speakers = index.facts.languages.sum(axis=0)
    spoken = sorted((-int(count), code) for count, code in zip(speakers, vocabulary.LANGUAGES, strict=True) if count)
    beside = sorted(code for code in set(chosen) & set(vocabulary.LANGUAGES) if (code not in {c for _, c in spoken}))
    return tuple(
        Choice(code, ENGLISH.languages[code], f"{-count} {'coach' if count == -1 else 'coaches'}")
        for count, code in [*spoken, *((0, code) for code in beside)]
    )


def currencies(rates: ReferenceRates) -> tuple[Choice, ...]:
    """The currencies that a price can be converted to today, the euro first."""
    current = sorted((code != "EUR", code) for code in rates.per_euro if code not in rates.older)
    return tuple(Choice(code, f"{code} – {ENGLISH.currencies.get(code, code)}") for _, code in current)


@cache
def timezones() -> tuple[Group, ...]:
    """The zones of the IANA table that people know, by continent; not the aliases of older names."""
    table = files("tzdata.zoneinfo").joinpath("zone.tab").read_text("utf-8")
    names = sorted({line.split("\t")[2] for line in table.splitlines() if not line.startswith("#")})
    regions = groupby((name.split("/", 1) for name in names if "/" in name), key=lambda parts: parts[0])
    return tuple(
        Group(
            region, tuple(Choice(f"{region}/{place}", place.replace("_", " ").replace("/", ", ")) for _, place in all_)
        )
        for region, all_ in regions
    )
