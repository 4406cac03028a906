"""Callers of the API, people with a browser, and what a test wants to know of the database behind it."""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import quote

from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from matcher.domain import Account, Coach, Need, Scope
from matcher.service import Service
from matcher.service.passwords import hashed
from matcher.store import accounts, callers, database
from matcher.store.tables import Row
from tests.factories import a_new_account

PROBLEM = "application/problem+json"


def document(record: Coach | Need) -> dict[str, Any]:
    """The record as a caller sends it."""
    return cast(dict[str, Any], json.loads(record.model_dump_json(by_alias=True, exclude_defaults=True)))


@dataclass(frozen=True)
class ApiCaller:
    """Someone with a key."""

    app: APIFlask
    key: str

    def send(self, method: str, path: str, json: Any = None, **options: Any) -> TestResponse:
        """The answer to a request below /api/v1, with the key."""
        headers = {"Authorization": f"Bearer {self.key}"} | options.pop("headers", {})
        path = path if path.startswith("/api/v1") else f"/api/v1{path}"
        return self.app.test_client().open(path, method=method, json=json, headers=headers, **options)

    def put(self, *coaches: Coach) -> None:
        """Has those profiles in the directory."""
        for coach in coaches:
            answer = self.send("PUT", f"/coaches/{quote(coach.id, safe='')}", document(coach))
            assert answer.status_code in (200, 201), answer.text

    def shortlist(self, need: Need, **beside: Any) -> Any:
        """The shortlist for a need."""
        answer = self.send("POST", "/shortlists", document(need) | beside)
        assert answer.status_code == 201, answer.text
        return answer.json

    def at(self, app: APIFlask) -> "ApiCaller":
        """The same caller at another worker."""
        return ApiCaller(app, self.key)


def a_caller(
    app: APIFlask, name: str = "portal", organisation: str | None = None, scopes: Collection[Scope] = ()
) -> ApiCaller:
    """A new caller of an application; without scopes it may do everything."""
    with database.sessions(service(app).engine).begin() as session:
        return ApiCaller(app, callers.add(session, name, organisation, datetime.now(UTC), scopes)[1])


PASSWORD = "seven bells under a blue moon"


class Browser(FlaskClient):
    """A browser without JavaScript, which sends the token of a page along with every form."""

    token = ""

    def read_token(self, path: str) -> None:
        """Opens a page and keeps the token of its forms."""
        (self.token, *_) = re.findall(r'name="csrf_token" value="([^"]+)"', self.get(path).text)

    def post(self, *args: Any, **options: Any) -> TestResponse:
        """The answer to a form."""
        headers = {"X-CSRFToken": self.token} | dict(options.pop("headers", {}))
        return super().post(*args, headers=headers, **options)

    def sign_in(self, email: str, password: str = PASSWORD, **fields: str) -> TestResponse:
        """The answer to the form that signs in."""
        self.read_token("/sign-in")
        answer = self.post("/sign-in", data={"email": email, "password": password} | fields)
        if answer.status_code == 303:
            self.read_token("/account")
        return answer


def a_browser(app: APIFlask) -> Browser:
    """A browser in which nobody is signed in."""
    return Browser(app, app.response_class, use_cookies=True)


def an_account(app: APIFlask, email: str = "ada@kestrel.example", **changes: Any) -> Account:
    """A new account whose password is `PASSWORD`."""
    with database.sessions(service(app).engine).begin() as session:
        return accounts.add(session, a_new_account(email, **changes), hashed(PASSWORD), False, datetime.now(UTC))


def signed_in(app: APIFlask, email: str = "ada@kestrel.example", **changes: Any) -> Browser:
    """A browser in which somebody with a new account has signed in through the form."""
    browser = a_browser(app)
    answer = browser.sign_in(an_account(app, email, **changes).email)
    assert answer.status_code == 303, answer.text
    return browser


def service(app: APIFlask) -> Service:
    """What the application serves."""
    return cast(Service, app.extensions["matcher"])


def row_counts(app: APIFlask) -> dict[str, int]:
    """The rows of each table."""
    with database.snapshots(service(app).engine).begin() as session:
        return {
            name: session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Row.metadata.tables.items()
        }


def told(answer: TestResponse, status: int, kind: str) -> dict[str, Any]:
    """The problem document of an answer, which must be of that kind."""
    assert (answer.status_code, answer.mimetype) == (status, PROBLEM), answer.text
    problem: dict[str, Any] = answer.get_json(force=True)
    assert (problem["type"], problem["status"]) == (f"/problems/{kind}", status)
    assert problem["title"] and problem["detail"]
    return problem


def pointers(answer: TestResponse) -> list[str]:
    """Where the problems of a refused document are."""
    errors = told(answer, 422, "invalid-input")["errors"]
    assert all(error.keys() == {"pointer", "detail"} and error["detail"] for error in errors)
    return sorted(error["pointer"] for error in errors)
