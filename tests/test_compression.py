"""What is sent compressed, and what must not be."""

import gzip
from collections.abc import Callable, Mapping

import brotli
import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.clients import ApiCaller, signed_in

EXPANDED: Mapping[str, Callable[[bytes], bytes]] = {"gzip": gzip.decompress, "br": brotli.decompress}
STYLES = "/assets/matcher.css"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def client(start: Callable[..., APIFlask]) -> FlaskClient:
    return signed_in(start())


def asked(client: FlaskClient, path: str, accepted: str = "br", **headers: str) -> TestResponse:
    """The whole answer to somebody who takes it compressed so."""
    return client.get(path, headers={"Accept-Encoding": accepted} | headers, buffered=True)


@pytest.mark.parametrize("way", EXPANDED)
@pytest.mark.parametrize("path", [STYLES, "/assets/htmx.min.js"])
def test_a_file_is_sent_compressed_to_those_who_take_it(client: FlaskClient, path: str, way: str) -> None:
    plain, small = asked(client, path, "identity"), asked(client, path, way)
    assert small.headers["Content-Encoding"] == way and "Content-Encoding" not in plain.headers
    assert len(small.data) < len(plain.data) / 2 and EXPANDED[way](small.data) == plain.data
    assert "Accept-Encoding" in small.headers["Vary"] and "Accept-Encoding" in plain.headers["Vary"]


def test_who_has_a_file_is_not_sent_it_again(client: FlaskClient) -> None:
    first = asked(client, STYLES)
    assert first.headers["ETag"] != asked(client, STYLES, "identity").headers["ETag"]
    again = asked(client, STYLES, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert "Accept-Encoding" in again.headers["Vary"]


def test_a_page_is_sent_compressed_and_kept_by_no_cache(client: FlaskClient) -> None:
    small = asked(client, "/account")
    assert brotli.decompress(small.data).startswith(b"<!doctype html>")
    assert small.headers["Cache-Control"] == "no-store"
    assert {"Accept-Encoding", "Cookie"} <= small.vary.as_set(preserve_casing=True)


def test_a_page_that_shows_what_its_address_asks_is_not_compressed(client: FlaskClient) -> None:
    answer = asked(client, "/coaches?words=csrf_token")
    assert b"csrf_token" in answer.data and "Content-Encoding" not in answer.headers


def test_the_api_answers_as_it_is(api: ApiCaller) -> None:
    answer = api.send("GET", "/coaches", headers={"Accept-Encoding": "br"})
    assert answer.json is not None and "Content-Encoding" not in answer.headers
