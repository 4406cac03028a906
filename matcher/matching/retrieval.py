"""Which passages of each eligible coach are nearest to what is asked, or show most of an area: exact, over all."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matcher.matching.areas import PASSAGES_AN_AREA
from matcher.matching.columns import Ragged
from matcher.matching.embedding import Vectors
from matcher.matching.index import Floats, Ints, Passages

NO_PASSAGE = -1


@dataclass(frozen=True)
class Nearest:
    """For each coach and query (or area) the coach's nearest passage; both of shape (coaches, queries).

    A coach without passages has similarity NaN and place NO_PASSAGE.
    """

    similarity: Floats
    place: Ints
    """Where the passage stands among all passages of the index."""


def nearest(passages: Ragged[Passages], rows: Ints, queries: Vectors) -> Nearest:
    """The nearest passage (greatest inner product, the first of equals) of each row to each query.

    `queries` has shape (queries, dimension). Only passages of those rows are compared.
    """
    places = passages.places(rows)
    similarity, position = _best(passages.counts[rows], _products(passages.entries.vector[places], queries))
    return Nearest(similarity, _at(places, position))


@dataclass(frozen=True)
class Evidence:
    """How clearly each coach's profile shows each of some areas; both of shape (coaches, areas).

    Unknown (NaN) for a coach without passages, whose `place` is NO_PASSAGE.
    """

    strength: Floats
    """In [0, 1]: 1 - (1 - a)(1 - b) for the two passages that show most of the area, a and b; the
    probability that at least one of two independent signs holds (noisy or, Pearl 1988)."""
    place: Ints
    """Where the passage that shows most of it stands among all passages of the index."""
    against: Floats
    """How clearly one passage speaks against the coach there, in [0, 1]."""
    against_place: Ints
    """Where that passage stands."""


def evidence(passages: Ragged[Passages], rows: Ints, areas: Sequence[int]) -> Evidence:
    """What the passages of those rows show of those areas, given by their places in the vocabulary."""
    places, counts = passages.places(rows), passages.counts[rows]
    told = passages.entries.areas[places][:, list(areas)].astype(np.float64)
    against, against_at = _best(counts, np.maximum(-told, 0.0))
    lacking = 1.0 - np.maximum(told, 0.0)
    lack, found = np.ones((len(rows), len(areas))), []
    for _ in range(PASSAGES_AN_AREA):
        least, position = _best(counts, -lacking)
        lack *= -least
        found.append(_at(places, position))
        # Each passage counts once.
        lacking[position[counts > 0], np.arange(len(areas))] = 1.0
    return Evidence(1.0 - lack, found[0], against, _at(places, against_at))


def _at(places: Ints, positions: Ints) -> Ints:
    return np.where(positions == NO_PASSAGE, NO_PASSAGE, places[positions]) if len(places) else positions


def _best(counts: Ints, values: Floats) -> tuple[Floats, Ints]:
    """The greatest of each coach's values, of which `counts` stand coach after coach, and its row (the
    first of equals); NaN and NO_PASSAGE for a coach without any. Both of shape (coaches, columns)."""
    shape = (len(counts), values.shape[1])
    greatest, position = np.full(shape, np.nan), np.full(shape, NO_PASSAGE)
    if values.size:
        starts = _starts(counts[counts > 0])
        best = np.maximum.reduceat(values, starts)
        greatest[counts > 0] = best
        position[counts > 0] = _first_best(values, best, starts)
    return greatest, position


def _products(vectors: Vectors, queries: Vectors) -> Floats:
    """Inner products, shape (vectors, queries); each depends on its own two vectors alone, to the last bit."""
    # A product by `@` depends on where a row stands, so that of two equal coaches one would be the nearer.
    products: Floats = np.einsum("pd,qd->pq", vectors, queries).astype(np.float64)
    return products


def _starts(counts: Ints) -> Ints:
    return np.cumsum(counts) - counts


def _first_best(products: Floats, best: Floats, starts: Ints) -> Ints:
    """The position of the first product of each stretch that equals its best; shape (stretches, queries)."""
    lengths = np.diff(starts, append=len(products))
    is_best = products == np.repeat(best, lengths, axis=0)
    positions = np.where(is_best, np.arange(len(products))[:, np.newaxis], len(products))
    first: Ints = np.minimum.reduceat(positions, starts)
    return first
