"""Workers of gunicorn that are killed in the middle of requests: what was accepted is there once, and all goes on."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from apiflask import APIFlask

from matcher.service import verify_audit
from tests.clients import ApiCaller, a_caller, document, row_counts, service
from tests.factories import SECRET_KEY, a_coach, a_need
from tests.test_idempotency import SUMMARY, age

ROOT = Path(__file__).parents[1]
LONGEST = 60
KEY = {"Idempotency-Key": '"8e03978e-40d5-43e8-bc93-6894a57f9324"'}
NEED = document(a_need(summary=SUMMARY))
# What somebody sees whose answer does not come, or breaks off.
CUT_OFF = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)
Start = Callable[..., APIFlask]


def _until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + LONGEST
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.05)


@dataclass(frozen=True)
class Server:
    """Two workers behind one address; `caller` is who sends, at an application on the same database."""

    port: int
    process: "subprocess.Popen[bytes]"
    folder: Path
    caller: ApiCaller

    def workers(self) -> set[int]:
        """The processes that answer now."""
        listed = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return set(map(int, listed.split()))

    def is_ready(self) -> bool:
        """Whether a worker can rank."""
        with suppress(*CUT_OFF):
            return requests.get(f"http://127.0.0.1:{self.port}/readyz", timeout=LONGEST).status_code == 200
        return False

    def send(self, method: str, path: str, body: Any, headers: dict[str, str] | None = None) -> requests.Response:
        """The answer to a request that is sent once."""
        address = f"http://127.0.0.1:{self.port}/api/v1{path}"
        sent = {"Authorization": f"Bearer {self.caller.key}"} | (headers or {})
        return requests.request(method, address, json=body, headers=sent, timeout=LONGEST)

    def kill_over(self, moment: str, *sent: Any) -> None:
        """Sends a request, and kills the worker that has it when it comes to that moment; no answer comes back."""
        standing = self.folder / "standing"
        (self.folder / moment).touch()
        with ThreadPoolExecutor(1) as threads:
            answer = threads.submit(self.send, *sent)
            _until(lambda: standing.exists() and bool(standing.read_text()))
            worker = int(standing.read_text())
            assert worker in self.workers()
            os.kill(worker, signal.SIGKILL)
            with pytest.raises(CUT_OFF):
                answer.result()
        standing.unlink()
        _until(lambda: len(self.workers() - {worker}) == 2)


@pytest.fixture
def server(start: Start, database_url: str, rates_file: str, tmp_path: Path) -> Iterator[Server]:
    caller = a_caller(start())
    caller.put(a_coach())
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    settings = {
        "MATCHER_DATABASE_URL": database_url,
        "MATCHER_DATA_DIR": str(tmp_path),
        "MATCHER_RATES_FILE": rates_file,
        "MATCHER_SECRET_KEY": SECRET_KEY,
        "MATCHER_BIND": f"127.0.0.1:{port}",
        "MATCHER_LOG_LEVEL": "error",
        "MATCHER_WORKER": "external",
        "STAND_STILL": str(tmp_path),
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "python:matcher.gunicorn_settings"]
    command += ["--log-level", "critical", "tests.killed_worker_app:app"]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | settings) as process:
        found = Server(port, process, tmp_path, caller)
        _until(found.is_ready)
        yield found
        process.send_signal(signal.SIGQUIT)


def test_what_was_accepted_is_done_once_whenever_a_worker_is_killed(server: Server) -> None:
    app = server.caller.app
    server.kill_over("before it is stored", "POST", "/shortlists", NEED, KEY)
    assert rows(app, "need", "shortlist", "keyed_request") == (0, 0, 1)
    assert server.send("POST", "/shortlists", NEED, KEY).status_code == 409
    age(app, timedelta(seconds=61))
    server.kill_over("before it is told", "POST", "/shortlists", NEED, KEY)
    assert rows(app, "need", "shortlist", "keyed_request") == (1, 1, 1)
    answers = [server.send("POST", "/shortlists", NEED, KEY) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201] * 3
    assert len({answer.content for answer in answers}) == 1

    outcome = f"/shortlists/{answers[0].json()['id']}/coaches/c1/outcomes/chosen"
    server.kill_over("before it is told", "PUT", outcome, {})
    assert server.send("PUT", outcome, {}).status_code == 200
    assert rows(app, "need", "shortlist", "outcome") == (1, 1, 1)

    # One server for both, since it takes long to start.
    found = asked_under_kills(server, 40)
    assert len(set(found)) == 40
    assert rows(app, "need", "shortlist", "keyed_request") == (41, 41, 41)
    assert verify_audit(service(app).engine).holds


def rows(app: APIFlask, *tables: str) -> tuple[int, ...]:
    counts = row_counts(app)
    return tuple(counts[table] for table in tables)


def asked_under_kills(server: Server, number: int) -> list[str]:
    """The ids of so many shortlists, asked for by four at a time until each is answered; three workers are killed."""

    def answered(serial: int) -> str:
        need, key = NEED | {"summary": f"Need {serial}."}, {"Idempotency-Key": f'"{serial}"'}
        for _ in range(200):
            with suppress(*CUT_OFF):
                answer = server.send("POST", "/shortlists", need, key)
                if answer.status_code == 201:
                    return str(answer.json()["id"])
                assert answer.status_code == 409
                # Nobody waits for a minute here; that some who are alive are taken for dead must do no harm.
                age(server.caller.app, timedelta(seconds=61))
            time.sleep(0.05)
        raise AssertionError("never answered")

    with ThreadPoolExecutor(4) as threads:
        answers = [threads.submit(answered, serial) for serial in range(number)]
        for share in (number // 5, number // 2, number * 4 // 5):
            _until(lambda share=share: sum(answer.done() for answer in answers) >= share)  # type: ignore[misc]
            os.kill(min(server.workers()), signal.SIGKILL)
        return [answer.result() for answer in answers]
