"""Access tokens: fetched with OAuth 2's client credentials, used on the API, and refused when anything is amiss."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey
from sqlalchemy import update
from werkzeug.test import TestResponse

from matcher.domain import EVERY_SCOPE, SCOPES, Scope
from matcher.errors import ConfigurationError
from matcher.secret_key import signing_key
from matcher.store import callers, database
from matcher.store.tables import CallerRow
from tests.clients import ApiCaller, a_caller, document, row_counts, service, told
from tests.commands import refusal, run
from tests.factories import SIGNING_KEY, a_coach, a_need
from tests.served_api import served

Start = Callable[..., APIFlask]
Claims = dict[str, Any]

NOW = int(datetime.now(UTC).timestamp())
GRANT = {"grant_type": "client_credentials"}
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def client_id(caller: ApiCaller) -> str:
    with database.snapshots(service(caller.app).engine).begin() as session:
        found = callers.authenticate(session, caller.key, datetime.now(UTC))
    assert found is not None
    return found.id


def asked(caller: ApiCaller, named: str | None = None, secret: str | None = None, **form: str) -> TestResponse:
    """The answer to a request for a token, the client named in the Authorization header."""
    known = (client_id(caller) if named is None else named, secret or caller.key)
    return caller.app.test_client().post("/oauth/token", data=GRANT | form, auth=known)


def with_token(caller: ApiCaller, **form: str) -> ApiCaller:
    """The same caller with an access token in place of its key."""
    answer = asked(caller, **form)
    assert answer.status_code == 200, answer.text
    return ApiCaller(caller.app, answer.get_json()["access_token"])


def refused(answer: TestResponse, status: int, error: str) -> str:
    """What a refusal in OAuth's own form says."""
    assert (answer.status_code, answer.mimetype) == (status, "application/json"), answer.text
    said = answer.get_json()
    assert said["error"] == error
    assert answer.headers["Cache-Control"] == "no-store"
    description: str = said.get("error_description", "")
    return description


def unlocked(token: str) -> tuple[Claims, Claims]:
    """The header and the claims of a token, whoever signed it."""
    header, claims = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in token.split(".")[:2])
    return header, claims


def part(document: Claims | bytes) -> str:
    raw = document if isinstance(document, bytes) else json.dumps(document).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_authlibs_own_client_fetches_a_token_and_uses_it(api: ApiCaller, method: str) -> None:
    api.put(a_coach())
    with (
        served(api.app) as address,
        OAuth2Session(
            client_id(api), api.key, scope="coaches:read shortlists:write", token_endpoint_auth_method=method
        ) as client,
    ):
        metadata = client.get(f"{address}/.well-known/oauth-authorization-server", withhold_token=True).json()
        token = client.fetch_token(metadata["token_endpoint"], grant_type="client_credentials")
        keys = client.get(metadata["jwks_uri"], withhold_token=True).json()
        assert client.get(f"{address}/api/v1/coaches/c1").json()["id"] == "c1"
        assert client.post(f"{address}/api/v1/shortlists", json=document(a_need())).status_code == 201
    assert (token["token_type"], token["expires_in"], token["scope"]) == (
        "Bearer",
        600,
        "shortlists:write coaches:read",
    )
    read = jwt.decode(token["access_token"], KeySet.import_key_set(keys), algorithms=["ES256"])
    assert (read.header["typ"], read.header["kid"]) == ("at+jwt", keys["keys"][0]["kid"])
    said = read.claims
    assert (said["iss"], said["aud"]) == (address, f"{address}/api/v1")
    assert said["sub"] == said["client_id"] == client_id(api)
    assert said["exp"] - said["iat"] == 600
    assert said["scope"] == "shortlists:write coaches:read"
    assert said["jti"] != unlocked(with_token(api).key)[1]["jti"]


@on_sqlite
def test_the_metadata_are_those_of_rfc_8414_and_the_keys_are_public_ones(start: Start) -> None:
    app = start(issuer="https://coaches.example/")
    metadata = app.test_client().get("/.well-known/oauth-authorization-server").get_json()
    AuthorizationServerMetadata(metadata).validate()
    assert metadata["issuer"] == "https://coaches.example"
    assert metadata["token_endpoint"] == "https://coaches.example/oauth/token"
    assert metadata["scopes_supported"] == list(SCOPES)
    (key,) = app.test_client().get("/oauth/keys").get_json()["keys"]
    assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("EC", "P-256", "ES256", "sig")
    assert key.keys() == {"kty", "crv", "x", "y", "kid", "alg", "use"}
    assert unlocked(with_token(a_caller(app)).key)[1]["aud"] == "https://coaches.example/api/v1"


