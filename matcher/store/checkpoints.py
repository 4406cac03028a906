"""Brings what SQLite wrote ahead into its database file, beside the requests instead of at the end of some of them."""

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from threading import Thread

import structlog
from sqlalchemy import Engine, event

_PAUSE = 0.5
"""Seconds after which it is looked again how much is ahead."""

_BROUGHT_IN = 4 * 1024 * 1024
"""Bytes ahead, about a thousand pages, from which on they are brought in. The next transaction then begins the log anew
and waits for the disk once, so that with fewer more of them would wait."""

_PAGES_AHEAD = 16_384
"""Pages (64 MB) written ahead from which on a transaction brings them in itself, as if nobody did so beside it."""

_log = structlog.get_logger()


def checkpoint_beside(engine: Engine) -> None:
    """From now on a thread brings in what is committed, a thousand pages at a time, to be called once in each process
    that serves; nothing for PostgreSQL, which does so itself, nor for a database in memory or one named by a URI.

    SQLite by itself does that in the transaction that writes the thousandth page, which waits until the disk has all of
    them. With the thread one transaction after each thousand still waits for the disk once, as it begins the log anew.
    A commit is safe from the end of the process at once, and from that of the machine when it was brought in, as ever.
    """
    name = engine.url.database
    if engine.dialect.name != "sqlite" or not name or name == ":memory:" or "uri" in engine.url.query:
        return
    event.listen(engine, "connect", _leave_to_the_thread)
    file = os.path.realpath(name)  # Beside which SQLite writes, where the name is that of a link.
    Thread(target=_bring_in, args=(file,), name="checkpoints", daemon=True).start()


def _leave_to_the_thread(connection: sqlite3.Connection, _: object) -> None:
    connection.execute(f"PRAGMA wal_autocheckpoint = {_PAGES_AHEAD}")


def _bring_in(file: str) -> None:
    while True:
        time.sleep(_PAUSE)
        try:
            if _ahead(file) < _BROUGHT_IN:
                continue
            # Where another process does so too, or somebody still reads what is old, it waits for the next time.
            with closing(sqlite3.connect(file, timeout=0)) as connection:
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
                # With nearly nothing left to do, so that nobody waits for it; then the size tells again what is ahead.
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except (OSError, sqlite3.Error) as error:
            _log.warning("written pages not brought in", error=type(error).__name__)


def _ahead(file: str) -> int:
    # Not by opening it: to close it again would take SQLite's locks from this process.
    try:
        return Path(f"{file}-wal").stat().st_size
    except FileNotFoundError:
        return 0
