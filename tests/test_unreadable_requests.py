"""Requests that cannot be read as HTTP, or not to their end: gunicorn itself answers them, as the application would."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http import HTTPStatus
from typing import Any

import pytest
from apiflask import APIFlask
from gunicorn.http.errors import InvalidChunkSize

from matcher import gunicorn_settings
from tests.clients import a_caller, document, pointers, told
from tests.factories import a_coach

Start = Callable[..., APIFlask]
SECRET = b"Zebedee"
BEGIN = b"GET / HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The port of an application of others, served by our workers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        found = int(listener.getsockname()[1])
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{found}", "--log-level", "critical"]
    command += ["--worker-class", gunicorn_settings.worker_class, "werkzeug.testapp:test_app"]
    with subprocess.Popen(command) as process:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with suppress(OSError), socket.create_connection(("127.0.0.1", found)):
                break
            time.sleep(0.05)
        yield found
        process.terminate()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /" + SECRET * 1_000 + b" HTTP/1.1\r\n\r\n", HTTPStatus.REQUEST_URI_TOO_LONG),
        (BEGIN + b"X-Of: " + SECRET * 2_000 + b"\r\n\r\n", HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE),
        (BEGIN + b"Content-Length: -1\r\n\r\n", HTTPStatus.BAD_REQUEST),
        (BEGIN + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}", HTTPStatus.BAD_REQUEST),
        (SECRET + b"\r\n\r\n", HTTPStatus.BAD_REQUEST),
        (b"GET /" + SECRET + b"\xff\xfe HTTP/1.1\r\n\r\n", HTTPStatus.BAD_REQUEST),
    ],
)
def test_what_is_no_request_is_told_so_by_a_problem_document(port: int, sent: bytes, status: HTTPStatus) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(sent)
        head, _, body = b"".join(iter(lambda: connection.recv(65_536), b"")).partition(b"\r\n\r\n")
    assert head.splitlines()[0] == f"HTTP/1.1 {status.value} {status.phrase}".encode()
    assert b"application/problem+json" in head and SECRET not in body
    problem = json.loads(body)
    assert (problem["status"], problem["type"]) == (status.value, "/problems/http-error")


class _BadChunks:
    """A body as gunicorn reads one whose chunks are none."""

    def read(self, *_: int) -> bytes:
        raise InvalidChunkSize(b"zz")

    readline = read


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_body_whose_chunks_are_none_is_a_malformed_document(start: Start) -> None:
    caller = a_caller(start())
    sent: dict[str, Any] = {"wsgi.input": _BadChunks(), "wsgi.input_terminated": True}
    answer = caller.send("POST", "/shortlists", environ_overrides=sent, content_type="application/json")
    told(answer, 400, "malformed-document")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_compressed_body_is_refused_as_a_kind_that_is_not_taken(start: Start) -> None:
    caller = a_caller(start())
    for coding, status in {"gzip": 415, "br": 415, "identity": 422}.items():
        answer = caller.send("POST", "/shortlists", {}, headers={"Content-Encoding": coding})
        assert answer.status_code == status, coding


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_address_that_is_not_utf_8_is_not_taken_for_another_one(start: Start) -> None:
    caller = a_caller(start())
    coach = a_coach(id="\ufffd")
    caller.put(coach)
    assert caller.send("GET", "/coaches/%EF%BF%BD").get_json()["id"] == "\ufffd"
    # The client of the tests would send it as UTF-8.
    sent = {"environ_overrides": {"PATH_INFO": "/api/v1/coaches/\xff"}}
    for method in ("GET", "PUT", "DELETE"):
        told(caller.send(method, "/coaches/x", document(coach), **sent), 404, "not-found")
    assert pointers(caller.send("GET", "/coaches?after=%FF")) == [""]
