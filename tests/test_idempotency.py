"""Requests that are sent again under their Idempotency-Key, on both databases: done once, answered alike."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from apiflask import APIFlask
from numpy.typing import NDArray
from sqlalchemy import update
from werkzeug.test import TestResponse

from matcher.errors import NotReady
from matcher.store import database
from matcher.store.tables import KeyedRequestRow
from tests.clients import ApiCaller, a_caller, document, row_counts, service, signed_in, told
from tests.factories import FakeEncoder, a_coach, a_need

ROOT = Path(__file__).parents[1]
KEY = '"8e03978e-40d5-43e8-bc93-6894a57f9324"'
SUMMARY = "Beatrix does all the work alone."
Start = Callable[..., APIFlask]


def asked(caller: ApiCaller, key: str = KEY, need: Any = None, **options: Any) -> TestResponse:
    """The answer to a need that is sent under a key."""
    sent = document(a_need(summary=SUMMARY)) if need is None else need
    return caller.send("POST", "/shortlists", sent, headers={"Idempotency-Key": key}, **options)


def is_replayed(answer: TestResponse) -> bool:
    return answer.headers.get("Idempotency-Replayed") == "true"


def as_given(answer: TestResponse) -> tuple[int, bytes, str | None, str | None]:
    return answer.status_code, answer.data, answer.headers.get("Location"), answer.headers["Content-Type"]


def kept(app: APIFlask) -> int:
    return row_counts(app)["keyed_request"]


def stored(app: APIFlask) -> int:
    return row_counts(app)["shortlist"]


def age(app: APIFlask, by: timedelta) -> None:
    """Makes all that was claimed so much older."""
    with database.sessions(service(app).engine).begin() as session:
        session.execute(update(KeyedRequestRow).values(claimed_at=datetime.now(UTC) - by))


# Replay


def test_a_request_that_is_sent_again_is_answered_byte_for_byte_by_any_worker_and_stored_once(
    api: ApiCaller, start: Start
) -> None:
    api.put(a_coach())
    first = asked(api)
    api.send("DELETE", "/coaches/c1")
    again = [asked(api), asked(api.at(start())), asked(api, KEY.strip('"'))]
    assert first.status_code == 201 and not is_replayed(first)
    assert [as_given(answer) for answer in again] == [as_given(first)] * 3
    assert all(is_replayed(answer) for answer in again)
    assert stored(api.app) == 1
    assert api.send("GET", again[0].headers["Location"]).data == first.data


def test_an_answer_that_comes_again_says_its_language_again(api: ApiCaller) -> None:
    headers = {"Idempotency-Key": KEY, "Accept-Language": "de"}
    first, again = (api.send("POST", "/shortlists", document(a_need()), headers=headers) for _ in range(2))
    assert is_replayed(again) and as_given(again) == as_given(first)
    assert again.headers["Content-Language"] == first.headers["Content-Language"] == "de"


def test_a_request_without_a_key_is_done_each_time(api: ApiCaller) -> None:
    assert len({api.shortlist(a_need())["id"] for _ in range(2)}) == 2
    assert kept(api.app) == 0


def test_a_key_is_its_callers_own(api: ApiCaller) -> None:
    colleagues = [a_caller(api.app, name, "Kestrel") for name in ("first", "second")]
    answers = [asked(caller) for caller in (api, *colleagues)]
    assert not any(is_replayed(answer) for answer in answers)
    assert len({answer.get_json()["id"] for answer in answers}) == 3


def test_another_request_under_the_same_key_is_refused_and_not_done(api: ApiCaller) -> None:
    first = asked(api)
    for need in (document(a_need(summary="Another.")), document(a_need(summary=SUMMARY)) | {"limit": 2}):
        told(asked(api, need=need), 422, "idempotency-key-reused")
    assert stored(api.app) == 1
    assert as_given(asked(api)) == as_given(first)


def test_a_key_is_new_again_after_a_day(api: ApiCaller) -> None:
    first = asked(api)
    age(api.app, timedelta(hours=23, minutes=59))
    assert is_replayed(asked(api))
    age(api.app, timedelta(hours=24, minutes=1))
    later = asked(api)
    assert not is_replayed(later) and later.get_json()["id"] != first.get_json()["id"]
    assert as_given(asked(api)) == as_given(later)


def test_a_key_may_be_used_for_something_else_after_the_time_that_the_settings_say(start: Start) -> None:
    caller = a_caller(start(idempotency_hours=1))
    asked(caller)
    age(caller.app, timedelta(minutes=61))
    assert asked(caller, need=document(a_need(summary="Another."))).status_code == 201


def test_any_request_with_a_key_drops_what_is_too_old_of_all_callers(api: ApiCaller) -> None:
    other = a_caller(api.app, "other")
    for number in range(3):
        asked(other, str(number))
    age(api.app, timedelta(hours=25))
    asked(api)
    assert kept(api.app) == 1


# Keys


def test_a_key_that_cannot_be_one_is_refused_without_its_words(api: ApiCaller, subtests: pytest.Subtests) -> None:
    wrong = ["", '""', '"open', 'shut"', '"a" "b"', '"a", "b"', "a b", "a,b", '"a\\b"', '"ü"', '"a";q=1', "x" * 256]
    for key in wrong:
        with subtests.test(key=key):
            answer = asked(api, key)
            told(answer, 400, "malformed-idempotency-key")
            assert "open" not in answer.text and "xx" not in answer.text
    assert (kept(api.app), stored(api.app)) == (0, 0)


def test_keys_of_any_other_form_tell_requests_apart(api: ApiCaller) -> None:
    keys = ['"a"', '"A"', '"a "', '"a\\"b"', '"a\\\\b"', '"a,b"', "x" * 255, "42", "urn:x/1"]
    assert len({asked(api, key).get_json()["id"] for key in keys}) == len(keys)
    assert all(is_replayed(asked(api, key)) for key in keys)


def test_a_key_without_a_right_to_call_claims_nothing(api: ApiCaller) -> None:
    stranger = ApiCaller(api.app, "wrong")
    told(asked(stranger), 401, "unauthorised")
    assert kept(api.app) == 0


def test_a_key_is_ignored_where_a_request_may_be_sent_again_anyway(api: ApiCaller) -> None:
    for status in (201, 200):
        sent = api.send("PUT", "/coaches/c1", document(a_coach()), headers={"Idempotency-Key": KEY})
        assert sent.status_code == status
    assert kept(api.app) == 0


# What is kept


def test_a_refusal_that_comes_of_the_body_is_replayed(api: ApiCaller) -> None:
    wrong = [({"json": {"limit": 0}}, 422), ({"data": b"{", "content_type": "application/json"}, 400)]
    for number, (sent, status) in enumerate(wrong):
        headers = {"Idempotency-Key": f'"{number}"'}
        first, again = (api.send("POST", "/shortlists", headers=headers, **sent) for _ in range(2))
        assert first.status_code == status and not is_replayed(first)
        assert as_given(again) == as_given(first) and is_replayed(again)
        assert again.mimetype == "application/problem+json"
    assert stored(api.app) == 0


def test_a_refusal_for_another_cause_is_not_kept(api: ApiCaller) -> None:
    body = a_need(summary=SUMMARY).model_dump_json(by_alias=True, exclude_defaults=True)
    headers = {"Idempotency-Key": KEY}
    refused = api.send("POST", "/shortlists", data=body, content_type="text/plain", headers=headers)
    told(refused, 415, "unsupported-media-type")
    assert kept(api.app) == 0
    answer = api.send("POST", "/shortlists", data=body, content_type="application/json", headers=headers)
    assert answer.status_code == 201


class Fails(FakeEncoder):
    """Fails at a text as often as it is told to, with the error that it is given."""

    def __init__(self, *errors: Exception) -> None:
        super().__init__()
        self.errors = list(errors)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if SUMMARY in texts and self.errors:
            raise self.errors.pop()
        return super().encode(texts)


def test_after_an_error_of_the_service_the_request_is_done_when_it_is_sent_again(start: Start) -> None:
    caller = a_caller(start(Fails(ValueError(), NotReady("Not yet."))))
    assert [asked(caller).status_code for _ in range(3)] == [503, 500, 201]
    assert stored(caller.app) == 1
    assert is_replayed(asked(caller))


def test_nothing_that_was_written_about_a_manager_is_kept_a_second_time(api: ApiCaller) -> None:
    asked(api)
    asked(api, '"wrong"', {"summary": SUMMARY, "level": SUMMARY})
    with database.snapshots(service(api.app).engine).begin() as session:
        rows = session.query(KeyedRequestRow).all()
    assert len(rows) == 2
    assert not any("Beatrix" in str(vars(row)) for row in rows)


def test_a_kept_answer_goes_with_its_shortlist(start: Start) -> None:
    app = start()
    caller, browser = a_caller(app, "portal", "Kestrel"), signed_in(app, organisation="Kestrel")
    found = asked(caller).get_json()["id"]
    assert browser.post(f"/shortlists/{found}/delete").status_code == 303
    counts = row_counts(app)
    assert (counts["keyed_request"], counts["shortlist"], counts["need"]) == (0, 0, 0)
    assert not is_replayed(asked(caller))


# Several at once


class Gate(FakeEncoder):
    """Says when it is asked for the need's text, and goes on only when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.reached, self.open = threading.Event(), threading.Event()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if SUMMARY in texts:
            self.reached.set()
            assert self.open.wait(60)
        return super().encode(texts)


