"""Many needs sent together, on both databases: taken in, worked on, read, cancelled, and done once whoever dies."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from apiflask import APIFlask
from numpy.typing import NDArray
from sqlalchemy import delete, update
from werkzeug.test import TestResponse

from matcher.api.context import JSON_LINES
from matcher.domain import Need
from matcher.errors import ConfigurationError
from matcher.store import database
from matcher.store.tables import BatchLineRow, QueuedTaskRow, ShortlistBatchRow
from tests.clients import ApiCaller, a_caller, document, pointers, row_counts, service, signed_in, told
from tests.factories import SECRET_KEY, CountingEncoder, FakeEncoder, a_coach, a_need

ROOT = Path(__file__).parents[1]
Start = Callable[..., APIFlask]


def needs(number: int) -> list[dict[str, Any]]:
    return [document(a_need(id=f"n{place}", summary=f"Beatrix does task {place} alone.")) for place in range(number)]


def sent(caller: ApiCaller, *batch: Any, **beside: Any) -> TestResponse:
    """The answer to a batch of those needs."""
    return caller.send("POST", "/shortlist-batches", {"needs": list(batch)} | beside)


def accepted(caller: ApiCaller, *batch: Any, **beside: Any) -> str:
    """The address of a batch of those needs."""
    answer = sent(caller, *batch, **beside)
    assert answer.status_code == 202, answer.text
    return str(answer.headers["Location"])


def work(app: APIFlask, tasks: int = 1_000) -> None:
    """Does what is queued, as a worker does, so many tasks at most."""
    queues = service(app).work.queues
    while due := [(queue, task) for queue in queues if (task := queue.dequeue())]:
        for queue, task in due:
            queue.execute(task)
            tasks -= 1
        if tasks <= 0:
            return


def look_through(app: APIFlask) -> None:
    """Queues what is queued each minute."""
    for queue in service(app).work.queues:
        for task in queue.read_periodic(None):
            queue.enqueue(task)


def shown(caller: ApiCaller, address: str) -> dict[str, Any]:
    answer = caller.send("GET", address)
    assert answer.status_code == 200, answer.text
    batch: dict[str, Any] = answer.get_json()
    return batch


def results(caller: ApiCaller, address: str) -> list[dict[str, Any]]:
    answer = caller.send("GET", f"{address}/results")
    assert (answer.status_code, answer.mimetype) == (200, "application/x-ndjson")
    return [json.loads(line) for line in answer.text.splitlines()]


def age_claims(app: APIFlask, by: timedelta) -> None:
    """Makes every claim of a line so much older."""
    with database.sessions(service(app).engine).begin() as session:
        claimed = update(BatchLineRow).where(BatchLineRow.run.is_not(None))
        session.execute(claimed.values(claimed_at=datetime.now(UTC) - by))


def counts(batch: dict[str, Any]) -> tuple[str, int, int, int]:
    return batch["status"], batch["total"], batch["done"], batch["failed"]


# Taken in and worked on


def test_a_batch_is_taken_in_at_once_and_answered_in_its_order_when_it_is_worked_on(api: ApiCaller) -> None:
    api.put(a_coach(), a_coach(id="c2"))
    answer = sent(api, *needs(3), limit=1)
    batch, address = answer.get_json(), str(answer.headers["Location"])
    assert (answer.status_code, address) == (202, f"/api/v1/shortlist-batches/{batch['id']}")
    assert counts(batch) == ("queued", 3, 0, 0)
    assert (batch["started_at"], batch["finished_at"]) == (None, None)
    assert batch["links"] == {"self": address, "results": f"{address}/results", "cancel": f"{address}/cancel"}
    assert shown(api, address) == batch and results(api, address) == []

    work(api.app)
    batch = shown(api, address)
    assert counts(batch) == ("done", 3, 3, 0)
    assert batch["created_at"] <= batch["started_at"] <= batch["finished_at"]
    told_lines = results(api, address)
    assert [(line["line"], line["id"]) for line in told_lines] == [(1, "n0"), (2, "n1"), (3, "n2")]
    assert [len(line["shortlist"]["coaches"]) for line in told_lines] == [1, 1, 1]
    for line, need in zip(told_lines, needs(3), strict=True):
        assert line["shortlist"]["need"]["summary"] == need["summary"]


def test_each_shortlist_is_sealed_like_any_other_and_stands_in_the_results_byte_for_byte(api: ApiCaller) -> None:
    api.put(a_coach(bio="Works alone on tasks."))
    address = accepted(api, *needs(2))
    work(api.app)
    text = api.send("GET", f"{address}/results").text
    for line in results(api, address):
        kept = api.send("GET", f"/shortlists/{line['shortlist']['id']}")
        assert f'"shortlist":{kept.text}}}\n' in text
        assert api.send("GET", f"/shortlists/{line['shortlist']['id']}/coaches/c1").status_code == 200


def test_a_need_gets_the_shortlist_that_it_would_get_alone(api: ApiCaller) -> None:
    api.put(a_coach(bio="Beatrix does it alone."), a_coach(id="c2", approach="Tasks and more tasks."))
    address = accepted(api, *needs(2))
    work(api.app)
    for line, need in zip(results(api, address), needs(2), strict=True):
        alone = api.shortlist(Need.model_validate(need))
        own = {"id", "created_at"}
        assert {name: value for name, value in line["shortlist"].items() if name not in own} == {
            name: value for name, value in alone.items() if name not in own
        }


def test_the_texts_of_several_needs_are_encoded_together_and_none_twice(start: Start) -> None:
    encoder = CountingEncoder()
    caller = a_caller(start(encoder))
    accepted(caller, *needs(3))
    encoder.encoded.clear()
    work(caller.app)
    told_texts = [text for text in encoder.encoded if "Beatrix" in text]
    assert sorted(told_texts) == sorted(need["summary"] for need in needs(3))


@pytest.mark.parametrize("kind", JSON_LINES)
def test_json_lines_are_a_batch_too_each_with_its_own_limit(api: ApiCaller, kind: str) -> None:
    api.put(a_coach(), a_coach(id="c2"))
    first, second = needs(2)
    body = f"{json.dumps(first | {'limit': 1})}\n\n{json.dumps(second)}\n".encode()
    answer = api.send("POST", "/shortlist-batches", data=body, content_type=kind)
    assert answer.status_code == 202, answer.text
    work(api.app)
    told_lines = results(api, answer.headers["Location"])
    assert [(line["line"], len(line["shortlist"]["coaches"])) for line in told_lines] == [(1, 1), (3, 2)]


def test_what_is_wrong_with_a_need_is_its_result_and_keeps_no_other_out(api: ApiCaller) -> None:
    api.put(a_coach())
    wrong = [{"id": "w", "summary": "x", "level": "boss"}, "no need", {"id": "\ud800"}, {"summary": "x", "limit": 0}]
    address = accepted(api, *wrong[:2], *needs(1), *wrong[2:])
    assert counts(shown(api, address)) == ("queued", 5, 0, 4)
    work(api.app)
    assert counts(shown(api, address)) == ("done", 5, 1, 4)
    told_lines = {line["line"]: line for line in results(api, address)}
    assert list(told_lines) == [1, 2, 3, 4, 5]
    assert [told_lines[line]["id"] for line in told_lines] == ["w", None, "n0", None, None]
    assert [problem["pointer"] for problem in told_lines[1]["problems"]] == ["/level"]
    assert told_lines[2]["problems"] == [{"pointer": "", "detail": "must be an object"}]
    assert "/id" in [problem["pointer"] for problem in told_lines[4]["problems"]]
    assert [problem["pointer"] for problem in told_lines[5]["problems"]] == ["/limit"]
    assert row_counts(api.app)["shortlist"] == 1


def test_lines_that_are_no_json_are_told_by_their_number(api: ApiCaller) -> None:
    body = b'{"summary": "x"\n\xff\n' + json.dumps(needs(1)[0]).encode()
    answer = api.send("POST", "/shortlist-batches", data=body, content_type=JSON_LINES[0])
    work(api.app)
    first, second, third = results(api, answer.headers["Location"])
    assert "is not JSON" in first["problems"][0]["detail"] and "is not UTF-8" in second["problems"][0]["detail"]
    assert (third["line"], third["shortlist"]["coaches"]) == (3, [])


def test_a_batch_in_which_nothing_can_be_answered_has_failed_at_once(api: ApiCaller) -> None:
    address = accepted(api, {}, 7)
    batch = shown(api, address)
    assert counts(batch) == ("failed", 2, 0, 2)
    assert batch["finished_at"] is not None


# Refused


def test_a_body_that_is_no_batch_is_refused_and_nothing_is_stored(api: ApiCaller) -> None:
    one = {"summary": "x"}
    for body, wrong in [
        ([], [""]),
        ({}, ["/needs"]),
        ({"needs": one}, ["/needs"]),
        ({"needs": []}, ["/needs"]),
        ({"needs": [one], "limit": 0, "shoe": 4}, ["/limit", "/shoe"]),
        ({"needs": [one], "limit": True}, ["/limit"]),
        ({"needs": [one] * 10_001}, ["/needs"]),
    ]:
        assert pointers(api.send("POST", "/shortlist-batches", body)) == wrong
    lines = b'{"summary": "x"}\n' * 10_001
    assert pointers(api.send("POST", "/shortlist-batches", data=lines, content_type=JSON_LINES[0])) == ["/needs"]
    assert pointers(api.send("POST", "/shortlist-batches", data=b"\n", content_type=JSON_LINES[0])) == ["/needs"]
    broken = api.send("POST", "/shortlist-batches", data=b"{", content_type="application/json")
    told(broken, 400, "malformed-document")
    told(api.send("POST", "/shortlist-batches", data=b"x", content_type="text/csv"), 415, "unsupported-media-type")
    assert row_counts(api.app)["shortlist_batch"] == row_counts(api.app)["queued_task"] == 0


def test_a_batch_may_be_larger_than_other_bodies_up_to_its_own_limit(start: Start) -> None:
    caller = a_caller(start(max_body_bytes=1_000, max_batch_bytes=20_000))
    told(caller.send("POST", "/shortlists", {"summary": "x" * 1_000}), 413, "too-large")
    accepted(caller, {"summary": "x" * 10_000})
    told(sent(caller, {"summary": "x" * 20_000}), 413, "too-large")
    keyed = {"headers": {"Idempotency-Key": '"k"'}}
    answer = caller.send("POST", "/shortlist-batches", {"needs": [{"summary": "x" * 10_000}]}, **keyed)
    assert answer.status_code == 202


# Whose it is


def test_a_batch_belongs_to_the_organisation_that_sent_it(start: Start) -> None:
    app = start()
    ours, colleague = (a_caller(app, name, "Kestrel") for name in ("portal", "colleague"))
    others = [a_caller(app, "alone"), a_caller(app, "elsewhere", "Merlin")]
    address = accepted(ours, *needs(1))
    work(app)
    assert results(colleague, address) == results(ours, address)
    for other in others:
        for method, path in [("GET", ""), ("GET", "/results"), ("POST", "/cancel"), ("DELETE", "")]:
            told(other.send(method, address + path), 404, "not-found")
        assert other.send("GET", "/shortlist-batches").get_json() == {"batches": [], "next": None}
    shortlist = f"/shortlists/{results(ours, address)[0]['shortlist']['id']}"
    assert colleague.send("GET", shortlist).status_code == 200
    assert others[1].send("GET", shortlist).status_code == 404


def test_batches_are_listed_newest_first_a_page_at_a_time(api: ApiCaller) -> None:
    addresses = [accepted(api, *needs(number)) for number in (1, 2, 3)]
    first = api.send("GET", "/shortlist-batches?limit=2")
    assert [batch["total"] for batch in first.get_json()["batches"]] == [3, 2]
    following = api.send("GET", first.headers["Link"].split(">")[0].strip("<"))
    assert [batch["links"]["self"] for batch in following.get_json()["batches"]] == addresses[:1]
    assert following.get_json()["next"] is None and "Link" not in following.headers
    assert pointers(api.send("GET", "/shortlist-batches?limit=0")) == ["/limit"]


def test_an_address_of_no_batch_is_not_found(api: ApiCaller) -> None:
    for method, path in [("GET", "x"), ("GET", "x/results"), ("POST", "x/cancel"), ("DELETE", "x")]:
        told(api.send(method, f"/shortlist-batches/{path}"), 404, "not-found")


# Sent again


def test_a_batch_that_is_sent_again_under_its_key_is_stored_once(api: ApiCaller) -> None:
    keyed = {"headers": {"Idempotency-Key": '"k"'}}
    body = {"needs": needs(2)}
    first, again = (api.send("POST", "/shortlist-batches", body, **keyed) for _ in range(2))
    assert (first.status_code, first.data) == (again.status_code, again.data) == (202, first.data)
    assert again.headers["Idempotency-Replayed"] == "true" and again.headers["Location"] == first.headers["Location"]
    assert row_counts(api.app)["shortlist_batch"] == 1
    cancelled, replayed = (api.send("POST", f"{first.headers['Location']}/cancel", **keyed_as("c")) for _ in range(2))
    assert cancelled.data == replayed.data and replayed.headers["Idempotency-Replayed"] == "true"


def keyed_as(key: str) -> dict[str, Any]:
    return {"headers": {"Idempotency-Key": f'"{key}"'}}


# Ended


def test_a_cancelled_batch_keeps_what_is_done_and_forgets_the_needs_that_are_not(api: ApiCaller) -> None:
    address = accepted(api, *needs(40))
    work(api.app, tasks=1)
    before = shown(api, address)
    assert counts(before) == ("running", 40, 32, 0)
    answer = api.send("POST", f"{address}/cancel")
    assert (answer.status_code, counts(answer.get_json())) == (200, ("cancelled", 40, 32, 0))
    work(api.app)
    look_through(api.app)
    work(api.app)
    assert counts(shown(api, address)) == ("cancelled", 40, 32, 0)
    assert len(results(api, address)) == 32
    stored = row_counts(api.app)
    assert (stored["batch_line"], stored["shortlist"], stored["need"]) == (32, 32, 32)
    assert counts(api.send("POST", f"{address}/cancel").get_json()) == ("cancelled", 40, 32, 0)


def test_cancelling_what_is_done_changes_nothing(api: ApiCaller) -> None:
    address = accepted(api, *needs(1))
    work(api.app)
    before = shown(api, address)
    assert api.send("POST", f"{address}/cancel").get_json() == before == shown(api, address)


def test_a_deleted_batch_is_gone_with_its_waiting_needs_and_its_shortlists_stay(api: ApiCaller) -> None:
    address = accepted(api, *needs(33))
    work(api.app, tasks=1)
    assert api.send("DELETE", address).status_code == 204
    told(api.send("GET", address), 404, "not-found")
    work(api.app)
    stored = row_counts(api.app)
    assert (stored["shortlist_batch"], stored["batch_line"], stored["shortlist"]) == (0, 0, 32)


class CancelsAt(FakeEncoder):
    """Has something done in the middle of the work: when the texts of a batch are encoded."""

    def __init__(self) -> None:
        super().__init__()
        self.then: Callable[[], object] = lambda: None

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if any("Beatrix" in text for text in texts):
            self.then()
        return super().encode(texts)


def test_what_is_cancelled_while_it_is_worked_on_is_not_answered(start: Start) -> None:
    encoder = CancelsAt()
    caller = a_caller(start(encoder))
    address = accepted(caller, *needs(3))
    encoder.then = lambda: caller.send("POST", f"{address}/cancel")
    work(caller.app)
    assert counts(shown(caller, address)) == ("cancelled", 3, 0, 0)
    assert (row_counts(caller.app)["shortlist"], row_counts(caller.app)["need"]) == (0, 0)


def test_a_line_whose_shortlist_is_deleted_says_so_and_holds_nothing_of_the_need(start: Start) -> None:
    app = start()
    caller, browser = a_caller(app, "portal", "Kestrel"), signed_in(app, organisation="Kestrel")
    address = accepted(caller, *needs(2))
    work(app)
    first = results(caller, address)[0]["shortlist"]["id"]
    assert browser.post(f"/shortlists/{first}/delete").status_code == 303
    assert results(caller, address)[0] == {"line": 1, "id": "n0", "shortlist": None}
    assert counts(shown(caller, address)) == ("done", 2, 2, 0)


def test_needs_stand_in_the_batch_only_while_they_wait(api: ApiCaller) -> None:
    accepted(api, *needs(2), {"summary": "Beatrix", "level": "Beatrix"})

    def kept() -> list[str]:
        with database.snapshots(service(api.app).engine).begin() as session:
            lines = [str(vars(row)) for row in session.query(BatchLineRow).all()]
            queued = [row.message + row.subject for row in session.query(QueuedTaskRow).all()]
        assert not any("Beatrix" in text for text in queued)
        return [line for line in lines if "Beatrix" in line]

    assert len(kept()) == 2
    work(api.app)
    assert kept() == []


# Whatever goes wrong


def test_a_need_over_which_the_service_fails_is_told_so_and_the_others_are_answered(
    api: ApiCaller, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    address = accepted(api, *needs(3))
    reader = service(api.app).desk.reader
    understood = type(reader).read

    def fails_once(self: Any, need: Need, passed_over: Any = ()) -> Any:
        if need.id == "n1":
            raise ValueError(need.summary)
        return understood(self, need, passed_over)

    monkeypatch.setattr(type(reader), "read", fails_once)
    work(api.app)
    assert counts(shown(api, address)) == ("done", 3, 2, 1)
    assert "error of the service" in results(api, address)[1]["problems"][0]["detail"]
    logged = capsys.readouterr().out
    assert "batch line failed" in logged and "ValueError" in logged and "Beatrix" not in logged


class Refuses(FakeEncoder):
    """Raises an error when it is to read one text, alone or with others."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if any("task 1 " in text for text in texts):
            raise ValueError(texts)
        return super().encode(texts)


