"""What the service says, in each language that it speaks: English as it stands in the code, others by their catalogue.

Sentences are marked where they stand: by `gettext` and `ngettext` of the `Texts` of a language, or, where it is not yet
known in which language they will be read, as a `Phrase`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from gettext import NullTranslations, translation
from importlib.resources import files
from typing import Any, Literal, get_args

Language = Literal["en", "de"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
"""What the service speaks, by ISO 639-1 code."""

ENGLISH: Language = "en"
"""The language of the code, and of whatever is not asked for in another one."""

_DOMAIN = "messages"
_SIGNS: Mapping[Language, dict[int, int]] = {"de": str.maketrans(",.", ".,")}


class Phrase(str):
    """Words in English that can be said in another language later: `message` is what the catalogues know them by.

    >>> Phrase("must be at least %(least)s", least=1)
    'must be at least 1'
    """

    __slots__ = ("message", "values")

    message: str
    values: dict[str, Any]

    def __new__(cls, message: str, /, **values: Any) -> "Phrase":
        """The words of the message, with the values in their places; without values a "%" is a "%"."""
        made = super().__new__(cls, message % values if values else message)
        made.message, made.values = message, values
        return made


@dataclass(frozen=True)
class Texts:
    """The texts of one language."""

    language: Language
    _catalogue: NullTranslations = field(repr=False)

    def gettext(self, message: str, /, **values: Any) -> str:
        """The message in this language, with the values in their places; in English where it has no translation."""
        found = self._catalogue.gettext(message) if message else ""
        return found % values if values else found

    def ngettext(self, one: str, many: str, number: float, /, **values: Any) -> str:
        """The message in the form that goes with a number, which stands in it as `number` unless given otherwise.

        >>> texts_in("en").ngettext("one goal", "%(number)s goals", 2)
        '2 goals'
        """
        return self.form_for(one, many, number) % {"number": number, **values}

    def form_for(self, one: str, many: str, number: float) -> str:
        """The message as `ngettext` chooses it, with the places still open."""
        # Half an hour is said as many are; catalogues choose by whole numbers alone.
        return self._catalogue.ngettext(one, many, int(number) if number == int(number) else 2)

    def said(self, words: str) -> str:
        """Words that were marked as a phrase, in this language; any others as they stand.

        >>> texts_in("de").said(Phrase("must be at least %(ge)s", ge=1))
        'muss mindestens 1 sein'
        """
        if not isinstance(words, Phrase):
            return self.gettext(words)
        return self.gettext(words.message, **{name: self._value(value) for name, value in words.values.items()})

    def digits(self, number: str) -> str:
        """A number in digits, written as in English, with the signs for thousands and decimals of this language.

        >>> texts_in("de").digits("1,250.5")
        '1.250,5'
        """
        return number.translate(_SIGNS.get(self.language, {}))

    def _value(self, value: Any) -> Any:
        return self.said(value) if isinstance(value, Phrase) else value


@cache
def texts_in(language: Language) -> Texts:
    """The texts of a language."""
    if language == ENGLISH:
        return Texts(language, NullTranslations())
    folder = files("matcher").joinpath("translations")
    return Texts(language, translation(_DOMAIN, str(folder), [language]))


IN_ENGLISH = texts_in(ENGLISH)
"""The texts as they stand in the code."""
