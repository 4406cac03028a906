"""Which passages of a profile count for what they tell: not those that repeat another, nor those that only name, of
which roles held tell of a background."""

from collections.abc import Sequence

import numpy as np

from matcher.domain import vocabulary
from matcher.matching.areas import Strengths
from matcher.matching.enumerations import is_enumeration
from matcher.matching.fact_columns import Bools, Ints
from matcher.matching.passages import ROLES_HELD, Passage
from matcher.matching.word_rows import Hashes


def told(passages: Sequence[Passage], rows: Hashes, counts: Ints, themes: Strengths) -> Strengths:
    """What passages show of the themes: one that repeats another's words shows nothing more, and one that only names
    things shows nothing, though it may speak against an area; roles held tell of backgrounds alone.

    `rows` are those sampled of each passage, of which `counts` stand profile after profile; `themes` is not changed.
    """
    texts = [passage.text for passage in passages]
    again, roles = repeated(texts, rows, counts), np.array([passage.source == ROLES_HELD for passage in passages], bool)
    # A headline that names the same roles shows nothing, so roles that repeat it are not told twice.
    again &= ~roles
    names = ~roles & np.array([is_enumeration(text) for text in texts], bool)
    if (names | roles | again).any():
        themes = np.where(names[:, np.newaxis], np.minimum(themes, 0), themes)
        themes[roles, : len(vocabulary.FOCUS_AREAS)] = 0
        themes[again] = 0
    return themes


def repeated(texts: Sequence[str], rows: Hashes, counts: Ints) -> Bools:
    """Whether the words of each passage, whatever its case and spaces, are those of one before it in its profile.

    >>> from matcher.matching.word_rows import sampled
    >>> said = ["I led.", "I  LED.", "I led."]
    >>> repeated(said, sampled(said), np.array([2, 1])).tolist()
    [False, True, False]
    """
    again, said = np.zeros(len(texts), bool), set[tuple[int, str]]()
    owner = np.repeat(np.arange(len(counts), dtype=np.uint64), counts)
    # The same words have the same rows of words, so that only few passages are held against each other by letters.
    _, first, of_first = np.unique(owner << np.uint64(32) | rows[:, 0], return_index=True, return_inverse=True)
    alike = np.bincount(of_first, minlength=len(first)) > 1
    for place in np.flatnonzero(alike[of_first]).tolist():
        words = int(owner[place]), " ".join(texts[place].casefold().split())
        again[place] = words in said
        said.add(words)
    return again
