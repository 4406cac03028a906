"""Puts many profiles at once, and tells of each what became of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Engine

from matcher.domain import Actor, Coach
from matcher.errors import Problem
from matcher.intake import Row
from matcher.matching.areas import AreaReading
from matcher.matching.embedding import Encoder
from matcher.service.profiles import put_in_pieces
from matcher.store.coaches import Fate

LineFate = Literal["added", "replaced", "unchanged", "refused", "left"]
"""What became of a line: of its profile, or that it was refused, or left for another request since time ran out."""


@dataclass(frozen=True)
class LineResult:
    """What became of one line; `problems` say why it was refused."""

    line: int
    coach_id: str | None
    fate: LineFate
    problems: tuple[Problem, ...] = ()


def put_batch(
    engine: Engine,
    encoder: Encoder,
    areas: AreaReading,
    rows: Sequence[Row[Coach]],
    *,
    by: Actor,
    now: datetime,
    may_go_on: Callable[[], bool],
) -> list[LineResult]:
    """Adds or replaces the profiles of the good rows, each with another id, and tells of every row in its order.

    `may_go_on` is asked before each piece is stored: new texts take long to encode. What is left can be sent again; so
    can all of it, since what is stored already is unchanged then.
    """
    results = {row.line: LineResult(row.line, None, "refused", row.problems) for row in rows}
    good = [(row.line, row.value) for row in rows if row.value is not None]
    fates = dict[str, Fate]()
    pieces = put_in_pieces(engine, encoder, areas, [coach for _, coach in good], now, by=by)
    while may_go_on() and (stored := next(pieces, None)) is not None:
        fates |= stored
    results |= {line: LineResult(line, coach.id, fates.get(coach.id, "left")) for line, coach in good}
    return [results[row.line] for row in rows]
