"""Passages that only name things one after the other ("Resilience, agility, vision"): they show nothing of what a coach
has done, and must gain nothing."""

import re

LEAST_NAMES = 3
"""So many names make an enumeration."""

LONGEST_NAME = 3
"""Words; whatever is longer tells something of what it names."""

SHARE_OF_NAMES = 0.6
"""The share of a passage's words that stand in such names, from which on it is an enumeration. Of 31,399 annotated
passages 464 are, of which 13 hold a concrete case; of all passages every second one does."""

_MARKS = ",;:•·|/.!?–—"
_ONE_MARK = str.maketrans(dict.fromkeys(_MARKS, ","))
_BETWEEN_ITEMS = re.compile(f"[{_MARKS}]| - ")
_QUOTES = "'’\"()"

_SENTENCES = """
    i we he she they it my our your his her their me us him them you the a an this that these those one two three
    four five six is are was were am be been has have had do does did will would can could should to from in on at by
    for with into out not no nor now then so than as but or if when how what who which all every each some
    ich wir er sie es mein meine der die das den dem ein eine einen einem ist sind war waren hat haben nicht kein
    im in zu zum zur mit auf von vor bei für wie was wer
    je nous il elle ils le la les un une des du mes est sont dans pour avec pas ne que qui
    yo él ella el los las una unos es son en con por para no mi lo gli che è sono per di
    ik wij hij zij het een de zijn was is niet geen op met van voor hoe wat wie
"""

_SMALL_WORDS = frozenset(_SENTENCES.split())
"""Words of sentences, in the languages that passages are read in: what holds one is told, not named."""


def is_enumeration(passage: str) -> bool:
    """Whether a passage names things rather than tells something; never for fewer than LEAST_NAMES things.

    >>> is_enumeration("What I bring: growth mindset, holistic transformation, executive presence.")
    True
    >>> is_enumeration("The associate thanked me, astonished, and so was I.")
    False
    """
    least_words = SHARE_OF_NAMES * len(passage.split())
    # Most passages have too few items for that, however short: nothing more need be asked about them.
    if LONGEST_NAME * (len(_BETWEEN_ITEMS.findall(passage.strip(_MARKS + " "))) + 1) < least_words:
        return False
    items = passage.lstrip("- ").replace(" - ", ",").translate(_ONE_MARK).split(",")
    short = [words for words in map(str.split, items) if 0 < len(words) <= LONGEST_NAME]
    # Looking at each word takes time, and most passages have no need of it.
    if sum(map(len, short)) < least_words:
        return False
    names = [words for words in short if not any(map(_tells, words))]
    return len(names) >= LEAST_NAMES and sum(map(len, names)) >= least_words


def _tells(word: str) -> bool:
    return word.casefold().strip(_QUOTES) in _SMALL_WORDS or any(map(str.isdigit, word))
