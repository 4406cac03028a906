"""Who calls the API: found by a key, or by an access token that was had for one."""

from datetime import UTC, datetime

import structlog
from flask import g, request
from sqlalchemy.exc import OperationalError

from matcher.api import access_tokens
from matcher.api.context import service
from matcher.domain import Scope
from matcher.errors import InsufficientScope, InvalidToken, Unauthorised
from matcher.store import callers, database
from matcher.store.callers import Caller

_log = structlog.get_logger()


def authenticate() -> None:
    """Remembers who calls and what they may do; asked of the database each time, so that revoking works at once.

    Raises Unauthorised without a key or token, and InvalidToken with one that does not hold.
    """
    scheme, _, sent = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not sent.strip():
        raise Unauthorised("Send 'Authorization: Bearer KEY' with your key, or with an access token.")
    now = datetime.now(UTC)
    found, scopes = _known(sent.strip(), now)
    g.caller, g.scopes = found, scopes
    _note_use(found, now)


def challenge(error: Unauthorised | InsufficientScope) -> str:
    """What WWW-Authenticate says to somebody who is refused (RFC 6750): nothing more to who sent no key or token."""
    if isinstance(error, InsufficientScope):
        return f'Bearer error="insufficient_scope", error_description="{error}", scope="{error.scope}"'
    if isinstance(error, InvalidToken):
        return f'Bearer error="invalid_token", error_description="{error}"'
    return "Bearer"


def _known(sent: str, now: datetime) -> tuple[Caller, frozenset[Scope]]:
    if not access_tokens.looks_like_one(sent):
        with database.snapshots(service().engine).begin() as session:
            caller = callers.authenticate(session, sent, now)
        if caller is None:
            raise InvalidToken("This key is unknown, was replaced or was revoked.")
        return caller, caller.scopes
    token = access_tokens.verified(sent, now)
    with database.snapshots(service().engine).begin() as session:
        caller = callers.with_key_marked(session, token.client_id, token.key_mark, now)
    if caller is None:
        raise InvalidToken("The key that this token was had for was replaced or revoked.")
    return caller, token.scopes & caller.scopes


def _note_use(caller: Caller, now: datetime) -> None:
    if callers.is_use_noted(caller, now):
        return
    try:
        with database.sessions(service().engine).begin() as session:
            callers.note_use(session, caller, now)
    except OperationalError:
        # As when something else writes for long; the request itself may only read.
        _log.warning("use of a key not noted")
