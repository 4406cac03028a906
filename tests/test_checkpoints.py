"""What is committed comes into SQLite's file soon, without a transaction that waits for it."""

import shutil
import sqlite3
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from matcher.store import callers, checkpoints, database, schema

NOW = datetime(2026, 11, 27, tzinfo=UTC)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    engine = database.open_engine(f"sqlite:///{tmp_path / 'matcher.sqlite3'}")
    schema.upgrade(engine)
    engine.dispose()
    return engine


def in_the_file_alone(engine: Engine, name: str) -> bool:
    """Whether a caller is there for who has the file without what was written ahead of it."""
    file = Path(engine.url.database or "")
    copy = file.with_name("copy.sqlite3")
    shutil.copyfile(file, copy)
    with sqlite3.connect(f"file:{copy}?immutable=1", uri=True) as alone:
        return bool(alone.execute("SELECT count(*) FROM caller WHERE name = ?", [name]).fetchone()[0])


def add(engine: Engine, name: str) -> None:
    with database.sessions(engine).begin() as session:
        callers.add(session, name, None, NOW)


def comes_in(engine: Engine, name: str) -> bool:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if in_the_file_alone(engine, name):
            return True
        time.sleep(0.05)
    return False


def test_what_is_committed_is_brought_into_the_file_each_time(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "_PAUSE", 0.05)
    add(engine, "before")
    assert not in_the_file_alone(engine, "before")
    checkpoints.checkpoint_beside(engine)
    for name in ("one", "two"):
        add(engine, name)
        assert comes_in(engine, name)
    assert in_the_file_alone(engine, "before")


def test_a_reader_is_not_disturbed_and_what_it_does_not_see_stays_ahead(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "_PAUSE", 0.05)
    checkpoints.checkpoint_beside(engine)
    add(engine, "one")
    assert comes_in(engine, "one")
    with database.snapshots(engine).begin() as session:
        assert len(callers.list_all(session)) == 1
        add(engine, "two")
        add(engine, "three")
        time.sleep(0.3)
        assert len(callers.list_all(session)) == 1
    add(engine, "four")
    assert comes_in(engine, "four")


def test_a_transaction_leaves_its_pages_to_the_thread(engine: Engine) -> None:
    checkpoints.checkpoint_beside(engine)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar() == 16_384
