"""Five ways to stuff a profile with what a naive ranker would reward, and an honest client would not."""

from collections.abc import Callable, Mapping

from matcher.domain import Coach, Need, vocabulary
from matcher.matching.passages import need_passages

Stuffing = Callable[[Coach, Need, str], Coach]
"""The profile stuffed for a need; the text is the coach's own passage that shows most of the need's goals, or empty."""

REPEATED = 10
"""How often the best passage is said again."""

BUZZWORDS = (
    "authentic leadership",
    "holistic transformation",
    "growth mindset",
    "executive presence",
    "psychological safety",
    "purpose-driven leadership",
    "emotional intelligence",
    "agile transformation",
    "high-performance culture",
    "strategic agility",
    "stakeholder alignment",
    "empowerment and ownership",
    "next-level leadership",
    "paradigm shift",
    "human-centred leadership",
    "servant leadership",
    "resilience and well-being",
    "courageous conversations",
    "radical candour",
    "change readiness",
    "digital transformation",
    "thought leadership",
    "breakthrough results",
    "unlocking potential",
    "data-driven decision making",
    "cross-functional collaboration",
    "conscious leadership",
    "mindful delegation",
    "vision and values alignment",
    "self-leadership and accountability",
    "inclusive leadership",
    "systemic thinking",
    "influence without authority",
    "leading through uncertainty",
    "feedback culture",
    "conflict transformation",
    "team synergy",
    "personal branding and impact",
    "sustainable peak performance",
    "work-life integration",
    "innovation mindset",
    "empathic communication",
)
"""Phrases that stand in hundreds of real profiles and tell nothing of what their owners have done."""


def every_focus_area(coach: Coach, need: Need, best: str) -> Coach:
    """Names all focus areas there are."""
    return coach.model_copy(update={"focus_areas": vocabulary.FOCUS_AREAS})


def every_fact(coach: Coach, need: Need, best: str) -> Coach:
    """Names all styles, industries and levels of managers there are."""
    experience = coach.experience.model_copy(update={"levels_coached": vocabulary.LEVELS})
    return coach.model_copy(
        update={"styles": vocabulary.STYLES, "industries": vocabulary.INDUSTRIES, "experience": experience}
    )


def every_buzzword(coach: Coach, need: Need, best: str) -> Coach:
    """Adds a paragraph of all BUZZWORDS to the bio."""
    return _with_more_bio(coach, f"My clients value {', '.join(BUZZWORDS)}.")


def the_needs_words(coach: Coach, need: Need, best: str) -> Coach:
    """Adds the need's own summary and outcome to the bio."""
    return _with_more_bio(coach, need.summary, need.outcome)


def the_needs_words_as_roles(coach: Coach, need: Need, best: str) -> Coach:
    """Names the sentences of the need's summary and outcome as roles held, before the others."""
    roles = tuple(passage.text for passage in need_passages(need)) + coach.experience.roles_held
    return coach.model_copy(update={"experience": coach.experience.model_copy(update={"roles_held": roles})})


def the_best_again(coach: Coach, need: Need, best: str) -> Coach:
    """Adds the best passage to the bio, REPEATED times, each a paragraph; nothing when there is none."""
    return _with_more_bio(coach, *[best] * REPEATED)


STUFFINGS: Mapping[str, Stuffing] = {
    f"all {len(vocabulary.FOCUS_AREAS)} focus areas as tags": every_focus_area,
    "all styles, industries and levels": every_fact,
    f"a paragraph of {len(BUZZWORDS)} buzzwords": every_buzzword,
    "the need's own text in the bio": the_needs_words,
    "the need's own text among the roles held": the_needs_words_as_roles,
    f"the best passage {REPEATED} times more": the_best_again,
}
"""By what a row of the table says of them."""


def _with_more_bio(coach: Coach, *paragraphs: str) -> Coach:
    bio = "\n\n".join(text for text in (coach.bio, *paragraphs) if text.strip())
    return coach.model_copy(update={"bio": bio})
