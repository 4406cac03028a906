"""Brings a database to the schema that this version of the service needs."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, column, inspect, select, table, text

from matcher.errors import ConfigurationError
from matcher.store.database import reading, transaction

_UPGRADE_LOCK = 0x6D617463  # any number that no other user of the database takes


def upgrade(engine: Engine) -> None:
    """Brings the database to the current schema, in one transaction; safe to run twice, and by two at once.

    Raises ConfigurationError when the database cannot be reached, or its schema is one that this
    version does not know.
    """
    with transaction(engine) as connection:
        # SQLite took its lock when the transaction began.
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _UPGRADE_LOCK})
        _refuse_unknown(_revisions(connection))
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_current(engine: Engine) -> bool:
    """Whether the database has the schema of this version: False for an older, an unknown or none.

    Raises ConfigurationError when the database cannot be reached.
    """
    with transaction(reading(engine)) as connection:
        return _revisions(connection) == set(_scripts().get_heads())


def require_current(engine: Engine) -> None:
    """Raises ConfigurationError when the database is not of this version, or cannot be reached."""
    if not is_current(engine):
        raise ConfigurationError("The database is not of this version; run 'matcher db upgrade' first.")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config


@cache
def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _revisions(connection: Connection) -> set[str]:
    if not inspect(connection).has_table("alembic_version"):
        return set()
    return set(connection.scalars(select(column("version_num")).select_from(table("alembic_version"))))


def _refuse_unknown(revisions: set[str]) -> None:
    unknown = revisions - {script.revision for script in _scripts().walk_revisions()}
    if unknown:
        raise ConfigurationError(
            f"The database has a schema ({', '.join(sorted(unknown))}) that this version of the service does not know; "
            "run the version that made it, or a later one."
        )
