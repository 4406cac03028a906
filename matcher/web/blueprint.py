"""The blueprint of the pages, with what holds for all of them: no foreign content, no foreign posts."""

from collections.abc import Sequence
from typing import cast
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, request

from matcher.errors import ForeignForm
from matcher.service import Service
from matcher.web import wording
from matcher.web.choices import city, title

web = Blueprint("web", __name__, template_folder="templates", static_folder="static", static_url_path="/assets")

PERMISSIONS_POLICY = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
STRICT_TRANSPORT_SECURITY = "max-age=31536000"


def policy(posts_to: Sequence[str] = ()) -> str:
    """The content security policy of a page, whose forms may go to those other origins as well.

    >>> policy(["https://portal.example"]).split("; ")[3]
    "form-action 'self' https://portal.example"
    """
    forms = " ".join(["'self'", *posts_to])
    return f"default-src 'self'; object-src 'none'; base-uri 'none'; form-action {forms}; frame-ancestors 'none'"


READING = ("GET", "HEAD", "OPTIONS")
"""Methods that change nothing."""


@web.app_context_processor
def _words() -> dict[str, object]:
    return {
        "city": city,
        "day": wording.day,
        "decimal": wording.decimal,
        "moment": wording.moment,
        "money": wording.money,
        "percent": wording.percent,
        "titled": title,
    }


def service() -> Service:
    """The service that this application serves."""
    return cast(Service, current_app.extensions["matcher"])


@web.before_request
def refuse_foreign_posts() -> None:
    """Raises ForeignForm for a form that was sent from another site."""
    if request.method not in READING and not _is_from_here():
        raise ForeignForm("It was sent from another site and was not accepted. Nothing was stored.")


def _is_from_here() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    # Browsers leave Sec-Fetch-Site out over plain HTTP; programs that are no browser send neither.
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


@web.after_app_request
def protect(response: Response) -> Response:
    """Sets the headers that keep a page's content where it belongs; views may have set caching and policy."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    # With no-referrer a browser would send "Origin: null" with our own forms too.
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers["Permissions-Policy"] = PERMISSIONS_POLICY
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = STRICT_TRANSPORT_SECURITY
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Security-Policy", policy())
        response.headers.setdefault("Cache-Control", "no-store")
    return response
