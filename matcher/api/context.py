"""What every view of the API needs: the service, the caller, and the JSON that was sent."""

from typing import TypeVar, cast

from flask import Response, after_this_request, current_app, g, request
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from matcher.domain import Requester
from matcher.errors import InvalidInput
from matcher.intake import read_json
from matcher.intake.wording import problems_of
from matcher.service import Service
from matcher.store.callers import Caller
from matcher.texts import ENGLISH, LANGUAGES, Language

JSON_LINES = ("application/x-ndjson", "application/jsonl", "application/ndjson")
"""What JSON Lines are called; the first is what they are answered as."""

Query = TypeVar("Query", bound=BaseModel)


def service() -> Service:
    """The service that this application serves."""
    return cast(Service, current_app.extensions["matcher"])


def requester() -> Requester:
    """Who calls, as `authenticate` found."""
    return cast(Caller, g.caller).requester


def in_address(model: type[Query]) -> Query:
    """What the address asks for behind its question mark. Raises InvalidInput with every problem."""
    try:
        return model.model_validate(request.args.to_dict())
    except ValidationError as error:
        raise InvalidInput(problems_of(error)) from None


def sent_json() -> object:
    """The JSON document in the request's body. Raises MalformedDocument when it is none."""
    return read_json(sent_body("application/json"))


def sent_body(*kinds: str) -> bytes:
    """The request's body, which must be of one of those media types, and not compressed.

    Raises UnsupportedMediaType for another one, and RequestEntityTooLarge for more bytes than are taken.
    """
    if request.mimetype not in kinds or request.content_encoding not in (None, "", "identity"):
        raise UnsupportedMediaType
    return whole_body()


def whole_body() -> bytes:
    """The request's body, of whatever kind. Raises RequestEntityTooLarge for more bytes than are taken."""
    body = request.get_data()
    # Werkzeug cuts a body that does not say how long it is at the limit, without a word.
    if request.content_length is None and len(body) == request.max_content_length:
        raise RequestEntityTooLarge
    return body


def asked_language() -> Language:
    """The language that sentences are asked for in; English where none is asked for that the service speaks."""
    after_this_request(_vary)
    best = request.accept_languages.best_match(LANGUAGES, ENGLISH)
    return next(known for known in LANGUAGES if known == best)


def _vary(response: Response) -> Response:
    response.vary.add("Accept-Language")
    return response
