"""The reference of the API as a page, and the guide beside it."""

import re
from html import unescape
from pathlib import Path

import pytest

from matcher.problems import PROBLEM_TYPES
from tests.clients import ApiCaller

GUIDE = Path(__file__).parents[1] / "docs/api.md"

OF_OTHERS = {
    *("stale-form", "forbidden", "foreign-form", "conflict", "gone", "too-many-attempts", "http-error"),
    "not-implemented",
}
"""Kinds that the pages answer with, that portals are told in cXML, or that stand for what HTTP says."""

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def page(api: ApiCaller) -> str:
    answer = api.app.test_client().get("/api/v1/docs")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    return answer.text


@on_sqlite
def test_the_reference_has_every_request_and_every_record(api: ApiCaller, page: str) -> None:
    described = api.app.test_client().get("/api/v1/openapi.json").get_json()
    ids = set(re.findall(r'<h3 id="([^"]+)"', page))
    requests = {told["operationId"] for methods in described["paths"].values() for told in methods.values()}
    assert ids == requests | set(described["components"]["schemas"])


@on_sqlite
def test_every_link_of_the_reference_leads_to_a_place_on_it(page: str) -> None:
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    links = set(re.findall(r'href="#([^"]+)"', page))
    assert links and links <= set(ids)
    assert "anything" not in page


@on_sqlite
def test_the_reference_has_each_request_as_a_line_of_a_shell_and_as_a_form(page: str) -> None:
    assert """curl -X POST http://localhost/api/v1/shortlists \\\n  -H "Authorization: Bearer $KEY" \\""" in unescape(
        page
    )
    assert page.count('<details class="try" hidden>') == page.count('class="line"')
    assert not re.search(r"<script>|style=| on\w+=", page)


def test_the_guide_names_every_kind_of_problem_that_the_api_has() -> None:
    rows = re.findall(r"^\| (\d{3}) \| `([a-z-]+)` \|", GUIDE.read_text("utf-8"), re.MULTILINE)
    told = {(int(status), name) for status, name in rows}
    assert told == {(kind.status, kind.name) for kind in PROBLEM_TYPES.values() if kind.name not in OF_OTHERS}
