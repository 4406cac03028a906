"""Vectors like those of passages, queries like those of needs, and filters of several kinds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.matching.embedding import Vectors

Flags = NDArray[np.bool_]
Rows = NDArray[np.int64]

SHARE = 0.17
"""Of the rows pass a filter that is named without a share."""

FILTERS: Mapping[str, str] = {
    "few": "1 % of the rows, whatever they say",
    "several": "17 %, whatever they say",
    "agreeing": "the 17 % nearest to what is asked",
    "opposed": "the 17 % farthest from it",
}
"""What each filter lets pass."""

_OTHER = 0.6
"""How much of a second passage goes into a vector, so that no two are of the same passage."""

_NOISE = 0.02
"""Standard deviation in each dimension: 0.4 in all, against a vector's length of 1."""


@dataclass(frozen=True)
class Data:
    """`vectors` of length 1, shape (rows, dimension); `queries` likewise; which rows pass each filter."""

    vectors: Vectors
    queries: Vectors
    passing: Mapping[str, Flags]

    def __len__(self) -> int:
        return len(self.vectors)

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self.vectors.shape[1])

    def nearest(self, query: Vectors, passing: str, count: int) -> Rows:
        """The rows of the greatest inner product among those that pass, by computing all of them."""
        rows = np.flatnonzero(self.passing[passing])
        order = np.argsort(-(self.vectors[rows] @ query), kind="stable")
        return rows[order[:count]]


def derived(passages: Vectors, queries: Vectors, rows: int, rng: np.random.Generator) -> Data:
    """Any number of rows, each near one passage with some of another in it, so that they lie as passages do."""
    vectors = np.empty((rows, passages.shape[1]), np.float32)
    for start in range(0, rows, 10_000):
        part = vectors[start : start + 10_000]
        first, second = (passages[rng.integers(len(passages), size=len(part))] for _ in range(2))
        part[:] = first + _OTHER * second + rng.normal(0, _NOISE, part.shape)
        part /= np.linalg.norm(part, axis=1, keepdims=True)
    return Data(vectors, queries, _passing(vectors, queries, rng))


def _passing(vectors: Vectors, queries: Vectors, rng: np.random.Generator) -> dict[str, Flags]:
    drawn, likeness = rng.random(len(vectors)), vectors @ queries.mean(axis=0)
    return {
        "few": drawn < 0.01,
        "several": rng.random(len(vectors)) < SHARE,
        "agreeing": likeness >= np.quantile(likeness, 1 - SHARE),
        "opposed": likeness <= np.quantile(likeness, SHARE),
    }


def flags_of_row(data: Data, row: int) -> dict[str, int]:
    """The filters as columns that a database may be asked about, 1 where the row passes."""
    return {name: int(passing[row]) for name, passing in data.passing.items()}


def recall(found: Sequence[int], right: Rows) -> float:
    """The share of the rows that should have been found which were found; 1 where there is nothing to find."""
    return len({*found} & {*right.tolist()}) / len(right) if len(right) else 1.0
