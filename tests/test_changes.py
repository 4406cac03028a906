"""Profiles as a portal keeps them in step: pages by filter, many at once, and what changed since; on both databases."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from apiflask import APIFlask
from werkzeug.test import TestResponse

from matcher.api import coach_batches
from matcher.api.context import JSON_LINES
from matcher.domain import Coach
from matcher.intake.coach_batches import MOST
from tests.clients import ApiCaller, a_caller, document, pointers, row_counts, service, told
from tests.factories import a_coach

Start = Callable[..., APIFlask]


def changes(caller: ApiCaller, since: str = "", **asked: object) -> Any:
    """The answer to who asks for changes."""
    answer = caller.send("GET", "/changes", query_string={"since": since, **asked})
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def told_of(page: Any) -> list[tuple[str, str]]:
    return [(change["coach_id"], change["change"]) for change in page["changes"]]


def batch(caller: ApiCaller, *coaches: Coach, **options: Any) -> TestResponse:
    return caller.send("POST", "/coaches:batch", {"coaches": [document(coach) for coach in coaches]}, **options)


def results(answer: TestResponse) -> list[tuple[int, str | None, str]]:
    assert answer.status_code == 200, answer.text
    return [(line["line"], line["coach_id"], line["result"]) for line in answer.get_json()["results"]]


# Changes


def test_changes_are_told_in_order_each_profile_once_as_it_is_now(api: ApiCaller) -> None:
    api.put(a_coach(id="a"), a_coach(id="b"), a_coach(id="c"))
    first = changes(api)
    assert told_of(first) == [("a", "created"), ("b", "created"), ("c", "created")]
    assert first["changes"][0]["coach"] == api.send("GET", "/coaches/a").get_json()
    assert changes(api, first["next"]) == {"changes": [], "next": first["next"]}
    api.put(a_coach(id="a", name="New"))
    assert api.send("DELETE", "/coaches/b").status_code == 204
    second = changes(api, first["next"])
    assert told_of(second) == [("a", "changed"), ("b", "deleted")]
    assert [change["coach"] and change["coach"]["name"] for change in second["changes"]] == ["New", None]
    api.put(a_coach(id="b"), a_coach(id="a", name="New"))
    assert told_of(changes(api, second["next"])) == [("b", "changed")]
    assert told_of(changes(api)) == [("c", "created"), ("a", "changed"), ("b", "changed")]


def test_the_link_leads_through_all_changes_also_within_one_transaction(api: ApiCaller) -> None:
    results(batch(api, *(a_coach(id=f"c{number}") for number in range(5))))
    seen, address, pages = [], "/changes?limit=2", 0
    while address:
        answer = api.send("GET", address)
        seen += told_of(answer.get_json())
        address, pages = answer.headers.get("Link", "").partition(">")[0].lstrip("<"), pages + 1
    assert (seen, pages) == ([(f"c{number}", "created") for number in range(5)], 3)


def test_who_asks_again_and_again_misses_no_change_of_writers_at_once(api: ApiCaller, start: Start) -> None:
    writers, done = [api, api.at(start())], Event()
    copy: dict[str, Any] = {}

    def write(number: int) -> None:
        for turn in range(4):
            writers[number % 2].put(a_coach(id=f"c{number}", headline=f"turn {turn}"))
        if number % 3 == 0:
            writers[number % 2].send("DELETE", f"/coaches/c{number}")

    def follow() -> None:
        since, ended = "", False
        while True:
            page = changes(api, since, limit=3)
            for change in page["changes"]:
                copy[change["coach_id"]] = change["coach"]
            if ended and not page["changes"]:
                return
            since, ended = page["next"], done.is_set()

    with ThreadPoolExecutor(5) as threads:
        following = threads.submit(follow)
        list(threads.map(write, range(8)))
        done.set()
        following.result()
    there = {coach["id"]: coach for coach in api.send("GET", "/coaches").get_json()["coaches"]}
    assert {coach_id: coach for coach_id, coach in copy.items() if coach} == there
    assert {coach_id for coach_id, coach in copy.items() if not coach} == {"c0", "c3", "c6"}


def test_what_is_no_cursor_of_this_directory_is_refused(api: ApiCaller) -> None:
    ahead = "Wzk5OSwgImMxIl0"
    for wrong in ("x", "W10", ahead, ahead[:-1] + "1", "é", "A" * 5_000, "WzEsICJcdTAwMDAiXQ"):
        assert pointers(api.send("GET", "/changes", query_string={"since": wrong})) == ["/since"]
    assert pointers(api.send("GET", "/changes?limit=501")) == ["/limit"]


# Pages by filter


def test_profiles_are_listed_by_what_they_speak_name_and_can_take_on(api: ApiCaller) -> None:
    busy = {"capacity": 0, "weekly": [{"day": "mon", "from": "09:00", "to": "17:00"}]}
    api.put(
        a_coach(id="a", languages=["en", "nl"], focus_areas=["delegation"]),
        a_coach(id="b", languages=["nl"], industries=["software"], availability=busy),
        a_coach(id="c", languages=["nl"], industries=["software"], focus_areas=["delegation"]),
    )

    def ids(query: str) -> list[str]:
        answer = api.send("GET", f"/coaches?{query}")
        assert answer.status_code == 200, answer.text
        return [coach["id"] for coach in answer.get_json()["coaches"]]

    assert ids("") == ["a", "b", "c"]
    assert ids("language=en") == ["a"]
    assert ids("industry=software") == ["b", "c"]
    assert ids("focus_area=delegation&language=nl") == ["a", "c"]
    assert ids("accepting=true&industry=software") == ["c"]
    assert ids("accepting=false") == ["a", "b", "c"]
    first = api.send("GET", "/coaches?language=nl&focus_area=delegation&fields=name,fees&limit=1")
    following = first.headers["Link"].partition(">")[0].lstrip("<")
    second = api.send("GET", following)
    assert [page.get_json()["coaches"] for page in (first, second)] == [
        [{"id": coach, "name": "Ada Bell", "fees": document(a_coach())["fees"]}] for coach in ("a", "c")
    ]
    assert "Link" not in second.headers


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("language=xx", "/language"),
        ("industry=none", "/industry"),
        ("focus_area=none", "/focus_area"),
        ("accepting=perhaps", "/accepting"),
        ("fields=name,shoe_size", "/fields"),
        ("fields=name%2C%00", "/fields"),
    ],
)
def test_a_filter_that_means_nothing_is_refused(api: ApiCaller, query: str, pointer: str) -> None:
    assert pointers(api.send("GET", f"/coaches?{query}")) == [pointer]


# Many at once


def test_a_batch_tells_of_each_profile_what_became_of_it(api: ApiCaller) -> None:
    api.put(a_coach(id="a"), a_coach(id="b"))
    sent = [document(a_coach(id=coach)) for coach in "abc"]
    sent[1]["name"] = "Else"
    wrong = document(a_coach(id="d")) | {"fees": {"amount": -1}, "shoe_size": 44}
    answer = api.send("POST", "/coaches:batch", {"coaches": [*sent, wrong, "none", sent[0]]})
    assert results(answer) == [
        (1, "a", "unchanged"),
        (2, "b", "updated"),
        (3, "c", "created"),
        (4, None, "refused"),
        (5, None, "refused"),
        (6, None, "refused"),
    ]
    found = answer.get_json()
    assert found["counts"] == {"created": 1, "updated": 1, "unchanged": 1, "refused": 3, "left": 0}
    errors = [[error["pointer"] for error in line["errors"]] for line in found["results"]]
    assert errors[:3] == [[], [], []] and "/fees/amount" in errors[3] and "/shoe_size" in errors[3]
    assert errors[4:] == [[""], ["/id"]]
    assert api.send("GET", "/coaches/b").get_json()["name"] == "Else"
    assert api.send("GET", "/coaches/d").status_code == 404


@pytest.mark.parametrize("kind", JSON_LINES)
def test_a_batch_may_be_json_lines(api: ApiCaller, kind: str) -> None:
    lines = [json.dumps(document(a_coach(id="a"))), "", "{", json.dumps(document(a_coach(id="b"))), "[]"]
    answer = api.send("POST", "/coaches:batch", data="\n".join(lines), content_type=kind)
    assert results(answer) == [(1, "a", "created"), (3, None, "refused"), (4, "b", "created"), (5, None, "refused")]


def test_a_batch_that_is_none_is_refused_as_a_whole(api: ApiCaller) -> None:
    one = document(a_coach())
    before = row_counts(api.app)
    for pointer, body in [("", [one]), ("/coaches", {"coaches": []}), ("/coaches", {})]:
        assert pointers(api.send("POST", "/coaches:batch", body)) == [pointer]
    assert pointers(api.send("POST", "/coaches:batch", {"coaches": [one], "mode": "x"})) == [""]
    assert pointers(api.send("POST", "/coaches:batch", {"coaches": [{}] * (MOST + 1)})) == ["/coaches"]
    lines = {"content_type": "application/jsonl"}
    assert pointers(api.send("POST", "/coaches:batch", data="\n\n", **lines)) == [""]
    assert pointers(api.send("POST", "/coaches:batch", data="{}\n" * (MOST + 1), **lines)) == [""]
    told(api.send("POST", "/coaches:batch", data="{", content_type="application/json"), 400, "malformed-document")
    told(api.send("POST", "/coaches:batch", data="a,b", content_type="text/csv"), 415, "unsupported-media-type")
    assert row_counts(api.app) == before


def test_the_body_of_a_batch_may_be_larger_than_others_and_no_larger_than_an_upload(start: Start) -> None:
    caller = a_caller(start(max_body_bytes=2_000, max_upload_bytes=20_000))
    many = [a_coach(id=f"c{number}") for number in range(20)]
    for key in ({}, {"headers": {"Idempotency-Key": '"1"'}}):
        assert len(results(batch(caller, *many, **key))) == 20
        told(batch(caller, *many, a_coach(id="long", bio="x" * 19_000), **key), 413, "too-large")
    told(caller.send("PUT", "/coaches/c", document(a_coach(id="c", bio="x" * 3_000))), 413, "too-large")


def test_a_batch_that_is_sent_again_under_its_key_is_answered_as_before(api: ApiCaller) -> None:
    key = {"headers": {"Idempotency-Key": '"nightly"'}}
    first = batch(api, a_coach(id="a"), **key)
    assert results(first) == [(1, "a", "created")]
    again = batch(api, a_coach(id="a"), **key)
    assert (again.get_data(), again.headers["Idempotency-Replayed"]) == (first.get_data(), "true")
    assert results(batch(api, a_coach(id="a"))) == [(1, "a", "unchanged")]
    told(batch(api, a_coach(id="b"), **key), 422, "idempotency-key-reused")


def test_what_there_is_no_time_for_is_left_and_can_be_sent_again(
    api: ApiCaller, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = [a_coach(id=f"c{number:02}") for number in range(25)]
    monkeypatch.setattr(coach_batches, "LONGEST_SECONDS", -1)
    answer = batch(api, *many)
    assert {result for _, _, result in results(answer)} == {"left"}
    assert answer.get_json()["counts"]["left"] == 25
    monkeypatch.undo()
    assert {result for _, _, result in results(batch(api, *many))} == {"created"}


def test_a_batch_is_in_the_next_shortlist_of_another_worker(api: ApiCaller, start: Start) -> None:
    other = api.at(start())
    results(batch(api, a_coach(id="a")))
    with service(other.app).desk.catalogue.opened() as (_, edition):
        assert len(edition.index) == 1
