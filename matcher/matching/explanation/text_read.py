"""How well the text of a need was read, and what it wishes of the coach: for those who wrote it."""

from matcher.domain import TextRead, WishRead
from matcher.domain.backgrounds import BACKGROUNDS
from matcher.matching.reading import NeedReading
from matcher.matching.wish_reading import ReadWish
from matcher.texts import IN_ENGLISH, Phrase, Texts

LANGUAGES = Phrase("English, German, French, Spanish, Dutch or Italian")
"""Those that words and passages were learned from."""


MOST_NAMED, LEAST_NAMED = 3, 0.15
"""So many backgrounds are named of a wish at most, each of which is so much of it at least."""


def text_read(reading: NeedReading, texts: Texts = IN_ENGLISH) -> TextRead:
    """What was read from the text beside the goals, with a note where it was read badly."""
    return TextRead(
        text_understood=reading.understood,
        goals_found=reading.goals_found,
        note=_note(reading, texts),
        wishes=tuple(
            WishRead(
                kind=wish.kind,
                style=wish.style,
                backgrounds=taken_to_be(wish),
                clearness=wish.clearness,
                words=wish.passage.text,
                counts=wish in reading.counting(wish.kind),
            )
            for wish in reading.wishes
        ),
    )


def taken_to_be(wish: ReadWish) -> tuple[str, ...]:
    """Which backgrounds a wish is about in the main, most of it first; none for a style."""
    foremost = sorted(wish.backgrounds, key=lambda told: -told[1])[:MOST_NAMED]
    return tuple(BACKGROUNDS[place] for place, share in foremost if share >= LEAST_NAMED)


def _note(reading: NeedReading, texts: Texts) -> str | None:
    if reading.understood is False:
        learned = texts.said(LANGUAGES)
        if reading.need.focus_areas:
            return texts.gettext(
                "The text could not be read well, since it has few words that are common in the texts learned from; "
                "the goals are those stated. For the text to count too, write in %(languages)s.",
                languages=learned,
            )
        return texts.gettext(
            "The text could not be read well, since it has few words that are common in the texts learned from; the "
            "goals were taken from what little was recognised and may be wrong. State focus areas, or write in "
            "%(languages)s.",
            languages=learned,
        )
    if reading.goals_found is False:
        return texts.gettext(
            "No focus area was found in the text with any confidence, so the goals are a guess. State focus areas, or "
            "tell what the manager finds hard."
        )
    return None
