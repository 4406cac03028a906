"""How well the text of a need was read, and what it wishes of the coach: for those who wrote it."""

from matcher.domain import TextRead, WishRead
from matcher.matching.reading import NeedReading

LANGUAGES = "English, German, French, Spanish, Dutch or Italian"
"""Those that words and passages were learned from."""


def text_read(reading: NeedReading) -> TextRead:
    """What was read from the text beside the goals, with a note where it was read badly."""
    return TextRead(
        text_understood=reading.understood,
        goals_found=reading.goals_found,
        note=_note(reading),
        wishes=tuple(
            WishRead(
                kind=wish.kind,
                style=wish.style,
                clearness=wish.clearness,
                words=wish.passage.text,
                counts=wish in reading.counting(wish.kind),
            )
            for wish in reading.wishes
        ),
    )


def _note(reading: NeedReading) -> str | None:
    if reading.understood is False:
        if reading.need.focus_areas:
            return (
                "The text could not be read well, since few of its words are known; the goals are those stated. For "
                f"the text to count too, write in {LANGUAGES}."
            )
        return (
            "The text could not be read well, since few of its words are known; the goals were taken from what little "
            f"was recognised and may be wrong. State focus areas, or write in {LANGUAGES}."
        )
    if reading.goals_found is False:
        return (
            "No focus area was found in the text with any confidence, so the goals are a guess. State focus areas, or "
            "tell what the manager finds hard."
        )
    return None
