"""Brings the catalogues up to what the sources say: `python -m matcher.translations.catalogue`, or `make texts`.

Each is a text file, in which translators write, and the compiled one beside it, which the service reads.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from matcher.domain import vocabulary
from matcher.domain.backgrounds import KINDS
from matcher.domain.vocabulary import label
from matcher.problems import PROBLEM_TYPES
from matcher.texts import ENGLISH, LANGUAGES, Language
from matcher.web.choices import titled

_SOURCES = Path(__file__).parents[1]
_KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "Phrase": None,
    "Problem": (2,),
    "PydanticCustomError": (2,),
    "Code": None,
    **dict.fromkeys(("Conflict", "Forbidden", "ForeignForm", "Gone", "MalformedDocument", "NotFound", "StaleForm")),
}
"""What marks a message in the sources, and which of its arguments that is; the first where nothing is said."""

_METHODS = [
    # Programs and administrators at a command line are answered in English.
    ("settings.py", "ignore"),
    ("api/**.py", "ignore"),
    ("cli/**.py", "ignore"),
    ("cxml/**.py", "ignore"),
    ("web/templates/**.html", "jinja2"),
    ("**.py", "python"),
]
_OPTIONS = {"web/templates/**.html": {"trimmed": "true", "silent": "false"}}
_WIDTH = 118


def extracted() -> Catalog:
    """All that has to be translated, without translations."""
    found = Catalog(charset="utf-8")
    said = extract_from_dir(_SOURCES, _METHODS, _OPTIONS, _KEYWORDS)
    for _, _, message, _, context in said:
        found.add(message, context=context)
    for message in _from_data():
        found.add(message)
    return found


def _from_data() -> Iterator[str]:
    """What is said of codes, whose words are made of them."""
    groups = {*vocabulary.FOCUS_AREA_GROUP.values(), *vocabulary.INDUSTRY_GROUP.values()}
    plain = (*vocabulary.FOCUS_AREAS, *vocabulary.INDUSTRIES, *vocabulary.LEVELS, *vocabulary.STYLES)
    for code in (*groups, *plain, *vocabulary.MODALITIES, *vocabulary.CADENCES):
        yield from (label(code), titled(code).message)
    yield from vocabulary.STYLE_MEANING.values()
    yield from KINDS.values()
    for kind in PROBLEM_TYPES.values():
        yield from (kind.title, kind.help)


def place(language: Language, ending: str) -> Path:
    """Where the catalogue of a language is: "po", as translators write it, or "mo", as it is read."""
    return Path(__file__).parent / language / "LC_MESSAGES" / f"messages.{ending}"


def kept(language: Language) -> Catalog:
    """The catalogue of a language as translators left it."""
    with place(language, "po").open("rb") as file:
        return read_po(file, locale=language)


def updated(language: Language) -> Catalog:
    """The catalogue of a language with what the sources say by now, new messages without a translation."""
    catalogue, template = kept(language), extracted()
    # Dates of the tool would make a change where nothing changed.
    template.creation_date = catalogue.creation_date
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def missing(catalogue: Catalog) -> list[str]:
    """The messages that have no translation, or one that nobody has looked at."""
    return [str(message.id) for message in catalogue if message.id and (message.fuzzy or not _is_said(message.string))]


def _is_said(translation: str | list[str] | tuple[str, ...] | None) -> bool:
    return all(translation) if isinstance(translation, list | tuple) else bool(translation)


def main() -> None:
    """Writes all catalogues anew, and names what is still to be translated."""
    for language in LANGUAGES:
        if language == ENGLISH:
            continue
        catalogue = updated(language)
        with place(language, "po").open("wb") as file:
            write_po(file, catalogue, width=_WIDTH, no_location=True, sort_output=True, ignore_obsolete=True)
        with place(language, "mo").open("wb") as file:
            write_mo(file, catalogue)
        for message in missing(catalogue):
            sys.stdout.write(f"{language}: {message}\n")


if __name__ == "__main__":
    main()
