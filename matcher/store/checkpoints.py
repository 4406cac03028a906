"""Brings what SQLite wrote ahead into its database file, beside the requests instead of at the end of some of them."""

import sqlite3
import time
from contextlib import closing
from threading import Event, Thread

import structlog
from sqlalchemy import Connection, Engine, event

from matcher.store.database import is_reading

_PAUSE = 0.5
"""Seconds after a commit until it is brought in, with all that were made until then."""

_PAGES_AHEAD = 16_384
"""Pages (64 MB) written ahead from which on a transaction brings them in itself, as if nobody did so beside it."""

_log = structlog.get_logger()


def checkpoint_beside(engine: Engine) -> None:
    """From now on a thread brings in what this process commits, to be called once in each process that serves; nothing
    for PostgreSQL, which does so itself.

    A commit is safe from the end of the process at once, and from that of the machine when it was brought in, as ever;
    SQLite by itself does that with every thousandth page, while somebody waits for the disk.
    """
    if engine.dialect.name != "sqlite" or not engine.url.database:
        return
    committed = Event()

    def note(connection: Connection) -> None:
        if not is_reading(connection):
            committed.set()

    event.listen(engine, "connect", _leave_to_the_thread)
    event.listen(engine, "commit", note)
    Thread(target=_bring_in, args=(engine.url.database, committed), name="checkpoints", daemon=True).start()


def _leave_to_the_thread(connection: sqlite3.Connection, _: object) -> None:
    connection.execute(f"PRAGMA wal_autocheckpoint = {_PAGES_AHEAD}")


def _bring_in(database: str, committed: Event) -> None:
    while committed.wait():
        committed.clear()
        time.sleep(_PAUSE)
        try:
            with closing(sqlite3.connect(database)) as connection:
                # Waits for nobody, and nobody for it; what others still read is brought in the next time.
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        except sqlite3.Error as error:
            _log.warning("written pages not brought in", error=type(error).__name__)
