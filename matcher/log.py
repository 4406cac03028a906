"""How log lines are written: one JSON object a line, with ids, counts and durations, never a text about a person."""

import logging
import re
from time import perf_counter
from uuid import uuid4

import structlog
from flask import Flask, Response, g, request

_REQUEST_ID = re.compile(r"[\w.-]{1,64}", re.ASCII)

_log = structlog.get_logger()


def configure_log(level: str) -> None:
    """Writes log lines of that level and above to standard output."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
    )


def log_requests(app: Flask) -> None:
    """Writes a line for each request: method, route, status and milliseconds.

    Every line of one request carries its id, which the answer names as `X-Request-Id`; a caller may
    choose it. The route is the pattern of the address, since an address may say anything.
    """
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.started = perf_counter()
    chosen = request.headers.get("X-Request-Id", "")
    g.request_id = chosen if _REQUEST_ID.fullmatch(chosen) else uuid4().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=g.request_id)


def _end(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.request_id
    _log.info(
        "request answered",
        method=request.method,
        route=request.url_rule.rule if request.url_rule else None,
        status=response.status_code,
        milliseconds=round((perf_counter() - g.started) * 1000, 1),
    )
    return response
