"""How many requests a caller may send in a while, and how often access tokens may be asked for (Flask-Limiter)."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import cast

from apiflask import APIFlask
from flask import Response, current_app, g, request
from flask_limiter import Limiter
from limits.errors import ConfigurationError as UnusableStorage

from matcher.api.window_counts import SCHEME
from matcher.errors import ConfigurationError
from matcher.service import site
from matcher.settings import Settings

_EXTENSION = "matcher.rate_limits"
_LONGEST_KEY = 64
_IN_TIME: dict[str, str | int] = {"socket_connect_timeout": 1, "socket_timeout": 1}
"""Seconds for which a request waits for Redis."""

_OWN = f"{SCHEME}://"


@dataclass(frozen=True)
class _RateLimits:
    count_request: Callable[[], None]
    count_token_request: Callable[[], None]


def set_up_rate_limits(app: APIFlask, settings: Settings) -> None:
    """Has an application count the requests of each caller. Raises ConfigurationError for an unusable storage."""
    app.after_request(_put_retry_after_back)
    try:
        limiter = Limiter(
            _caller,
            app=app,
            storage_uri=_OWN if settings.rate_limit_storage == "memory://" else settings.rate_limit_storage,
            storage_options=_IN_TIME if settings.rate_limit_storage.startswith("redis") else {},
            headers_enabled=True,
            # While the storage cannot be reached each process counts by itself, as it does without one.
            in_memory_fallback_enabled=True,
        )
    except (UnusableStorage, ValueError):
        # Not in the error's words, which may hold a password.
        raise ConfigurationError(
            "MATCHER_RATE_LIMIT_STORAGE must be memory:// or redis://..., which needs the Python package redis."
        ) from None
    app.after_request(_keep_retry_after)
    of_callers = limiter.shared_limit(settings.rate_limit, "api")
    of_clients = limiter.shared_limit(settings.token_rate_limit, "token client", key_func=_client)
    of_sites = limiter.shared_limit(settings.token_rate_limit, "token site", key_func=_site)
    app.extensions[_EXTENSION] = _RateLimits(of_callers(_request), of_clients(of_sites(_token_request)))


def count_request() -> None:
    """Counts a request of whoever `authenticate` found. Raises RateLimitExceeded for one too many."""
    _limits().count_request()


def count_token_request() -> None:
    """Counts a request for an access token, for its address and for its client. Raises RateLimitExceeded."""
    _limits().count_token_request()


def _limits() -> _RateLimits:
    return cast(_RateLimits, current_app.extensions[_EXTENSION])


def _request() -> None:
    """What the limit of callers stands on."""


def _token_request() -> None:
    """What the limits of token requests stand on."""


def _caller() -> str:
    return cast(str, g.caller.id)


def _client() -> str:
    basic = request.authorization
    named = basic.username if basic and basic.type == "basic" else request.form.get("client_id")
    return (named or "nobody")[:_LONGEST_KEY]


def _site() -> str:
    return site(request.remote_addr or "nowhere")


def _keep_retry_after(response: Response) -> Response:
    g.retry_after = response.headers.get("Retry-After")
    return response


def _put_retry_after_back(response: Response) -> Response:
    # Flask-Limiter says of every answer, also of the good ones, when to try again.
    if response.status_code != HTTPStatus.TOO_MANY_REQUESTS:
        response.headers.remove("Retry-After")
        if retry_after := g.get("retry_after"):
            response.headers["Retry-After"] = retry_after
    return response
