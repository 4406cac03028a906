"""What a page says to whoever sees or hears it, and what of that is English."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from babel.messages import Catalog

from matcher.translations import catalogue

_HIDDEN = {"script", "style", "q", "code"}
"""Quotations and codes are in no language of the page."""

_SPOKEN = ("aria-label", "alt", "title", "placeholder", "data-failed")
_PLACE = re.compile(r"%\(\w+\)s")
_FEWEST_WORDS = 3
"""Fewer words in a row may stand in a German sentence, too."""


class VisibleWords(HTMLParser):
    """The texts of a page, each on one line; `lang` on an element takes it out, unless it is that of the page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._out: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._out:
            self._out += [tag] if tag == self._out[0] else []
        elif tag in _HIDDEN or ("lang" in dict(attrs) and tag != "html"):
            self._out.append(tag)
        else:
            self.texts += [value for name, value in attrs if name in _SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        if self._out and tag == self._out[0]:
            self._out.pop()

    def handle_data(self, data: str) -> None:
        if not self._out and data.strip():
            self.texts.append(" ".join(data.split()))


def english_in(page: str) -> Iterator[str]:
    """The messages of the German catalogue that a page says in English."""
    texts = VisibleWords(page).texts
    whole, single = "\n".join(texts), set(texts)
    for english, german in _translated(catalogue.kept("de")):
        for words in _pieces(english):
            long_enough = len(words.split()) >= _FEWEST_WORDS
            if words not in german and (words in whole if long_enough else english in single):
                yield english


def _pieces(english: str) -> Iterator[str]:
    """The words between the places of a message, those that say enough to be told from German."""
    pieces = [re.sub(r"<[^>]+>", "\n", piece).strip(" .,:;()“”") for piece in _PLACE.split(english)]
    long = [line for piece in pieces for line in piece.split("\n") if len(line.split()) >= _FEWEST_WORDS]
    yield from long if long or _PLACE.search(english) else [english]


def _translated(catalogue: Catalog) -> Iterator[tuple[str, str]]:
    for message in catalogue:
        ids, strings = ((one,) if isinstance(one, str) else tuple(one or ()) for one in (message.id, message.string))
        yield from ((english, " ".join(strings)) for english in ids if english and english not in strings)
