"""Entity tags of profiles (RFC 9110): a change is made to the profile that its caller has seen, or not at all."""

import hashlib

from flask import Response, request

from matcher.domain import Coach
from matcher.errors import PreconditionFailed
from matcher.service import Condition

_DIGITS = 32


def profile_response(coach: Coach, status: int = 200) -> Response:
    """The profile as a document, with its entity tag."""
    body = _representation(coach)
    response = Response(body, status, mimetype="application/json")
    response.set_etag(_tag(body))
    return response


def profile_unless_known(coach: Coach) -> Response:
    """The profile, or 304 when If-None-Match names it. Raises PreconditionFailed when If-Match does not name it."""
    if _is_ruled_out_by_if_match(coach):
        raise PreconditionFailed("The profile is another one by now than If-Match names.")
    response = profile_response(coach)
    if _is_ruled_out_by_if_none_match(coach):
        response.status_code = 304
        response.set_data(b"")
    return response


def condition() -> Condition | None:
    """What If-Match and If-None-Match ask of the profile that is there, or of there being none; None without them."""
    if "If-Match" not in request.headers and "If-None-Match" not in request.headers:
        return None
    return lambda present: not (_is_ruled_out_by_if_match(present) or _is_ruled_out_by_if_none_match(present))


def _is_ruled_out_by_if_match(present: Coach | None) -> bool:
    # Asked of the header, not of what could be read of it: one that names nothing rules all out.
    if "If-Match" not in request.headers:
        return False
    return present is None or not request.if_match.contains(_tag(_representation(present)))


def _is_ruled_out_by_if_none_match(present: Coach | None) -> bool:
    if "If-None-Match" not in request.headers:
        return False
    return present is not None and request.if_none_match.contains_weak(_tag(_representation(present)))


def _representation(coach: Coach) -> bytes:
    return coach.model_dump_json(by_alias=True, exclude_none=True).encode()


def _tag(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:_DIGITS]
