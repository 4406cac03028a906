"""Which passages of each eligible coach are nearest to what is asked: exact, over all of them."""

from dataclasses import dataclass

import numpy as np

from matcher.matching.columns import Ragged
from matcher.matching.embedding import Vectors
from matcher.matching.index import Floats, Ints, Passages

NO_PASSAGE = -1


@dataclass(frozen=True)
class Nearest:
    """For each coach and query the coach's nearest passage; both of shape (coaches, queries).

    A coach without passages has similarity NaN and place NO_PASSAGE.
    """

    similarity: Floats
    place: Ints
    """Where the passage stands among all passages of the index."""

    def columns(self, start: int, stop: int) -> "Nearest":
        """The same for the queries from `start` up to `stop`."""
        return Nearest(self.similarity[:, start:stop], self.place[:, start:stop])


def nearest(passages: Ragged[Passages], rows: Ints, queries: Vectors) -> Nearest:
    """The nearest passage (greatest inner product, the first of equals) of each row to each query.

    `queries` has shape (queries, dimension). Only passages of those rows are compared.
    """
    shape = (len(rows), len(queries))
    similarity, place = np.full(shape, np.nan), np.full(shape, NO_PASSAGE)
    with_passages = passages.counts[rows] > 0
    places = passages.places(rows)
    if len(places) and len(queries):
        starts = _starts(passages.counts[rows][with_passages])
        products = _products(passages.entries.vector[places], queries)
        best = np.maximum.reduceat(products, starts)
        similarity[with_passages] = best
        place[with_passages] = places[_first_best(products, best, starts)]
    return Nearest(similarity, place)


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
