"""What is committed comes into SQLite's file beside the transactions, much at a time."""

import gc
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import enumerate as threads
from types import SimpleNamespace

import pytest
from apiflask import APIFlask
from sqlalchemy import Engine, create_engine

from matcher import gunicorn_settings
from matcher.store import checkpoints, database

MUCH, LITTLE = 200_000, 10


@pytest.fixture
def database_url(tmp_path: Path, migrated_sqlite: Path) -> str:
    file = tmp_path / "matcher.sqlite3"
    shutil.copy(migrated_sqlite, file)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE written (name TEXT, content BLOB)")
    return f"sqlite:///{file}"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "_PAUSE", 0.02)
    monkeypatch.setattr(checkpoints, "_BROUGHT_IN", MUCH)


def write(engine: Engine, name: str, size: int) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO written VALUES (?, zeroblob(?))", (name, size))


def names(engine: Engine) -> set[str]:
    with database.reading(engine).begin() as connection:
        return {*connection.exec_driver_sql("SELECT name FROM written").scalars()}


def in_the_file_alone(engine: Engine, name: str) -> bool:
    """Whether something is there for who has the file without what was written ahead of it."""
    file = Path(engine.url.database or "")
    copy = file.with_name("copy.sqlite3")
    shutil.copyfile(file, copy)
    try:
        with closing(sqlite3.connect(f"file:{copy}?immutable=1", uri=True)) as alone:
            return bool(alone.execute("SELECT count(*) FROM written WHERE name = ?", [name]).fetchone()[0])
    except sqlite3.DatabaseError:
        # It was copied while it was written.
        return False


def bytes_ahead(engine: Engine) -> int:
    return Path(f"{engine.url.database}-wal").stat().st_size


def soon(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.02)
    return False


def test_what_is_committed_is_brought_in_each_time_that_it_is_much_and_not_before(engine: Engine) -> None:
    checkpoints.checkpoint_beside(engine)
    for place in range(2):
        write(engine, f"little {place}", LITTLE)
        time.sleep(0.3)
        assert not in_the_file_alone(engine, f"little {place}")
        # So that no transaction begins the log anew, which waits for the disk.
        assert bytes_ahead(engine) > 0
        write(engine, f"much {place}", MUCH)
        assert soon(lambda: in_the_file_alone(engine, f"much {place}"))  # noqa: B023
        assert soon(lambda: bytes_ahead(engine) == 0)
    assert names(engine) == {"little 0", "much 0", "little 1", "much 1"}


def test_a_reader_is_not_disturbed_and_what_it_does_not_see_is_brought_in_after_it(engine: Engine) -> None:
    checkpoints.checkpoint_beside(engine)
    write(engine, "one", MUCH)
    assert soon(lambda: bytes_ahead(engine) == 0)
    with database.reading(engine).begin() as reader:
        read = "SELECT name FROM written"
        assert [*reader.exec_driver_sql(read).scalars()] == ["one"]
        write(engine, "two", MUCH)
        write(engine, "three", MUCH)
        time.sleep(0.3)
        assert [*reader.exec_driver_sql(read).scalars()] == ["one"]
        assert not in_the_file_alone(engine, "two")
    assert soon(lambda: in_the_file_alone(engine, "three"))
    assert soon(lambda: bytes_ahead(engine) == 0)


def test_a_writer_is_not_disturbed_and_what_it_writes_is_brought_in_after_it(engine: Engine) -> None:
    write(engine, "one", MUCH)
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO written VALUES ('two', zeroblob(10))")
        checkpoints.checkpoint_beside(engine)
        assert soon(lambda: in_the_file_alone(engine, "one"))
        assert not in_the_file_alone(engine, "two")
    assert soon(lambda: in_the_file_alone(engine, "two"))


def test_two_that_do_so_leave_each_other_to_it(engine: Engine, database_url: str) -> None:
    other = database.open_engine(database_url)
    for each in (engine, other):
        checkpoints.checkpoint_beside(each)
    for place in range(40):
        write((engine, other)[place % 2], str(place), MUCH // 4)
    assert names(engine) == names(other) == {str(place) for place in range(40)}
    write(other, "last", MUCH)
    assert soon(lambda: in_the_file_alone(engine, "last"))
    other.dispose()


def test_a_transaction_leaves_its_pages_to_the_thread(engine: Engine) -> None:
    checkpoints.checkpoint_beside(engine)
    assert pages_until_a_transaction_waits(engine) == 16_384


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file:{folder}/named?uri=true"])
def test_what_has_no_file_or_is_named_by_a_uri_is_left_to_sqlite(url: str, tmp_path: Path) -> None:
    before, engine = threads(), create_engine(url.format(folder=tmp_path))
    checkpoints.checkpoint_beside(engine)
    assert pages_until_a_transaction_waits(engine) == 1_000
    assert threads() == before
    engine.dispose()


def pages_until_a_transaction_waits(engine: Engine) -> object:
    with engine.connect() as connection:
        return connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar()


def test_each_worker_of_the_server_brings_in_what_is_ahead(start: Callable[..., APIFlask]) -> None:
    app = start()
    server = SimpleNamespace(app=SimpleNamespace(wsgi=lambda: app))
    engine: Engine = app.extensions["matcher"].engine
    write(engine, "before the fork", MUCH)
    assert not in_the_file_alone(engine, "before the fork")
    gunicorn_settings.post_fork(server, None)
    try:
        assert pages_until_a_transaction_waits(engine) == 16_384
        assert soon(lambda: in_the_file_alone(engine, "before the fork"))
    finally:
        gunicorn_settings.worker_exit(server, None)
        gc.unfreeze()
