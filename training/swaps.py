"""Profiles as they would be if their owners had another first name, another gender or another nationality.

Words are swapped wherever they stand, in texts, references and the name. English "her" is read as "his"
before a word and as "him" elsewhere, so some swapped sentences are clumsy. Words that mean something else
in another language of profiles are left as they are (German "sie", Italian "il", French "son"). A word for
a people is swapped in texts also where it means a language; the languages that a profile lists, which a
need may ask for, and cities stay.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

from matcher.domain import Coach

Swap = Callable[[Coach], Coach]

FIRST_NAMES = (
    "Aisha",
    "Wei",
    "Kwame",
    "Olga",
    "Juan",
    "Emily",
    "Mehmet",
    "Ingrid",
    "Rahul",
    "Fatima",
    "Tomasz",
    "Grace",
    "Yusuf",
)
"""Of many countries; which one a coach gets depends on the name that is swapped."""

_TITLES = frozenset({"Dr", "Dr.", "Prof", "Prof.", "Mr", "Mr.", "Mrs", "Mrs.", "Ms", "Ms.", "Frau", "Herr"})

_GENDERED = (
    ("he", "she"),
    ("himself", "herself"),
    ("Mr", "Ms"),
    ("man", "woman"),
    ("men", "women"),
    ("gentleman", "lady"),
    ("gentlemen", "ladies"),
    ("boy", "girl"),
    ("boys", "girls"),
    ("father", "mother"),
    ("dad", "mum"),
    ("husband", "wife"),
    ("sons", "daughters"),
    ("brother", "sister"),
    ("brothers", "sisters"),
    ("businessman", "businesswoman"),
    ("chairman", "chairwoman"),
    ("salesman", "saleswoman"),
    ("Herr", "Frau"),
    ("Herrn", "Frau"),
    ("Mann", "Frau"),
    ("meneer", "mevrouw"),
    ("Monsieur", "Madame"),
    ("señor", "señora"),
)
_ONE_WAY = {"mrs": "Mr", "him": "her", "his": "her", "her": "his", "hers": "his", "daughter": "son"}

_COUNTRIES: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = (
    ("NL", "TR", (("Netherlands", "Turkey"), ("Dutch", "Turkish"), ("Nederland", "Turkije"))),
    ("DE", "NG", (("Germany", "Nigeria"), ("German", "Nigerian"), ("Deutschland", "Nigeria"))),
    ("GB", "PK", (("Britain", "Pakistan"), ("British", "Pakistani"), ("England", "Punjab"), ("UK", "Pakistan"))),
    ("US", "IN", (("America", "India"), ("American", "Indian"), ("Americans", "Indians"), ("USA", "India"))),
    ("FR", "MA", (("France", "Morocco"), ("French", "Moroccan"))),
    ("ES", "PH", (("Spain", "Philippines"), ("Spanish", "Filipino"))),
    ("IT", "EG", (("Italy", "Egypt"), ("Italian", "Egyptian"))),
    ("PL", "VN", (("Poland", "Vietnam"), ("Polish", "Vietnamese"))),
    ("IE", "KE", (("Ireland", "Kenya"), ("Irish", "Kenyan"))),
    ("PT", "BR", (("Portugal", "Brazil"), ("Portuguese", "Brazilian"))),
    ("AU", "ZA", (("Australia", "South Africa"), ("Australian", "South African"))),
    ("CA", "MX", (("Canada", "Mexico"), ("Canadian", "Mexican"))),
    ("CH", "CN", (("Switzerland", "China"), ("Swiss", "Chinese"))),
    ("SE", "JP", (("Sweden", "Japan"), ("Swedish", "Japanese"))),
    ("SG", "AT", (("Singapore", "Austria"), ("Singaporean", "Austrian"))),
    ("BE", "CO", (("Belgium", "Colombia"), ("Belgian", "Colombian"))),
    ("DK", "RO", (("Denmark", "Romania"), ("Danish", "Romanian"))),
)


def other_first_name(coach: Coach) -> Coach:
    """With another first name, in the name and wherever a text has it."""
    first = next((word for word in coach.name.split() if word not in _TITLES), "")
    if not first:
        return coach
    chosen = FIRST_NAMES[sum(map(ord, first)) % len(FIRST_NAMES)]
    chosen = chosen if chosen != first else FIRST_NAMES[0]
    pattern = re.compile(rf"\b{re.escape(first)}\b")
    return _everywhere(coach, lambda text: pattern.sub(chosen, text))


def other_gender(coach: Coach) -> Coach:
    """With every gendered word swapped for that of the other gender."""
    return _everywhere(coach, lambda text: _GENDER_PATTERN.sub(_other_gender, text))


def other_nationality(coach: Coach) -> Coach:
    """With another country, and every word for a country or its people swapped for that of another."""
    moved = coach.model_copy(update={"country": _COUNTRY_CODES.get(coach.country or "", coach.country)})
    return _everywhere(moved, lambda text: _NATION_PATTERN.sub(lambda found: _NATIONS[found[0]], text))


SWAPS: Mapping[str, Swap] = MappingProxyType(
    {"first name": other_first_name, "gendered words": other_gender, "nationality": other_nationality}
)
"""By what a row of the table says of them."""


def _both_ways(pairs: Mapping[str, str]) -> dict[str, str]:
    # Of several words with one counterpart the first is what that is swapped for.
    return {other: one for one, other in reversed(list(pairs.items()))} | dict(pairs)


_GENDERS = {one.lower(): other for one, other in _both_ways(dict(_GENDERED)).items()} | _ONE_WAY
_GENDER_PATTERN = re.compile(rf"\b({'|'.join(sorted(_GENDERS, key=len, reverse=True))})\b", re.I)
_COUNTRY_CODES = _both_ways({one: other for one, other, _ in _COUNTRIES})
_NATIONS = _both_ways({one: other for _, _, pairs in _COUNTRIES for one, other in pairs})
_NATION_PATTERN = re.compile(rf"\b({'|'.join(sorted(_NATIONS, key=len, reverse=True))})\b")


def _other_gender(found: re.Match[str]) -> str:
    word = found[0]
    other = _GENDERS[word.lower()]
    if word.lower() == "her" and not re.match(r"\s+\w", found.string[found.end() :]):
        other = "him"
    return other.capitalize() if word[0].isupper() else other


def _everywhere(coach: Coach, swap: Callable[[str], str]) -> Coach:
    """The profile with its name, texts, references and roles rewritten."""
    references = tuple(reference.model_copy(update={"text": swap(reference.text)}) for reference in coach.references)
    texts = {field: swap(getattr(coach, field)) for field in ("name", "headline", "bio", "approach")}
    roles = {"roles_held": tuple(map(swap, coach.experience.roles_held))}
    experience = coach.experience.model_copy(update=roles)
    return coach.model_copy(update={**texts, "references": references, "experience": experience})
