"""The examples of the OpenAPI document, sent as they stand there; its links, followed."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.clients import ApiCaller
from tests.test_openapi import Document, check

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

METHODS = ("put", "post", "get", "patch", "delete")
"""In which order requests have something to work on."""


def operations(described: Document) -> list[tuple[str, str, Document]]:
    """Path, method and operation, each after those that lead to it, and last those that delete."""
    listed = [(path, method, told) for path, methods in described["paths"].items() for method, told in methods.items()]
    steps = dict.fromkeys((told["operationId"] for _, _, told in listed), 0)
    for _ in steps:
        for _, _, told in listed:
            for answer in told["responses"].values():
                for link in answer.get("links", {}).values():
                    steps[link["operationId"]] = max(steps[link["operationId"]], steps[told["operationId"]] + 1)
    return sorted(
        listed,
        key=lambda one: (
            one[1] == "delete",
            steps[one[2]["operationId"]],
            # So that it is told of something.
            one[2]["operationId"] != "createWebhook",
            METHODS.index(one[1]),
        ),
    )


def evaluated(expression: str, body: Any, sent: dict[str, str]) -> str:
    """The value of a runtime expression; anything else is its own value."""
    if expression.startswith("$request.path."):
        return sent[expression.removeprefix("$request.path.")]
    if not expression.startswith("$response.body#"):
        return expression
    for step in expression.removeprefix("$response.body#/").split("/"):
        body = body[int(step)] if isinstance(body, list) else body[step]
    return str(body)


def bodies(told: Document) -> list[Any]:
    """The bodies that an operation shows; None for one without a body."""
    if "requestBody" not in told:
        return [None]
    return [example["value"] for example in told["requestBody"]["content"]["application/json"]["examples"].values()]


def shown(described: Document, told: Document, answer: TestResponse) -> tuple[Document, Any]:
    """What the operation says of such an answer, and its document, which is as described; None where it has none."""
    assert answer.status_code < 300, answer.text
    said = told["responses"][str(answer.status_code)]
    if "content" not in said:
        assert answer.mimetype != "application/problem+json"
        return said, None
    assert [answer.mimetype] == list(said["content"])
    if answer.mimetype != "application/json":
        return said, None
    check(described, said["content"]["application/json"].get("schema", {}), answer.get_json())
    return said, answer.get_json()


def test_every_example_is_answered_as_described_and_every_link_leads_somewhere(
    api: ApiCaller, subtests: pytest.Subtests
) -> None:
    described: Document = api.app.test_client().get("/api/v1/openapi.json").get_json()
    linked: dict[str, dict[str, str]] = {}
    for path, method, told in operations(described):
        own = {one["name"]: one["example"] for one in told.get("parameters", ()) if one["in"] == "path"}
        values = own | linked.get(told["operationId"], {})
        for body in bodies(told):
            with subtests.test(operation=told["operationId"], body=body):
                headers = {"Authorization": f"Bearer {api.key}"}
                client = api.app.test_client()
                answer = client.open(path.format_map(values), method=method.upper(), json=body, headers=headers)
                said, found = shown(described, told, answer)
                for link in said.get("links", {}).values():
                    led = {name: evaluated(value, found, values) for name, value in link["parameters"].items()}
                    linked[link["operationId"]] = linked.get(link["operationId"], {}) | led


def test_every_body_and_every_part_of_an_address_has_an_example(api: ApiCaller) -> None:
    described: Document = api.app.test_client().get("/api/v1/openapi.json").get_json()
    for path, _, told in operations(described):
        for kind, content in told.get("requestBody", {"content": {}})["content"].items():
            assert content.get("examples"), f"{path} has no example of {kind}"
            for example in content["examples"].values():
                assert example["summary"]
                check(described, content["schema"], example["value"])
        for parameter in told.get("parameters", ()):
            assert parameter["in"] != "path" or "example" in parameter, f"{path} has no example of {parameter['name']}"
