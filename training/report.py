"""Evaluations as Markdown tables."""

from collections.abc import Mapping, Sequence
from math import isnan

import numpy as np

from training.metrics import MEASURES, Estimate, Values, estimate_difference, estimate_mean

SEED = 2027
"""Of every interval, so that the same values have the same one wherever they are told."""
_BY_NEED = "nDCG@5"

EQUAL = 1e-9
"""The difference of two values up to which they are equal, and differ by rounding alone."""


def _interval(estimate: Estimate, sign: str) -> str:
    return "-" if isnan(estimate.low) else f"{estimate.low:{sign}.2f} to {estimate.high:{sign}.2f}"


def _cell(values: Values, reference: Values, is_reference: bool) -> str:
    # One seed for every cell, so that a row does not depend on which others are in the table.
    rng = np.random.default_rng(SEED)
    if is_reference:
        estimate = estimate_mean(values, rng)
        return f"**{estimate.mean:.3f}** [{_interval(estimate, '')}]"
    mean = np.nanmean(values) if not np.isnan(values).all() else np.nan
    return f"{mean:.3f} ({_interval(estimate_difference(values, reference, rng), '+')})"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table of those cells."""
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
    return table(["Ranker", *MEASURES], rows)


def by_need(rankers: Mapping[str, Values], eligible: Mapping[str, int]) -> str:
    """nDCG@5 of each ranker (columns) for each need (rows), with the number of eligible coaches.

    `eligible` has the needs in the order of the values' rows.
    """
    column = list(MEASURES).index(_BY_NEED)
    rows = [
        [need, str(count), *(f"{values[row, column]:.2f}" for values in rankers.values())]
        for row, (need, count) in enumerate(eligible.items())
    ]
    return table(["Need", "Eligible", *rankers], rows)


def by_slice(rankers: Mapping[str, Values], slices: Mapping[str, Sequence[int]], reference: str) -> str:
    """nDCG@5 of each ranker (columns) over the needs of each slice (rows), whose places are given.

    The reference comes with the 95 % bootstrap interval of its mean.
    """
    column = list(MEASURES).index(_BY_NEED)
    rows = [
        [name, str(len(places)), *(_mean(values[places, column], one == reference) for one, values in rankers.items())]
        for name, places in slices.items()
    ]
    return table([f"Needs, {_BY_NEED}", "Number", *rankers], rows)


def _mean(values: Values, is_reference: bool) -> str:
    if is_reference:
        return _cell(values, values, is_reference)
    return "nan" if np.isnan(values).all() else f"{np.nanmean(values):.3f}"


def head_to_head(values: Values, other: Values) -> str:
    """How often one ranker does better than another, need by need, and the mean difference by each of MEASURES.

    Both have shape (needs, measures). Equal is what differs by less than EQUAL; a need for which a measure
    is not defined counts for nothing.
    """
    rows = []
    for name, one, two in zip(MEASURES, values.T, other.T, strict=True):
        lead = (one - two)[~np.isnan(one - two)]
        counts = (lead > EQUAL).sum(), (np.abs(lead) <= EQUAL).sum(), (lead < -EQUAL).sum()
        estimate = estimate_difference(one, two, np.random.default_rng(SEED))
        rows.append([name, *map(str, counts), f"{estimate.mean:+.3f} ({_interval(estimate, '+')})"])
    return table(["Measure", "Wins", "Ties", "Losses", "Difference"], rows)
