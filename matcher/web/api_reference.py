"""The reference of the API: its OpenAPI document as a page, on which each request can be tried with a key.

Drawn up here rather than by a viewer of the document: those that are kept are a megabyte of script and more.
"""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from flask import Response, current_app, render_template, request

from matcher.web.access import EVERYBODY, open_to
from matcher.web.blueprint import web

_JSON = "application/json"


@dataclass(frozen=True)
class Operation:
    """One request as the page shows it; `bodies` are its examples, each with a word on it."""

    method: str
    path: str
    told: Mapping[str, Any]
    bodies: tuple[tuple[str, str], ...]
    body_schema: Mapping[str, Any] | None
    curl: str

    @property
    def id(self) -> str:
        """The id of the operation, by which the page is linked to."""
        return str(self.told["operationId"])


@web.get("/api/v1/docs")
@open_to(EVERYBODY)
def api_reference() -> str:
    """Every request and every record of the API, for whoever connects something to it."""
    described = _described()
    operations = _operations(described["paths"], request.url_root.rstrip("/"))
    return render_template(
        "api_reference.html",
        info=described["info"],
        groups=[
            (tag["name"], [one for one in operations if tag["name"] in one.told["tags"]]) for tag in described["tags"]
        ],
        schemas=described["components"]["schemas"],
    )


def _described() -> Any:
    """The OpenAPI document, as it is served."""
    return cast(Response, current_app.view_functions["openapi.spec"]()).get_json()


def _operations(paths: Mapping[str, Mapping[str, Any]], root: str) -> list[Operation]:
    return [_operation(method, path, told, root) for path, methods in paths.items() for method, told in methods.items()]


def _operation(method: str, path: str, told: Mapping[str, Any], root: str) -> Operation:
    content = told.get("requestBody", {}).get("content", {}).get(_JSON, {})
    bodies = tuple(
        (example["summary"], json.dumps(example["value"], indent=2, ensure_ascii=False))
        for example in content.get("examples", {}).values()
    )
    return Operation(
        method.upper(), path, told, bodies, content.get("schema"), _curl(method, path, told, root, content)
    )


def _curl(method: str, path: str, told: Mapping[str, Any], root: str, content: Mapping[str, Any]) -> str:
    """The request as a line of a shell, with the first example; the key is in a variable."""
    shown = {one["name"]: one.get("example", one["name"]) for one in told.get("parameters", ()) if one["in"] == "path"}
    lines = [f"curl -X {method.upper()} {shlex.quote(root + path.format_map(shown))}"]
    if told.get("security"):
        lines.append('-H "Authorization: Bearer $KEY"')
    examples = list(content.get("examples", {}).values())
    if examples:
        lines.append(f"-H 'Content-Type: {_JSON}'")
        lines.append(f"-d {shlex.quote(json.dumps(examples[0]['value'], ensure_ascii=False))}")
    return " \\\n  ".join(lines)
