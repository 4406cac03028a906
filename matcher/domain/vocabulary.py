"""The closed vocabularies of the contract, read once from `vocabulary.json`."""

import json
from collections.abc import Mapping
from importlib.resources import files
from types import MappingProxyType
from typing import Any
from zoneinfo import available_timezones

from babel import Locale
from babel.numbers import list_currencies

_DATA: dict[str, Any] = json.loads(files("matcher").joinpath("vocabulary.json").read_text("utf-8"))
_ENGLISH = Locale("en")


def _leaves(groups: Mapping[str, list[str]]) -> Mapping[str, str]:
    return MappingProxyType({leaf: group for group, leaves in groups.items() for leaf in leaves})


FOCUS_AREA_GROUP: Mapping[str, str] = _leaves(_DATA["focus_areas"])
"""Focus area -> its group, in the order of the vocabulary."""

INDUSTRY_GROUP: Mapping[str, str] = _leaves(_DATA["industries"])
"""Industry -> its group; industries of one group are related."""

FOCUS_AREAS: tuple[str, ...] = tuple(FOCUS_AREA_GROUP)
INDUSTRIES: tuple[str, ...] = tuple(INDUSTRY_GROUP)
LEVELS: tuple[str, ...] = tuple(_DATA["levels"])
STYLE_MEANING: Mapping[str, str] = MappingProxyType(_DATA["styles"])
STYLES: tuple[str, ...] = tuple(STYLE_MEANING)
MODALITIES: tuple[str, ...] = tuple(_DATA["modalities"])
CREDENTIALS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {body: tuple(levels) for body, levels in _DATA["credentials"].items()}
)
CADENCES: tuple[str, ...] = tuple(_DATA["cadences"])
DAYS: tuple[str, ...] = tuple(_DATA["days"])

LANGUAGES: tuple[str, ...] = tuple(sorted(str(code) for code in _ENGLISH.languages if len(str(code)) == 2))
"""ISO 639-1 codes, as Unicode CLDR lists them."""

COUNTRIES: tuple[str, ...] = tuple(
    sorted(code for code in map(str, _ENGLISH.territories) if len(code) == 2 and code.isalpha())
)
"""ISO 3166-1 alpha-2 codes, as Unicode CLDR lists them."""

CURRENCIES: tuple[str, ...] = tuple(sorted(list_currencies()))
"""ISO 4217 codes, as Unicode CLDR lists them."""

TIMEZONES: frozenset[str] = frozenset(available_timezones()) - {"localtime", "posixrules", "Factory"}
"""IANA names."""


_SPELLED: Mapping[str, str] = MappingProxyType(
    {
        "first_line": "first-line",
        "self_management": "self-management",
        "cross_cultural_leadership": "cross-cultural leadership",
        "it_services": "IT services",
        "ecommerce": "e-commerce",
        "action_oriented": "action-oriented",
        "strengths_based": "strengths-based",
    }
)
"""Codes that are not read as their words."""


def credential_rank(body: str, level: str) -> int:
    """Coarse order of a credential across bodies, 0 (lowest) to 3 (contract, `credential_rank`).

    Raises KeyError for a body or level outside the vocabulary.

    >>> credential_rank("ICF", "PCC"), credential_rank("AC", "Foundation")
    (2, 0)
    """
    rank: int = _DATA["credential_rank"][body][level]
    return rank


def label(code: str) -> str:
    """A code as a person reads it.

    >>> label("giving_feedback"), label("first_line"), label("it_services")
    ('giving feedback', 'first-line', 'IT services')
    """
    return _SPELLED.get(code, code.replace("_", " "))