@on_sqlite
def test_a_token_is_for_all_that_the_caller_may_or_for_less_and_never_for_more(api: ApiCaller) -> None:
    reader = a_caller(api.app, "reader", scopes=["coaches:read", "shortlists:read"])
    assert asked(api).get_json()["scope"].split() == list(SCOPES)
    assert asked(reader).get_json()["scope"] == "shortlists:read coaches:read"
    assert asked(reader, scope="coaches:read").get_json()["scope"] == "coaches:read"
    for scope in ["coaches:write", "coaches:read coaches:write", "everything", "\u2603"]:
        refused(asked(reader, scope=scope), 400, "invalid_scope")


@on_sqlite
def test_whoever_is_no_client_is_refused_alike_and_told_nothing(api: ApiCaller) -> None:
    other = a_caller(api.app, "other")
    guesses = [
        asked(api, secret="cm_guess"),
        asked(api, named="nobody"),
        asked(api, named="\x00"),
        asked(api, named=client_id(other)),
        api.app.test_client().post("/oauth/token", data=GRANT | {"client_id": client_id(api), "client_secret": "x"}),
        api.app.test_client().post("/oauth/token", data=GRANT),
    ]
    assert len({refused(answer, 401, "invalid_client") for answer in guesses}) == 1
    assert all(answer.headers["WWW-Authenticate"].startswith("Basic ") for answer in guesses)


@on_sqlite
def test_a_malformed_request_for_a_token_is_told_so_in_oauths_form(api: ApiCaller) -> None:
    client, known = api.app.test_client(), (client_id(api), api.key)

    def answer(path: str = "/oauth/token", **options: Any) -> TestResponse:
        return client.post(path, **{"auth": known} | options)

    refused(answer(), 400, "invalid_request")
    refused(answer(json=GRANT), 400, "invalid_request")
    refused(answer("/oauth/token?grant_type=client_credentials"), 400, "invalid_request")
    refused(answer(data={"grant_type": ["client_credentials"] * 2}), 400, "invalid_request")
    for grant in ["password", "", '"\u00e9\x00']:
        said = refused(answer(data={"grant_type": grant}), 400, "unsupported_grant_type")
        assert not grant or grant not in said
    for header in ["Basic", "Basic !", "Basic " + base64.b64encode(b"\xff:\xff").decode()]:
        refused(client.post("/oauth/token", data=GRANT, headers={"Authorization": header}), 401, "invalid_client")
    refused(answer(data=GRANT, base_url="http://coaches.example"), 400, "insecure_transport")
    assert answer(data=GRANT, base_url="https://coaches.example").status_code == 200
    told(client.get("/oauth/token"), 405, "method-not-allowed")


def claims(api: ApiCaller, **changes: Any) -> Claims:
    """The claims of a token that holds, with changes; None takes one away."""
    base = unlocked(with_token(api).key)[1]
    return {name: value for name, value in (base | changes).items() if value is not None}


def signed(said: Claims, pem: str = SIGNING_KEY, **header: Any) -> str:
    key = ECKey.import_key(pem)
    return jwt.encode({"alg": "ES256", "typ": "at+jwt"} | header, said, key, default_type=None)


def is_refused(caller: ApiCaller, token: str) -> None:
    answer = ApiCaller(caller.app, token).send("PUT", "/coaches/c1", document(a_coach()))
    told(answer, 401, "unauthorised")
    assert answer.headers["WWW-Authenticate"].startswith('Bearer error="invalid_token"')


@on_sqlite
def test_a_token_that_says_anything_else_than_it_must_is_refused(api: ApiCaller) -> None:
    holds = claims(api)
    assert ApiCaller(api.app, signed(holds)).send("GET", "/coaches").status_code == 200
    before = row_counts(api.app)
    for changes in [
        {"exp": NOW - 60},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": float("nan")},
        {"iat": NOW + 3600},
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"aud": "http://localhost"},
        {"aud": "http://localhost/api/v2"},
        {"aud": None},
        {"client_id": "nobody"},
        {"client_id": ["x"]},
        {"client_id": None},
        {"key_mark": "0" * 16},
        {"key_mark": ""},
        {"key_mark": None},
        {"scope": 7},
        {"scope": None},
        {"sub": None},
        {"jti": None},
    ]:
        altered = {name: value for name, value in (holds | changes).items() if value is not None}
        is_refused(api, signed(altered))
    for kind in ["JWT", "at+jwt2", ""]:
        is_refused(api, signed(holds, typ=kind))
    is_refused(api, jwt.encode({"alg": "ES256"}, holds, ECKey.import_key(SIGNING_KEY), default_type=None))
    assert row_counts(api.app) == before


