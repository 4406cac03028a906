"""The schemas of the OpenAPI document, told apart by whether a record is sent or answered.

In what is sent, null and every kind of empty value mean the same as leaving the field out; answers have values.
"""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any

Schema = dict[str, Any]

_PLACE = "#/components/schemas/"
_SENT = "Input"
"""What the name of a record ends with in requests, where answers have one of that name as well."""

_EMPTY: Schema = {
    "Empty": {
        "description": "Null, blank text, an empty list and an empty object mean the same as leaving the field out.",
        "anyOf": [
            {"type": ["string", "null"], "pattern": r"^\s*$"},
            {"type": "array", "items": {"type": "null"}, "maxItems": 0},
            {"$ref": f"{_PLACE}EmptyObject"},
        ],
    },
    "EmptyObject": {
        "description": "An object that says nothing, since no field of it does.",
        "type": "object",
        "additionalProperties": {"$ref": f"{_PLACE}Empty"},
    },
}


def with_requests_apart(spec: Schema) -> None:
    """Gives requests schemas of their own, in which fields may be empty, and drops schemas that nothing names."""
    schemas = _untitled(spec["components"]["schemas"])
    operations = [operation for item in spec["paths"].values() for operation in item.values()]
    bodies = [operation["requestBody"] for operation in operations if "requestBody" in operation]
    sent = {name for name in _reached(bodies, schemas) if schemas[name].get("type") == "object"}
    answered = set(_reached([operation["responses"] for operation in operations], schemas))
    names = {name: f"{name}{_SENT}" if name in answered else name for name in sent}
    own = {names[name]: _renamed(_lenient(schemas[name]), names) for name in sent}
    for body in bodies:
        body["content"] = _renamed(body["content"], names)
    schemas |= own | (_EMPTY if own else {})
    used = set(_reached([spec["paths"]], schemas))
    spec["components"]["schemas"] = {name: schemas[name] for name in sorted(used)}


def _lenient(schema: Schema) -> Schema:
    """The schema of an object as it may be sent: each optional field may be empty."""
    schema = deepcopy(schema)
    required = schema.get("required", ())
    for name, told in schema.get("properties", {}).items():
        if name not in required:
            schema["properties"][name] = _or_empty(told)
    return schema


def _or_empty(told: Schema) -> Schema:
    choices = told.pop("anyOf", None)
    about: Schema = {key: told.pop(key) for key in ("description", "default", "examples") if key in told}
    if about.get("default", 0) in (None, "", []) or isinstance(about.get("default"), dict):
        # A field that says nothing by default is one that may be absent; that is said already.
        del about["default"]
    kinds = [choice for choice in choices if choice != {"type": "null"}] if choices else [told]
    return {"anyOf": [*kinds, {"$ref": f"{_PLACE}Empty"}], **about}


def _untitled(value: Any) -> Any:
    """Without pydantic's titles, which say names again, and by which generated clients would take two for one."""
    if isinstance(value, list):
        return [_untitled(member) for member in value]
    if not isinstance(value, dict):
        return value
    return {key: _untitled(member) for key, member in value.items() if key != "title" or not isinstance(member, str)}


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"].removeprefix(_PLACE)
        for member in value.values():
            yield from _references(member)
    elif isinstance(value, list):
        for member in value:
            yield from _references(member)


def _reached(values: Iterable[object], schemas: Schema) -> Iterable[str]:
    """The names of all schemas that the values refer to, directly or through other schemas."""
    found: dict[str, None] = {}
    waiting = list(_references(list(values)))
    while waiting:
        name = waiting.pop()
        if name not in found and name in schemas:
            found[name] = None
            waiting += _references(schemas[name])
    return found


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_renamed(member, names) for member in value]
    if not isinstance(value, dict):
        return value
    renamed = {key: _renamed(member, names) for key, member in value.items()}
    if isinstance(value.get("$ref"), str):
        name = value["$ref"].removeprefix(_PLACE)
        renamed["$ref"] = _PLACE + names.get(name, name)
    return renamed
