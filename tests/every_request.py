"""Each request of the API, for things that an organisation has, and what a refusal of it must leave as it was."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from apiflask import APIFlask
from sqlalchemy import select
from werkzeug.test import TestResponse

from matcher.domain import Scope
from matcher.store import database
from matcher.store.tables import Row
from tests.clients import ApiCaller, a_caller, service, told
from tests.factories import a_coach, a_need
from tests.test_examples import bodies, operations
from tests.test_openapi import Document

SENT = "Zebedee"
"""A word of what is sent, which no answer repeats."""

KEPT = "Beatrix"
"""A word of what is stored, which nobody else is told."""

SMALL, LARGE = 200_000, 400_000
"""Bytes that a body may have, and one that takes many."""

SCOPES: Mapping[str, Scope] = {
    "listChanges": "coaches:read",
    "listCoaches": "coaches:read",
    "getCoach": "coaches:read",
    "putCoach": "coaches:write",
    "putCoaches": "coaches:write",
    "deleteCoach": "coaches:write",
    "createShortlist": "shortlists:write",
    "refineShortlist": "shortlists:write",
    "getShortlist": "shortlists:read",
    "getWhyNot": "shortlists:read",
    "listOutcomes": "shortlists:read",
    "putOutcome": "outcomes:write",
    "deleteOutcome": "outcomes:write",
    "createShortlistBatch": "shortlists:write",
    "cancelShortlistBatch": "shortlists:write",
    "deleteShortlistBatch": "shortlists:write",
    "listShortlistBatches": "shortlists:read",
    "getShortlistBatch": "shortlists:read",
    "getShortlistBatchResults": "shortlists:read",
    "createWebhook": "shortlists:write",
    "deleteWebhook": "shortlists:write",
    "rotateWebhookSecret": "shortlists:write",
    "replayDelivery": "shortlists:write",
    "listWebhooks": "shortlists:read",
    "listDeliveries": "shortlists:read",
}
"""What each operation asks for."""

_NOTED_ANYWAY = {("caller", "last_used_at"), ("keyed_request", None)}
"""What a request leaves that is refused: that it was made, and its answer under its key."""

Refused = Callable[[TestResponse, int, str], None]
"""Holds an answer to be a problem of a status and a kind that repeats nothing."""


@dataclass(frozen=True)
class Request:
    """A request by the id of its operation; `body` is one that would be taken, None where there is none."""

    name: str
    method: str
    path: str
    values: dict[str, str]
    scope: Scope
    body: Any = None

    def sent_by(self, caller: ApiCaller, **options: Any) -> TestResponse:
        """The answer to it, as it is but for the options."""
        if self.body is not None and "data" not in options:
            options = {"json": self.body} | options
        address = self.path.format_map({name: quote(value, safe="") for name, value in self.values.items()})
        return caller.send(self.method, address, **options)


@dataclass(frozen=True)
class World:
    """An organisation with one thing of each kind, and others who have none of it."""

    app: APIFlask
    owner: ApiCaller
    others: tuple[ApiCaller, ...]
    requests: tuple[Request, ...]

    @property
    def with_body(self) -> list[Request]:
        """The requests that take one."""
        return [one for one in self.requests if one.body is not None]


def a_world(start: Callable[..., APIFlask]) -> World:
    """Makes all of it, in an application whose limits of bodies are SMALL and LARGE."""
    app = start(max_body_bytes=SMALL, max_batch_bytes=LARGE, max_upload_bytes=LARGE, webhooks_anywhere=True)
    owner = a_caller(app, "portal", "Kestrel")
    owner.put(a_coach(), a_coach(id="c2"))
    values = _things_of(owner)
    described: Document = app.test_client().get("/api/v1/openapi.json").get_json()
    return World(
        app=app,
        owner=owner,
        others=(a_caller(app, "rival", "Corvus"), a_caller(app, "freelancer")),
        requests=tuple(
            Request(
                name=said["operationId"],
                method=method.upper(),
                path=path,
                values={name: value for name, value in values.items() if f"{{{name}}}" in path},
                scope=SCOPES[said["operationId"]],
                body=bodies(said)[0],
            )
            for path, method, said in operations(described)
            if path.startswith("/api/")
        ),
    )


def _things_of(owner: ApiCaller) -> dict[str, str]:
    """What stands in addresses: a profile, and a thing of each kind that belongs to somebody."""
    asked = {"url": f"https://{KEPT}.example/", "events": ["shortlist.created"]}
    webhook = owner.send("POST", "/webhooks", asked).get_json()["id"]
    shortlist = owner.shortlist(a_need(summary=f"{KEPT} does it all alone."))["id"]
    owner.send("PUT", f"/shortlists/{shortlist}/coaches/c1/outcomes/chosen", {})
    return {
        "coach_id": "c1",
        "shortlist_id": shortlist,
        "batch_id": owner.send("POST", "/shortlist-batches", {"needs": [{"summary": KEPT}]}).get_json()["id"],
        "webhook_id": webhook,
        "delivery_id": owner.send("GET", f"/webhooks/{webhook}/deliveries").get_json()["deliveries"][0]["id"],
        "event": "chosen",
    }


def stored(app: APIFlask) -> dict[str, list[str]]:
    """All that the database holds, but for what is noted anyway."""
    with database.snapshots(service(app).engine).begin() as session:
        return {
            name: sorted(map(repr, session.execute(select(*kept))))
            for name, table in Row.metadata.tables.items()
            if (name, None) not in _NOTED_ANYWAY
            and (kept := [column for column in table.c if (name, column.name) not in _NOTED_ANYWAY])
        }


@contextmanager
def refusing(world: World) -> Iterator[Refused]:
    """In the block answers are held to be refusals; in the end nothing may have been stored."""
    before = stored(world.app)

    def check(answer: TestResponse, status: int, kind: str) -> None:
        told(answer, status, kind)
        for word in (SENT, KEPT):
            assert word not in answer.text and not any(word in value for value in answer.headers.values())

    yield check
    assert stored(world.app) == before
