"""The Idempotency-Key of a POST: sent again with it, a request is not done again but answered as before.

After draft-ietf-httpapi-idempotency-key-header-07. An answer of success is kept in the transaction that stores what it
tells of. A worker that dies before it commits leaves a claim that lapses, and after it the answer to replay.
"""

import hashlib
import re
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from flask import Response, g, request
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from matcher.api.context import requester, service
from matcher.errors import MalformedKey
from matcher.service import claim_request, keep_answer, keep_refusal, let_go_of_request
from matcher.store.keyed_requests import Claim, KeptAnswer

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LONGEST_KEY = 255
"""Characters of a key; a UUID has 36."""

QUOTED = re.compile(rf'"((?:[ !#-\[\]-~]|\\["\\]){{1,{LONGEST_KEY}}})"')
BARE = re.compile(rf"[!#$%&'*+\-.^_`|~:/0-9A-Za-z]{{1,{LONGEST_KEY}}}")
_KEPT_HEADERS = ("Content-Type", "Content-Language", "Location", "ETag")
_KEPT_REFUSALS = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY)
"""What comes of the body alone, and would come of it again."""


def claim() -> Response | None:
    """Claims a POST that has a key; the answer when there is one already. Runs before the view, after `authenticate`.

    Raises MalformedKey for a key that cannot be one, RequestRunning and KeyReused as `claim_request` does.
    """
    if request.method != "POST" or HEADER not in request.headers:
        return None
    found = claim_request(
        service().engine,
        _caller_id(),
        _key(request.headers[HEADER]),
        _fingerprint(),
        datetime.now(UTC),
        kept=timedelta(hours=service().settings.idempotency_hours),
    )
    if isinstance(found, Claim):
        g.claim = found
        return None
    return Response(service().box.opened(found.body), found.status, found.headers | {REPLAYED: "true"})


def has_key() -> bool:
    """Whether the request was claimed under a key, so that its answer is to be kept."""
    return "claim" in g


def keep_with(session: Session, response: Response, shortlist_id: str | None = None, *, secret: bool = False) -> None:
    """Keeps the answer to a request with a key in that transaction; does nothing for one without.

    A shortlist is named, since its answer stands there. What holds a `secret` is kept sealed.
    """
    if has_key():
        kept = _kept(response)
        sealed = replace(kept, body=service().box.sealed(kept.body)) if secret else kept
        keep_answer(session, g.claim, sealed, shortlist_id)


def conclude(response: Response) -> Response:
    """Keeps a refusal that comes of the body, and frees the key after any other. Runs after the view.

    A success keeps its answer itself, with `keep_with`.
    """
    claim: Claim | None = g.pop("claim", None)
    if claim is None or response.status_code < HTTPStatus.BAD_REQUEST:
        return response
    # Where even that fails, the claim lapses, and what would have been the answer still is.
    with suppress(SQLAlchemyError):
        if response.status_code in _KEPT_REFUSALS:
            keep_refusal(service().engine, claim, _kept(response))
        else:
            let_go_of_request(service().engine, claim)
    return response


def _caller_id() -> str:
    caller_id = requester().caller_id
    if caller_id is None:
        raise LookupError("whoever calls the API has an id")
    return caller_id


def _key(sent: str) -> str:
    r"""The key that a header names: a string of RFC 9651, or the same characters without quotation marks.

    >>> _key('"8e03978e-40d5"'), _key("8e03978e-40d5"), _key(r'"a \" b"')
    ('8e03978e-40d5', '8e03978e-40d5', 'a " b')
    """
    quoted = QUOTED.fullmatch(sent.strip())
    if quoted:
        return re.sub(r"\\(.)", r"\1", quoted[1])
    if not BARE.fullmatch(sent.strip()):
        raise MalformedKey(
            f"The Idempotency-Key must be a string in quotation marks, such as a UUID, with at most {LONGEST_KEY} "
            "characters."
        )
    return sent.strip()


def _fingerprint() -> str:
    told = f"{request.method} {request.full_path}\n".encode()
    return hashlib.sha256(told + request.get_data()).hexdigest()


def _kept(response: Response) -> KeptAnswer:
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    return KeptAnswer(response.status_code, headers, response.get_data(as_text=True))
