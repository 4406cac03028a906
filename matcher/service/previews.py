"""What can be said of a need before its shortlist is drawn up. Nothing of it is stored."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from matcher.domain import Need, WishKind
from matcher.matching.eligibility import screen
from matcher.matching.explanation.text_read import taken_to_be, text_read
from matcher.matching.level_reading import read_level
from matcher.matching.passages import Passage
from matcher.matching.reading import NeedReading, Reader
from matcher.matching.relaxation import CostliestWish, costliest_wish
from matcher.service.shortlists import Desk
from matcher.texts import ENGLISH, Language, texts_in


@dataclass(frozen=True)
class Words:
    """A passage of the need, word for word: the field it stands in, and which of the field's passages it is."""

    text: str
    source: str
    place: int
    of: int


@dataclass(frozen=True)
class ToldGoal:
    """A focus area that the text tells of. `weight` is its share of all that it tells; `plain` whether plainly."""

    area: str
    weight: float
    plain: bool
    words: Words


@dataclass(frozen=True)
class ToldWish:
    """Something that the text wishes of the coach; `style` is None for a background, of which is told what it was taken
    to be in the main."""

    kind: WishKind
    style: str | None
    backgrounds: tuple[str, ...]
    words: Words


@dataclass(frozen=True)
class ToldLevel:
    """The level at which the manager leads, by a title that the text names. It counts only where it is stated."""

    level: str
    words: Words


@dataclass(frozen=True)
class TextPreview:
    """What the text of a need tells, with a note where it was read badly. Empty when it tells nothing."""

    goals: tuple[ToldGoal, ...] = ()
    wishes: tuple[ToldWish, ...] = ()
    note: str | None = None
    level: ToldLevel | None = None


@dataclass(frozen=True)
class WhoCan:
    """How many of all coaches meet every requirement, and which wish costs most; None when no single one does."""

    eligible: int
    coaches: int
    costliest: CostliestWish | None


def read_text(reader: Reader, need: Need, language: Language = ENGLISH) -> TextPreview:
    """What is read from the text of a need, whatever it states beside."""
    reading = reader.read(Need.model_construct(summary=need.summary, outcome=need.outcome))
    found = read_level(reading.passages)
    return TextPreview(
        goals=tuple(_goals(reading, reader)),
        wishes=tuple(
            ToldWish(wish.kind, wish.style, taken_to_be(wish), _words(wish.passage, reading)) for wish in reading.wishes
        ),
        note=text_read(reading, texts_in(language)).note,
        level=ToldLevel(found.level, _words(found.passage, reading)) if found else None,
    )


def _goals(reading: NeedReading, reader: Reader) -> Iterator[ToldGoal]:
    for goal in reading.told:
        if goal.passage is not None:
            yield ToldGoal(goal.area, goal.weight, reader.is_plain(goal), _words(goal.passage, reading))


def _words(passage: Passage, reading: NeedReading) -> Words:
    beside = [other for other in reading.passages if other.source == passage.source]
    return Words(passage.text, passage.source, beside.index(passage) + 1, len(beside))


def who_can(desk: Desk, need: Need, now: datetime, language: Language = ENGLISH) -> WhoCan:
    """How many coaches can do this; the day is that of `now` in UTC. Nothing is read from the text."""
    today = now.astimezone(UTC).date()
    rates = desk.rates.on(today)
    with desk.catalogue.opened() as (_, edition):
        index = edition.index
    eligibility = screen(index, need, rates, today)
    return WhoCan(
        eligible=int(np.count_nonzero(eligibility.eligible)),
        coaches=len(index),
        costliest=costliest_wish(index, need, rates, today, eligibility, texts=texts_in(language)),
    )
