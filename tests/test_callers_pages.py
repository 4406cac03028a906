"""The pages on which administrators keep the callers of the API; on both databases."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from apiflask import APIFlask
from werkzeug.test import TestResponse

from matcher.domain import SCOPES
from matcher.store import callers, database
from matcher.store.callers import Caller
from matcher.web.callers_pages import SCOPE_NAMES
from tests.clients import ApiCaller, Browser, service, signed_in
from tests.test_web import page

HERE = "Kestrel"


@pytest.fixture
def app(start: Callable[..., APIFlask]) -> APIFlask:
    return start()


@pytest.fixture
def admin(app: APIFlask) -> Browser:
    return signed_in(app, role="administrator", organisation=HERE)


def add(admin: Browser, name: str = "portal", *scopes: str) -> TestResponse:
    fields = {"name": name, "organisation": HERE} | dict.fromkeys(scopes or SCOPES, "yes")
    return admin.post("/callers", data=fields)


def key_in(answer: TestResponse) -> str:
    (key,) = re.findall(r"<code>(cm_[^<]+)</code>", answer.text)
    return str(key)


def known(app: APIFlask) -> list[Caller]:
    with database.sessions(service(app).engine).begin() as session:
        return callers.list_all(session)


def status(app: APIFlask, key: str) -> int:
    return ApiCaller(app, key).send("GET", "/coaches").status_code


def test_each_scope_has_words() -> None:
    assert list(SCOPE_NAMES) == list(SCOPES)


def test_a_program_gets_a_key_that_opens_what_was_ticked_and_is_shown_once(app: APIFlask, admin: Browser) -> None:
    answer = add(admin, "portal", "coaches:read")
    key = key_in(answer)
    assert answer.status_code == 201
    assert status(app, key) == 200
    assert ApiCaller(app, key).send("POST", "/shortlists", {}).status_code == 403
    for path in ("/callers", f"/callers/{known(app)[0].id}"):
        told = admin.get(path).text
        assert "portal" in told
        assert key not in told


def test_a_program_without_a_name_a_thing_to_do_or_a_name_of_its_own_is_not_made(app: APIFlask, admin: Browser) -> None:
    nameless = add(admin, " ")
    assert nameless.status_code == 422
    assert "Name must be a name that can be printed." in page(nameless, 422).text
    idle = admin.post("/callers", data={"name": "portal", "organisation": HERE})
    assert "What it may do must be one thing at least." in page(idle, 422).text
    assert known(app) == []
    add(admin)
    taken = add(admin)
    assert taken.status_code == 422
    assert 'value="portal"' in taken.text
    assert len(known(app)) == 1


@pytest.mark.parametrize(("overlap", "old"), [("0", 401), ("24", 200), ("9999", 401)])
def test_another_key_replaces_the_old_one_when_it_was_chosen(
    app: APIFlask, admin: Browser, overlap: str, old: int
) -> None:
    before = key_in(add(admin))
    answer = admin.post(f"/callers/{known(app)[0].id}/key", data={"overlap": overlap})
    assert status(app, key_in(answer)) == 200
    assert status(app, before) == old


def test_a_program_that_is_revoked_calls_no_more_and_can_only_be_looked_at(app: APIFlask, admin: Browser) -> None:
    key = key_in(add(admin))
    address = f"/callers/{known(app)[0].id}"
    assert admin.post(f"{address}/revoke").status_code == 303
    assert status(app, key) == 401
    assert known(app)[0].revoked_at < datetime.now(UTC)  # type: ignore[operator]
    assert "Revoke its keys" not in admin.get(address).text
    assert admin.post(f"{address}/key").status_code == 404
    assert admin.post(f"{address}/revoke").status_code == 404
