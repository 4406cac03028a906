"""Whether the catalogues say all that the sources do."""

from typing import Any

from babel.messages import Catalog
from babel.messages.mofile import read_mo

from matcher.translations import catalogue


def said(messages: Catalog) -> dict[Any, Any]:
    """What a catalogue says for each message, its own description left out."""
    return {_hashable(message.id): _hashable(message.string) for message in messages if message.id}


def _hashable(words: Any) -> Any:
    return words if isinstance(words, str) else tuple(words)


def test_the_german_catalogue_has_all_that_the_sources_say_and_nothing_else() -> None:
    assert said(catalogue.updated("de")).keys() == said(catalogue.kept("de")).keys(), "run make texts"


def test_every_message_is_translated_and_was_looked_at() -> None:
    assert catalogue.missing(catalogue.kept("de")) == []


def test_every_translation_has_the_places_of_its_message() -> None:
    kept = catalogue.kept("de")
    assert [(message.id, str(error)) for message, errors in kept.check() for error in errors] == []


def test_what_the_service_reads_was_compiled_from_what_translators_wrote() -> None:
    with catalogue.place("de", "mo").open("rb") as file:
        assert said(read_mo(file)) == said(catalogue.kept("de")), "run make texts"
