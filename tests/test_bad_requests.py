"""Wrong addresses, callers, scopes, organisations, conditions and keys: of each request of the API, by tables.

Whatever is wrong, the answer is a problem document, nothing is stored, and nothing is told of others.
"""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from matcher.domain import EVERY_SCOPE
from matcher.store import callers, database
from tests.clients import a_caller, service, told
from tests.every_request import SENT, Refused, World, stored
from tests.test_access_tokens import NOW, claims, signed, with_token
from tests.test_examples import operations

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


# Addresses


def test_an_address_of_nothing_is_not_found(world: World, refused: Refused, subtests: pytest.Subtests) -> None:
    for one in world.requests:
        for name in one.values:
            if one.name in ("putCoach", "getCoach", "deleteCoach") or name in ("event", "coach_id"):
                continue
            for wrong in ("nothing", "x" * 3_000, f"{SENT}' OR 1=1 --", "\x00", "../..", "\U0001f600", "%"):
                with subtests.test(one.name, **{name: wrong[:20]}):
                    refused(replace(one, values=one.values | {name: wrong}).sent_by(world.owner), 404, "not-found")


def test_an_address_that_is_not_utf_8_is_not_found(world: World, refused: Refused, subtests: pytest.Subtests) -> None:
    for one in world.requests:
        for name in one.values:
            path = one.path.format_map(one.values | {name: "\xff"})
            with subtests.test(one.name, name=name):
                refused(one.sent_by(world.owner, environ_overrides={"PATH_INFO": path}), 404, "not-found")


QUERIES = {
    "limit": ("0", "-1", "1000000", "1e9", "9" * 400, SENT, "1.5", ""),
    "since": (SENT, "\x00", "W10", "x" * 3_000),
    "language": (SENT, "\x00"),
    "industry": (SENT,),
    "focus_area": (SENT,),
    "accepting": (SENT, "2"),
    "fields": (SENT, "name,Zebedee"),
}
"""What each part of an address behind the question mark may not be."""


