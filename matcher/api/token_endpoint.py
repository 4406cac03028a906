"""Where callers get access tokens for their keys (OAuth 2, client credentials), and what says how (RFC 8414)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, cast

from apiflask import APIBlueprint, APIFlask
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import ClientCredentialsGrant, InvalidClientError, InvalidRequestError
from flask import Response, current_app, jsonify, request
from flask_limiter import RateLimitExceeded

from matcher.api import access_tokens
from matcher.api.context import service
from matcher.api.rate_limits import count_token_request
from matcher.domain import SCOPES, scope_text, scopes_in
from matcher.store import callers, database
from matcher.store.callers import Caller

oauth = APIBlueprint("oauth", __name__, enable_openapi=False)

GRANT = "client_credentials"
METHODS = ["client_secret_basic", "client_secret_post"]

_EXTENSION = "matcher.authorization_server"


class _Grant(ClientCredentialsGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = METHODS


@dataclass
class _Client:
    """A caller as Authlib asks for it; who it is shows when its secret, the key, has been checked."""

    client_id: str
    now: datetime
    caller: Caller | None = None
    key_mark: str = ""

    def check_client_secret(self, secret: str) -> bool:
        with database.snapshots(service().engine).begin() as session:
            found = callers.authenticate(session, secret, self.now)
        if found is None or found.id != self.client_id:
            return False
        self.caller, self.key_mark = found, callers.key_mark(secret)
        return True

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method in METHODS

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == GRANT

    def get_client_id(self) -> str:
        return self.client_id

    def get_allowed_scope(self, asked: str | None) -> str | None:
        """What a token may do: all that the caller may when nothing is asked for; None for more than it may."""
        allowed, wanted = self.caller.scopes if self.caller else frozenset(), scopes_in(asked or "")
        return None if wanted is None or not wanted <= allowed else scope_text(wanted or allowed)


def set_up_token_endpoint(app: APIFlask) -> None:
    """Has an application give access tokens to its callers."""
    # Unknown clients are told by their secret, like others: whether there is one of that id is not to be seen.
    server = AuthorizationServer(
        app, query_client=lambda client_id: _Client(client_id, datetime.now(UTC)), save_token=_keep_none
    )
    server.register_grant(_Grant)
    server.register_token_generator("default", _generate)
    app.extensions[_EXTENSION] = server
    app.register_blueprint(oauth)


@oauth.post("/oauth/token")
def token() -> Response:
    """An access token for a key; a refusal in the form of OAuth 2."""
    server = current_app.extensions[_EXTENSION]
    try:
        count_token_request()
        _refuse_malformed()
        return cast(Response, server.create_token_response())
    except RateLimitExceeded:
        told = "There were too many requests; wait for as many seconds as Retry-After says."
        error = OAuth2Error(told, error="temporarily_unavailable", status_code=HTTPStatus.TOO_MANY_REQUESTS)
    except OAuth2Error as refusal:
        error = refusal
    return cast(Response, server.handle_error_response(None, error))


@oauth.get("/oauth/keys")
def keys() -> Response:
    """The public key that tokens are signed with, as a JWK set."""
    return jsonify(access_tokens.signing_keys().as_dict(private=False, use="sig", alg=access_tokens.ALGORITHM))


@oauth.get("/.well-known/oauth-authorization-server")
def metadata() -> Response:
    """How to get tokens here."""
    issuer = access_tokens.issuer()
    return jsonify(
        issuer=issuer,
        token_endpoint=f"{issuer}/oauth/token",
        jwks_uri=f"{issuer}/oauth/keys",
        grant_types_supported=[GRANT],
        # It must be there and must not be empty; this is the registered type for no answer at all.
        response_types_supported=["none"],
        scopes_supported=list(SCOPES),
        token_endpoint_auth_methods_supported=METHODS,
    )


def _refuse_malformed() -> None:
    """Raises OAuth2Error for what Authlib would misread or repeat."""
    if request.args or any(len(values) > 1 for _, values in request.form.lists()):
        raise InvalidRequestError("Send each parameter once, and in the body.")
    if "grant_type" not in request.form:
        raise InvalidRequestError(f"Send grant_type={GRANT} as a form (application/x-www-form-urlencoded).")
    if request.form["grant_type"] != GRANT:
        raise OAuth2Error(f"The grant type here is {GRANT}.", error="unsupported_grant_type")
    scheme = request.headers.get("Authorization", "").partition(" ")[0].lower()
    if scheme == "basic" and request.authorization is None:
        raise InvalidClientError("The Authorization header cannot be read.", status_code=HTTPStatus.UNAUTHORIZED)


def _generate(**asked: Any) -> dict[str, object]:
    life = service().settings.token_minutes * 60
    generator = access_tokens.Generator(access_tokens.issuer(), access_tokens.ALGORITHM, expires_generator=life)
    return cast(dict[str, object], generator(**asked))


def _keep_none(_token: object, _request: object) -> None:
    """Nothing is kept of a token: its signature and the caller's key say whether it holds."""