def test_a_text_that_cannot_be_encoded_keeps_no_other_out(start: Start) -> None:
    caller = a_caller(start(Refuses()))
    address = accepted(caller, *needs(3))
    work(caller.app)
    assert counts(shown(caller, address)) == ("done", 3, 2, 1)
    assert "error of the service" in results(caller, address)[1]["problems"][0]["detail"]


def test_a_batch_waits_a_day_for_a_service_that_is_set_up_wrongly_and_is_then_given_up(
    api: ApiCaller, monkeypatch: pytest.MonkeyPatch
) -> None:
    late, lost, saved = (accepted(api, *needs(2)) for _ in range(3))
    with set_up_wrongly(monkeypatch):
        for address, hours in ((late, 23), (lost, 25)):
            change(api.app, address, failing_since=ago(hours=hours), failed_at=ago(minutes=1))
        for _ in range(3):
            try_again(api.app)
            # Each is tried once, and not again until the next minute.
            assert row_counts(api.app)["queued_task"] == 0
    found = [counts(shown(api, address)) for address in (late, lost, saved)]
    assert found == [("running", 2, 0, 0), ("failed", 2, 0, 2), ("running", 2, 0, 0)]
    assert "given up" in results(api, lost)[0]["problems"][0]["detail"]
    try_again(api.app)
    assert [counts(shown(api, address)) for address in (late, saved)] == [("done", 2, 2, 0)] * 2


