"""Access tokens (RFC 9068): signed documents of short life that say who calls and what for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator
from flask import current_app, request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from matcher.api.context import service
from matcher.domain import Scope, scopes_in
from matcher.errors import InvalidToken
from matcher.secret_key import signing_key

ALGORITHM = "ES256"

_EXTENSION = "matcher.signing_keys"
_TYPES = ("at+jwt", "application/at+jwt")
_KEY_MARK = "key_mark"
_OTHER_CLAIMS = ("exp", "iat", "sub", "jti", "client_id", "scope", _KEY_MARK)
_ESSENTIAL: jwt.ClaimsOption = {"essential": True}
_PARTS = 3
_LEEWAY_SECONDS = 10
"""By how much the clocks of two workers may differ."""


@dataclass(frozen=True)
class AccessToken:
    """What a token that holds says; `key_mark` is that of the key that it was had with."""

    client_id: str
    key_mark: str
    scopes: frozenset[Scope]


class Generator(JWTBearerTokenGenerator):  # type: ignore[misc]
    """Makes the access tokens of one issuer, with the mark of the key that each was had with."""

    def get_jwks(self) -> KeySet:
        """The key that tokens are signed with."""
        return signing_keys()

    def get_audiences(self, client: Any, user: object, scope: str) -> str:
        """Whom tokens are for."""
        return audience()

    def get_extra_claims(self, client: Any, grant_type: str, user: object, scope: str) -> dict[str, str]:
        """The mark, so that a token is worth no more than its key."""
        return {_KEY_MARK: client.key_mark}


def signing_keys() -> KeySet:
    """The key that tokens are signed with, one for all workers, made when it is first asked for.

    Raises ConfigurationError when there is none and none can be kept.
    """
    settings = service().settings
    if _EXTENSION not in current_app.extensions:
        key = signing_key(settings.signing_key.get_secret_value(), settings.data_dir)
        current_app.extensions[_EXTENSION] = KeySet([key])
    return cast(KeySet, current_app.extensions[_EXTENSION])


def issuer() -> str:
    """This service as its tokens name it: by the address in the settings, else by that of the request."""
    return service().settings.issuer.rstrip("/") or request.host_url.rstrip("/")


def audience() -> str:
    """The API as its tokens name it."""
    return f"{issuer()}/api/v1"


def looks_like_one(sent: str) -> bool:
    """Whether a text is written as a token is, and as no key is.

    >>> looks_like_one("e30.e30.c2ln"), looks_like_one("cm_Zm9v")
    (True, False)
    """
    return sent.count(".") == _PARTS - 1


def verified(sent: str, now: datetime) -> AccessToken:
    """What a token says, if this service signed it for this API, as an access token, and it has not expired.

    Raises InvalidToken otherwise, and does not say which of these it is.
    """
    claims = jwt.JWTClaimsRegistry(
        int(now.timestamp()),
        _LEEWAY_SECONDS,
        iss={"essential": True, "value": issuer()},
        aud={"essential": True, "value": audience()},
        **dict.fromkeys(_OTHER_CLAIMS, _ESSENTIAL),
    )
    try:
        token = jwt.decode(sent, signing_keys(), algorithms=[ALGORITHM])
        claims.validate(token.claims)
    except (JoseError, ValueError):
        raise _invalid() from None
    said = [token.claims[name] for name in ("client_id", _KEY_MARK, "scope")]
    if token.header.get("typ") not in _TYPES or not all(isinstance(each, str) for each in said):
        raise _invalid()
    client_id, key_mark, scope = said
    return AccessToken(client_id, key_mark, scopes_in(scope) or frozenset())


def _invalid() -> InvalidToken:
    return InvalidToken("This access token does not hold, or no longer; fetch another one.")
