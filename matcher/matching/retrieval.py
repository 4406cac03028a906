"""Which passages of each eligible coach are nearest to what is asked, or show most of an area: exact, over all."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matcher.matching.areas import MOST_PASSAGES, WHOLE
from matcher.matching.columns import Ragged
from matcher.matching.embedding import Vectors
from matcher.matching.index import Bools, Floats, Ints, Passages

NO_PASSAGE = -1


@dataclass(frozen=True)
class Nearest:
    """For each coach and query (or area) the coach's nearest passage; both of shape (coaches, queries).

    A coach without passages has similarity NaN and place NO_PASSAGE.
    """

    similarity: Floats
    place: Ints
    """Where the passage stands among all passages of the index."""


def likeness(passages: Ragged[Passages], rows: Ints, queries: Vectors) -> Floats:
    """The inner product of each passage of those rows, in their order, with each query.

    `queries` has shape (queries, dimension), the result (passages of those rows, queries).
    """
    return _products(passages.entries.vector[passages.places(rows)], queries)


def nearest(passages: Ragged[Passages], rows: Ints, likeness: Floats) -> Nearest:
    """The nearest passage (of the greatest likeness, the first of equals) of each row to each query."""
    similarity, position = _best(passages.counts[rows], likeness)
    return Nearest(similarity, _at(passages.places(rows), position))


@dataclass(frozen=True)
class Evidence:
    """How clearly each coach's profile shows each of some areas; both of shape (coaches, areas).

    Unknown (NaN) for a coach without passages, whose `place` is NO_PASSAGE.
    """

    strength: Floats
    """In [0, 1]: what the MOST_PASSAGES passages that show most of the area show together, as a share of WHOLE."""
    place: Ints
    """Where the passage that shows most of it stands among all passages of the index."""
    against: Floats
    """How clearly one passage speaks against the coach there, in [0, 1]."""
    against_place: Ints
    """Where that passage stands."""


def evidence(passages: Ragged[Passages], rows: Ints, areas: Sequence[int], copied: Bools | None = None) -> Evidence:
    """What the passages of those rows show of those areas, given by their places in the vocabulary.

    Passages that are `copied`, shape (passages of those rows,), show nothing.
    """
    places, counts = passages.places(rows), passages.counts[rows]
    told = passages.entries.areas[places][:, list(areas)].astype(np.float64)
    if copied is not None:
        told[copied] = 0.0
    against, against_at = _best(counts, np.maximum(-told, 0.0))
    left = np.maximum(told, 0.0)
    together, found = np.zeros((len(rows), len(areas))), []
    for _ in range(MOST_PASSAGES):
        most, position = _best(counts, left)
        together += most
        found.append(_at(places, position))
        # Each passage counts once.
        left[position[counts > 0], np.arange(len(areas))] = 0.0
    return Evidence(np.minimum(together / WHOLE, 1.0), found[0], against, _at(places, against_at))


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
