"""The OpenAPI document: what the models say, and what APIFlask cannot know of requests and errors."""

from collections.abc import Callable
from typing import Any, TypeVar

from apiflask import APIBlueprint, APIFlask
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from matcher.api.models import CoachPage, OutcomeList, ProblemDocument
from matcher.domain import Coach, Outcome, OutcomeReport, Shortlist, ShortlistRequest, WhyNot

View = TypeVar("View", bound=Callable[..., Any])

_DOCUMENTS: tuple[type[BaseModel], ...] = (
    Coach,
    CoachPage,
    ShortlistRequest,
    Shortlist,
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
    app.security_schemes = {"key": {"type": "http", "scheme": "bearer"}}
    app.spec_processor(_complete)


def _complete(spec: dict[Any, Any] | str) -> dict[Any, Any] | str:
    if isinstance(spec, str):
        return spec
    # APIFlask copies what a model contains once for each model; pydantic names each part once.
    _, schemas = models_json_schema(
        [(model, "validation") for model in _DOCUMENTS], ref_template="#/components/schemas/{model}"
    )
    spec["components"]["schemas"] = schemas["$defs"]
    for path, operations in spec["paths"].items():
        for operation in operations.values():
            if path.startswith("/api/"):
                operation["security"] = [{"key": []}]
            _as_problems(operation["responses"])
    return spec


def _as_problems(responses: dict[str, Any]) -> None:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}}
    for status, response in responses.items():
        if status >= "400":
            response["content"] = problem
