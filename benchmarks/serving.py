"""The service as its own processes: started on a free port, asked over HTTP, and their memory read."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from time import perf_counter

HOST = "127.0.0.1"
WORKERS = 2

_COMMAND = (sys.executable, "-c", "from matcher.cli import main; main()")
_LONGEST_START = 3_600
"""The first start with a million coaches reads all of their profiles."""
_POLL = 0.02
_MEGABYTE = 1024
"""In the kibibytes that the kernel counts in."""


@dataclass(frozen=True)
class Memory:
    """Megabytes (2**20 bytes) of a process: what it can reach, that with shared pages divided by their users, and what
    of it is no file's, which the kernel cannot let go of by itself."""

    resident: float
    proportional: float
    anonymous: float


@dataclass(frozen=True)
class Server:
    """A service that answers; `seconds` from the start of its process to the first 200 of /readyz."""

    port: int
    process: subprocess.Popen[bytes]
    seconds: float

    def ask(self, need: str, key: str, expected: HTTPStatus = HTTPStatus.CREATED) -> float:
        """Seconds from connecting to the last byte of the answer to that need, a JSON document.

        Raises RuntimeError for another status than the expected one.
        """
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        started = perf_counter()
        status = _answered(self.port, "POST", "/api/v1/shortlists", need.encode(), headers)
        seconds = perf_counter() - started
        if status != expected:
            raise RuntimeError(f"asked for a shortlist, the service answered {status}")
        return seconds

    def memory(self) -> tuple[Memory, list[Memory]]:
        """That of the parent process, and of each worker."""
        return _memory(self.process.pid), [_memory(worker) for worker in self.workers()]

    def workers(self) -> list[int]:
        """The processes that answer, the oldest first."""
        process = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(child) for child in process.read_text().split()]


@contextmanager
def serving(data_dir: Path) -> Iterator[Server]:
    """The service on the SQLite database in that folder, until the block ends. Its log goes to `serve.log` there.

    Raises RuntimeError, with the end of the log, when it does not become ready.
    """
    port = _free_port()
    environment = os.environ | {"MATCHER_DATA_DIR": str(data_dir), "MATCHER_DATABASE_URL": ""}
    log = data_dir / "serve.log"
    command = [*_COMMAND, "serve", "--bind", f"{HOST}:{port}", "--workers", str(WORKERS)]
    started = perf_counter()
    with log.open("wb") as output, subprocess.Popen(command, env=environment, stdout=output, stderr=output) as process:
        try:
            _wait_until_ready(port, process, log)
            yield Server(port, process, perf_counter() - started)
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


def _wait_until_ready(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = perf_counter() + _LONGEST_START
    while process.poll() is None and perf_counter() < until:
        try:
            if _answered(port, "GET", "/readyz") == HTTPStatus.OK:
                return
        except OSError:
            pass
        time.sleep(_POLL)
    raise RuntimeError(f"the service did not become ready:\n{log.read_text('utf-8', 'replace')[-2000:]}")


def _answered(
    port: int, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> int:
    """The status of an answer that was read to its end, on a connection of its own."""
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()


def _memory(process: int) -> Memory:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    kibibytes = {name: int(value.split()[0]) for name, _, value in (line.partition(":") for line in lines[1:])}
    return Memory(*(kibibytes[name] / _MEGABYTE for name in ("Rss", "Pss", "Anonymous")))
