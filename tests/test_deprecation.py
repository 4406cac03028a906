"""What is to go says so: with every answer, and in the OpenAPI document. The request here is the test's own."""

from collections.abc import Callable
from datetime import date

import pytest
from apiflask import APIFlask
from flask import Response, abort

from matcher.api.deprecation import deprecated
from tests.clients import a_caller

Start = Callable[..., APIFlask]
SINCE, UNTIL = date(2027, 1, 1), date(2027, 7, 3)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_answer_of_a_deprecated_request_and_its_description_say_so_and_no_other(start: Start) -> None:
    app = start()

    @app.get("/old/<name>")
    @app.doc(operation_id="getOld", tags=["Old"])
    @deprecated(SINCE, UNTIL, "/api/v1/coaches")
    def old(name: str) -> Response:
        """Shows something."""
        if name == "none":
            abort(404)
        return Response("{}", headers={"Link": '</old/2>; rel="next"'})

    client = app.test_client()
    for path, status in (("/old/1", 200), ("/old/none", 404)):
        answer = client.get(path)
        assert answer.status_code == status
        assert answer.headers["Deprecation"] == "@1798761600"
        assert answer.headers["Sunset"] == "Sat, 03 Jul 2027 00:00:00 GMT"
        assert '</api/v1/coaches>; rel="successor-version"' in answer.headers.getlist("Link")
    assert '</old/2>; rel="next"' in client.get("/old/1").headers.getlist("Link")
    paths = client.get("/api/v1/openapi.json").get_json()["paths"]
    marked = {path for path, operations in paths.items() for one in operations.values() if one.get("deprecated")}
    assert marked == {"/old/{name}"}
    stays = a_caller(app).send("GET", "/coaches")
    assert stays.status_code == 200 and not {"Deprecation", "Sunset"} & set(stays.headers.keys())


def test_nothing_is_deprecated_for_less_than_half_a_year() -> None:
    with pytest.raises(ValueError, match="six months"):
        deprecated(SINCE, date(2027, 7, 2), "/api/v1/coaches")
