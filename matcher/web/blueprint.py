"""The blueprint of the pages, with what holds for all of them: no foreign content, no foreign posts."""

from typing import cast
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, request

from matcher.errors import ForeignForm
from matcher.service import Service
from matcher.web import wording
from matcher.web.choices import title

web = Blueprint("web", __name__, template_folder="templates", static_folder="static", static_url_path="/assets")

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PERMISSIONS_POLICY = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
STRICT_TRANSPORT_SECURITY = "max-age=31536000"

READING = ("GET", "HEAD", "OPTIONS")
"""Methods that change nothing."""


@web.app_context_processor
def _words() -> dict[str, object]:
    return {
        "day": wording.day,
        "decimal": wording.decimal,
        "moment": wording.moment,
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
    """Sets the headers that keep a page's content where it belongs; views may have set the caching."""
    response.headers["X-Content-Type-Options"] = "nosniff"
    # With no-referrer a browser would send "Origin: null" with our own forms too.
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers["Permissions-Policy"] = PERMISSIONS_POLICY
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = STRICT_TRANSPORT_SECURITY
    if response.mimetype == "text/html":
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        response.headers.setdefault("Cache-Control", "no-store")
    return response
