"""Makes the application: settings, database, encoder and views wired together, and every error told."""

import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http import HTTPStatus
from socket import socket

import structlog
from apiflask import APIFlask
from flask import Response, abort, g, json, render_template, request
from flask.typing import ResponseReturnValue
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.middleware.proxy_fix import ProxyFix

from matcher import __version__
from matcher.api import CoachId, api
from matcher.api.authentication import challenge
from matcher.api.deprecation import tell_deprecation
from matcher.api.description import describe
from matcher.api.health import health
from matcher.api.punchout import PUNCHOUT, cxml, payload_id, punchout
from matcher.api.rate_limits import set_up_rate_limits
from matcher.api.token_endpoint import set_up_token_endpoint
from matcher.cxml import status_response
from matcher.errors import ConfigurationError, InsufficientScope, Throttled, Unauthorised, UnknownRequest
from matcher.log import log_requests
from matcher.matching.embedding import Encoder, load_encoder
from matcher.matching.remembering_encoder import RememberingEncoder
from matcher.matching.vector_memory import SharedMemory
from matcher.problems import PROBLEM_TYPES, Told, told
from matcher.service import open_service
from matcher.settings import Settings
from matcher.store import database, schema
from matcher.web import web
from matcher.web.compression import set_up_compression
from matcher.web.language import set_up_language
from matcher.web.provider import set_up_provider
from matcher.web.signed_in import set_up_cookies

_log = structlog.get_logger()

_PASSED_OVER = 64 * 1024 * 1024
"""Bytes that are read of a body that nobody wants; a longer one is cut off."""

_PIECE = 64 * 1024

_PASSED_OVER_SECONDS = 5
"""For which it is waited for such a body."""


def create_app(settings: Settings | None = None, encoder: Encoder | None = None) -> APIFlask:
    """The application, ready to rank; settings from the environment and the encoder they name by default.

    Raises ConfigurationError when the database is not of this version, or a setting cannot be used.
    """
    settings = settings or Settings()
    engine = database.open_engine(settings.sqlalchemy_url())
    schema.require_current(engine)
    app = APIFlask(
        "matcher",
        title="Coach matcher",
        version=__version__,
        spec_path="/api/v1/openapi.json",
        docs_path=None,
        json_errors=False,
        template_folder="web/templates",
        static_folder=None,  # type: ignore[arg-type]
    )
    app.url_map.converters["coach"] = CoachId
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    app.config["MAX_FORM_MEMORY_SIZE"] = settings.max_body_bytes
    set_up_cookies(app, settings)
    set_up_compression(app)
    set_up_language(app, settings)
    _believe_proxies(app, settings.proxies)
    encoder = encoder or load_encoder(settings.encoder)
    remembering = RememberingEncoder(encoder, SharedMemory(encoder.dimension))
    app.extensions["matcher"] = open_service(settings, engine, remembering)
    set_up_provider(app, settings, engine)
    set_up_rate_limits(app, settings)
    set_up_token_endpoint(app)
    log_requests(app)
    app.after_request(_pass_over_body)
    app.after_request(tell_deprecation)
    app.register_blueprint(api)
    app.register_blueprint(health)
    app.register_blueprint(punchout)
    app.register_blueprint(web)
    app.register_error_handler(Exception, _answer)
    app.add_url_rule("/problems/<name>", "problem", app.doc(hide=True)(_explain_problem))
    describe(app)
    return app


def _believe_proxies(app: APIFlask, number: int) -> None:
    """Takes the client's address and scheme from so many proxies, each of which adds its own to the headers."""
    if number:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=number, x_proto=number)  # type: ignore[method-assign]


def _pass_over_body(response: Response) -> Response:
    """Reads what a view left of the body: a client that is cut off while it sends never sees why."""
    if request.environ.get("wsgi.input_terminated"):
        with suppress(OSError, ParseException), _impatient(request.environ.get("gunicorn.socket")):
            body, left, end = request.environ["wsgi.input"], _PASSED_OVER, time.monotonic() + _PASSED_OVER_SECONDS
            while left > 0 and time.monotonic() < end and (piece := body.read(_PIECE)):
                left -= len(piece)
    return response


@contextmanager
def _impatient(connection: socket | None) -> Iterator[None]:
    """Waits for nothing longer than _PASSED_OVER_SECONDS on a connection, and then as before, since the answer goes the
    same way."""
    before = connection.gettimeout() if connection else None
    if connection:
        connection.settimeout(_PASSED_OVER_SECONDS)
    try:
        yield
    finally:
        if connection:
            connection.settimeout(before)


def _answer(error: Exception) -> ResponseReturnValue:
    if isinstance(error, HTTPException) and (error.code or 0) < HTTPStatus.BAD_REQUEST:
        return error
    problem = told(error)
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR and not isinstance(error, UnknownRequest):
        # Not the words of any error, which may repeat what was sent about a person.
        said = {"message": str(error)} if isinstance(error, ConfigurationError) else {}
        where = "".join(traceback.format_tb(error.__traceback__))
        _log.error("request failed", problem=problem.kind.name, error=type(error).__name__, where=where, **said)
    if request.path == PUNCHOUT:
        return cxml(status_response(*problem.cxml_status(), problem.cxml_words(), payload_id(), datetime.now(UTC)))
    response = _as_json(problem) if _wants_json() else _as_page(problem)
    if isinstance(error, Unauthorised | InsufficientScope):
        response.headers["WWW-Authenticate"] = challenge(error)
    if isinstance(error, Throttled):
        response.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return response


def _wants_json() -> bool:
    return request.path.startswith(("/api/", "/oauth/", "/.well-known/")) or request.path in ("/healthz", "/readyz")


def _as_json(problem: Told) -> Response:
    return Response(json.dumps(problem.document()), problem.status, mimetype="application/problem+json")


def _as_page(problem: Told) -> Response:
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        # Who is signed in stands in the database, which may be what failed.
        g.account = None
    return Response(render_template("problem.html", problem=problem), problem.status)


def _explain_problem(name: str) -> str:
    if name not in PROBLEM_TYPES:
        abort(HTTPStatus.NOT_FOUND)
    return render_template("problem_type.html", kind=PROBLEM_TYPES[name])
