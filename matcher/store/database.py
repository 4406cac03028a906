"""Opens the database, SQLite or PostgreSQL, so that both behave alike."""

import json
import sqlite3
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    ColumnElement,
    Connection,
    Engine,
    Select,
    Text,
    UpdateBase,
    bindparam,
    column,
    create_engine,
    event,
    func,
    make_url,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import InstrumentedAttribute, Session, sessionmaker
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.types import TypeEngine

from matcher.errors import ConfigurationError
from matcher.store.tables import Row

LIST_LIMIT = 500
"""The most values in one `IN` list; older builds of SQLite take 999 parameters."""

_CONNECT_SECONDS = "10"
_WAL_ATTEMPTS = 500
_VALUE = column("value", Text)
_READING = "matcher_reading"
_QUERY_ONLY = "matcher_query_only"
_ENGINES = 8
"""For how many engines it is remembered how their transactions are begun; a process of the service has one."""

_PRAGMAS = (
    "busy_timeout = 10000",
    "synchronous = NORMAL",
    "foreign_keys = ON",
    "secure_delete = ON",  # what is deleted about a person is overwritten too
)


def open_engine(url: str) -> Engine:
    """The database at that SQLAlchemy URL, `sqlite:///...` or `postgresql+psycopg://...`; connects to nothing yet.

    Makes the folder of an SQLite file. Raises ConfigurationError when the URL is of no such kind.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise ConfigurationError("MATCHER_DATABASE_URL is not an SQLAlchemy database URL.") from None
    match parsed.drivername:
        case "sqlite":
            return _open_sqlite(parsed)
        case "postgresql+psycopg":
            with_timeout = parsed.set(query={"connect_timeout": _CONNECT_SECONDS, **parsed.query})
            return create_engine(with_timeout, pool_pre_ping=True, hide_parameters=True)
        case _:
            raise ConfigurationError("MATCHER_DATABASE_URL must begin with sqlite:/// or postgresql://.")


def _open_sqlite(url: URL) -> Engine:
    if url.database:
        folder = Path(url.database).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(f"The database's folder {folder} cannot be made: {error.strerror}.") from None
    engine = create_engine(url, hide_parameters=True)
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)
    return engine


def _set_pragmas(connection: sqlite3.Connection, _: object) -> None:
    # The driver would begin a transaction only before the first write and never before DDL; `_begin` does it instead.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    _write_ahead(connection)


def _write_ahead(connection: sqlite3.Connection) -> None:
    # Only a new file is switched; two that do so at once are refused without waiting, whatever the timeout.
    for attempt in range(1, _WAL_ATTEMPTS + 1):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if attempt == _WAL_ATTEMPTS:
                raise
            time.sleep(0.02)
        else:
            return


def _begin(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once, however long it may wait, when another one
    # wrote in between. One that may write therefore queues for the lock before it reads.
    reading: bool = connection.get_execution_options().get(_READING, False)
    # Said to the driver itself: neither waits for anybody, and by SQLAlchemy each takes several times as long.
    driver = connection.connection.cursor()
    if connection.info.get(_QUERY_ONLY) is not reading:
        driver.execute(f"PRAGMA query_only = {'ON' if reading else 'OFF'}")
        connection.info[_QUERY_ONLY] = reading
    if reading:
        driver.execute("BEGIN")
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


@lru_cache(_ENGINES)
def sessions(engine: Engine) -> sessionmaker[Session]:
    """Transactions that may write: `with sessions(engine).begin() as session`.

    On SQLite there is one at a time, so a request must not wait for anything else inside of one.
    """
    return sessionmaker(engine, expire_on_commit=False)


@lru_cache(_ENGINES)
def snapshots(engine: Engine) -> sessionmaker[Session]:
    """Transactions that only read, all of it as it was at one moment; they never wait for those that write."""
    return sessionmaker(reading(engine), expire_on_commit=False)


def reading(engine: Engine) -> Engine:
    """The same database and pool, for reading alone."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(**{_READING: True})
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """A connection in a transaction; ConfigurationError, without the password, when there is none to be had."""
    try:
        connection = engine.connect()
    except DBAPIError as error:
        raise ConfigurationError(_unreachable(engine.url, str(error.orig))) from None
    with connection, connection.begin():
        yield connection


