"""The page on which administrators see candidates for the ranker in use, and put one in its place."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask

from matcher.domain import Candidate
from matcher.intake import candidate_from
from matcher.service import add_candidate
from tests.clients import Browser, a_caller, service, signed_in
from tests.factories import a_coach, a_need
from tests.test_rankers import COMPARISON, a_ranker
from tests.test_web import page

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def app(start: Callable[..., APIFlask]) -> APIFlask:
    return start()


@pytest.fixture
def admin(app: APIFlask) -> Browser:
    return signed_in(app, role="administrator")


def keep(app: APIFlask, **changes: Any) -> Candidate:
    """A candidate that waits to be promoted."""
    candidate = candidate_from({"ranker": a_ranker(**changes), "comparison": COMPARISON})
    add_candidate(service(app).engine, candidate, service(app).encoder.name, datetime.now(UTC))
    return candidate


def test_without_candidates_the_page_names_the_ranker_in_use_and_where_others_come_from(admin: Browser) -> None:
    told = page(admin.get("/rankers")).text
    assert "In use: " in told
    assert "make learn" in told
    assert "Go back to the packaged ranker" not in told


def test_a_candidate_is_shown_with_how_it_compares_and_is_used_once_promoted(app: APIFlask, admin: Browser) -> None:
    keep(app)
    told = page(admin.get("/rankers")).text
    assert "nDCG@5: 0.800, where the one in use then had 0.775; the difference lies between −0.050 and +0.100." in told
    assert "Ranked better: 1 of 2 needs; worse: 1." in told
    assert admin.post("/rankers/promote", data={"name": "learned-1"}).status_code == 303
    caller = a_caller(app)
    caller.put(a_coach())
    assert caller.shortlist(a_need())["model"]["ranker"] == "learned-1"
    assert "In use: learned-1" in page(admin.get("/rankers")).text
    assert admin.post("/rankers/reset").status_code == 303
    assert caller.shortlist(a_need())["model"]["ranker"] != "learned-1"


def test_a_candidate_for_another_encoder_is_refused_and_the_one_in_use_stays(app: APIFlask, admin: Browser) -> None:
    keep(app, name="foreign", encoder="another-encoder")
    answer = admin.post("/rankers/promote", data={"name": "foreign"})
    assert answer.status_code == 409
    assert "foreign does not fit this version of the service, or its encoder." in page(answer, 409).text
    assert "In use: foreign" not in page(admin.get("/rankers")).text


def test_a_name_that_no_ranker_has_is_not_there(admin: Browser) -> None:
    assert admin.post("/rankers/promote", data={"name": "nobody"}).status_code == 404


@pytest.mark.parametrize("form", ["promote", "reset"])
def test_a_service_with_a_ranker_file_of_its_own_refuses_to_choose_one(
    start: Callable[..., APIFlask], tmp_path: Path, form: str
) -> None:
    file = tmp_path / "ranker.json"
    file.write_text(json.dumps(a_ranker(name="own")))
    app = start(ranker=str(file))
    admin, candidate = signed_in(app, role="administrator"), keep(app)
    answer = admin.post(f"/rankers/{form}", data={"name": candidate.ranker["name"]})
    assert answer.status_code == 409
    told = page(answer, 409).text
    assert "This service ranks with a file of its own (MATCHER_RANKER)." in told
    assert "Nothing was changed." in told
    assert "Candidate, made on" in told
