"""The closed vocabularies as things to choose from in a form, labelled for people."""

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby

from matcher.domain import ReferenceRates, vocabulary
from matcher.domain.vocabulary import label
from matcher.matching.index import CoachIndex
from matcher.texts import Language, Phrase
from matcher.web.language import language, locale, ngettext, said

_SPELLED = {
    "it_services": Phrase("IT services"),
    "self_awareness": Phrase("Self-awareness"),
    "work_life_balance": Phrase("Work-life balance"),
    "ecommerce": Phrase("E-commerce"),
    "biweekly": Phrase("Every two weeks"),
    "phone": Phrase("By phone"),
    "video": Phrase("By video"),
    "first_line": Phrase("First-line: leads people who lead nobody"),
    "middle": Phrase("Middle: leads other managers"),
    "senior": Phrase("Senior: heads a function or a site"),
    "executive": Phrase("Executive: board and its reports"),
}


@dataclass(frozen=True)
class Choice:
    """One value that may be chosen, what it is called in English, and what that means, which may be empty."""

    value: str
    words: str
    sense: str = ""

    @property
    def label(self) -> str:
        """What it is called, in the language of the page."""
        return said(self.words)

    @property
    def meaning(self) -> str:
        """What says more than its label, in the language of the page; empty for nothing."""
        return said(self.sense)


@dataclass(frozen=True)
class Group:
    """Choices that belong together, under a heading."""

    words: str
    choices: tuple[Choice, ...]

    @property
    def label(self) -> str:
        """The heading, in the language of the page."""
        return said(self.words)


def title(code: str) -> str:
    """A code as a label of its own.

    >>> title("giving_feedback"), title("it_services")
    ('Giving feedback', 'IT services')
    """
    return said(titled(code))


def named(code: str) -> str:
    """A code as it stands inside a sentence.

    >>> named("giving_feedback")
    'giving feedback'
    """
    return said(label(code))


def short(level: str) -> str:
    """A level without what it means.

    >>> short("middle")
    'Middle'
    """
    return title(level).split(":")[0]


def titled(code: str) -> Phrase:
    """A code as a label of its own, to be said later."""
    words = label(code)
    return _SPELLED.get(code) or Phrase(words[:1].upper() + words[1:])


def language_name(code: str) -> str:
    """What a language is called.

    >>> language_name("nl")
    'Dutch'
    """
    return str(locale().languages.get(code, code))


def _choices(codes: Iterable[str]) -> tuple[Choice, ...]:
    return tuple(Choice(code, titled(code)) for code in codes)


def _grouped(group_of: Mapping[str, str]) -> tuple[Group, ...]:
    return tuple(Group(titled(group), _choices(codes)) for group, codes in groupby(group_of, group_of.__getitem__))


FOCUS_AREAS = _grouped(vocabulary.FOCUS_AREA_GROUP)
INDUSTRIES = _grouped(vocabulary.INDUSTRY_GROUP)
LEVELS = _choices(vocabulary.LEVELS)
MODALITIES = _choices(vocabulary.MODALITIES)
CADENCES = _choices(vocabulary.CADENCES)
STYLES = tuple(Choice(code, titled(code), meaning) for code, meaning in vocabulary.STYLE_MEANING.items())
STYLE_WISHES = (
    Choice("", Phrase("No wish")),
    Choice("preferred", Phrase("Suits")),
    Choice("avoid", Phrase("Avoid")),
)
IMPORTANCES = (
    Choice("", Phrase("No goal")),
    Choice("1", Phrase("Some")),
    Choice("2", Phrase("Important")),
    Choice("3", Phrase("Crucial")),
)


CREDENTIALS = tuple(
    Group(body, tuple(Choice(f"{body} {level}", f"{body} {level}") for level in levels))
    for body, levels in vocabulary.CREDENTIALS.items()
)


def countries() -> tuple[Choice, ...]:
    """All countries, by name."""
    return _by_name(language())[0]


