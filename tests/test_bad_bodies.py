"""Bodies that are none, of a wrong kind, size or encoding, and wrong fields: sent to each request that takes a body.

Whatever is wrong, the answer is a problem document that repeats nothing, and nothing is stored.
"""

import gzip
import json
from typing import Any

import pytest

from tests.buyer_portal import valid
from tests.every_request import LARGE, SENT, SMALL, Refused, World, stored

NO_DOCUMENTS = [
    (b"", "application/json", 400, "malformed-document"),
    (b"{", "application/json", 400, "malformed-document"),
    (b'{"summary": "\xff\xfe"}', "application/json", 400, "malformed-document"),
    (b'{"summary": "a\x00b"}', "application/json", 400, "malformed-document"),
    (b'{"summary": NaN}', "application/json", 400, "malformed-document"),
    (b"[" * 100_000, "application/json", 400, "malformed-document"),
    (b'{"summary": "a"}', "text/plain", 415, "unsupported-media-type"),
    (b"summary=a", "application/x-www-form-urlencoded", 415, "unsupported-media-type"),
    (b'{"summary": "a"}', None, 415, "unsupported-media-type"),
    (b'{"summary": "a", "summary": "b"}', "application/json", 422, "invalid-input"),
    (b"[" * 60 + b"]" * 60, "application/json", 422, "invalid-input"),
    (b"[]", "application/json", 422, "invalid-input"),
    (b'"text"', "application/json", 422, "invalid-input"),
    (json.dumps({"bio": "x" * 5_000_000}).encode(), "application/json", 413, "too-large"),
]

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_each_request_is_taken_as_it_is(world: World, subtests: pytest.Subtests) -> None:
    """Else what the other tests refuse might be refused for another reason."""
    assert len(world.requests) == 25
    for one in world.requests:
        with subtests.test(one.name):
            assert one.sent_by(world.owner).status_code < 300


XML = {
    "bomb": '<!DOCTYPE a [<!ENTITY a "Zebedee"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><a>&b;&b;&b;&b;</a>',
    "file": '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "address": '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a>Zebedee</a>',
}
WRONG_TYPES: tuple[Any, ...] = ({"shoe_size": 1}, 7.5, -1, True, f"{SENT}\x00", 10**400, [[SENT]], [SENT] * 5_000)
"""Values of other types than fields have, or of other sizes. In a list of many profiles or needs, each entry is wrong
by itself."""


def test_a_body_that_is_none_is_refused(world: World, refused: Refused, subtests: pytest.Subtests) -> None:
    for one in world.with_body:
        for data, content_type, status, kind in NO_DOCUMENTS:
            with subtests.test(one.name, body=data[:20], content_type=content_type):
                if not data and one.name == "putOutcome":
                    continue
                refused(one.sent_by(world.owner, data=data, content_type=content_type), status, kind)


def test_a_body_of_another_encoding_or_kind_is_refused(
    world: World, refused: Refused, subtests: pytest.Subtests
) -> None:
    for one in world.with_body:
        sent = json.dumps(one.body)
        for data, headers, status, kind in [
            (sent.encode("utf-16"), {}, 400, "malformed-document"),
            (sent.encode() + SENT.encode("utf-16"), {}, 400, "malformed-document"),
            (gzip.compress(sent.encode()), {"Content-Encoding": "gzip"}, 415, "unsupported-media-type"),
            (sent.encode(), {"Content-Encoding": SENT}, 415, "unsupported-media-type"),
            (sent.encode(), {"Content-Type": f"application/{SENT}"}, 415, "unsupported-media-type"),
            (sent.encode(), {"Content-Type": "multipart/form-data; boundary=Zebedee"}, 415, "unsupported-media-type"),
        ]:
            with subtests.test(one.name, headers=headers, data=data[:10]):
                sent_as = {"Content-Type": "application/json"} | headers
                refused(one.sent_by(world.owner, data=data, headers=sent_as), status, kind)


def test_xml_is_never_read_whatever_it_defines(world: World, refused: Refused, subtests: pytest.Subtests) -> None:
    for one in world.with_body:
        for name, xml in XML.items():
            for content_type, status, kind in [
                ("text/xml", 415, "unsupported-media-type"),
                ("application/xml", 415, "unsupported-media-type"),
                ("application/json", 400, "malformed-document"),
            ]:
                with subtests.test(one.name, xml=name, content_type=content_type):
                    refused(one.sent_by(world.owner, data=xml, content_type=content_type), status, kind)


