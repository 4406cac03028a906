"""Asks each way to search the same things, and notes how long it took and what it found."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import click
import numpy as np

from benchmarks.peers.data import Data, recall
from benchmarks.peers.embedded import chroma_search, lance_search
from benchmarks.peers.postgresql import pgvector_search
from benchmarks.peers.searches import Search, faiss_search, numpy_search

COUNT = 10
"""Rows asked for."""

_WARM_UP = 3

PEERS: Mapping[str, Callable[[Data, Path], AbstractContextManager[list[Search]]]] = {
    "NumPy": numpy_search,
    "FAISS": faiss_search,
    "Chroma": chroma_search,
    "LanceDB": lance_search,
    "pgvector": pgvector_search,
}


@dataclass(frozen=True)
class Answered:
    """How one way to search answered all queries under one filter."""

    seconds: tuple[float, ...]
    recall: float
    """The mean share of the COUNT nearest rows that were found."""
    rows: float
    """The mean number of rows that came back."""

    def milliseconds(self, percentile: float) -> float:
        """A percentile of the times."""
        return float(np.percentile(self.seconds, percentile)) * 1000


@dataclass(frozen=True)
class Peer:
    """A way to search with what it answered under each filter, or a name alone for what is not installed."""

    name: str
    search: Search | None = None
    answered: Mapping[str, Answered] | None = None


def compare(data: Data) -> Iterator[Peer]:
    """Every peer that is installed, one after another, so that none takes time from another."""
    for name, opened in PEERS.items():
        click.echo(f"{len(data)} vectors: {name}", err=True)
        try:
            with TemporaryDirectory(prefix="peer-") as folder, opened(data, Path(folder)) as searches:
                yield from [Peer(search.name, search, answers(search, data)) for search in searches]
        except ModuleNotFoundError:
            yield Peer(name)


def answers(search: Search, data: Data) -> dict[str, Answered]:
    """What it answers to every query, under each filter in turn."""
    return {passing: _answered(search, data, passing) for passing in data.passing}


def _answered(search: Search, data: Data, passing: str) -> Answered:
    for query in data.queries[:_WARM_UP]:
        search.find(query, passing, COUNT)
    seconds, recalls, rows = [], [], []
    for query in data.queries:
        started = perf_counter()
        found = search.find(query, passing, COUNT)
        seconds.append(perf_counter() - started)
        recalls.append(recall(found, data.nearest(query, passing, COUNT)))
        rows.append(len(found))
    return Answered(tuple(seconds), float(np.mean(recalls)), float(np.mean(rows)))