def test_time_in_which_the_service_was_down_is_none_in_which_a_batch_failed(
    api: ApiCaller, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, tried = (accepted(api, *needs(1)) for _ in range(2))
    change(api.app, begun, started_at=ago(hours=63))
    change(api.app, tried, failing_since=ago(hours=63), failed_at=ago(hours=62))
    with set_up_wrongly(monkeypatch):
        for _ in range(2):
            try_again(api.app)
            assert [shown(api, address)["status"] for address in (begun, tried)] == ["running"] * 2
        # Of what was before and after, all counts.
        change(api.app, tried, failing_since=ago(hours=86), failed_at=ago(hours=62.5))
        try_again(api.app)
        assert shown(api, tried)["status"] == "running"
        change(api.app, tried, failing_since=ago(hours=87), failed_at=ago(hours=62.5))
        for _ in range(2):
            try_again(api.app)
    assert [shown(api, address)["status"] for address in (begun, tried)] == ["running", "failed"]


def test_a_batch_that_comes_further_is_waited_for_anew(api: ApiCaller, monkeypatch: pytest.MonkeyPatch) -> None:
    address = accepted(api, *needs(40))
    change(api.app, address, failing_since=ago(hours=25), failed_at=ago(minutes=1))
    work(api.app, tasks=1)
    assert counts(shown(api, address)) == ("running", 40, 32, 0)
    with set_up_wrongly(monkeypatch):
        try_again(api.app)
    assert counts(shown(api, address)) == ("running", 40, 32, 0)
    try_again(api.app)
    assert counts(shown(api, address)) == ("done", 40, 40, 0)


@contextmanager
def set_up_wrongly(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """In the block nothing can be answered."""
    with monkeypatch.context() as patched:
        patched.setattr("matcher.service.rankers.RankerInUse.scorer", _is_missing)
        yield


def _is_missing(*_: object) -> None:
    raise ConfigurationError("There is no ranker.")


def try_again(app: APIFlask) -> None:
    """What a minute later does."""
    look_through(app)
    work(app)


def ago(**by: float) -> datetime:
    return datetime.now(UTC) - timedelta(**by)


def change(app: APIFlask, address: str, **values: datetime) -> None:
    """Has a batch have been begun, or have failed, at other times."""
    with database.sessions(service(app).engine).begin() as session:
        changed = update(ShortlistBatchRow).where(ShortlistBatchRow.id == address.rsplit("/", 1)[1])
        session.execute(changed.values(values))


def test_a_batch_that_nobody_was_told_of_is_found_by_the_look_of_each_minute(api: ApiCaller) -> None:
    address = accepted(api, *needs(1))
    with database.sessions(service(api.app).engine).begin() as session:
        session.execute(delete(QueuedTaskRow))
    work(api.app)
    assert shown(api, address)["status"] == "queued"
    for _ in range(3):
        look_through(api.app)
    work(api.app)
    assert shown(api, address)["status"] == "done"
    assert row_counts(api.app)["shortlist"] == 1


class Dies(FakeEncoder):
    """Raises what no worker survives, as often as it is told to, when it is to read one text."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self.times and any("task 1 " in text for text in texts):
            self.times -= 1
            raise SystemExit
        return super().encode(texts)


def died(app: APIFlask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Has a worker take a task and die over it, so that nothing of it is let go."""
    with monkeypatch.context() as patched:
        patched.setattr("matcher.store.batches.let_go", lambda *_: None)
        with pytest.raises(SystemExit):
            work(app)
    age_claims(app, timedelta(seconds=61))
    look_through(app)


def test_a_line_over_which_workers_die_is_given_up_and_the_others_are_answered(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    caller = a_caller(start(Dies(4)))
    address = accepted(caller, *needs(3))
    for _ in range(4):
        died(caller.app, monkeypatch)
    work(caller.app)
    assert counts(shown(caller, address)) == ("done", 3, 2, 1)
    assert "given up" in results(caller, address)[1]["problems"][0]["detail"]


def test_lines_of_a_worker_that_is_alive_are_left_to_it(api: ApiCaller, start: Start) -> None:
    accepted(api, *needs(2))
    with database.sessions(service(api.app).engine).begin() as session:
        session.execute(update(BatchLineRow).values(run="another", claimed_at=datetime.now(UTC), attempts=1))
    work(start())
    assert row_counts(api.app)["shortlist"] == 0
    age_claims(api.app, timedelta(seconds=61))
    look_through(api.app)
    work(api.app)
    assert row_counts(api.app)["shortlist"] == 2


def test_the_web_process_works_in_a_thread_of_its_own(api: ApiCaller) -> None:
    address = accepted(api, *needs(2))
    service(api.app).work.begin()
    try:
        until(lambda: shown(api, address)["status"] == "done")
    finally:
        service(api.app).work.end()


def until(condition: Callable[[], bool], seconds: float = 240) -> None:
    """Waits for something to come true."""
    last = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < last
        time.sleep(0.1)


WORKS = """
from matcher.cli import main
from tests.factories import FakeEncoder
main(["worker"], obj=lambda *_: FakeEncoder())
"""


@contextmanager
def a_worker(database_url: str, rates_file: str, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """`matcher worker` as a process of its own."""
    environment = os.environ | {
        "MATCHER_DATABASE_URL": database_url,
        "MATCHER_RATES_FILE": rates_file,
        "MATCHER_SECRET_KEY": SECRET_KEY,
    }
    with (
        log.open("w") as output,
        subprocess.Popen([sys.executable, "-c", WORKS], cwd=ROOT, env=environment, stdout=output, stderr=output) as it,
    ):
        try:
            yield it
        finally:
            it.kill()


def test_after_a_worker_is_killed_two_others_answer_every_line_exactly_once(
    api: ApiCaller, database_url: str, rates_file: str, tmp_path: Path
) -> None:
    total = 90
    api.put(a_coach(bio="Does it alone."))
    address = accepted(api, *needs(total))
    with a_worker(database_url, rates_file, tmp_path / "killed.log") as killed:
        until(lambda: shown(api, address)["done"] > 5)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
    half_way = shown(api, address)
    assert 5 < half_way["done"] < total and half_way["status"] == "running"
    assert row_counts(api.app)["shortlist"] == half_way["done"]

    age_claims(api.app, timedelta(seconds=61))
    log = tmp_path / "another.log"
    with a_worker(database_url, rates_file, log) as another:
        until(lambda: shown(api, address)["done"] > half_way["done"])
        work(api.app)
        until(lambda: shown(api, address)["status"] == "done")
        another.send_signal(signal.SIGTERM)
        assert another.wait() == 0
    told_lines = results(api, address)
    assert [line["line"] for line in told_lines] == list(range(1, total + 1))
    assert len({line["shortlist"]["id"] for line in told_lines}) == total
    assert row_counts(api.app)["shortlist"] == row_counts(api.app)["need"] == total
    logged = log.read_text()
    assert 0 < logged.count("shortlist drawn up") < total - half_way["done"]
    assert "Beatrix" not in logged
