"""Evaluations as Markdown tables."""

from collections.abc import Mapping, Sequence
from math import isnan

import numpy as np

from training.metrics import MEASURES, Estimate, Values, estimate_difference, estimate_mean

_SEED = 2027
_BY_NEED = "nDCG@5"


def _interval(estimate: Estimate, sign: str) -> str:
    return "-" if isnan(estimate.low) else f"{estimate.low:{sign}.2f} to {estimate.high:{sign}.2f}"


def _cell(values: Values, reference: Values, is_reference: bool) -> str:
    # One seed for every cell, so that a row does not depend on which others are in the table.
    rng = np.random.default_rng(_SEED)
    if is_reference:
        estimate = estimate_mean(values, rng)
        return f"**{estimate.mean:.3f}** [{_interval(estimate, '')}]"
    mean = np.nanmean(values) if not np.isnan(values).all() else np.nan
    return f"{mean:.3f} ({_interval(estimate_difference(values, reference, rng), '+')})"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(map(_row, [header, ["---"] * len(header), *rows]))


def comparison(rankers: Mapping[str, Values], reference: str) -> str:
    """A row for each ranker, whose values have shape (needs, measures), and a column for each of MEASURES.

    A cell is the mean over needs with, in brackets, the 95 % bootstrap interval: of the paired
    difference from the reference; in the reference's own row, of the mean. A measure that no need
    defines is "nan (-)".
    """
    rows = [
        [name]
        + [
            _cell(values[:, column], rankers[reference][:, column], name == reference)
            for column in range(len(MEASURES))
        ]
        for name, values in rankers.items()
    ]
    return _table(["Ranker", *MEASURES], rows)


def by_need(rankers: Mapping[str, Values], eligible: Mapping[str, int]) -> str:
    """nDCG@5 of each ranker (columns) for each need (rows), with the number of eligible coaches.

    `eligible` has the needs in the order of the values' rows.
    """
    column = list(MEASURES).index(_BY_NEED)
    rows = [
        [need, str(count), *(f"{values[row, column]:.2f}" for values in rankers.values())]
        for row, (need, count) in enumerate(eligible.items())
    ]
    return _table(["Need", "Eligible", *rankers], rows)
