"""A score drawn as a chain of bars: each begins where the one before ended, and the last is their sum."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import ceil, floor
from typing import Protocol

from matcher.domain import Contribution
from matcher.matching.explanation import FACET_LABELS
from matcher.web.language import gettext, said
from matcher.web.wording import decimal, signed

_DECIMALS = 3
_STEP = 0.05


@dataclass(frozen=True)
class Bar:
    """One bar; `start` and `width` are in hundredths of the stretch of scores that is drawn."""

    label: str
    amount: str
    kind: str
    """base, more, less, none or score: what the bar does to the sum."""
    start: float
    width: float


@dataclass(frozen=True)
class Stretch:
    """The stretch of scores that is drawn; narrow, since what tells coaches apart is small beside the base."""

    low: float
    high: float

    def place(self, score: float) -> float:
        """Where a score stands, in hundredths of the stretch."""
        return round((score - self.low) / (self.high - self.low) * 100, 1)


class Scored(Protocol):
    """What has a score made of contributions."""

    @property
    def base(self) -> float | None:
        """What the score begins with."""

    @property
    def contributions(self) -> Sequence[Contribution]:
        """What each facet adds."""


def stretch_of(scored: Iterable[Scored]) -> Stretch:
    """The stretch that holds every running total, with room below, in steps of 0.05; 0 to 1 for nobody."""
    totals = [total for one in scored for total in _totals(one.base or 0, one.contributions)]
    if not totals:
        return Stretch(0, 1)
    return Stretch(floor(min(totals) / _STEP - 1) * _STEP, ceil(max(totals) / _STEP) * _STEP)


def sum_bars(
    base: float, contributions: Sequence[Contribution], stretch: Stretch, left_out: Collection[str] = ()
) -> tuple[Bar, ...]:
    """Bars for the base, for every facet in the ranker's order, and for the score.

    Each running total is rounded, and a bar is the difference of two of them: so the amounts shown
    add up to the score shown, and each is at most one unit of the last decimal off. Facets in
    `left_out` get no bar.

    >>> added = [Contribution(facet="references", value=0.9, contribution=0.0304),
    ...          Contribution(facet="industry", value=None, contribution=0.0)]
    >>> [(bar.label, bar.amount, bar.start, bar.width) for bar in sum_bars(0.4, added, Stretch(0.35, 0.45))]
    [('Base', '0.400', 0, 50.0), ('References', '+0.030', 50.0, 30.0), ('Industry', 'not counted', 80.0, 0), \
('Score', '0.430', 0, 80.0)]
    """
    totals = [round(total, _DECIMALS) for total in _totals(base, contributions)]
    steps = zip(contributions, pairwise(totals), strict=True)
    return (
        Bar(gettext("Base"), decimal(totals[0], _DECIMALS), "base", 0, stretch.place(totals[0])),
        *(_step(entry, *ends, stretch) for entry, ends in steps if entry.facet not in left_out),
        Bar(gettext("Score"), decimal(totals[-1], _DECIMALS), "score", 0, stretch.place(totals[-1])),
    )


def _totals(base: float, contributions: Iterable[Contribution]) -> list[float]:
    return list(accumulate((entry.contribution for entry in contributions), initial=base))


def _step(entry: Contribution, before: float, after: float, stretch: Stretch) -> Bar:
    label = said(FACET_LABELS.get(entry.facet, entry.facet))
    label = label[:1].upper() + label[1:]
    start, end = sorted((stretch.place(before), stretch.place(after)))
    if entry.value is None:
        return Bar(label, gettext("not counted"), "none", start, 0)
    kind = "more" if after > before else "less" if after < before else "none"
    added = signed(after - before, _DECIMALS) if kind != "none" else decimal(0, _DECIMALS)
    return Bar(label, added, kind, start, round(end - start, 1))
