"""The kinds of value that fields of profiles and needs are made of, with their limits.

Each is a pydantic annotation: it checks a value, says in plain words what is wrong with it, and
describes itself in the OpenAPI document.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema
from typing_extensions import TypeAliasType

from matcher.domain import vocabulary
from matcher.domain.backgrounds import BACKGROUNDS
from matcher.texts import Phrase

MOST_OF_AN_IDENTIFIER = 128
"""Characters of an id."""

_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FIRST_DAY = date(1900, 1, 1)
_LAST_DAY = date(2199, 12, 31)
_LISTED_AT_MOST = 12

CARRIED = "{said}"
"""The message of an error whose words are a phrase, which it carries as `said`."""


class Record(BaseModel):
    """A frozen value object in which null, empty and absent mean the same."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, allow_inf_nan=False)


@dataclass(frozen=True)
class Code:
    """A string from a closed vocabulary; `kind` names the vocabulary in error messages.

    A wrong code is answered with the nearest right ones, or with all of them when they are few;
    the value that was sent is not repeated.
    """

    kind: str
    codes: Collection[str] = field(repr=False)

    def _check(self, value: str) -> str:
        if value in self.codes:
            return value
        near = get_close_matches(value[:80].lower(), self.codes, n=3, cutoff=0.6)
        if near:
            hint: str = Phrase("; did you mean %(near)s?", near=" or ".join(near))
        elif len(self.codes) <= _LISTED_AT_MOST:
            hint = Phrase("; it must be one of %(codes)s", codes=", ".join(self.codes))
        else:
            hint = ""
        kind = self.kind
        said = Phrase("is not a known %(kind)s%(hint)s", kind=Phrase(kind), hint=hint)
        raise PydanticCustomError("unknown_code", CARRIED, {"said": said})

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        described = handler(schema)
        described["description"] = f"A code: {self.kind}."
        described["enum"] = sorted(self.codes) if isinstance(self.codes, frozenset) else list(self.codes)
        return described


def _storable(value: str) -> str:
    if "\x00" in value:
        raise PydanticCustomError("nul_character", "contains a NUL character; remove it")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise PydanticCustomError("lone_surrogate", "contains half of a character; send valid Unicode") from None
    return value


def _identifier(value: str) -> str:
    if value != value.strip() or any(ord(c) < 32 or ord(c) == 127 for c in value):
        raise PydanticCustomError("identifier", "must not begin or end with a space or contain control characters")
    return value


def _iso_date(value: object) -> object:
    if isinstance(value, date):
        return value
    if isinstance(value, str) and _ISO_DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise PydanticCustomError("no_such_date", "is not a date that exists in the calendar") from None
    raise PydanticCustomError("iso_date", 'must be a date like "2027-01-31"')


def _in_range(day: date) -> date:
    if not _FIRST_DAY <= day <= _LAST_DAY:
        said = Phrase("must lie between %(first)s and %(last)s", first=_FIRST_DAY, last=_LAST_DAY)
        raise PydanticCustomError("date_range", CARRIED, {"said": said})
    return day


def _amount(value: object) -> object:
    # A strict reader takes no text for a number, and a decimal made of a JSON number is exact by its digits.
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return Decimal(value) if isinstance(value, int) else Decimal(str(value))


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _constant(zone: str) -> str:
    """The name of a time zone's constant in generated clients, which would tell some apart by signs alone.

    >>> _constant("Etc/GMT+5"), _constant("Etc/GMT-5"), _constant("America/Port-au-Prince")
    ('ETC_GMT_PLUS_5', 'ETC_GMT_MINUS_5', 'AMERICA_PORT_AU_PRINCE')
    """
    spelled = re.sub(r"-(?=[0-9])", "_MINUS_", zone).replace("+", "_PLUS_")
    return re.sub(r"\W", "_", spelled).upper()


def _distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


Text = Annotated[str, AfterValidator(_storable), Field(json_schema_extra={"pattern": r"^[^\x00]*$"})]
Identifier = Annotated[
    str,
    AfterValidator(_storable),
    AfterValidator(_identifier),
    Field(
        min_length=1,
        max_length=MOST_OF_AN_IDENTIFIER,
        json_schema_extra={"pattern": r"^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?$"},
    ),
]
MOST_OF_A_SHORT_TEXT = 200
"""Characters."""

ShortText = Annotated[Text, Field(max_length=MOST_OF_A_SHORT_TEXT)]
LongText = Annotated[Text, Field(max_length=20_000)]
Day = Annotated[date, BeforeValidator(_iso_date), AfterValidator(_in_range)]
Money = Annotated[
    Decimal,
    BeforeValidator(_amount),
    Field(ge=0, max_digits=12, decimal_places=4, allow_inf_nan=False),
    PlainSerializer(_number, return_type=int | float, when_used="json"),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 99_999_999}),
]
"""An amount net of VAT; kept as a decimal, written to JSON as a number."""

Percent = Annotated[
    Decimal,
    BeforeValidator(_amount),
    Field(ge=0, le=100, max_digits=7, decimal_places=4, allow_inf_nan=False),
    PlainSerializer(_number, return_type=int | float, when_used="json"),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 100}),
]
"""A rate in hundredths, kept and written as `Money` is."""

FocusArea = TypeAliasType("FocusArea", Annotated[str, Code("focus area", vocabulary.FOCUS_AREAS)])
Industry = TypeAliasType("Industry", Annotated[str, Code("industry", vocabulary.INDUSTRIES)])
Level = TypeAliasType("Level", Annotated[str, Code("level", vocabulary.LEVELS)])
Style = TypeAliasType("Style", Annotated[str, Code("style", vocabulary.STYLES)])
Background = TypeAliasType("Background", Annotated[str, Code("background", BACKGROUNDS)])
Modality = TypeAliasType("Modality", Annotated[str, Code("modality", vocabulary.MODALITIES)])
Language = TypeAliasType("Language", Annotated[str, Code("ISO 639-1 language code", vocabulary.LANGUAGES)])
Country = TypeAliasType("Country", Annotated[str, Code("ISO 3166-1 country code", vocabulary.COUNTRIES)])
Currency = TypeAliasType("Currency", Annotated[str, Code("ISO 4217 currency code", vocabulary.CURRENCIES)])
Timezone = TypeAliasType(
    "Timezone",
    Annotated[
        str,
        Code("IANA time zone", vocabulary.TIMEZONES),
        Field(json_schema_extra={"x-enum-varnames": [_constant(zone) for zone in sorted(vocabulary.TIMEZONES)]}),
    ],
)

Distinct = AfterValidator(_distinct)
"""Keeps the first of equal entries of a list; after the limits of their number, which else would not be described."""

Few = Field(max_length=100)
"""The most entries that a list may have."""

AtLeastOne = Field(min_length=1)
"""For a list that may not be empty."""
