"""Puts English in place of each word of a text in one of five other languages, for an encoder that reads English alone.

The glosses (`glossaries/`, a file a language) were written by hand, word by word, for what is said of managers and
coaches. What comes out is no English sentence, but tells an English reader what the text is about.
"""

import hashlib
import re
import sys
import unicodedata
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import takewhile

RULES = 1
"""Counted up with every change of how glosses are used, which makes other vectors of the same glosses."""

LANGUAGES = ("de", "fr", "nl", "es", "it")
"""Those that there are glosses for."""

COMPOUNDING = frozenset({"de", "nl"})
"""The languages that join words to new ones."""

LEAST_GLOSSED, LEAST_OF_ALL = 0.6, 0.5
"""The share of a text's words that must have glosses for the text to be taken for one in a language, where words that
are the same in English do not count, and the share where they do. Of the passages that the encoder learns from, 30 of
77,000 of English needs and profiles are taken for another language, most of those rightly; of those of needs and
profiles in the others 1 in 300 for English."""

SHORTEST_STEM, LEAST_SHARED = 5, 0.75
"""Letters, and the share of the letters of the longer one, that a word must have in common from the first one on with
one that is glossed to be taken for a form of it."""

SHORTEST_PART = 4
"""Letters of each part of a compound."""

_WORD = re.compile(
    r"\b(?:zo|[zm])['’]n\b|(?<!\w)['’][tn]\b|\baujourd['’]hui\b|\bquelqu['’]un\b"
    r"|[^\W\d_]+(?:['’](?:t|s|d|m|re|ve|ll)\b)?['’]?",
    re.IGNORECASE,
)
"""Dutch and French words with an apostrophe in them; any other with what English leaves of a second one ("don't"), or
with the apostrophe that ends it ("l'")."""

# The same letters to a reader, but other characters.
_ALIKE = str.maketrans({"\N{SOFT HYPHEN}": None, "\N{MODIFIER LETTER APOSTROPHE}": "’"})

_LAST_CHARACTER = chr(sys.maxunicode)

_LACKING = ("los", "loos", "frei", "arm")
"""Endings of words that tell the contrary of what they begin with."""

_JOINTS = ("", "s", "n", "en", "es", "er", "-")
"""What stands between two parts of a compound."""

_LAST_PARTS = dict.fromkeys(("mann", "frau", "vrouw"), "person") | dict.fromkeys(("frauen", "vrouwen"), "people")
"""The glosses of some words where they come last in a compound, which names a trade or an office then."""


class Glossary:
    """The words of one language, without case, each with its English gloss, which may be the word itself."""

    def __init__(self, glosses: Mapping[str, str], *, compounding: bool) -> None:
        self._glosses = glosses
        self._in_order = sorted(glosses)
        self._compounding = compounding

    def numbers_glossed(self, words: Sequence[str]) -> tuple[int, int]:
        """How many of the words have a gloss that is another word, and how many one that is the word itself."""
        found = [self._glosses[word] == word for word in words if word in self._glosses]
        return len(found) - sum(found), sum(found)

    def of(self, word: str) -> str:
        """The gloss of a word; where there is none, that of another form of it, or those of the parts that it is joined
        from; else the word itself.

        >>> german = Glossary({"schicht": "shift", "leiterin": "leader", "versprach": "promised"}, compounding=True)
        >>> [german.of(word) for word in ("schicht", "schichten", "schichtleiterin", "abc")]
        ['shift', 'shift', 'shift leader', 'abc']
        """
        found = self._glosses.get(word) or self._glosses.get(_of_a_man(word))
        return found or self._of_other_form(word) or self._of_parts(word) or word

    def _of_other_form(self, word: str) -> str | None:
        stem = word[:SHORTEST_STEM]
        if len(stem) < SHORTEST_STEM:
            return None
        begin, end = (bisect_left(self._in_order, one) for one in (stem, stem + _LAST_CHARACTER))
        alike = self._in_order[begin:end]
        forms = [(_shared(word, other), -len(other), other) for other in alike if _is_form(word, other)]
        return self._glosses[max(forms)[2]] if forms else None

    def _of_parts(self, word: str) -> str | None:
        if not self._compounding:
            return None
        for cut in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
            last = _LAST_PARTS.get(word[cut:]) or self._glosses.get(word[cut:])
            if last is None:
                continue
            for joint in _JOINTS:
                first = self._glosses.get(word[:cut].removesuffix(joint)) if word[:cut].endswith(joint) else None
                if first is not None:
                    return f"{first} {last}"
        return None


def _of_a_man(word: str) -> str:
    """The German word for a man of that trade or office, since those of men are glossed more often."""
    return f"{word.removesuffix('frau')}mann" if word.endswith("frau") else word


def _is_form(word: str, other: str) -> bool:
    """Whether two words that begin alike are forms of one word."""
    shared = _shared(word, other)
    lacking = any(rest.removeprefix("s").startswith(_LACKING) for rest in (word[shared:], other[shared:]))
    return shared >= LEAST_SHARED * max(len(word), len(other)) and not lacking


def _shared(word: str, other: str) -> int:
    """How many letters two words have in common, from the first one on."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(word, other, strict=False)))


def in_english(text: str) -> str:
    """The text with its words glossed, if it is in one of LANGUAGES; any other as it is.

    >>> in_english("Sie sagt nie nein, und abends ist sie müde.")
    'she says never no, and in the evening is she tired.'
    >>> in_english("She never says no.")
    'She never says no.'
    """
    plain = unicodedata.normalize("NFC", text).translate(_ALIKE)
    words = [_looked_up(found.group()) for found in _WORD.finditer(plain)]
    glossary = _language(words)
    if glossary is None:
        return text
    return _WORD.sub(lambda found: _spaced(glossary.of(_looked_up(found.group())), found.group()), plain)


def _language(words: Sequence[str]) -> Glossary | None:
    """The glossary of the language that has glosses for most of the words; None where none has for enough of them."""
    most, found = 0, None
    for glossary in _glossaries():
        glossed, same = glossary.numbers_glossed(words)
        enough = max(LEAST_GLOSSED * (len(words) - same), LEAST_OF_ALL * len(words))
        if glossed > most and glossed >= enough:
            most, found = glossed, glossary
    return found


def _looked_up(word: str) -> str:
    return word.lower().replace("’", "'").rstrip("'")


def _spaced(gloss: str, found: str) -> str:
    # An apostrophe stands where a word lost a letter before the next one.
    return f"{gloss} " if found[-1] in "'’" else gloss


@cache
def digest() -> str:
    """The SHA-256 of all glosses and of how they are used: other ones make other vectors."""
    # Read already here, where a service starts, so that the processes that it forks share them.
    _glossaries()
    return hashlib.sha256("\n".join([str(RULES), *map(_content, LANGUAGES)]).encode()).hexdigest()


@cache
def _glossaries() -> tuple[Glossary, ...]:
    return tuple(Glossary(_read(language), compounding=language in COMPOUNDING) for language in LANGUAGES)


def _read(language: str) -> dict[str, str]:
    words = (line.split("\t") for line in _content(language).splitlines())
    return dict(words)


def _content(language: str) -> str:
    return files("matcher.matching").joinpath("glossaries", f"{language}.tsv").read_text("utf-8")
