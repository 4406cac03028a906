"""The service behind gunicorn, with a directory of judged profiles, in a folder of its own."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from itertools import count, islice
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select

from matcher.domain import Account, Coach
from matcher.domain.coach import CoachAvailability
from matcher.matching.scoring import RANKER
from matcher.service import put_coaches
from matcher.service.passwords import hashed
from matcher.store import accounts, callers, database, sign_ins
from matcher.store.tables import NeedRow
from tests.clients import PASSWORD
from tests.factories import SECRET_KEY, FakeEncoder, a_new_account
from training import judgements

SERVED = "tests.browser.application:application()"
ROOT = Path(__file__).parents[2]
COACHES = 12
FREE = CoachAvailability(capacity=3)
LONGEST_START = 180

_serial = count(1)


@dataclass(frozen=True)
class Served:
    """A service that answers at `address`; `log` is what it wrote, and the database behind it can be asked."""

    address: str
    engine: Engine
    log: Path

    def an_account(self, role: str = "hr_partner", one_time: bool = False, **changes: Any) -> Account:
        """A new account with `PASSWORD`, of an organisation of its own."""
        number = next(_serial)
        told = {"email": f"a{number}@kestrel.example", "organisation": f"Kestrel {number}", "role": role} | changes
        with database.sessions(self.engine).begin() as session:
            return accounts.add(session, a_new_account(**told), _password(), one_time, datetime.now(UTC))

    def a_caller(self) -> str:
        """The id of a new caller of the API."""
        with database.sessions(self.engine).begin() as session:
            return callers.add(session, f"portal {next(_serial)}", "Kestrel", datetime.now(UTC))[0].id

    def end_sign_ins(self, account: Account) -> None:
        """Has every sign-in of an account expire."""
        with database.sessions(self.engine).begin() as session:
            sign_ins.end_all(session, account.id)

    def needs_of(self, account: Account) -> int:
        """How many needs are kept of the organisation of an account."""
        with database.snapshots(self.engine).begin() as session:
            theirs = select(func.count()).select_from(NeedRow).where(NeedRow.owner == account.organisation)
            return session.scalar(theirs) or 0


@cache
def _password() -> str:
    return hashed(PASSWORD)


def _directory() -> list[Coach]:
    """Judged profiles, free on whatever day the tests run, but for one who never is."""
    coaches = islice(judgements.load().coaches.values(), COACHES)
    *free, busy = (coach.model_copy(update={"availability": FREE}) for coach in coaches)
    return [*free, busy.model_copy(update={"availability": FREE.model_copy(update={"capacity": 0})})]


@contextmanager
def serving(migrated: Path, folder: Path, rates_file: str) -> Iterator[Served]:
    """The service with two workers, on a copy of a migrated database, until the block ends."""
    shutil.copy(migrated, folder / "matcher.sqlite3")
    ranker = json.loads(files("matcher.matching").joinpath(RANKER).read_text("utf-8")) | {"encoder": None}
    (folder / "ranker.json").write_text(json.dumps(ranker))
    engine = database.open_engine(f"sqlite:///{folder / 'matcher.sqlite3'}")
    put_coaches(engine, FakeEncoder(512), _directory(), datetime.now(UTC))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = os.environ | {
        "MATCHER_DATA_DIR": str(folder),
        "MATCHER_DATABASE_URL": "",
        "MATCHER_RANKER": str(folder / "ranker.json"),
        "MATCHER_RATES_FILE": rates_file,
        "MATCHER_SECRET_KEY": SECRET_KEY,
        "MATCHER_BIND": f"127.0.0.1:{port}",
        "MATCHER_PLAIN_HTTP": "true",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "python:matcher.gunicorn_settings", SERVED]
    log = folder / "serve.log"
    with (
        log.open("w") as output,
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output) as process,
    ):
        try:
            _wait_until_ready(port, process, log)
            yield Served(f"http://127.0.0.1:{port}", engine, log)
        finally:
            process.terminate()
            engine.dispose()


def _wait_until_ready(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + LONGEST_START
    while process.poll() is None and time.monotonic() < until:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise RuntimeError(f"the service did not become ready:\n{log.read_text()[-2000:]}")
