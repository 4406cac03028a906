"""Puts English in place of each word of a text in one of five other languages, for an encoder that reads English alone.

The glosses (`glossaries/`, a file a language) were written by hand, word by word, for what is said of managers and
coaches. What comes out is no English sentence, but tells an English reader what the text is about.
"""

import hashlib
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from itertools import takewhile

LANGUAGES = ("de", "fr", "nl", "es", "it")
"""Those that there are glosses for."""

COMPOUNDING = frozenset({"de", "nl"})
"""The languages that join words to new ones."""

LEAST_GLOSSED = 0.6
"""The share of a text's words that must have glosses in a language for the text to be taken for one in it. Of the
passages that the encoder learns from, 1 in 3,000 of English needs and profiles is taken for another language, most of
those rightly; 1 in 100 of needs and profiles in the others for English."""

SHORTEST_STEM, LEAST_SHARED = 5, 0.75
"""Letters, and the share of the letters of the longer one, that a word must have in common from the first one on with
one that is glossed to be taken for a form of it."""

SHORTEST_PART = 4
"""Letters of each part of a compound."""

_WORD = re.compile(r"[^\W\d_]+(?:['’](?:t|s|d|m|re|ve|ll)\b)?['’]?")
"""A word, with what English leaves of a second one ("don't"), or with the apostrophe that ends it ("l'")."""

_JOINTS = ("", "s", "n", "en", "es", "er", "-")
"""What stands between two parts of a compound."""


class Glossary:
    """The words of one language, without case, each with its English gloss, which may be the word itself."""

    def __init__(self, glosses: Mapping[str, str], *, compounding: bool) -> None:
        self._glosses = glosses
        self._in_order = sorted(glosses)
        self._compounding = compounding

    def number_known(self, words: Iterable[str]) -> int:
        """How many of the words have a gloss that is another word."""
        return sum(self._glosses.get(word, word) != word for word in words)

    def of(self, word: str) -> str:
        """The gloss of a word; where there is none, that of another form of it, or those of the parts that it is joined
        from; else the word itself.

        >>> german = Glossary({"schicht": "shift", "leiterin": "leader", "versprach": "promised"}, compounding=True)
        >>> [german.of(word) for word in ("schicht", "schichten", "schichtleiterin", "abc")]
        ['shift', 'shift', 'shift leader', 'abc']
        """
        return self._glosses.get(word) or self._of_other_form(word) or self._of_parts(word) or word

    def _of_other_form(self, word: str) -> str | None:
        place = bisect_left(self._in_order, word)
        # Words that begin alike stand together, so whichever shares most letters is next to where this one would be.
        beside = self._in_order[max(place - 1, 0) : place + 1]
        shared = {other: _shared(word, other) for other in beside}
        forms = [
            other
            for other, stem in shared.items()
            if stem >= max(SHORTEST_STEM, LEAST_SHARED * max(len(word), len(other)))
        ]
        return self._glosses[max(forms, key=lambda other: shared[other])] if forms else None

    def _of_parts(self, word: str) -> str | None:
        if not self._compounding:
            return None
        for cut in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
            last = self._glosses.get(word[cut:])
            if last is None:
                continue
            for joint in _JOINTS:
                first = self._glosses.get(word[:cut].removesuffix(joint)) if word[:cut].endswith(joint) else None
                if first is not None:
                    return f"{first} {last}"
        return None


def _shared(word: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(word, other, strict=False)))


def in_english(text: str) -> str:
    """The text with its words glossed, if it is in one of LANGUAGES; any other as it is.

    >>> in_english("Sie sagt nie nein, und abends ist sie müde.")
    'she says never no, and in the evening is she tired.'
    >>> in_english("She never says no.")
    'She never says no.'
    """
    words = [word.lower().rstrip("'’") for word in _WORD.findall(text)]
    known = {language: glossary.number_known(words) for language, glossary in _glossaries().items()}
    language = max(known, key=lambda one: known[one])
    if not words or known[language] < LEAST_GLOSSED * len(words):
        return text
    glossary = _glossaries()[language]
    return _WORD.sub(lambda found: _spaced(glossary.of(found.group().lower().rstrip("'’")), found.group()), text)


def _spaced(gloss: str, found: str) -> str:
    # An apostrophe stands where a word lost a letter before the next one.
    return f"{gloss} " if found[-1] in "'’" else gloss


@cache
def digest() -> str:
    """The SHA-256 of all glosses: other ones make other vectors."""
    return hashlib.sha256("\n".join(_content(language) for language in LANGUAGES).encode()).hexdigest()


@cache
def _glossaries() -> Mapping[str, Glossary]:
    return {language: Glossary(_read(language), compounding=language in COMPOUNDING) for language in LANGUAGES}


def _read(language: str) -> dict[str, str]:
    words = (line.split("\t") for line in _content(language).splitlines())
    return dict(words)


def _content(language: str) -> str:
    return files("matcher.matching").joinpath("glossaries", f"{language}.tsv").read_text("utf-8")
