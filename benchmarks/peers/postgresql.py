"""PostgreSQL with pgvector, a server of its own that is asked through its socket."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import psycopg

from benchmarks.peers.data import FILTERS, Data
from benchmarks.peers.searches import MEGABYTE, Search
from benchmarks.peers.server import postgresql_server
from matcher.matching.embedding import Vectors


@dataclass(frozen=True)
class _Way:
    """How the table is searched: by the type that is compared, an index of those operators if any, and settings."""

    name: str
    kind: str = "vector"
    operators: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)


_ITERATIVE = {"hnsw.iterative_scan": "strict_order"}
_WAYS = (
    _Way("exact", settings={"enable_indexscan": "off"}),
    _Way("HNSW, planner's defaults", operators="vector_ip_ops"),
    _Way("HNSW, iterative scan", operators="vector_ip_ops", settings=_ITERATIVE),
    _Way("halfvec HNSW, iterative scan", "halfvec", "halfvec_ip_ops", _ITERATIVE),
)


@contextmanager
def pgvector_search(data: Data, folder: Path) -> Iterator[list[Search]]:
    """One table, with an index on each filter, searched in several ways, each by a connection of its own."""
    with postgresql_server(folder) as address, ExitStack() as connections:

        def connected() -> psycopg.Connection:
            return connections.enter_context(psycopg.connect(address, autocommit=True))

        loader = connected()
        loaded = _load(loader, data)
        table = _number(loader, "SELECT pg_table_size('passage')") / MEGABYTE
        costs = {"": (loaded, table)}
        for way in _WAYS:
            if way.operators not in costs:
                seconds, megabytes = _index(loader, way, data)
                costs[way.operators] = loaded + seconds, table + megabytes
        yield [_search(connected(), way, data, *costs[way.operators]) for way in _WAYS]


def _load(connection: psycopg.Connection, data: Data) -> float:
    """Seconds that it takes to store the rows, and to index what they are filtered by."""
    columns = ", ".join(f"{name} smallint NOT NULL" for name in FILTERS)
    connection.execute("CREATE EXTENSION vector")
    connection.execute("SET maintenance_work_mem = '1GB'")
    _execute(connection, f"CREATE TABLE passage (row integer PRIMARY KEY, {columns}, vector vector({data.dimension}))")
    flags = [data.passing[name].astype(int).tolist() for name in FILTERS]
    started = perf_counter()
    with connection.cursor().copy("COPY passage FROM STDIN") as copy:
        for row, (vector, *passing) in enumerate(zip(data.vectors, *flags, strict=True)):
            copy.write_row((row, *passing, _text(vector)))
    for name in FILTERS:
        _execute(connection, f"CREATE INDEX ON passage ({name})")
    connection.execute("VACUUM ANALYZE passage")
    return perf_counter() - started


def _index(connection: psycopg.Connection, way: _Way, data: Data) -> tuple[float, float]:
    """Seconds that building an HNSW index takes, and its megabytes."""
    started = perf_counter()
    _execute(
        connection, f"CREATE INDEX {way.operators} ON passage USING hnsw (({_compared(way, data)}) {way.operators})"
    )
    seconds = perf_counter() - started
    return seconds, _number(connection, f"SELECT pg_relation_size('{way.operators}')") / MEGABYTE


def _compared(way: _Way, data: Data) -> str:
    return "vector" if way.kind == "vector" else f"vector::{way.kind}({data.dimension})"


def _search(connection: psycopg.Connection, way: _Way, data: Data, seconds: float, megabytes: float) -> Search:
    for setting, value in way.settings.items():
        _execute(connection, f"SET {setting} = {value}")
    version = connection.execute("SELECT extversion FROM pg_extension WHERE extname = 'vector'").fetchone() or ("",)

    def find(query: Vectors, passing: str, count: int) -> list[int]:
        nearest = f"({_compared(way, data)}) <#> %s::{way.kind}({data.dimension})"
        statement = f"SELECT row FROM passage WHERE {passing} = 1 ORDER BY {nearest} LIMIT {count}"
        return [row for (row,) in _execute(connection, statement, _text(query))]

    return Search(f"pgvector {version[0]}, {way.name}", "socket", seconds, megabytes, find)


def _execute(connection: psycopg.Connection, statement: str, *values: str) -> psycopg.Cursor:
    # Its parts are names and settings of this module.
    return connection.execute(statement.encode(), values)


def _number(connection: psycopg.Connection, statement: str) -> float:
    row = _execute(connection, statement).fetchone()
    return float(row[0]) if row else 0.0


def _text(vector: Vectors) -> str:
    return f"[{','.join(map(str, vector.tolist()))}]"