@on_sqlite
def test_a_token_that_this_service_did_not_sign_is_refused(api: ApiCaller) -> None:
    token, holds = with_token(api).key, claims(api)
    header, body, signature = token.split(".")
    public = ECKey.import_key(SIGNING_KEY).as_pem(private=False)
    is_refused(api, signed(holds, pem=ECKey.generate_key("P-256").as_pem(private=True).decode()))
    for algorithm in ["none", "None", "NONE"]:
        unsigned = f"{part({'alg': algorithm, 'typ': 'at+jwt'})}.{part(holds)}"
        for end in ["", signature]:
            is_refused(api, f"{unsigned}.{end}")
    for secret in [public, public.strip(), base64.b64decode("".join(public.decode().splitlines()[1:-1]))]:
        start = f"{part({'alg': 'HS256', 'typ': 'at+jwt'})}.{part(holds)}"
        is_refused(api, f"{start}.{part(hmac.digest(secret, start.encode(), hashlib.sha256))}")
    is_refused(api, jwt.encode({"alg": "HS256", "typ": "at+jwt"}, holds, OctKey.import_key("k" * 32)))
    more = part(unlocked(token)[1] | {"client_id": client_id(a_caller(api.app, "victim"))})
    for forged in [f"{header}.{more}.{signature}", f"{header}.{body}.", f"{header}.{body}.{signature[:-4]}AAAA"]:
        is_refused(api, forged)
    own = ECKey.generate_key("P-256")
    is_refused(api, jwt.encode({"alg": "ES256", "typ": "at+jwt", "jwk": own.as_dict(private=False)}, holds, own))
    odd = [f"{header}.{part(b'[]')}.{signature}", f"{part(b'7')}.x.y", part(bytes([255])) + ".x.y"]
    for rubbish in ["..", "a.b.c", "\u00fc.\u00fc.\u00fc", "e30.e30.e30", *odd]:
        is_refused(api, rubbish)


def test_a_token_of_a_revoked_caller_is_worthless_at_once_on_every_worker(start: Start) -> None:
    caller, other_worker = a_caller(start()), start()
    holder = with_token(caller)
    assert holder.at(other_worker).send("GET", "/coaches").status_code == 200
    with database.sessions(service(caller.app).engine).begin() as session:
        callers.revoke(session, "portal", datetime.now(UTC))
    for app in (caller.app, other_worker):
        is_refused(holder.at(app), holder.key)
        refused(asked(caller.at(app), named="x"), 401, "invalid_client")


def test_a_token_ends_with_the_key_that_it_was_had_for(api: ApiCaller) -> None:
    engine = service(api.app).engine
    named, first = client_id(api), with_token(api)
    with database.sessions(engine).begin() as session:
        new = callers.rotate(session, "portal", datetime.now(UTC), timedelta(hours=1))
    assert new is not None
    second = with_token(ApiCaller(api.app, new))
    for valid in (api, ApiCaller(api.app, new), first, second):
        assert valid.send("GET", "/coaches").status_code == 200
    assert asked(api, named=named).status_code == 200
    with database.sessions(engine).begin() as session:
        session.execute(update(CallerRow).values(old_key_expires_at=datetime.now(UTC)))
    for gone in (api, first):
        is_refused(gone, gone.key)
    refused(asked(api, named=named), 401, "invalid_client")
    assert second.send("GET", "/coaches").status_code == 200
    with database.sessions(engine).begin() as session:
        callers.rotate(session, "portal", datetime.now(UTC), timedelta(0))
    is_refused(second, second.key)
    is_refused(api, new)


# Scopes

ASKS: list[tuple[Scope, str, str]] = [
    ("shortlists:write", "POST", "/shortlists"),
    ("shortlists:read", "GET", "/shortlists/x"),
    ("shortlists:read", "GET", "/shortlists/x/coaches/c1"),
    ("shortlists:read", "GET", "/shortlists/x/outcomes"),
    ("outcomes:write", "PUT", "/shortlists/x/coaches/c1/outcomes/chosen"),
    ("outcomes:write", "DELETE", "/shortlists/x/coaches/c1/outcomes/chosen"),
    ("coaches:read", "GET", "/coaches"),
    ("coaches:read", "GET", "/coaches/c1"),
    ("coaches:read", "HEAD", "/coaches/c1"),
    ("coaches:write", "PUT", "/coaches/c1"),
    ("coaches:write", "DELETE", "/coaches/c1"),
]


_MAY_GROW = ("need", "shortlist", "audit_entry", "audit_head", "profile_revision")
"""Where callers who have the scope leave something."""


