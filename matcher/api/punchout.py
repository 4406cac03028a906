"""The door of procurement portals: cXML in, cXML out, and a page for their visitor to begin at."""

from datetime import UTC, datetime
from uuid import uuid4

from flask import Blueprint, Response, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge

from matcher.api.context import service, whole_body
from matcher.api.health import ready_edition
from matcher.cxml import profile_response, request_from, setup_response
from matcher.domain.punchout import ProfileRequest
from matcher.errors import InvalidInput, Problem
from matcher.service import set_up_visit

punchout = Blueprint("punchout", __name__)

PUNCHOUT = "/punchout/cxml"
"""The address to which portals send."""

MIMETYPE = "text/xml"

_LARGEST = 200_000
"""Bytes of a request; a large one has a few thousand."""


@punchout.post(PUNCHOUT)
def answer_portal() -> Response:
    """Answers a PunchOutSetupRequest with the address at which its visitor begins, which opens once and soon.

    A ProfileRequest is answered whoever sends it, while the service is ready: portals ask whether anybody is there.
    """
    asked = request_from(_content())
    now = datetime.now(UTC)
    if isinstance(asked, ProfileRequest):
        ready_edition()
        return cxml(profile_response(request.base_url, payload_id(), now))
    token = set_up_visit(service().engine, asked, service().settings, address=request.remote_addr or "", now=now)
    start_page = url_for("web.start_visit", token=token, _external=True)
    return cxml(setup_response(start_page, payload_id(), now))


def _content() -> bytes:
    """The document that was sent. Raises InvalidInput for one above _LARGEST."""
    request.max_content_length = _LARGEST
    try:
        return whole_body()
    except RequestEntityTooLarge:
        raise InvalidInput([Problem("/cXML", f"must have at most {_LARGEST // 1_000} kB")]) from None


def payload_id() -> str:
    """A name for a document that no other has, as cXML asks for one: at this host."""
    return f"{uuid4()}@{request.host}"


def cxml(document: str) -> Response:
    """An answer that is a cXML document. Its own status stands within; portals read no other than that."""
    response = Response(document.encode(), mimetype=MIMETYPE)
    response.headers["Cache-Control"] = "no-store"
    return response