def test_while_a_request_is_being_answered_the_same_one_is_told_so_by_every_worker(start: Start) -> None:
    gate = Gate()
    caller = a_caller(start(gate))
    other = caller.at(start())
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(asked, caller)
        assert gate.reached.wait(60)
        told(asked(other), 409, "request-running")
        told(asked(other, need={"summary": "Another."}), 422, "idempotency-key-reused")
        gate.open.set()
        given = first.result()
    assert given.status_code == 201
    assert as_given(asked(other)) == as_given(given)
    assert stored(caller.app) == 1


def test_of_many_at_once_at_two_workers_one_is_done(api: ApiCaller, start: Start) -> None:
    workers, barrier = [api, api.at(start())], threading.Barrier(8)

    def send(thread: int) -> TestResponse:
        barrier.wait(60)
        return asked(workers[thread % 2], f'"{key}"')

    for key in range(3):
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(send, range(8)))
        given = [answer for answer in answers if answer.status_code == 201]
        assert sum(not is_replayed(answer) for answer in given) == 1
        assert len({answer.data for answer in given}) == 1
        assert {answer.status_code for answer in answers} <= {201, 409}
        assert stored(api.app) == key + 1


def test_an_attempt_that_outlasts_its_lease_stores_nothing_beside_the_one_that_took_over(start: Start) -> None:
    gate = Gate()
    slow = a_caller(start(gate))
    other = slow.at(start())
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(asked, slow)
        assert gate.reached.wait(60)
        age(slow.app, timedelta(seconds=59))
        told(asked(other), 409, "request-running")
        age(slow.app, timedelta(seconds=61))
        second = asked(other)
        gate.open.set()
        told(first.result(), 409, "request-running")
    assert second.status_code == 201 and not is_replayed(second)
    assert as_given(asked(slow)) == as_given(second)
    counts = row_counts(slow.app)
    assert (counts["shortlist"], counts["need"]) == (1, 1)


