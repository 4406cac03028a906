"""Whether a coach's first name, gender or nationality moves the score, though the facets never ask for them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from matcher.domain import Coach, Need
from matcher.matching.index import Floats
from matcher.matching.passages import coach_passages
from training import report
from training.evaluate import with_progress
from training.swaps import SWAPS, Swap
from training.what_if import WhatIf

TEXTUAL = frozenset({"goals_evidenced", "told_evidenced", "nothing_against", "background", "level", "style_to_avoid"})
"""The facets that rest on texts, the last two in part; all others rest on structured fields, which no swapped word may
move."""


@dataclass(frozen=True)
class Moved:
    """What a swap changed of one coach for one need: the score, and the structured facet that it moved furthest.

    `rose` is how many places the coach rose, below 0 fell; `reworded` whether any passage reads otherwise.
    """

    score: float
    structured: float
    rose: int
    reworded: bool


def moved(world: WhatIf, swap: Swap, needs: Iterable[Need]) -> list[Moved]:
    """What the swap changes of every eligible coach of every need, one coach swapped at a time."""
    return [one for need in needs for one in _moved(world, swap, need)]


def _moved(world: WhatIf, swap: Swap, need: Need) -> list[Moved]:
    candidates = world.candidates(need)
    coaches = [world.judged.coaches[coach] for coach in map(candidates.index.id_of, candidates.rows.tolist())]
    swapped = [swap(coach) for coach in coaches]
    before = world.standing(candidates)
    after = world.standing(world.candidates(need, [world.profile(coach) for coach in swapped]))
    structured = [name not in TEXTUAL for name in world.scorer.names]
    facets = np.abs(_known(after.values) - _known(before.values))[:, structured].max(axis=1, initial=0.0)
    rose = before.ranks - after.ranks_among(before)
    return [
        Moved(float(score), float(facet), int(places), _reads_otherwise(*pair))
        for score, facet, places, *pair in zip(
            after.scores - before.scores, facets, rose, coaches, swapped, strict=True
        )
    ]


def _known(values: Floats) -> Floats:
    # No value is below 0, so that one that becomes known, or unknown, moves by 1 at least.
    return np.nan_to_num(values, nan=-1.0)


def _reads_otherwise(coach: Coach, swapped: Coach) -> bool:
    return coach_passages(coach) != coach_passages(swapped)


def table(world: WhatIf, needs: Sequence[Need]) -> str:
    """A row for each of SWAPS: how much it moves those whose texts it changes, in Markdown."""
    clear = world.scorer.clear_difference
    header = [
        "Swapped throughout a profile",
        "Pairs reworded",
        "Structured facets, largest change",
        "Score, mean change",
        "Score, largest change",
        "Score, clear difference",
        "Places moved, mean",
    ]
    swaps = with_progress(list(SWAPS.items()), "Swapping words")
    return report.table(header, [_row(name, moved(world, swap, needs), clear) for name, swap in swaps])


def _row(name: str, found: Sequence[Moved], clear: float | None) -> list[str]:
    reworded = [one for one in found if one.reworded]
    scores = np.abs([one.score for one in reworded])
    return [
        name,
        f"{len(reworded)} of {len(found)}",
        f"{max((one.structured for one in found), default=0.0):g}",
        f"{scores.mean() if len(scores) else 0.0:.4f}",
        f"{scores.max(initial=0.0):.4f}",
        "-" if clear is None else f"{clear:.4f}",
        f"{np.abs([one.rose for one in reworded]).mean() if reworded else 0.0:.2f}",
    ]
