"""What every way to search has in common, and those that are a library: NumPy and FAISS."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np

from benchmarks.peers.data import Data
from matcher.matching.embedding import Vectors

Find = Callable[[Vectors, str, int], Sequence[int]]
"""The rows found for a query under a filter, at most so many, the nearest first."""

MEGABYTE = 2**20


@dataclass(frozen=True)
class Search:
    """A way to search that is ready to be asked."""

    name: str
    place: str
    """Where it computes: "in process", or at the other end of a "socket"."""
    build: float
    """Seconds from vectors in memory to ready."""
    megabytes: float
    """On disk, or in memory for what is not on disk."""
    find: Find


@contextmanager
def numpy_search(data: Data, _folder: Path) -> Iterator[list[Search]]:
    """Masks the rows, gathers those that pass, and computes all of their products."""

    def find(query: Vectors, passing: str, count: int) -> list[int]:
        rows = np.flatnonzero(data.passing[passing])
        products = data.vectors[rows] @ query
        nearest = np.argpartition(-products, min(count, len(rows) - 1))[:count]
        found: list[int] = rows[nearest[np.argsort(-products[nearest])]].tolist()
        return found

    yield [Search("NumPy: mask, gather, all products", "in process", 0.0, data.vectors.nbytes / MEGABYTE, find)]


@contextmanager
def faiss_search(data: Data, _folder: Path) -> Iterator[list[Search]]:
    """The flat index, which is exact, and HNSW, each told by a bitmap which rows pass."""
    import faiss  # noqa: PLC0415

    faiss.omp_set_num_threads(1)
    bitmaps = {name: np.packbits(passing, bitorder="little") for name, passing in data.passing.items()}

    def search(
        name: str, index: faiss.Index, parameters: Callable[[faiss.IDSelector], faiss.SearchParameters]
    ) -> Search:
        started = perf_counter()
        index.add(data.vectors)
        seconds = perf_counter() - started
        selectors = {name: faiss.IDSelectorBitmap(bitmap) for name, bitmap in bitmaps.items()}

        def find(query: Vectors, passing: str, count: int) -> list[int]:
            rows = index.search(query[None], count, params=parameters(selectors[passing]))[1][0]
            return [row for row in rows.tolist() if row >= 0]

        return Search(name, "in process", seconds, faiss.serialize_index(index).nbytes / MEGABYTE, find)

    yield [
        search(
            "FAISS flat, selector",
            faiss.IndexFlatIP(data.dimension),
            lambda selector: faiss.SearchParameters(sel=selector),
        ),
        search(
            "FAISS HNSW (M 32, efSearch 64), selector",
            faiss.IndexHNSWFlat(data.dimension, 32, faiss.METRIC_INNER_PRODUCT),
            lambda selector: faiss.SearchParametersHNSW(sel=selector, efSearch=64),
        ),
    ]