def test_a_query_that_says_something_wrong_is_refused(
    world: World, refused: Refused, subtests: pytest.Subtests
) -> None:
    described = world.app.test_client().get("/api/v1/openapi.json").get_json()
    taken = {
        operation["operationId"]: [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"]
        for _, _, operation in operations(described)
    }
    tried = set()
    for one in world.requests:
        for name in taken[one.name]:
            tried.add(name)
            for wrong in QUERIES.get(name, ()):
                with subtests.test(one.name, **{name: wrong[:20]}):
                    refused(one.sent_by(world.owner, query_string={name: wrong}), 422, "invalid-input")
    assert tried == QUERIES.keys() | {"after"}


# Who asks


def test_whoever_does_not_prove_who_it_is_is_refused(world: World, subtests: pytest.Subtests) -> None:
    """With no key, with a wrong one, and with tokens that are forged, of others, or of yesterday."""
    holds, token = claims(world.owner), with_token(world.owner).key
    head, body, signature = token.split(".")
    wrong = {
        "nothing": {"Authorization": ""},
        "a key in another scheme": {"Authorization": f"Basic {world.owner.key}"},
        "an unknown key": {"Authorization": f"Bearer cm_{SENT}"},
        "half a key": {"Authorization": f"Bearer {world.owner.key[:-1]}"},
        "no text": {"Authorization": "Bearer \xff\xfe"},
        "expired": {"Authorization": f"Bearer {signed(holds | {'exp': NOW - 60})}"},
        "for another service": {"Authorization": f"Bearer {signed(holds | {'aud': 'https://elsewhere.example'})}"},
        "of another service": {"Authorization": f"Bearer {signed(holds | {'iss': 'https://elsewhere.example'})}"},
        "of nobody": {"Authorization": f"Bearer {signed(holds | {'client_id': SENT})}"},
        "of a key before": {"Authorization": f"Bearer {signed(holds | {'key_mark': '0' * 16})}"},
        "no access token": {"Authorization": f"Bearer {signed(holds, typ='JWT')}"},
        "unsigned": {"Authorization": f"Bearer eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.{body}."},
        "changed": {"Authorization": f"Bearer {head}.{body[:-4]}AAAA.{signature}"},
        "signed by nobody": {"Authorization": f"Bearer {head}.{body}.{signature[:-6]}AAAAAA"},
    }
    revoked = with_token(a_caller(world.app, "gone", "Kestrel")).key
    with database.sessions(service(world.app).engine).begin() as session:
        callers.revoke(session, "gone", datetime.now(UTC))
    before = stored(world.app)
    wrong["of a caller who was revoked"] = {"Authorization": f"Bearer {revoked}"}
    for one in world.requests:
        for name, headers in wrong.items():
            with subtests.test(one.name, sent=name):
                answer = one.sent_by(world.owner, headers=headers)
                told(answer, 401, "unauthorised")
                assert answer.headers["WWW-Authenticate"].startswith("Bearer") and SENT not in answer.text
    assert stored(world.app) == before


def test_whoever_may_not_do_it_is_refused_whether_it_is_there_or_not(world: World, subtests: pytest.Subtests) -> None:
    without = {
        scope: a_caller(world.app, f"without {scope}", "Kestrel", scopes=EVERY_SCOPE - {scope}) for scope in EVERY_SCOPE
    }
    tokens = {scope: with_token(world.owner, scope=" ".join(EVERY_SCOPE - {scope})) for scope in EVERY_SCOPE}
    before = stored(world.app)
    for one in world.requests:
        nothing = replace(one, values=one.values | dict.fromkeys(one.values.keys() - {"event"}, "nothing"))
        for caller in (without[one.scope], tokens[one.scope]):
            with subtests.test(one.name):
                answers = [asked.sent_by(caller) for asked in (one, nothing)]
                assert told(answers[0], 403, "insufficient-scope") == told(answers[1], 403, "insufficient-scope")
                assert f'scope="{one.scope}"' in answers[0].headers["WWW-Authenticate"]
    assert stored(world.app) == before


def test_what_belongs_to_others_is_told_like_what_is_not_there(
    world: World, refused: Refused, subtests: pytest.Subtests
) -> None:
    own = [one for one in world.requests if one.values.keys() & {"shortlist_id", "batch_id", "webhook_id"}]
    assert len(own) == 14
    for one in own:
        nothing = replace(one, values=one.values | dict.fromkeys(one.values.keys() - {"event", "coach_id"}, "nothing"))
        for other in world.others:
            for body in ({}, {"json": {"shoe_size": SENT}}) if one.body is not None else ({},):
                with subtests.test(one.name, wrong=bool(body)):
                    answers = [asked.sent_by(other, **body) for asked in (one, nothing)]
                    refused(answers[0], answers[1].status_code, answers[1].get_json()["type"].split("/")[-1])
                    assert answers[0].data == answers[1].data
                    if not body:
                        assert answers[0].status_code == 404


def test_no_list_names_what_belongs_to_others(world: World, subtests: pytest.Subtests) -> None:
    lists = [one for one in world.requests if one.name in ("listShortlistBatches", "listWebhooks")]
    for one in lists:
        for other in world.others:
            with subtests.test(one.name):
                assert next(iter(one.sent_by(other).get_json().values())) == []
                assert next(iter(one.sent_by(world.owner).get_json().values())) != []


# Conditions and keys


def test_a_condition_that_does_not_hold_changes_nothing(
    world: World, refused: Refused, subtests: pytest.Subtests
) -> None:
    kept = world.owner.send("GET", "/coaches/c1").headers["ETag"]
    for one in [one for one in world.requests if one.path == "/api/v1/coaches/{coach_id}"]:
        stale = [{"If-Match": value} for value in (f'"{SENT}"', f"W/{kept}", SENT, "", "\xff", '"' + "x" * 3_000)]
        for headers in [*stale, *([{"If-None-Match": "*"}] if one.method == "PUT" else [])]:
            with subtests.test(one.name, headers=headers):
                refused(one.sent_by(world.owner, headers=headers), 412, "precondition-failed")


def test_a_key_that_is_none_or_another_request_s_is_refused(
    world: World, refused: Refused, subtests: pytest.Subtests
) -> None:
    spent = {"Idempotency-Key": '"spent"'}
    assert world.owner.send("POST", "/shortlists", {"limit": 0}, headers=spent).status_code == 422
    posts = [one for one in world.requests if one.method == "POST"]
    assert len(posts) == 8
    for one in posts:
        for key in ("", '""', f'"{SENT}', "\xff", '"' + "x" * 256 + '"', f"{SENT}, {SENT}"):
            with subtests.test(one.name, key=key[:20]):
                answer = one.sent_by(world.owner, headers={"Idempotency-Key": key})
                refused(answer, 400, "malformed-idempotency-key")
        with subtests.test(one.name):
            refused(one.sent_by(world.owner, headers=spent), 422, "idempotency-key-reused")


def test_a_method_that_an_address_does_not_have_is_refused(
    world: World, refused: Refused, subtests: pytest.Subtests
) -> None:
    known = {(one.path, one.method) for one in world.requests}
    for one in world.requests:
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            # The id of a coach may hold slashes, so it is one that there is not.
            if (one.path, method) in known or (method == "GET" and "event" in one.values):
                continue
            with subtests.test(one.path, method=method):
                answer = replace(one, method=method).sent_by(world.owner)
                refused(answer, 405, "method-not-allowed")
                allowed = {name.strip() for name in answer.headers["Allow"].split(",")}
                assert {other for path, other in known if path == one.path} <= allowed and method not in allowed