def all_languages() -> tuple[Choice, ...]:
    """All languages, by name."""
    return _by_name(language())[1]


@cache
def _by_name(_language: Language) -> tuple[tuple[Choice, ...], tuple[Choice, ...]]:
    names = locale()
    return (
        _sorted((code, names.territories.get(code, code)) for code in vocabulary.COUNTRIES),
        _sorted((code, names.languages.get(code, code)) for code in vocabulary.LANGUAGES),
    )


def _sorted(named: Iterable[tuple[str, str]]) -> tuple[Choice, ...]:
    return tuple(sorted((Choice(code, name) for code, name in named), key=lambda choice: sort_key(choice.words)))


def sort_key(name: str) -> str:
    """By what a name is sorted: letters with marks as if without."""
    return unicodedata.normalize("NFKD", name).casefold() if language() != "en" else name


def _titles_of(rank: int) -> str:
    return ", ".join(
        f"{body} {level}"
        for body, levels in vocabulary.CREDENTIALS.items()
        for level in levels
        if vocabulary.credential_rank(body, level) == rank
    )


CREDENTIAL_RANKS = tuple(Choice(str(rank), Phrase("At least %(titles)s", titles=_titles_of(rank))) for rank in range(4))
"""Ranks of credentials, told by the titles that have them."""

FRAMEWORK_CONTRACT = (Choice("true", Phrase("Only coaches under one that is valid at the start")),)


def languages(index: CoachIndex, chosen: Collection[str]) -> tuple[Choice, ...]:
    """What the coaches of the directory speak, most common first; then what is chosen beside that."""
    speakers = index.facts.languages.by_code(len(vocabulary.LANGUAGES))
    spoken = sorted((-int(count), code) for count, code in zip(speakers, vocabulary.LANGUAGES, strict=True) if count)
    beside = sorted(code for code in set(chosen) & set(vocabulary.LANGUAGES) if (code not in {c for _, c in spoken}))
    return tuple(
        Choice(code, language_name(code), ngettext("%(number)s coach", "%(number)s coaches", -count))
        for count, code in [*spoken, *((0, code) for code in beside)]
    )


def currencies(rates: ReferenceRates) -> tuple[Choice, ...]:
    """The currencies that a price can be converted to today, the euro first."""
    current = sorted((code != "EUR", code) for code in rates.per_euro if code not in rates.older)
    return tuple(Choice(code, f"{code} – {locale().currencies.get(code, code)}") for _, code in current)


def timezones() -> tuple[Group, ...]:
    """The zones of the IANA table that people know, by continent; not the aliases of older names."""
    return _timezones(language())


_CONTINENTS = {
    "Africa": Phrase("Africa"),
    "America": Phrase("America"),
    "Antarctica": Phrase("Antarctica"),
    "Arctic": Phrase("Arctic"),
    "Asia": Phrase("Asia"),
    "Atlantic": Phrase("Atlantic"),
    "Australia": Phrase("Australia"),
    "Europe": Phrase("Europe"),
    "Indian": Phrase("Indian"),
    "Pacific": Phrase("Pacific"),
}


@cache
def _timezones(_language: Language) -> tuple[Group, ...]:
    table = files("tzdata.zoneinfo").joinpath("zone.tab").read_text("utf-8")
    names = sorted({line.split("\t")[2] for line in table.splitlines() if not line.startswith("#")})
    regions = groupby((name for name in names if "/" in name), key=lambda name: name.split("/")[0])
    return tuple(
        Group(_CONTINENTS[region], tuple(Choice(name, city(name)) for name in all_)) for region, all_ in regions
    )


def city(zone: str) -> str:
    """The city that a time zone is named after; the name itself of one that is named after none.

    >>> city("America/Argentina/Buenos_Aires")
    'Argentina, Buenos Aires'
    >>> city("UTC")
    'UTC'
    """
    spelled = (zone.partition("/")[2] or zone).replace("_", " ").replace("/", ", ")
    return spelled if language() == "en" else str(locale().time_zones.get(zone, {}).get("city", spelled))
