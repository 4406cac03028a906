"""Two services, each as if on a machine of its own, on one PostgreSQL server, behind nginx where there is one."""

import http.client
import itertools
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import Engine

from matcher.service import add_caller
from matcher.store import database
from tests.clients import document
from tests.factories import SECRET_KEY, SIGNING_KEY, a_coach, a_need

ROOT = Path(__file__).parents[1]
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
CHANGES = 8
NEED = document(a_need())


class Client:
    """Somebody who asks one address, over one connection after another."""

    def __init__(self, port: int, key: str) -> None:
        self.port, self.key = port, key

    def send(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def put(self, name: str) -> None:
        assert self.send("PUT", "/api/v1/coaches/c1", document(a_coach(id="c1", name=name)))[0] in (200, 201)

    def shortlist(self) -> tuple[int, Any]:
        return self.send("POST", "/api/v1/shortlists", NEED)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextmanager
def process(command: list[str], log: Path, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        started = subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, stdout=output, stderr=output)
        try:
            yield started
        finally:
            started.terminate()
            try:
                started.wait(40)
            except subprocess.TimeoutExpired:
                started.kill()


def wait_until_ready(client: Client, started: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 180
    while started.poll() is None and time.monotonic() < until:
        try:
            if client.send("GET", "/readyz")[0] == 200:
                return
        except (OSError, ValueError):
            pass
        time.sleep(0.1)
    pytest.fail(f"it did not become ready: {log.read_text('utf-8', 'replace')[-2000:]}")


@contextmanager
def machines(url: str, key: str, folder: Path) -> Iterator[tuple[list[Client], list[subprocess.Popen[bytes]]]]:
    command = [sys.executable, "-c", "from matcher.cli import main; main()", "serve", "--workers", "1", "--bind"]
    with ExitStack() as stack:
        clients, started, logs = [], [], []
        for name in ("one", "two"):
            clients.append(Client(free_port(), key))
            logs.append(folder / f"{name}.log")
            own = {"MATCHER_DATA_DIR": str(folder / name), "MATCHER_DATABASE_URL": url}
            keys = {"MATCHER_SECRET_KEY": SECRET_KEY, "MATCHER_SIGNING_KEY": SIGNING_KEY, "MATCHER_PROXIES": "1"}
            bound = [*command, f"127.0.0.1:{clients[-1].port}"]
            started.append(stack.enter_context(process(bound, logs[-1], **own, **keys)))
        for client, one, log in zip(clients, started, logs, strict=True):
            wait_until_ready(client, one, log)
        yield clients, started


@contextmanager
def balancer(clients: list[Client], folder: Path) -> Iterator[Client]:
    """nginx as in docs/nginx.conf, in front of those instead of `one` and `two`; without nginx, the first of them."""
    if not NGINX:
        yield clients[0]
        return
    front = Client(free_port(), clients[0].key)
    configuration = (ROOT / "docs/nginx.conf").read_text("utf-8").replace("listen 8080", f"listen {front.port}")
    for name, client in zip(("one", "two"), clients, strict=True):
        configuration = configuration.replace(f"server {name}:8000", f"server 127.0.0.1:{client.port}")
    (folder / "nginx.conf").write_text(configuration, "utf-8")
    command = [NGINX, "-p", str(folder), "-e", "stderr", "-c", str(folder / "nginx.conf")]
    with process([*command, "-g", f"daemon off; pid {folder}/nginx.pid;"], folder / "nginx.log") as started:
        wait_until_ready(front, started, folder / "nginx.log")
        yield front


@contextmanager
def under_load(front: Client, clients: int) -> Iterator[list[int]]:
    """The statuses of shortlists that several ask for without a break while the block runs; 0 where none came."""
    statuses: list[int] = []
    end = Event()

    def ask() -> None:
        while not end.is_set():
            try:
                statuses.append(front.shortlist()[0])
            except (OSError, ValueError):
                statuses.append(0)

    threads = [Thread(target=ask) for _ in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield statuses
    finally:
        end.set()
        for thread in threads:
            thread.join()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_change_through_one_machine_is_in_every_later_answer_of_the_other(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    with database.sessions(engine).begin() as session:
        _, key = add_caller(session, "portal", "Kestrel", datetime.now(UTC))
    with machines(database_url, key, tmp_path) as (clients, started), balancer(clients, tmp_path) as front:
        clients[0].put("Name -1")
        with under_load(front, clients=2) as statuses:
            for number, (changed, other) in zip(
                range(CHANGES), itertools.cycle([clients, clients[::-1]]), strict=False
            ):
                changed.put(f"Name {number}")
                status, answer = other.shortlist()
                # The first answer asked for after the change, so that there is no delay at all.
                assert (status, [coach["name"] for coach in answer["coaches"]]) == (201, [f"Name {number}"])
        assert len(statuses) > CHANGES
        assert {*statuses} == {201}
        if NGINX:
            started[1].kill()
            assert [front.send("GET", "/api/v1/coaches/c1")[0] for _ in range(6)] == [200] * 6
            assert front.shortlist()[0] == 201
