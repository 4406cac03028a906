"""What is to go: told by every answer of it (RFC 9745, RFC 8594) and by the OpenAPI document."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar

from flask import Response, current_app, request
from werkzeug.http import http_date

SHORTEST = timedelta(days=183)
"""From the day on which something is deprecated to the one on which it goes: six months, as docs/api.md promises."""

_NOTE = "deprecation"
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Deprecation:
    """Since when a request is deprecated, until when it works, and the address of what takes its place."""

    since: date
    until: date
    instead: str


def deprecated(since: date, until: date, instead: str) -> Callable[[View], View]:
    """Marks a view as one that is to go. Raises ValueError for less than `SHORTEST`."""
    if until - since < SHORTEST:
        raise ValueError("what is deprecated works for six months more")

    def note(view: View) -> View:
        setattr(view, _NOTE, Deprecation(since, until, instead))
        return view

    return note


def deprecation_of(view: Callable[..., Any] | None) -> Deprecation | None:
    """What is noted on a view; None for one that stays."""
    return getattr(view, _NOTE, None)


def tell_deprecation(response: Response) -> Response:
    """Says with an answer that its request is deprecated. Runs after every view, also one that refuses."""
    found = deprecation_of(current_app.view_functions.get(request.endpoint or ""))
    if found is not None:
        response.headers["Deprecation"] = f"@{int(_beginning(found.since).timestamp())}"
        response.headers["Sunset"] = http_date(_beginning(found.until))
        response.headers.add("Link", f'<{found.instead}>; rel="successor-version"')
    return response


def _beginning(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
