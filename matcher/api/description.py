"""The OpenAPI document: what the models say, and what APIFlask cannot know of requests and errors."""

import inspect
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar, cast

from apiflask import APIBlueprint, APIFlask
from flask import current_app
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from matcher.api.deprecation import deprecation_of
from matcher.api.examples import show_examples
from matcher.api.idempotency import BARE, HEADER, LONGEST_KEY, QUOTED, REPLAYED
from matcher.api.models import (
    BatchAnswer,
    BatchPage,
    BatchRequest,
    BatchResult,
    BatchShown,
    ChangePage,
    CoachBatch,
    CoachPage,
    DeliveryPage,
    OutcomeList,
    ProblemDocument,
    SentCoach,
    WebhookList,
    WebhookMade,
)
from matcher.api.schemas import with_requests_apart
from matcher.api.scopes import SCOPE_OF
from matcher.domain import (
    EVENTS,
    SCOPES,
    Coach,
    Outcome,
    OutcomeReport,
    Refinement,
    Shortlist,
    ShortlistRequest,
    WhyNot,
)
from matcher.domain.webhook import NewWebhook, SecretChange
from matcher.service import Service

_ABOUT = """\
From a paragraph about a manager to coaches one can defend, each with reasons that add up.

In what is sent, null, blank text, an empty list and an empty object mean the same as leaving the field out. Errors are
problem documents (RFC 9457); their `type` is the address of a page that says what to do.
"""
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")

View = TypeVar("View", bound=Callable[..., Any])

_IDEMPOTENCY_KEY = {
    "name": HEADER,
    "in": "header",
    "description": f"A string of RFC 9651, such as a quoted UUID, with at most {LONGEST_KEY} characters. Sent again "
    f"with it, the request is not done again; the first answer comes again, with '{REPLAYED}: true'.",
    "schema": {"type": "string", "pattern": f"^({QUOTED.pattern}|{BARE.pattern})$"},
    "example": '"8e03978e-40d5-43e8-bc93-6894a57f9324"',
}

_CONDITIONS = [
    {"name": name, "in": "header", "description": told, "schema": {"type": "string"}}
    for name, told in {
        "If-Match": "The ETag of the profile as it was seen, or `*`; 412 when it is another one by now.",
        "If-None-Match": "To show a profile, the ETag of what is known; 304 when that is how it is. To add one, `*`: "
        "412 when there is one already.",
    }.items()
]
_ENTITY_TAG = {"ETag": {"description": "Of the profile as it is now; strong.", "schema": {"type": "string"}}}

_PAGED = ("listCoaches", "listChanges", "listShortlistBatches", "listDeliveries")
_HEADERS = {
    "Link": ("`rel=next`: the next page, where there is one.", _PAGED),
    "Location": ("Where it stands from now on.", ("createShortlist", "refineShortlist", "createShortlistBatch")),
    "Content-Language": ("Of its sentences.", ("createShortlist", "refineShortlist", "getShortlist", "getWhyNot")),
}
"""What stands beside the document of a success, and of which operations."""

_RETRY_AFTER = {
    "Retry-After": {"description": "Seconds until the next one is answered.", "schema": {"type": "integer"}}
}

_IN_ADDRESSES: dict[str, dict[str, Any]] = {
    "coach_id": {
        "description": "The owner's own id of the coach.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": r"^[^\s\x00-\x1f\x7f]+$"},
        "example": "c-17",
    },
    "shortlist_id": {
        "description": "The `id` of the shortlist, as it was answered.",
        "schema": {"type": "string"},
        "example": "39ea5ce3-a632-4bd5-b471-f4adbdd55d71",
    },
    "batch_id": {
        "description": "The `id` of the batch, as it was answered.",
        "schema": {"type": "string"},
        "example": "0c9f2f8e-4d0d-4a56-9a0c-7d0ff0a3f2a1",
    },
    "webhook_id": {
        "description": "The `id` of the webhook, as it was answered.",
        "schema": {"type": "string"},
        "example": "5b1f7c1e-8f7a-4b59-9a51-2f1a3c7d9e10",
    },
    "delivery_id": {
        "description": "The `webhook-id` of the message.",
        "schema": {"type": "string"},
        "example": "msg_8f14e45fceea167a5a36dedd4bea2543",
    },
    "event": {
        "description": "What came to pass.",
        "schema": {"type": "string", "enum": list(EVENTS)},
        "example": "chosen",
    },
}

_DOCUMENTS: tuple[type[BaseModel], ...] = (
    Coach,
    SentCoach,
    CoachPage,
    ChangePage,
    CoachBatch,
    BatchAnswer,
    ShortlistRequest,
    Shortlist,
    Refinement,
    WhyNot,
    OutcomeReport,
    Outcome,
    OutcomeList,
    BatchRequest,
    BatchShown,
    BatchPage,
    BatchResult,
    NewWebhook,
    WebhookMade,
    WebhookList,
    SecretChange,
    DeliveryPage,
    ProblemDocument,
)
_BATCHES = "/api/v1/shortlist-batches"


def takes(blueprint: APIBlueprint, model: type[BaseModel], location: str = "json") -> Callable[[View], View]:
    """Describes a view's body or query by a model, and leaves the checking of it to the view.

    APIFlask's own `input` notes the model on the view and wraps it in a check that would name
    problems in its own words before `intake` is asked; only the note is kept.
    """

    def note(view: View) -> View:
        blueprint.input(model, location=location)(view)
        return view

    return note


