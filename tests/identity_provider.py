"""A real OpenID provider on a port of its own: discovery, a login form, codes with PKCE, signed ID tokens, userinfo."""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, UserInfo
from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import WSGIRequestHandler, make_server

CLIENT, SECRET = "coach-matcher", "kept between the two of them"
FORM = '<form method="post"><input name="login"><input name="password" type="password"><button>Log in</button></form>'


@dataclass
class Person:
    """Somebody whom the provider knows, with the password there and what its claims say."""

    subject: str
    password: str = "open sesame"
    claims: dict[str, Any] = field(default_factory=dict)

    def get_user_id(self) -> str:
        return self.subject


class Client(ClientMixin):
    """The only one that the provider has."""

    def __init__(self, provider: "Provider") -> None:
        self.provider = provider

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return self.provider.redirect_uri

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.provider.redirect_uri

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == self.provider.auth_method

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Code(AuthorizationCodeMixin):
    """A code that was handed out, with what it was handed out for."""

    code: str
    person: Person
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str | None

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


Claims = dict[str, Any]


@dataclass
class Provider:
    """What runs at `address`, and may be told to lie: `forge` changes the claims, `sign` makes the token of them."""

    address: str = ""
    redirect_uri: str = ""
    auth_method: str = "client_secret_basic"
    people: dict[str, Person] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    tokens: dict[str, Person] = field(default_factory=dict)
    metadata: Claims = field(default_factory=dict)
    in_token: bool = True
    keep_codes: bool = False
    asked: list[Claims] = field(default_factory=list)
    forge: Callable[[Claims], Claims] = field(default=lambda claims: claims)
    sign: Callable[[Claims], str] | None = None
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "first", "use": "sig"}))

    def signed(self, claims: Claims, key: RSAKey | None = None) -> str:
        """An ID token of claims, with the key of the provider unless another one is given."""
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, key or self.key, ["RS256"])


class _Grant(AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

    def _codes(self) -> dict[str, Code]:
        return self.server.provider.codes

    def save_authorization_code(self, code: str, request: Any) -> None:
        data = request.payload.data
        named = ("nonce", "code_challenge", "code_challenge_method")
        self._codes()[code] = Code(
            code, request.user, request.payload.redirect_uri, request.payload.scope, *(data.get(name) for name in named)
        )

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        return self._codes().get(code)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        if not self.server.provider.keep_codes:
            del self._codes()[authorization_code.code]

    def authenticate_user(self, authorization_code: Code) -> Person:
        return authorization_code.person


class _Token(OpenIDCode):
    def __init__(self, provider: Provider) -> None:
        super().__init__(require_nonce=True)
        self.provider = provider

    def exists_nonce(self, nonce: str, request: Any) -> bool:
        return False

    def resolve_client_private_key(self, client: Client) -> RSAKey:
        return self.provider.key

    def get_client_claims(self, client: Client) -> Claims:
        return {"iss": self.provider.address, "aud": [CLIENT]}

    def generate_user_info(self, user: Person, scope: str) -> UserInfo:
        return UserInfo(sub=user.subject, **(user.claims if self.provider.in_token else {}))

    def encode_id_token(self, token: Claims, request: Any) -> str:
        claims = self.get_compatible_claims(request) | self.get_authorization_code_claims(request.authorization_code)
        claims = self.provider.forge(claims | self.generate_user_info(request.user, token["scope"]))
        return (self.provider.sign or self.provider.signed)(claims)


def _application(provider: Provider) -> Flask:
    app = Flask("provider")
    app.secret_key = secrets.token_hex()
    server = AuthorizationServer(app, lambda _: Client(provider), _keep(provider))
    server.provider = provider
    server.register_grant(_Grant, [_Token(provider), CodeChallenge(required=True)])

    @app.get("/.well-known/openid-configuration")
    def discovery() -> Response:
        endpoints = {
            f"{name}_endpoint": f"{provider.address}/{name}" for name in ("authorization", "token", "userinfo")
        }
        told = {
            "issuer": provider.address,
            "jwks_uri": f"{provider.address}/keys",
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": [provider.auth_method],
            "end_session_endpoint": f"{provider.address}/end",
        }
        return jsonify({name: value for name, value in (endpoints | told | provider.metadata).items() if value})

    @app.get("/keys")
    def keys() -> Response:
        return jsonify(keys=[provider.key.as_dict(private=False)])

    @app.route("/authorization", methods=["GET", "POST"])
    def authorization() -> ResponseReturnValue:
        if request.method == "GET":
            provider.asked.append(request.args.to_dict())
            return FORM
        person = provider.people.get(request.form["login"])
        if person is None or person.password != request.form["password"]:
            return FORM, 401
        grant = server.get_consent_grant(end_user=person)
        answer: Response = server.create_authorization_response(grant_user=person, grant=grant)
        return answer

    @app.post("/token")
    def token() -> Response:
        answer: Response = server.create_token_response()
        return answer

    @app.get("/userinfo")
    def userinfo() -> ResponseReturnValue:
        person = provider.tokens.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        return {"sub": person.subject, **person.claims} if person else ("", 401)

    @app.get("/end")
    def end() -> str:
        return "Signed out at the provider."

    return app


def _keep(provider: Provider) -> Callable[[Claims, Any], None]:
    def keep(token: Claims, request: Any) -> None:
        provider.tokens[token["access_token"]] = request.user

    return keep


class _Silent(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def running(app: Callable[..., Any]) -> Iterator[str]:
    """The address at which an application answers, until the block ends."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Silent)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def a_provider() -> Iterator[Provider]:
    """A provider that answers, until the block ends."""
    provider = Provider()
    with running(_application(provider)) as address:
        provider.address = address
        yield provider