@on_sqlite
def test_a_key_or_token_without_the_scope_is_refused_before_anything_is_looked_up(api: ApiCaller) -> None:
    api.put(a_coach())
    before = row_counts(api.app)
    for number, (scope, method, path) in enumerate(ASKS):
        without = a_caller(api.app, f"without {number}", scopes=EVERY_SCOPE - {scope})
        narrowed = with_token(api, scope=" ".join(EVERY_SCOPE - {scope}))
        for caller in (without, narrowed):
            answer = caller.send(method, path, document(a_need()))
            assert answer.status_code == 403
            assert 'error="insufficient_scope", ' in answer.headers["WWW-Authenticate"]
            assert answer.headers["WWW-Authenticate"].endswith(f'scope="{scope}"')
            if method != "HEAD":
                assert scope in told(answer, 403, "insufficient-scope")["detail"]
        assert with_token(api, scope=scope).send(method, path, document(a_need())).status_code not in (401, 403)
        with database.sessions(service(api.app).engine).begin() as session:
            callers.revoke(session, f"without {number}", datetime.now(UTC))
        before |= {"caller": row_counts(api.app)["caller"], "coach": 1}
        api.put(a_coach())
    before |= {name: row_counts(api.app)[name] for name in _MAY_GROW}
    assert row_counts(api.app) == before


@on_sqlite
def test_with_a_token_a_caller_is_of_its_organisation(api: ApiCaller) -> None:
    ours, theirs = (with_token(a_caller(api.app, name, name)) for name in ("Kestrel", "Merlin"))
    found = ours.shortlist(a_need())["id"]
    assert ours.send("GET", f"/shortlists/{found}").status_code == 200
    told(theirs.send("GET", f"/shortlists/{found}"), 404, "not-found")


# Keys


@pytest.mark.usefixtures("configured")
def test_a_callers_key_is_rotated_with_an_overlap_and_its_scopes_are_listed(start: Start) -> None:
    app = start()
    added = run("callers", "add", "portal", "--organisation", "Kestrel", "--scope", "coaches:read")
    (named,) = re.findall(r"client_id: (\S+)", added.stderr)
    old = ApiCaller(app, added.stdout.strip())
    assert client_id(old) == named
    assert old.send("GET", "/coaches").status_code == 200
    told(old.send("POST", "/shortlists", document(a_need())), 403, "insufficient-scope")
    rotated = run("callers", "rotate", "portal", "--overlap", "2")
    new = ApiCaller(app, rotated.stdout.strip())
    assert re.fullmatch(r"cm_\S{43}\n", rotated.stdout) and "holds until" in rotated.stderr
    assert [one.send("GET", "/coaches").status_code for one in (old, new)] == [200, 200]
    listed = run("callers", "list").stdout
    assert old.key not in listed and new.key not in listed
    name, organisation, prefix, state, shown, scopes, made, used, until = listed.strip().split("\t")
    assert (name, organisation, state, shown, scopes) == ("portal", "Kestrel", "in use", named, "coaches:read")
    assert prefix == f"{new.key[:11]}..."
    assert made == f"made {datetime.now(UTC):%Y-%m-%d}"
    assert used.startswith("used 20") and until.startswith("old key until 20")
    newest = ApiCaller(app, run("callers", "rotate", "portal").stdout.strip())
    assert [one.send("GET", "/coaches").status_code for one in (old, new, newest)] == [401, 401, 200]
    run("callers", "revoke", "portal")
    assert refusal(run("callers", "rotate", "portal")) == "There is no caller with this name whose key is in use."
    run("callers", "add", "open")
    assert run("callers", "list").stdout.splitlines()[0].split("\t")[5:] == ["all", made, "never used", "-"]


@on_sqlite
@pytest.mark.usefixtures("configured")
def test_a_scope_that_there_is_not_makes_no_caller() -> None:
    result = run("callers", "add", "portal", "--scope", "coaches:burn")
    assert (result.exit_code, result.stdout) == (2, "")
    assert run("callers", "list").stdout == ""


def test_all_workers_share_one_signing_key_whichever_asks_first(tmp_path: Path) -> None:
    first, second = signing_key("", tmp_path), signing_key("", tmp_path)
    assert first.thumbprint() == second.thumbprint()
    assert (tmp_path / "signing-key").stat().st_mode & 0o777 == 0o600
    assert signing_key(SIGNING_KEY, tmp_path).thumbprint() != first.thumbprint()
    public = ECKey.import_key(SIGNING_KEY).as_pem(private=False).decode()
    for wrong in ["rubbish", public, ECKey.generate_key("P-384").as_pem(private=True).decode()]:
        with pytest.raises(ConfigurationError, match="signs access tokens"):
            signing_key(wrong, tmp_path)