def _unreachable(url: URL, reason: str) -> str:
    for secret in (url.password, url.query.get("password")):
        if secret:
            reason = reason.replace(str(secret), "***")
    place = f"{url.host or 'the local socket'}/{url.database}" if url.drivername != "sqlite" else url.database
    return f"The database at {place} cannot be reached: {reason.strip()}"


def insert(session: Session, row: type[Row]) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows ON CONFLICT, for the session's database."""
    return sqlite.insert(row) if session.get_bind().dialect.name == "sqlite" else postgresql.insert(row)


def put_rows(session: Session, statement: sqlite.Insert | postgresql.Insert, rows: Sequence[Mapping[str, Any]]) -> None:
    """Executes an INSERT for many rows that have the same columns and differ in their key; for none, nothing.

    PostgreSQL is given them together, an array a column: a statement a row takes it several times as long.
    """
    if not rows:
        return
    connection = session.connection()
    if isinstance(statement, sqlite.Insert):
        _put_each_row(connection, statement, rows)
    else:
        connection.execute(statement.from_select([*rows[0]], _unnested(statement.table.c, rows)))


def _put_each_row(connection: Connection, statement: sqlite.Insert, rows: Sequence[Mapping[str, Any]]) -> None:
    # Told the driver as it stands: else as much time goes into preparing each row as into inserting it.
    compiled = statement.compile(dialect=connection.dialect, column_keys=[*rows[0]])
    types = [statement.table.c[name].type.dialect_impl(connection.dialect) for name in compiled.positiontup or ()]
    columns = [
        [row[name] for row in rows] if stored is None else [stored(row[name]) for row in rows]
        for name, stored in zip(
            compiled.positiontup or (), (kind.bind_processor(connection.dialect) for kind in types), strict=True
        )
    ]
    connection.exec_driver_sql(compiled.string, [*zip(*columns, strict=True)])


def _unnested(columns: ReadOnlyColumnCollection[str, Any], rows: Sequence[Mapping[str, Any]]) -> Select[Any]:
    arrays = [bindparam(name, [row[name] for row in rows], _array_of(columns[name].type)) for name in rows[0]]
    unnested = func.unnest(*arrays).table_valued(*rows[0]).render_derived()
    return select(*unnested.c)


def _array_of(kind: TypeEngine[Any]) -> postgresql.ARRAY[Any]:
    # Without its collation, which a cast to an array cannot name.
    return postgresql.ARRAY(Text() if isinstance(kind, Text) else kind)


def listed(session: Session, values: Collection[str]) -> ColumnElement[str]:
    """The values, of which there may be any number, as the column of a table that a query selects from.

    They go to the database as one parameter. In an `IN` list each is one, which for thousands takes longer than
    finding them.
    """
    if session.get_bind().dialect.name == "sqlite":
        return func.json_each(json.dumps([*values])).table_valued(_VALUE).c.value
    return (
        func.unnest(bindparam(None, [*values], postgresql.ARRAY(Text()))).table_valued(_VALUE).render_derived().c.value
    )


def among(session: Session, found: InstrumentedAttribute[str], values: Collection[str]) -> ColumnElement[bool]:
    """Whether a column has one of the values, of which there may be any number."""
    return found.in_(select(listed(session, values)))


def rows_changed(session: Session, statement: UpdateBase) -> int:
    """How many rows the statement inserted, updated or deleted; asked this way since RETURNING needs SQLite 3.35."""
    # The driver tells it for an INSERT too, but SQLAlchemy passes that on only when asked.
    return session.connection().execute(statement.execution_options(preserve_rowcount=True)).rowcount


def chunks(values: Iterable[str]) -> Iterator[list[str]]:
    """The values in lists short enough for `IN`; none for no value."""
    remaining = iter(values)
    while chunk := list(islice(remaining, LIST_LIMIT)):
        yield chunk
