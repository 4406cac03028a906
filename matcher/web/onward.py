"""Where somebody goes on after signing in: to a page of our own that they wanted, or with what they had typed."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException

from matcher.web import carried

WANTED = "next"
"""The parameter and the field that name the page."""

_NEVER = ("web.show_sign_in", "web.back_from_provider", "web.leave_provider", "web.static")


@dataclass(frozen=True)
class Onward:
    """The address of a page of ours, and the fields of a need as `carried.packed` makes them; each empty for none."""

    wanted: str = ""
    carried: str = ""


def sent() -> Onward:
    """What the form that was sent goes on with."""
    return Onward(own_page(request.form.get(WANTED, "")), request.form.get(carried.FIELD, ""))


def asked_for() -> Onward:
    """What the address that was asked for goes on with."""
    return Onward(own_page(request.args.get(WANTED, "")))


def own_page(address: str) -> str:
    """The address when it is that of a page of ours, from the root; else ""."""
    if not address.isprintable() or "\\" in address:
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    # To a browser, two slashes at the beginning are followed by another host.
    if parts.scheme or parts.netloc or address.startswith("//") or not parts.path.startswith("/"):
        return ""
    return address if _is_page(parts.path) else ""


def _is_page(path: str) -> bool:
    try:
        endpoint, _ = current_app.url_map.bind("").match(path, method="GET")
    except HTTPException:
        return False
    return endpoint.startswith("web.") and endpoint not in _NEVER
