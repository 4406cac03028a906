"""What was read from the need's text as it is shown: a row for each goal and wish, with the words that tell of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from matcher.domain import Shortlist, TextRead, WishKind, WishRead
from matcher.domain.vocabulary import label
from matcher.web.choices import title

WISHES: Mapping[WishKind, str] = {
    "style_wanted": "Style wanted",
    "style_avoid": "Style to avoid",
    "background": "Background",
}


@dataclass(frozen=True)
class ReadRow:
    """One goal or wish: what it is, whether it is stated or read, and the words that tell of it; empty if none do."""

    name: str
    origin: str
    words: str


def read_rows(answer: Shortlist) -> tuple[ReadRow, ...]:
    """The goals in the order of the grid, then the wishes; none for a need without a text, or where goals are stated
    and nothing else was read, and for an answer from before readings were kept."""
    if answer.reading is None or not (answer.need.summary.strip() or answer.need.outcome.strip()):
        return ()
    goals = [
        ReadRow(title(goal.area), "stated" if goal.stated else "read from the text", goal.words or "")
        for goal in answer.grid
    ]
    rows = (*goals, *_wishes(answer.reading))
    return rows if any(row.words for row in rows) else ()


def _wishes(reading: TextRead) -> Iterator[ReadRow]:
    for wish in reading.wishes:
        yield ReadRow(_named(wish), "read from the text" if wish.counts else _UNCOUNTED, wish.words)


_UNCOUNTED = "read, but not counted beside the styles stated"


def _named(wish: WishRead) -> str:
    return f"{WISHES[wish.kind]}: {label(wish.style)}" if wish.style else WISHES[wish.kind]
