"""Kinds of judged needs that a ranker may serve better or worse than others."""

import re
from collections.abc import Mapping, Sequence
from statistics import median

from matcher.domain import Need
from matcher.domain.vocabulary import label
from training.judgements import Judgements

ENGLISH_WORDS = frozenset({"the", "and", "to", "of", "a"})
LEAST_ENGLISH = 0.05
"""A text is in English if at least this share of its words are ENGLISH_WORDS."""

POOR = 1.0
"""The mean grade below which readers found no evidence of what a coach's tags claim."""

RULES = (
    "A text is short if it has as many words as the median need or fewer; in English if one word in twenty is the, "
    "and, to, of or a. Tags are over-claimed where a coach who names a goal of the need among the focus areas is "
    "graded below 1, honest where none is."
)


def slices(judged: Judgements, needs: Sequence[Need]) -> dict[str, list[int]]:
    """The places of the needs of each kind, by its name: of all, by level, language, length, and honesty of the tags.

    A kind without a need is left out; see RULES.
    """
    middle = median(map(_words, needs)) if needs else 0
    found: dict[str, list[int]] = {"all": list(range(len(needs)))}
    for kinds in (
        [f"level: {label(need.level)}" if need.level else "level: not stated" for need in needs],
        ["text: English" if is_english(_text(need)) else "text: another language" for need in needs],
        ["text: short" if _words(need) <= middle else "text: long" for need in needs],
        ["tags: over-claimed" if is_over_claimed(judged, str(need.id)) else "tags: honest" for need in needs],
    ):
        found |= {kind: [place for place, own in enumerate(kinds) if own == kind] for kind in sorted(set(kinds))}
    return found


def is_english(text: str) -> bool:
    """Whether enough of the words are those of English.

    >>> is_english("She leads the team and has to let go."), is_english("Sie muss loslassen.")
    (True, False)
    """
    words = re.findall(r"\w+", text.lower())
    return sum(word in ENGLISH_WORDS for word in words) >= LEAST_ENGLISH * max(len(words), 1)


def is_over_claimed(judged: Judgements, need_id: str) -> bool:
    """Whether a coach eligible for the need names one of its goals and yet is graded below POOR."""
    goals = {goal.area for goal in judged.needs[need_id].focus_areas}
    gains: Mapping[str, float] = judged.gains[need_id]
    return any(gain < POOR and goals & set(judged.coaches[coach].focus_areas) for coach, gain in gains.items())


def _text(need: Need) -> str:
    return f"{need.summary} {need.outcome}"


def _words(need: Need) -> int:
    return len(_text(need).split())
