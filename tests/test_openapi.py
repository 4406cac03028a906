"""The OpenAPI document, held against the rules of OpenAPI and against what the API really answers."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from matcher.api.scopes import SCOPE_OF
from matcher.domain import SCOPES
from tests.clients import ApiCaller, document
from tests.factories import a_coach, a_need

JUDGED = Path(__file__).parents[1] / "fixtures/judged"
Document = dict[str, Any]

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def described(api: ApiCaller) -> Document:
    """The document, which needs no key."""
    answer = api.app.test_client().get("/api/v1/openapi.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    found: Document = answer.get_json()
    return found


def operation(described: Document, method: str, path: str) -> Document:
    found: Document = described["paths"][f"/api/v1{path}"][method]
    return found


def check(described: Document, schema: Document, instance: object) -> None:
    """Raises ValidationError unless the instance is what the schema says."""
    registry: Registry[Any] = Registry().with_resource("urn:api", DRAFT202012.create_resource(described))
    absolute = json.loads(json.dumps(schema).replace('"#/', '"urn:api#/'))
    Draft202012Validator(absolute, registry=registry, format_checker=FormatChecker()).validate(instance)


def answer_schema(described: Document, method: str, path: str, status: int, kind: str = "application/json") -> Document:
    schema: Document = operation(described, method, path)["responses"][str(status)]["content"][kind]["schema"]
    return schema


def request_schema(described: Document, method: str, path: str) -> Document:
    schema: Document = operation(described, method, path)["requestBody"]["content"]["application/json"]["schema"]
    return schema


def test_it_is_valid_and_of_version_3_1(described: Document) -> None:
    assert described["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(described).validate()


def test_it_has_every_route_of_the_api_and_no_page(api: ApiCaller, described: Document) -> None:
    routes = {
        (method.lower(), rule.rule.replace("<coach:", "{").replace("<", "{").replace(">", "}"))
        for rule in api.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/") or rule.rule in ("/healthz", "/readyz")
    }
    told = {(method, path) for path, operations in described["paths"].items() for method in operations}
    assert told == routes - {("get", "/api/v1/openapi.json"), ("get", "/api/v1/docs")}


def test_it_keeps_the_rules_of_spectral_for_such_documents(described: Document) -> None:
    info = described["info"]
    assert all(info[name] for name in ("title", "description", "contact", "license"))
    assert all(server["url"] == "/" or not server["url"].endswith("/") for server in described["servers"])
    operations = [told for methods in described["paths"].values() for told in methods.values()]
    ids = [told["operationId"] for told in operations]
    assert len(ids) == len(set(ids)) and all(re.fullmatch(r"[A-Za-z0-9]+", name) for name in ids)
    assert all(told["description"] and told["summary"] and len(told["tags"]) == 1 for told in operations)
    assert {told["tags"][0] for told in operations} == {tag["name"] for tag in described["tags"]}
    assert all(any(status < "400" for status in told["responses"]) for told in operations)
    for path, methods in described["paths"].items():
        for told in methods.values():
            named = {one["name"] for one in told.get("parameters", ()) if one["in"] == "path"}
            assert named == set(re.findall(r"{(\w+)}", path))


def test_it_has_no_component_that_nothing_names(described: Document) -> None:
    text = json.dumps(described)
    assert [name for name in described["components"]["schemas"] if f'"#/components/schemas/{name}"' not in text] == []
    assert described["components"]["securitySchemes"].keys() == {
        name
        for methods in described["paths"].values()
        for told in methods.values()
        for way in told.get("security", ())
        for name in way
    }


@pytest.mark.parametrize("empty", [None, "", " \n", [], {}, {"deep": {"deeper": None}}])
def test_it_says_that_empty_means_absent_in_what_is_sent(described: Document, empty: object) -> None:
    for method, path, sent in [("post", "/shortlists", a_need()), ("put", "/coaches/{coach_id}", a_coach())]:
        schema = request_schema(described, method, path)
        optional = described["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        for name in optional["properties"].keys() - set(optional.get("required", ())) - {"summary"}:
            check(described, schema, document(sent) | {name: empty})
    with pytest.raises(ValidationError):
        check(described, request_schema(described, "put", "/coaches/{coach_id}"), document(a_coach()) | {"name": None})


def test_it_says_which_fields_depend_on_others(described: Document) -> None:
    need, profile = document(a_need()), document(a_coach())
    weekly = {"weekly": [{"day": "mon", "from": "09:00", "to": "10:00"}]}
    for method, path, wrong in [
        ("post", "/shortlists", need | {"summary": " "}),
        ("post", "/shortlists", need | {"availability": weekly}),
        ("put", "/coaches/{coach_id}", profile | {"fees": {"amount": 1, "currency": "EUR", "per": "session"}}),
        ("put", "/coaches/{coach_id}", profile | {"credentials": [{"body": "ICF", "level": "Foundation"}]}),
        ("put", "/coaches/{coach_id}", profile | {"availability": {"weekly": []}}),
        ("put", "/coaches/{coach_id}", profile | {"languages": []}),
        ("put", "/coaches/{coach_id}", profile | {"timezone": "Europe/Atlantis"}),
    ]:
        with pytest.raises(ValidationError):
            check(described, request_schema(described, method, path), wrong)


def test_every_operation_under_api_asks_for_a_key_and_tells_its_problems(described: Document) -> None:
    schemes = described["components"]["securitySchemes"]
    assert schemes["key"] == {"type": "http", "scheme": "bearer"}
    assert schemes["oauth2"]["flows"]["clientCredentials"] == {"tokenUrl": "/oauth/token", "scopes": dict(SCOPES)}
    for path, operations in described["paths"].items():
        for told in operations.values():
            assert path.startswith("/api/") == ("security" in told) == ("401" in told["responses"])
            assert path.startswith("/api/") == ({"403", "429"} <= told["responses"].keys())
            for status, answer in told["responses"].items():
                assert status < "400" or list(answer["content"]) == ["application/problem+json"]


def test_every_route_of_the_api_has_a_scope_which_its_description_names(api: ApiCaller, described: Document) -> None:
    views = {rule.endpoint for rule in api.app.url_map.iter_rules() if rule.endpoint.startswith("api.")}
    assert views == SCOPE_OF.keys()
    named = [
        told["security"]
        for path, operations in described["paths"].items()
        for told in operations.values()
        if path.startswith("/api/")
    ]
    assert {security[0]["oauth2"][0] for security in named} == set(SCOPE_OF.values()) <= SCOPES.keys()
    assert all(security[1:] == [{"key": []}] for security in named)
    for method, path, scope in [("put", "/coaches/{coach_id}", "coaches:write"), ("get", "/coaches", "coaches:read")]:
        assert operation(described, method, path)["security"][0] == {"oauth2": [scope]}


def test_every_post_takes_an_idempotency_key(described: Document) -> None:
    posts = [operations["post"] for operations in described["paths"].values() if "post" in operations]
    assert posts
    for told in posts:
        assert "Idempotency-Key" in [parameter["name"] for parameter in told["parameters"]]
        assert {"409", "422"} <= told["responses"].keys()


def test_profiles_have_entity_tags_and_take_conditions(described: Document) -> None:
    for method, told in described["paths"]["/api/v1/coaches/{coach_id}"].items():
        assert {"If-Match", "If-None-Match"} <= {parameter["name"] for parameter in told["parameters"]}
        assert "412" in told["responses"]
        shown = [status for status, answer in told["responses"].items() if "ETag" in answer.get("headers", {})]
        assert sorted(shown) == {"get": ["200", "304"], "put": ["200", "201"], "delete": []}[method]


def test_headers_of_an_answer_are_those_that_it_is_said_to_have(api: ApiCaller, described: Document) -> None:
    api.put(a_coach(), a_coach(id="c2"))
    hook = api.send("POST", "/webhooks", {"url": "https://portal.example/", "events": ["shortlist.created"]})
    made = {"/shortlists": api.send("POST", "/shortlists", document(a_need()))}
    shortlist = f"/shortlists/{made['/shortlists'].get_json()['id']}"
    api.shortlist(a_need())
    for _ in range(2):
        made["/shortlist-batches"] = api.send("POST", "/shortlist-batches", {"needs": [{"summary": "x"}]})
    pinned = api.send("POST", f"{shortlist}/refinements", {"pin": ["c1"]})
    deliveries = f"/webhooks/{hook.get_json()['id']}/deliveries"
    asked = [
        *(("post", path, answer) for path, answer in made.items()),
        ("post", "/shortlists/{shortlist_id}/refinements", pinned),
        ("get", "/shortlists/{shortlist_id}", api.send("GET", shortlist)),
        ("get", "/shortlists/{shortlist_id}/coaches/{coach_id}", api.send("GET", f"{shortlist}/coaches/c1")),
        ("get", "/webhooks/{webhook_id}/deliveries", api.send("GET", f"{deliveries}?limit=1")),
        *(("get", path, api.send("GET", f"{path}?limit=1")) for path in ("/coaches", "/changes", "/shortlist-batches")),
    ]
    for method, path, answer in asked:
        said = operation(described, method, path)["responses"][str(answer.status_code)]
        assert said["headers"].keys() == {"Link", "Location", "Content-Language"} & set(answer.headers.keys()), path


def test_what_the_api_answers_is_what_it_says_it_answers(api: ApiCaller, described: Document) -> None:
    profile = document(a_coach(bio="Works alone on the role.", focus_areas=["delegation"]))
    coach = "/coaches/{coach_id}"
    check(described, answer_schema(described, "put", coach, 201), api.send("PUT", "/coaches/c1", profile).get_json())
    check(described, answer_schema(described, "put", coach, 200), api.send("PUT", "/coaches/c1", profile).get_json())
    check(described, answer_schema(described, "get", coach, 200), api.send("GET", "/coaches/c1").get_json())
    check(described, answer_schema(described, "get", "/coaches", 200), api.send("GET", "/coaches").get_json())
    for need in (a_need(budget={"per_session": 500, "currency": "USD"}), a_need(languages=["fr"])):
        check(described, answer_schema(described, "post", "/shortlists", 201), found := api.shortlist(need))
        shown = api.send("GET", f"/shortlists/{found['id']}").get_json()
        check(described, answer_schema(described, "get", "/shortlists/{shortlist_id}", 200), shown)
        why = api.send("GET", f"/shortlists/{found['id']}/coaches/c1").get_json()
        check(described, answer_schema(described, "get", "/shortlists/{shortlist_id}/coaches/{coach_id}", 200), why)
    refused = api.send("POST", "/shortlists", {"limit": 0})
    kind = "application/problem+json"
    check(described, answer_schema(described, "post", "/shortlists", 422, kind), refused.get_json(force=True))
    with pytest.raises(ValidationError):
        check(described, answer_schema(described, "post", "/shortlists", 201), refused.get_json(force=True))


def test_outcomes_are_sent_and_answered_as_described(api: ApiCaller, described: Document) -> None:
    api.put(a_coach())
    found = f"/shortlists/{api.shortlist(a_need())['id']}"
    one, all_ = "/shortlists/{shortlist_id}/coaches/{coach_id}/outcomes/{event}", "/shortlists/{shortlist_id}/outcomes"
    for event, sent in [("chosen", {}), ("talk_rated", {"rating": 5, "on": "2027-02-01"}), ("declined", {})]:
        check(described, request_schema(described, "put", one), sent)
        for status in (201, 200):
            answer = api.send("PUT", f"{found}/coaches/c1/outcomes/{event}", sent)
            assert answer.status_code == status
            check(described, answer_schema(described, "put", one, status), answer.get_json())
    listed = api.send("GET", f"{found}/outcomes").get_json()
    check(described, answer_schema(described, "get", all_, 200), listed)
    assert len(listed["outcomes"]) == 3
    for wrong in ({"rating": 6}, {"reason": "mood"}, {"comment": "x"}):
        with pytest.raises(ValidationError):
            check(described, request_schema(described, "put", one), wrong)


def test_what_the_fixtures_say_is_what_may_be_sent(described: Document) -> None:
    for file, method, path in [("needs", "post", "/shortlists"), ("coaches", "put", "/coaches/{coach_id}")]:
        schema = request_schema(described, method, path)
        for line in (JUDGED / f"{file}.jsonl").read_text("utf-8").splitlines():
            check(described, schema, json.loads(line))
    with pytest.raises(ValidationError):
        check(described, request_schema(described, "post", "/shortlists"), {"summary": "x", "shoe_size": 44})
