"""The OpenAPI document: what the models say, and what APIFlask cannot know of requests and errors."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from apiflask import APIBlueprint, APIFlask
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from matcher.api.idempotency import HEADER, LONGEST_KEY, REPLAYED
from matcher.api.models import CoachPage, OutcomeList, ProblemDocument
from matcher.api.scopes import SCOPE_OF
from matcher.domain import SCOPES, Coach, Outcome, OutcomeReport, Refinement, Shortlist, ShortlistRequest, WhyNot

View = TypeVar("View", bound=Callable[..., Any])

_IDEMPOTENCY_KEY = {
    "name": HEADER,
    "in": "header",
    "description": f"A string of RFC 9651, such as a quoted UUID, with at most {LONGEST_KEY} characters. Sent again "
    f"with it, the request is not done again; the first answer comes again, with '{REPLAYED}: true'.",
    "schema": {"type": "string", "minLength": 1},
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

_RETRY_AFTER = {
    "Retry-After": {"description": "Seconds until the next one is answered.", "schema": {"type": "integer"}}
}

_DOCUMENTS: tuple[type[BaseModel], ...] = (
    Coach,
    CoachPage,
    ShortlistRequest,
    Shortlist,
    Refinement,
    WhyNot,
    OutcomeReport,
    Outcome,
    OutcomeList,
    ProblemDocument,
)


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


def _scopes(app: APIFlask) -> Mapping[tuple[str, str], str]:
    """The scope of each operation, by its path and method as the document names them."""
    return {
        (re.sub("<(?:[^:>]+:)?([^>]+)>", r"{\1}", rule.rule), method.lower()): SCOPE_OF[rule.endpoint]
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
            if path == "/api/v1/coaches/{coach_id}":
                _with_entity_tags(operation)
    return spec


def _with_scope(operation: dict[str, Any], scope: str) -> None:
    """Notes whom an operation answers: an access token with its scope, or the key of a caller that may have it."""
    operation["security"] = [{"oauth2": [scope]}, {"key": []}]
    operation["responses"]["403"] = {"description": f"The key or token lacks the scope `{scope}`."}
    operation["responses"]["429"] = {"description": "Too many requests.", "headers": _RETRY_AFTER}


def _with_entity_tags(operation: dict[str, Any]) -> None:
    operation["parameters"] += _CONDITIONS
    for status in operation["responses"].keys() & {"200", "201", "304"}:
        operation["responses"][status]["headers"] = _ENTITY_TAG


def _as_problems(responses: dict[str, Any]) -> None:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}}
    for status, response in responses.items():
        if status >= "400":
            response["content"] = problem
