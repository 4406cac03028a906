"""What was read from the need's text as it is shown: a row for each goal and wish, with the words that tell of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from matcher.domain import Shortlist, TextRead, WishKind, WishRead
from matcher.domain.backgrounds import told
from matcher.texts import Phrase
from matcher.web.choices import named, title
from matcher.web.language import gettext, said

WISHES: Mapping[WishKind, str] = {
    "style_wanted": Phrase("Style wanted"),
    "style_avoid": Phrase("Style to avoid"),
    "background": Phrase("Background"),
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
        ReadRow(title(goal.area), gettext("stated") if goal.stated else gettext("read from the text"), goal.words or "")
        for goal in answer.grid
    ]
    rows = (*goals, *_wishes(answer.reading))
    return rows if any(row.words for row in rows) else ()


def _wishes(reading: TextRead) -> Iterator[ReadRow]:
    for wish in reading.wishes:
        uncounted = _UNCOUNTED if wish.style else _NOT_TOLD_APART
        origin = gettext("read from the text") if wish.counts else said(uncounted)
        yield ReadRow(_named(wish), origin, wish.words)


_UNCOUNTED = Phrase("read, but not counted beside the styles stated")
_NOT_TOLD_APART = Phrase("read, but not counted, since it is none of those told apart")


def _named(wish: WishRead) -> str:
    kind = said(WISHES[wish.kind])
    what = named(wish.style) if wish.style else listed_told(wish.backgrounds)
    return f"{kind}: {what}" if what else kind


def listed_told(backgrounds: Sequence[str]) -> str:
    """Those backgrounds in words, one after the other; empty for none."""
    return ", ".join(said(told(background)) for background in backgrounds)
