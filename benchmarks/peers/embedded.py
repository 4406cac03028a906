"""Vector databases that run in the asking process: Chroma and LanceDB."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

import numpy as np

from benchmarks.peers.data import Data, flags_of_row
from benchmarks.peers.searches import MEGABYTE, Search
from matcher.matching.embedding import Vectors

_AT_ONCE = 5_000


def _size(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / MEGABYTE


@contextmanager
def chroma_search(data: Data, folder: Path) -> Iterator[list[Search]]:
    """A persistent collection by inner product, with its other settings as they come."""
    import chromadb  # noqa: PLC0415

    settings = chromadb.Settings(anonymized_telemetry=False)
    client = chromadb.PersistentClient(str(folder / "chroma"), settings)
    collection = client.create_collection("passages", metadata={"hnsw:space": "ip"}, embedding_function=None)
    started = perf_counter()
    for start in range(0, len(data), _AT_ONCE):
        rows = range(start, min(start + _AT_ONCE, len(data)))
        collection.add(
            [str(row) for row in rows],
            embeddings=data.vectors[start : start + _AT_ONCE],
            metadatas=[flags_of_row(data, row) for row in rows],
        )
    seconds = perf_counter() - started

    def find(query: Vectors, passing: str, count: int) -> list[int]:
        found = collection.query(query_embeddings=query[None], n_results=count, where={passing: 1}, include=[])
        return [int(row) for row in found["ids"][0]]

    yield [Search(f"Chroma {chromadb.__version__}", "in process", seconds, _size(folder / "chroma"), find)]


@contextmanager
def lance_search(data: Data, folder: Path) -> Iterator[list[Search]]:
    """A table without an index, so that it is exact, filtered before it is searched."""
    import lancedb  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415

    started = perf_counter()
    flat = pa.array(data.vectors.reshape(-1), pa.float32())
    columns = {"row": pa.array(np.arange(len(data)))} | {
        name: pa.array(passing.astype(np.int8)) for name, passing in data.passing.items()
    }
    vectors = pa.FixedSizeListArray.from_arrays(flat, data.vectors.shape[1])
    table = lancedb.connect(folder / "lance").create_table("passages", pa.table(columns | {"vector": vectors}))
    seconds = perf_counter() - started

    def find(query: Vectors, passing: str, count: int) -> list[int]:
        asked = table.search(query).distance_type("dot").where(f"{passing} = 1", prefilter=True)
        rows: list[int] = asked.select(["row", "_distance"]).limit(count).to_arrow()["row"].to_pylist()
        return rows

    yield [Search(f"LanceDB {lancedb.__version__}, no index", "in process", seconds, _size(folder / "lance"), find)]
