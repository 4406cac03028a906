"""Profiles of the API with their entity tags, on both databases: no change is lost to another one."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from apiflask import APIFlask
from sqlalchemy import update
from werkzeug.test import TestResponse

from matcher.store import database
from matcher.store.tables import CoachRow
from tests.clients import ApiCaller, document, row_counts, service, told
from tests.factories import a_coach

Start = Callable[..., APIFlask]
PATH = "/coaches/c1"


def put(caller: ApiCaller, name: str = "Ada Bell", **headers: str) -> TestResponse:
    return caller.send("PUT", PATH, document(a_coach(name=name)), headers=named(headers))


def got(caller: ApiCaller, **headers: str) -> TestResponse:
    return caller.send("GET", PATH, headers=named(headers))


def named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def name_of(caller: ApiCaller) -> str:
    return str(got(caller).get_json()["name"])


# Tags


def test_a_profile_has_one_strong_tag_wherever_it_is_answered_and_another_when_it_changes(
    api: ApiCaller, start: Start
) -> None:
    added, same = put(api), put(api)
    shown = [got(api), got(api.at(start()))]
    tags = {answer.headers["ETag"] for answer in [added, same, *shown]}
    assert len(tags) == 1 and tags.pop().startswith('"')
    changed = put(api, "Ada Bell-Ek").headers["ETag"]
    assert got(api).headers["ETag"] == changed != added.headers["ETag"]


def test_a_profile_that_is_known_is_not_sent_again(api: ApiCaller) -> None:
    tag = put(api).headers["ETag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        answer = got(api, If_None_Match=known)
        assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", tag)
    assert got(api, If_None_Match='"other"').status_code == 200
    put(api, "Ada Bell-Ek")
    assert got(api, If_None_Match=tag).get_json()["name"] == "Ada Bell-Ek"


def test_a_profile_is_shown_to_whoever_expects_it_as_it_is(api: ApiCaller) -> None:
    tag = put(api).headers["ETag"]
    assert got(api, If_Match=tag).status_code == 200
    told(got(api, If_Match='"other"'), 412, "precondition-failed")
    told(api.send("GET", "/coaches/nobody", headers={"If-Match": "*"}), 404, "not-found")


# Changes


def test_a_change_of_the_profile_that_was_seen_is_made(api: ApiCaller) -> None:
    tag = put(api).headers["ETag"]
    changed = put(api, "Ada Bell-Ek", If_Match=tag)
    assert changed.status_code == 200
    assert put(api, "Ada Ek", If_Match=f'"other", {changed.headers["ETag"]}').status_code == 200
    assert put(api, "A. Ek", If_Match="*").status_code == 200
    assert api.send("DELETE", PATH, headers={"If-Match": got(api).headers["ETag"]}).status_code == 204


def test_a_change_of_a_profile_that_is_another_one_by_now_is_refused(api: ApiCaller, subtests: pytest.Subtests) -> None:
    stale = put(api).headers["ETag"]
    now = put(api, "Ada Bell-Ek").headers["ETag"]
    before = row_counts(api.app)
    for expected in (stale, f"W/{now}", '"other"', "", ","):
        with subtests.test(expected=expected):
            refused = [put(api, "Lost", If_Match=expected), api.send("DELETE", PATH, headers={"If-Match": expected})]
            for answer in refused:
                problem = told(answer, 412, "precondition-failed")
                assert "Lost" not in problem["detail"]
    assert name_of(api) == "Ada Bell-Ek"
    assert row_counts(api.app) == before


def test_a_text_of_a_change_that_is_refused_is_not_kept_either(api: ApiCaller) -> None:
    put(api)
    before = row_counts(api.app)
    changed = document(a_coach(bio="I help people to hand over their work."))
    told(api.send("PUT", PATH, changed, headers={"If-Match": '"other"'}), 412, "precondition-failed")
    assert row_counts(api.app) == before


def test_a_profile_that_is_gone_matches_nothing(api: ApiCaller) -> None:
    tag = put(api).headers["ETag"]
    api.send("DELETE", PATH)
    for expected in (tag, "*"):
        told(put(api, If_Match=expected), 412, "precondition-failed")
        told(api.send("DELETE", PATH, headers={"If-Match": expected}), 404, "not-found")
        told(got(api), 404, "not-found")


def test_a_profile_is_added_only_where_there_is_none_when_that_is_asked(api: ApiCaller) -> None:
    assert put(api, If_None_Match="*").status_code == 201
    told(put(api, "Second", If_None_Match="*"), 412, "precondition-failed")
    assert name_of(api) == "Ada Bell"
    api.send("DELETE", PATH)
    assert put(api, "Third", If_None_Match="*").status_code == 201


def test_a_profile_that_breaks_the_contract_is_refused_for_that(api: ApiCaller) -> None:
    put(api)
    told(api.send("PUT", PATH, {"name": ""}, headers={"If-Match": '"other"'}), 422, "invalid-input")


def test_a_profile_that_this_version_cannot_read_can_be_replaced_and_deleted_without_a_condition(
    api: ApiCaller,
) -> None:
    for change in (lambda: put(api), lambda: api.send("DELETE", PATH)):
        put(api)
        with database.sessions(service(api.app).engine).begin() as session:
            session.execute(update(CoachRow).values(document="{}", content_hash="x"))
        assert change().status_code in (200, 204)


# Several at once


def at_once(*changes: Callable[[], TestResponse]) -> list[int]:
    """The statuses of changes that begin together."""
    barrier = threading.Barrier(len(changes))

    def made(change: Callable[[], TestResponse]) -> int:
        barrier.wait(60)
        return change().status_code

    with ThreadPoolExecutor(len(changes)) as threads:
        return list(threads.map(made, changes))


def test_of_two_who_change_what_both_have_seen_one_is_refused(api: ApiCaller, start: Start) -> None:
    other = api.at(start())
    put(api)
    for turn in range(5):
        tag = got(api).headers["ETag"]
        here, there = f"Here {turn}", f"There {turn}"
        statuses = at_once(partial(put, api, here, If_Match=tag), partial(put, other, there, If_Match=tag))
        assert sorted(statuses) == [200, 412]
        assert name_of(api) == (here if statuses[0] == 200 else there)


def test_of_two_who_add_or_one_who_deletes_at_once_one_is_refused(api: ApiCaller, start: Start) -> None:
    other = api.at(start())
    for _ in range(3):
        added = at_once(partial(put, api, If_None_Match="*"), partial(put, other, "Second", If_None_Match="*"))
        assert sorted(added) == [201, 412]
        tag = got(api).headers["ETag"]
        deletes = partial(other.send, "DELETE", PATH, headers={"If-Match": tag})
        statuses = at_once(partial(put, api, "Third", If_Match=tag), deletes)
        assert statuses in ([200, 412], [412, 204])
        api.send("DELETE", PATH)
