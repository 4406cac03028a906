"""The OpenID provider through which people sign in: sent there and coming back (OpenID Connect Core 1.0, with PKCE)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, cast

import structlog
from apiflask import APIFlask
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from flask import current_app, request, session
from joserfc.errors import JoseError
from requests import RequestException
from sqlalchemy import Engine

from matcher.settings import Settings
from matcher.store import database, sign_ons
from matcher.web.blueprint import service
from matcher.web.onward import Onward

Failure = Literal["unreachable", "too_late", "foreign", "declined", "unverified"]

IN_TIME = timedelta(minutes=15)
"""For how long somebody may be away at the provider."""

_SIGNED_WITH = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
"""With a key that the provider alone has: never unsigned, nor with the secret that both share."""

_SECONDS = 10
_LEEWAY_SECONDS = 60
_NAME = "provider"
_EXTENSION = "authlib.integrations.flask_client"

_log = structlog.get_logger()


class SignOnFailed(Exception):
    """Nobody was signed in at the provider, or nobody can tell; `going` is what is gone on with all the same."""

    def __init__(self, why: Failure, going: Onward | None = None) -> None:
        self.why = why
        self.going = going or Onward()
        super().__init__(why)


@dataclass(frozen=True)
class _KeptInDatabase:
    """Keeps for Authlib what a sign-in goes on with, where all workers find it and no cookie grows."""

    engine: Engine

    def get(self, key: str) -> str | None:
        with database.snapshots(self.engine).begin() as transaction:
            return sign_ons.find(transaction, key, datetime.now(UTC))

    def set(self, key: str, value: str, expires_in: int) -> None:
        now = datetime.now(UTC)
        with database.sessions(self.engine).begin() as transaction:
            sign_ons.forget_expired(transaction, now)
            sign_ons.keep(transaction, key, value, now + timedelta(seconds=expires_in))

    def delete(self, key: str) -> None:
        with database.sessions(self.engine).begin() as transaction:
            sign_ons.forget(transaction, key)


def set_up_provider(app: APIFlask, settings: Settings, engine: Engine) -> None:
    """Has an application know the provider that the settings name, if any; asks nothing of it yet."""
    if not settings.oidc_issuer:
        return
    OAuth(app, cache=_KeptInDatabase(engine)).register(
        _NAME,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret.get_secret_value(),
        server_metadata_url=f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": settings.oidc_scopes,
            "code_challenge_method": "S256",
            "default_timeout": _SECONDS,
        },
    )


def has_provider() -> bool:
    """Whether people may sign in through a provider."""
    return bool(service().settings.oidc_issuer)


def leave_for(back: str, going: Onward, now: datetime) -> str:
    """The address at the provider to sign in at, which sends on to `back`; raises SignOnFailed when there is none."""
    with _told(going):
        client = _client()
        sent = client.create_authorization_url(back)
        kept = {name: sent[name] for name in ("state", "nonce", "code_verifier")}
        # Those of before that nobody came back from would fill the cookie.
        client.framework.clear_state_data(session, "")
        client.save_authorize_data(redirect_uri=back, begun_at=now.isoformat(), going=vars(going), **kept)
        return str(sent["url"])


def come_back(now: datetime) -> tuple[Mapping[str, Any], Onward]:
    """The verified claims of somebody whom the provider sends back, and what to go on with.

    Raises SignOnFailed when they were not sent there from this browser or stayed away for too long, when the provider
    did not sign them in, or when what it says cannot be verified. No answer of the provider is taken twice.
    """
    with _told(Onward()):
        framework, state = _client().framework, request.args.get("state", "")
        kept = framework.get_state_data(session, state)
    if kept is None:
        raise SignOnFailed("foreign")
    going = Onward(**kept["going"])
    with _told(going):
        if now - datetime.fromisoformat(kept["begun_at"]) > IN_TIME:
            framework.clear_state_data(session, state)
            raise SignOnFailed("too_late", going)
        if error := request.args.get("error"):
            framework.clear_state_data(session, state)
            busy = error in ("server_error", "temporarily_unavailable")
            raise SignOnFailed("unreachable" if busy else "declined", going)
        return _claims(), going


def _claims() -> Mapping[str, Any]:
    """What the provider says of somebody, in its ID token or, where that is short, when asked for more."""
    client, settings = _client(), service().settings
    options = {
        "iss": {"essential": True, "value": settings.oidc_issuer},
        "aud": {"essential": True, "value": settings.oidc_client_id},
    }
    token = client.authorize_access_token(claims_options=options, leeway=_LEEWAY_SECONDS)
    claims = dict(token["userinfo"])
    wanted = ("email", settings.oidc_role_claim, settings.oidc_organisation_claim)
    if all(name in claims for name in wanted if name) or "userinfo_endpoint" not in client.server_metadata:
        return claims
    more = client.userinfo(token=token)
    if more["sub"] != claims["sub"]:
        raise ValueError("the provider tells of somebody else")
    return {**more, **claims}


def leave_address(back: str) -> str | None:
    """The address at the provider to sign out at, which may send on to `back`; None when it has none, or is away."""
    try:
        with _told(Onward()):
            client = _client()
            if "end_session_endpoint" not in client.server_metadata:
                return None
            return str(client.create_logout_url(back, client_id=client.client_id)["url"])
    except SignOnFailed:
        return None


def _client() -> FlaskOAuth2App:
    """The provider, once it has told how it is asked. Raises ValueError when it is another than the settings name."""
    client = cast(FlaskOAuth2App, current_app.extensions[_EXTENSION].create_client(_NAME))
    told = client.load_server_metadata()
    if told.get("issuer") != service().settings.oidc_issuer:
        told.pop("_loaded_at", None)
        raise ValueError("the provider is another than MATCHER_OIDC_ISSUER names")
    offered = told.get("id_token_signing_alg_values_supported") or ["RS256"]
    told["id_token_signing_alg_values_supported"] = [name for name in offered if name in _SIGNED_WITH]
    if "client_secret_basic" not in told.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]):
        client.client_kwargs["token_endpoint_auth_method"] = "client_secret_post"  # noqa: S105 the name of a method
    return client


@contextmanager
def _told(going: Onward) -> Iterator[None]:
    """Whatever goes wrong with a provider, as SignOnFailed; its words are not logged, since they may be of a person."""
    try:
        yield
    except SignOnFailed as error:
        _log.info("sign-on failed", reason=error.why)
        raise
    except RequestException as error:
        _log.warning("sign-on failed", reason="unreachable", error=type(error).__name__)
        raise SignOnFailed("unreachable", going) from None
    # What a provider answers may be anything, and Authlib looks into it before it has looked at it.
    except (OAuthError, JoseError, RuntimeError, ValueError, LookupError, TypeError, AttributeError) as error:
        _log.warning("sign-on failed", reason="unverified", error=type(error).__name__)
        raise SignOnFailed("unverified", going) from None