# After a crash

DIES = """
import os, signal, sys
from matcher.app import create_app
from matcher.settings import Settings
from tests.factories import SECRET_KEY, FakeEncoder
from tests.test_idempotency import SUMMARY, asked
from tests.clients import ApiCaller

where, url, rates, key = sys.argv[1:]
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)

class Encoder(FakeEncoder):
    def encode(self, texts):
        return die() if where == "before" and SUMMARY in texts else super().encode(texts)

settings = Settings(database_url=url, rates_file=rates, log_level="error", secret_key=SECRET_KEY)
app = create_app(settings, Encoder())
if where == "after":
    app.after_request(die)
asked(ApiCaller(app, key))
"""


def killed(where: str, *arguments: str) -> None:
    """A worker that dies while it answers: before it stores the shortlist, or after, before it sends the answer."""
    result = subprocess.run([sys.executable, "-c", DIES, where, *arguments], cwd=ROOT, check=False, env=os.environ)
    assert result.returncode == -signal.SIGKILL


def test_a_request_whose_worker_was_killed_before_it_stored_anything_is_done_once_the_lease_is_over(
    api: ApiCaller, database_url: str, rates_file: str
) -> None:
    killed("before", database_url, rates_file, api.key)
    assert (stored(api.app), kept(api.app)) == (0, 1)
    told(asked(api), 409, "request-running")
    age(api.app, timedelta(seconds=61))
    assert asked(api).status_code == 201
    assert is_replayed(asked(api))
    assert stored(api.app) == 1


def test_a_request_whose_worker_was_killed_before_it_sent_the_answer_is_answered_at_once(
    api: ApiCaller, database_url: str, rates_file: str
) -> None:
    killed("after", database_url, rates_file, api.key)
    answer = asked(api)
    assert answer.status_code == 201 and is_replayed(answer)
    assert stored(api.app) == 1
    assert api.send("GET", answer.headers["Location"]).data == answer.data
