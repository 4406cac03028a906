"""Cuts the texts of profiles and needs into passages: a short paragraph, or a sentence of a long one."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from matcher.domain import Coach, Need

LONGEST_PASSAGE = 240
"""Characters; the encoder reads 256 word pieces, and a quote must be short enough to read."""

SHORTEST_PASSAGE = 30
"""Characters; anything shorter ("Dutch or English.") stays with the next sentence, or the last with the one before."""

ROLES_HELD = "experience/roles_held"
"""The source of a passage that names the roles which a coach held. It tells of a background, and of nothing else."""

MOST_ROLES, LONGEST_TITLE = 6, 100
"""Of more roles the first ones count, and none that is told in more characters, so that a long list gains nothing."""

_BETWEEN_ROLES = "; "

_PARAGRAPH_END = re.compile(r"\n\s*\n|\n(?=\s*[-*•])")
# What stops a sentence is part of the match: searching for what follows on it would take several times as long.
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)]*\s+(?=[\"'“‘«(]?[^\W\d_a-zà-ÿ]|[\"'“‘«(]?\d)")


@dataclass(frozen=True)
class Passage:
    """A stretch of a profile, word for word, with the field that it stands in, such as `references/2`; of roles held
    several of them, joined by semicolons."""

    source: str
    text: str


def _sentences(paragraph: str) -> Iterator[str]:
    if len(paragraph) < 2 * SHORTEST_PASSAGE:
        yield paragraph
        return
    start = 0
    for end in _SENTENCE_END.finditer(paragraph):
        if min(end.start() + 1 - start, len(paragraph) - end.end()) >= SHORTEST_PASSAGE:
            yield paragraph[start : end.end()]
            start = end.end()
    yield paragraph[start:]


def _within(text: str) -> Iterator[str]:
    """Pieces of at most LONGEST_PASSAGE characters, cut at white space where there is any."""
    while len(text) > LONGEST_PASSAGE:
        cut = text.rfind(" ", SHORTEST_PASSAGE, min(LONGEST_PASSAGE, len(text) - SHORTEST_PASSAGE))
        cut = cut if cut > 0 else LONGEST_PASSAGE
        yield text[:cut]
        text = text[cut:]
    yield text


def split(text: str) -> list[str]:
    """The passages of a text, in order, each a word-for-word part of it; none for a blank text.

    >>> split("I led a steel plant for nine years.  Dutch or English. Now I coach others who do the same.")
    ['I led a steel plant for nine years.', 'Dutch or English. Now I coach others who do the same.']
    """
    passages: list[str] = []
    for paragraph in _PARAGRAPH_END.split(text):
        for sentence in _sentences(paragraph.strip()):
            passages += [sentence] if len(sentence) <= LONGEST_PASSAGE else _within(sentence)
    return [piece for passage in passages if (piece := passage.strip())]


def coach_passages(coach: Coach) -> tuple[Passage, ...]:
    """What a profile says, passage by passage: headline, bio, approach, each reference, then the roles held.

    The coach's name is not among them. Empty for a profile without texts, which roles are none of by themselves.
    """
    texts = [("headline", coach.headline), ("bio", coach.bio), ("approach", coach.approach)]
    texts += [(f"references/{place}", reference.text) for place, reference in enumerate(coach.references)]
    passages = [Passage(source, text) for source, whole in texts for text in split(whole)]
    if passages:
        passages += [Passage(ROLES_HELD, roles) for roles in _together(coach.experience.roles_held)]
    return tuple(passages)


def _together(roles: Iterable[str]) -> Iterator[str]:
    """The first MOST_ROLES of these titles that are neither blank nor longer than LONGEST_TITLE, joined as far as a
    passage holds them."""
    titles = [title for role in roles if 0 < len(title := role.strip()) <= LONGEST_TITLE][:MOST_ROLES]
    joined = ""
    for title in titles:
        if joined and len(joined) + len(_BETWEEN_ROLES) + len(title) > LONGEST_PASSAGE:
            yield joined
            joined = ""
        joined += _BETWEEN_ROLES * bool(joined) + title
    if joined:
        yield joined


def need_passages(need: Need) -> tuple[Passage, ...]:
    """What a need says, passage by passage: summary, then outcome. Empty when it has no text."""
    return tuple(
        Passage(source, text)
        for source, whole in (("summary", need.summary), ("outcome", need.outcome))
        for text in split(whole)
    )