def test_a_body_above_the_limit_is_refused_also_when_it_does_not_say_how_long_it_is(
    world: World, refused: Refused, subtests: pytest.Subtests
) -> None:
    chunked = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
    for one in world.with_body:
        most = LARGE if one.name in ("putCoaches", "createShortlistBatch") else SMALL
        # Blanks, so that it would be taken but for its size; one that is no larger is refused for what it says.
        larger = json.dumps(one.body).ljust(most + 1).encode()
        fits = json.dumps(one.body | {"shoe_size": 1}).ljust(most).encode()
        for environ in ({}, chunked):
            with subtests.test(one.name, chunked=bool(environ)):
                answer = one.sent_by(
                    world.owner, data=larger, content_type="application/json", environ_overrides=environ
                )
                refused(answer, 413, "too-large")
        with subtests.test(one.name):
            answer = one.sent_by(world.owner, data=fits, content_type="application/json")
            refused(answer, 422, "invalid-input")


def test_a_field_of_the_wrong_type_or_size_is_refused_by_its_name(
    world: World, refused: Refused, subtests: pytest.Subtests
) -> None:
    for one in world.with_body:
        for field in one.body or {"on": "2026-10-01"}:
            for wrong in WRONG_TYPES:
                with subtests.test(one.name, field=field, wrong=str(wrong)[:20]):
                    if field in ("coaches", "needs") and isinstance(wrong, list):
                        continue
                    answer = one.sent_by(world.owner, json=one.body | {field: wrong})
                    refused(answer, 422, "invalid-input")
                    # Of more than a hundred, the last says that there are more.
                    assert all(error["pointer"].startswith(f"/{field}") for error in answer.get_json()["errors"][:100])


def test_a_field_that_there_is_not_is_refused(world: World, refused: Refused, subtests: pytest.Subtests) -> None:
    for one in world.with_body:
        with subtests.test(one.name):
            refused(one.sent_by(world.owner, json=one.body | {"shoe_size": SENT}), 422, "invalid-input")


# Doors beside the API

NO_FORMS = [
    (b"", None, 400),
    (b"\xff\xfe=\xff", "application/x-www-form-urlencoded", 400),
    (b"grant_type=" + SENT.encode(), "application/x-www-form-urlencoded", 400),
    (b"grant_type=client_credentials", "text/plain", 400),
    (json.dumps({"grant_type": "client_credentials"}).encode(), "application/json", 400),
    (b"--a\r\nZebedee", "multipart/form-data; boundary=a", 400),
    (b"grant_type=client_credentials", "application/x-www-form-urlencoded", 401),
    (b"grant_type=client_credentials&client_id=Zebedee&client_secret=\x00", "application/x-www-form-urlencoded", 401),
    (b"grant_type=" + b"x" * SMALL, "application/x-www-form-urlencoded", 413),
    *((xml.encode(), "text/xml", 400) for xml in XML.values()),
]


def test_what_is_no_request_for_a_token_gets_none(world: World, subtests: pytest.Subtests) -> None:
    before = stored(world.app)
    for data, content_type, status in NO_FORMS:
        with subtests.test(data=data[:30], content_type=content_type):
            answer = world.app.test_client().post("/oauth/token", data=data, content_type=content_type)
            assert answer.status_code == status, answer.text
            assert SENT not in answer.text and "access_token" not in answer.text
            assert answer.mimetype in ("application/json", "application/problem+json")
    assert stored(world.app) == before


def test_a_portal_is_told_in_cxml_whatever_it_sends_and_nothing_is_stored(
    world: World, subtests: pytest.Subtests
) -> None:
    before = stored(world.app)
    sent = [(data, kind) for data, kind, _, _ in NO_DOCUMENTS]
    sent += [(xml.encode(), "text/xml") for xml in XML.values()]
    sent += [("<cXML>\u00e9</cXML>".encode("utf-16"), "text/xml"), (gzip.compress(b"<cXML/>"), "text/xml")]
    for data, kind in sent:
        with subtests.test(data=data[:30], content_type=kind):
            answer = world.app.test_client().post("/punchout/cxml", data=data, content_type=kind)
            assert (answer.status_code, answer.mimetype) == (200, "text/xml")
            code = valid(answer.data).find("Response/Status").get("code")
            assert code in ("400", "406") and SENT not in answer.text
    assert stored(world.app) == before