def describe(app: APIFlask) -> None:
    """Completes the application's OpenAPI document: version 3.1, keys, problem documents."""
    app.config["OPENAPI_VERSION"] = "3.1.0"
    app.config["HTTP_ERROR_SCHEMA"] = app.config["VALIDATION_ERROR_SCHEMA"] = ProblemDocument
    app.config["AUTO_404_RESPONSE"] = False
    for blueprint in app.blueprints.values():
        # APIFlask asks each blueprint that has hooks, also a plain one of Flask, which has no such attribute.
        vars(blueprint).setdefault("enable_openapi", False)
    flow = {"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": dict(SCOPES)}}
    app.security_schemes = {
        "key": {"type": "http", "scheme": "bearer"},
        "oauth2": {"type": "oauth2", "flows": flow},
    }
    app.spec_processor(partial(_complete, _scopes(app)))
    app.description = _ABOUT
    app.contact = {"name": cast(Service, app.extensions["matcher"]).settings.contact or "Whoever runs this service"}
    app.license = {"name": "MIT", "identifier": "MIT"}
    app.config["AUTO_SERVERS"] = False
    app.servers = [{"url": "/", "description": "The address that this document comes from."}]


def _scopes(app: APIFlask) -> Mapping[tuple[str, str], str]:
    """The scope of each operation, by its path and method as the document names them."""
    return {
        (_PARAMETER.sub(r"{\1}", rule.rule), method.lower()): SCOPE_OF[rule.endpoint]
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if rule.endpoint in SCOPE_OF
    }


def _complete(scopes: Mapping[tuple[str, str], str], spec: dict[Any, Any] | str) -> dict[Any, Any] | str:
    if isinstance(spec, str):
        return spec
    # APIFlask copies what a model contains once for each model; pydantic names each part once.
    _, schemas = models_json_schema(
        [(model, "validation") for model in _DOCUMENTS], ref_template="#/components/schemas/{model}"
    )
    spec["components"]["schemas"] = schemas["$defs"]
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            if path.startswith("/api/"):
                _with_scope(operation, scopes[path, method])
                if method == "post":
                    operation.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
            _as_problems(operation["responses"])
            _with_headers(operation)
            if path == "/api/v1/coaches/{coach_id}":
                _with_entity_tags(operation)
    _with_json_lines(spec["paths"])
    for operations in spec["paths"].values():
        for operation in operations.values():
            _complete_requests(operation)
            show_examples(operation)
    _describe_operations(spec["paths"])
    with_requests_apart(spec)
    told = {
        tag for operations in spec["paths"].values() for operation in operations.values() for tag in operation["tags"]
    }
    spec["tags"] = [tag for tag in spec["tags"] if tag["name"] in told]
    return spec


def _with_scope(operation: dict[str, Any], scope: str) -> None:
    """Notes whom an operation answers: an access token with its scope, or the key of a caller that may have it."""
    operation["security"] = [{"oauth2": [scope]}, {"key": []}]
    operation["responses"]["403"] = {"description": f"The key or token lacks the scope `{scope}`."}
    operation["responses"]["429"] = {"description": "Too many requests.", "headers": _RETRY_AFTER}


def _complete_requests(operation: dict[str, Any]) -> None:
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            parameter.update(_IN_ADDRESSES.get(parameter["name"], {}))
        elif reference := next((one["$ref"] for one in parameter["schema"].get("anyOf", ()) if "$ref" in one), None):
            # APIFlask puts the name of the model before that of each part; and an address holds no null.
            parameter["description"] = parameter["schema"].get("description", "")
            parameter["schema"] = {"$ref": f"#/components/schemas/{reference.rpartition('.')[2]}"}
    if "requestBody" in operation:
        operation["requestBody"]["required"] = True


def _describe_operations(paths: dict[str, Any]) -> None:
    """Has each operation described by the docstring of its view, which APIFlask passes over beside a summary, and
    marked where it is to go."""
    for rule in current_app.url_map.iter_rules():
        path = _PARAMETER.sub(r"{\1}", rule.rule)
        view = current_app.view_functions[rule.endpoint]
        for method in (rule.methods or set()) & {name.upper() for name in paths.get(path, ())}:
            operation = paths[path][method.lower()]
            operation.setdefault("description", inspect.getdoc(view))
            if deprecation_of(view):
                operation["deprecated"] = True


def _with_json_lines(paths: dict[str, Any]) -> None:
    """What is sent to batches may be, and results are, a document a line; OpenAPI 3.1 describes a line of them."""
    needs, results, profiles = (
        {"application/x-ndjson": {"schema": {"$ref": f"#/components/schemas/{model}"}}}
        for model in ("ShortlistRequest", "BatchResult", "Coach")
    )
    paths[_BATCHES]["post"]["requestBody"]["content"] |= needs
    paths[f"{_BATCHES}/{{batch_id}}/results"]["get"]["responses"]["200"]["content"] = results
    paths["/api/v1/coaches:batch"]["post"]["requestBody"]["content"] |= profiles


def _with_headers(operation: dict[str, Any]) -> None:
    headers = {
        name: {"description": told, "schema": {"type": "string"}}
        for name, (told, operations) in _HEADERS.items()
        if operation["operationId"] in operations
    }
    for status in operation["responses"].keys() & {"200", "201", "202"} if headers else ():
        operation["responses"][status]["headers"] = headers


def _with_entity_tags(operation: dict[str, Any]) -> None:
    operation["parameters"] += _CONDITIONS
    for status in operation["responses"].keys() & {"200", "201", "304"}:
        operation["responses"][status]["headers"] = _ENTITY_TAG


def _as_problems(responses: dict[str, Any]) -> None:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}}
    for status, response in responses.items():
        if status >= "400":
            response["content"] = problem
        elif status == "304":
            response.pop("content", None)
