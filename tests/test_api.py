"""The JSON API through the HTTP client, on both databases."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
import structlog
from apiflask import APIFlask
from sqlalchemy import text
from werkzeug.http import parse_options_header

from matcher.domain import EXCLUSION_REASONS
from matcher.problems import PROBLEM_TYPES
from matcher.store import callers, database
from tests.clients import ApiCaller, a_caller, document, pointers, row_counts, service, told
from tests.factories import FakeEncoder, a_coach, a_need

ROOT = Path(__file__).parents[1]
SECRET = "Beatrix weint nach jeder Sitzung"
Start = Callable[..., APIFlask]

DELEGATION = a_coach(
    id="delegation",
    name="Dora Ek",
    bio="I help people who do the work alone to delegate: to hand it over to others and let go of it.",
    focus_areas=["delegation"],
    fees={"amount": 100, "currency": "GBP", "per": "hour"},
    credentials=[{"body": "ICF", "level": "PCC", "verified": True}],
)
PLAIN = a_coach(id="plain", name="Paul Plain")
DEAR = a_coach(
    id="dear", name="Dee Ar", languages=["fr"], fees={"amount": 900, "currency": "EUR", "per": "session", "minutes": 60}
)
NEED = a_need(
    id="n-7",
    organisation="Kestrel",
    summary="New to the role and does the work alone.",
    focus_areas=[{"area": "delegation", "importance": 3}],
    languages=["en"],
    budget={"per_session": 200, "currency": "EUR"},
)


@pytest.fixture
def unchanged(api: ApiCaller) -> Iterator[None]:
    """Nothing is stored by the test."""
    before = row_counts(api.app)
    yield
    assert row_counts(api.app) == before


# Shortlists


def test_a_shortlist_has_every_field_of_the_contract(api: ApiCaller) -> None:
    api.put(DELEGATION, PLAIN, DEAR)
    answer = api.send("POST", "/shortlists", document(NEED))
    assert (answer.status_code, answer.mimetype) == (201, "application/json")
    found = answer.get_json()
    assert list(found) == [
        "id",
        "need",
        "coaches",
        "grid",
        "reading",
        "good_match",
        "lacking",
        "eligible_count",
        "excluded_counts",
        "relaxations",
        "reference_rate",
        "model",
        "created_at",
        "limit",
        "refines",
        "pinned",
        "dropped",
        "moved",
    ]
    assert answer.headers["Location"] == f"/api/v1/shortlists/{UUID(found['id'])}"
    assert [(coach["rank"], coach["coach_id"], coach["name"]) for coach in found["coaches"]] == [
        (1, "delegation", "Dora Ek"),
        (2, "plain", "Paul Plain"),
    ]
    assert found["eligible_count"] == 2
    assert found["excluded_counts"] == dict.fromkeys(EXCLUSION_REASONS, 0) | {"language": 1, "budget": 1}
    assert [change["reason"] for change in found["relaxations"]] == []
    assert found["reference_rate"]["date"] == "2026-01-05"
    assert found["model"] == {"encoder": "fake", "ranker": "prior-4", "index": "6.3", "areas": "sentences"}
    assert abs(datetime.now(UTC) - datetime.fromisoformat(found["created_at"])).total_seconds() < 60


def test_each_coach_of_a_shortlist_is_accounted_for(api: ApiCaller) -> None:
    api.put(DELEGATION, PLAIN)
    first, second = api.shortlist(NEED)["coaches"]
    for coach in (first, second):
        added = [entry["contribution"] for entry in coach["contributions"]]
        assert coach["score"] == pytest.approx(coach["base"] + sum(added), abs=1e-9)
        assert all(entry["value"] is None or 0 <= entry["value"] <= 1 for entry in coach["contributions"])
        assert coach["reasons"] and coach["reservation"]
    assert first["score"] > second["score"]
    quoted = {entry["source"]: entry["quote"] for entry in first["evidence"]}
    assert quoted["bio"] in DELEGATION.bio
    assert first["price"] == {"per_session": 100, "engagement": None, "currency": "GBP", "in_budget_currency": 125}


def test_the_grid_tells_what_each_coach_shown_says_of_each_goal(api: ApiCaller) -> None:
    api.put(DELEGATION, PLAIN)
    [goal] = api.shortlist(NEED)["grid"]
    assert (goal["area"], goal["weight"], goal["stated"], goal["words"]) == ("delegation", 1, True, None)
    assert [(cell["coach_id"], cell["claimed"]) for cell in goal["cells"]] == [("delegation", True), ("plain", False)]
    assert goal["cells"][1] == {
        "coach_id": "plain",
        "level": "none",
        "source": None,
        "quote": None,
        "claimed": False,
    }
    [read, *_] = api.shortlist(a_need(summary="She delegates nothing and works alone at night."))["grid"]
    assert not read["stated"] and read["words"] == "She delegates nothing and works alone at night."


def test_a_need_comes_back_with_everything_that_it_said(api: ApiCaller) -> None:
    for line in (ROOT / "fixtures/judged/needs.jsonl").read_text("utf-8").splitlines()[:4]:
        need = json.loads(line)
        need["focus_areas"] = [{"area": "delegation", "importance": 2}]  # The default, said.
        echoed = api.send("POST", "/shortlists", need).get_json()["need"]
        requirements = need.pop("requirements", {})
        assert {field: echoed[field] for field in need} == need
        assert echoed["requirements"].items() >= requirements.items()
        assert "limit" not in echoed


def test_the_limit_is_three_unless_it_says_otherwise_and_at_most_a_hundred(api: ApiCaller) -> None:
    api.put(*(a_coach(id=f"c{number}") for number in range(5)))
    assert len(api.shortlist(NEED)["coaches"]) == 3
    assert len(api.shortlist(NEED, limit=1)["coaches"]) == 1
    assert [coach["rank"] for coach in api.shortlist(NEED, limit=100)["coaches"]] == [1, 2, 3, 4, 5]


def test_equal_coaches_stand_by_price_and_then_by_id(api: ApiCaller) -> None:
    cheap = {"fees": {"amount": 90, "currency": "EUR", "per": "session", "minutes": 60}}
    api.put(a_coach(id="b"), a_coach(id="Z"), a_coach(id="é"), a_coach(id="z", **cheap))
    assert [coach["coach_id"] for coach in api.shortlist(NEED, limit=9)["coaches"]] == ["z", "Z", "b", "é"]


def test_a_directory_without_coaches_gives_an_empty_shortlist(api: ApiCaller) -> None:
    found = api.shortlist(NEED)
    assert (found["coaches"], found["eligible_count"]) == ([], 0)
    assert found["excluded_counts"] == dict.fromkeys(EXCLUSION_REASONS, 0)


def test_a_stored_shortlist_is_shown_byte_for_byte_even_when_profiles_change(api: ApiCaller, start: Start) -> None:
    api.put(DELEGATION, PLAIN)
    asked = api.send("POST", "/shortlists", document(NEED))
    api.send("DELETE", "/coaches/plain")
    for worker in (api, api.at(start())):
        shown = worker.send("GET", asked.headers["Location"])
        assert (shown.status_code, shown.data, shown.mimetype) == (200, asked.data, "application/json")


def test_a_shortlist_is_shown_to_its_caller_and_its_organisation_alone(api: ApiCaller) -> None:
    hers, colleague, other = (
        a_caller(api.app, name, organisation) for name, organisation in [("a", "K"), ("b", "K"), ("c", "L")]
    )
    of_nobody, of_k = (caller.shortlist(NEED)["id"] for caller in (api, hers))
    assert colleague.send("GET", f"/shortlists/{of_k}").status_code == 200
    for caller, shortlist in [(other, of_k), (api, of_k), (hers, of_nobody), (a_caller(api.app, "d"), of_nobody)]:
        told(caller.send("GET", f"/shortlists/{shortlist}"), 404, "not-found")
        told(caller.send("GET", f"/shortlists/{shortlist}/coaches/plain"), 404, "not-found")


def test_an_unknown_shortlist_is_not_found(api: ApiCaller, subtests: pytest.Subtests) -> None:
    for shortlist in (str(uuid4()), "no-uuid", api.shortlist(NEED)["id"].upper(), "%00", "\N{SNOWMAN}"):
        with subtests.test(id=shortlist):
            told(api.send("GET", f"/shortlists/{shortlist}"), 404, "not-found")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_same_need_gets_the_same_bytes_again_and_from_another_process(
    api: ApiCaller, database_url: str, rates_file: str
) -> None:
    api.put(DELEGATION, PLAIN, DEAR)
    program = """
import sys
from matcher.app import create_app
from matcher.settings import Settings
from tests.clients import ApiCaller
from tests.factories import SECRET_KEY, FakeEncoder
url, rates, key = sys.argv[1:]
app = create_app(Settings(database_url=url, rates_file=rates, log_level="error", secret_key=SECRET_KEY), FakeEncoder())
answer = ApiCaller(app, key).send("POST", "/shortlists", data=sys.stdin.buffer.read(), content_type="application/json")
print(answer.text.strip(), file=sys.stderr)
"""
    sent = json.dumps(document(NEED))
    command = [sys.executable, "-c", program, database_url, rates_file, api.key]
    elsewhere = subprocess.run(command, cwd=ROOT, input=sent, capture_output=True, text=True, check=True).stderr
    here = [api.send("POST", "/shortlists", json.loads(sent)).text for _ in range(2)]
    assert len({without_own_marks(answer) for answer in [*here, elsewhere]}) == 1


def without_own_marks(answer: str) -> str:
    found = json.loads(answer)
    return answer.strip().replace(found["id"], "").replace(found["created_at"], "")


# A profile changed by one worker is in the next shortlist of another


def test_a_profile_changed_or_deleted_by_one_worker_is_so_in_the_next_shortlist_of_another(
    api: ApiCaller, start: Start
) -> None:
    other = api.at(start())
    api.put(PLAIN)
    assert [coach["name"] for coach in other.shortlist(NEED)["coaches"]] == ["Paul Plain"]
    other.put(PLAIN.model_copy(update={"name": "Pauline Plain"}), DELEGATION)
    assert [coach["name"] for coach in api.shortlist(NEED)["coaches"]] == ["Dora Ek", "Pauline Plain"]
    assert api.send("DELETE", "/coaches/delegation").status_code == 204
    assert [coach["name"] for coach in other.shortlist(NEED)["coaches"]] == ["Pauline Plain"]


def test_eight_callers_at_once_get_shortlists_while_profiles_come_and_go(api: ApiCaller, start: Start) -> None:
    workers = [api, api.at(start())]

    def work(thread: int) -> list[int]:
        worker, path = workers[thread % 2], f"/coaches/c{thread}"
        profiles = [document(a_coach(id=f"c{thread}", headline=f"Round {turn} of {thread}")) for turn in range(4)]
        answers = []
        for turn, profile in enumerate(profiles):
            answers.append(worker.send("PUT", path, profile))
            answers.append(worker.send("POST", "/shortlists", document(NEED) | {"limit": 100}))
            assert f"c{thread}" in [coach["coach_id"] for coach in answers[-1].get_json()["coaches"]]
            if turn % 2:
                answers.append(worker.send("DELETE", path))
        return [answer.status_code for answer in answers]

    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(work, range(8)))
    assert statuses == [[201, 201, 200, 201, 204, 201, 201, 200, 201, 204]] * 8
    assert api.shortlist(NEED)["coaches"] == []


# Why, and why not


def test_why_not_tells_where_each_coach_stood(api: ApiCaller) -> None:
    api.put(DELEGATION, PLAIN, DEAR)
    found = api.shortlist(NEED, limit=1)

    def why(coach: str) -> Any:
        answer = api.send("GET", f"/shortlists/{found['id']}/coaches/{coach}")
        assert answer.status_code == 200
        return answer.get_json()

    shown, not_shown, excluded = why("delegation"), why("plain"), why("dear")
    best = found["coaches"][0]
    assert (shown["rank"], shown["score"], shown["base"]) == (1, best["score"], best["base"])
    assert shown["contributions"] == best["contributions"]
    assert (not_shown["eligible"], not_shown["rank"], not_shown["excluded_by"]) == (True, 2, [])
    assert not_shown["score"] == pytest.approx(
        not_shown["base"] + sum(entry["contribution"] for entry in not_shown["contributions"]), abs=1e-9
    )
    assert (excluded["eligible"], excluded["excluded_by"]) == (False, ["language", "budget"])
    assert (excluded["rank"], excluded["score"], excluded["contributions"]) == (None, None, [])
    assert len({tuple(entry["explanation"]) for entry in (shown, not_shown, excluded)}) == 3
    told(api.send("GET", f"/shortlists/{found['id']}/coaches/nobody"), 404, "not-found")


def test_what_would_change_the_order_is_told_of_coaches_shown_and_of_others(api: ApiCaller) -> None:
    praised: dict[str, Any] = {"references": [{"rating": 5, "verified": True}]}
    levels = {"a": "MCC", "b": "PCC", "c": "ACC"}
    api.put(
        *(
            a_coach(id=coach_id, credentials=[{"body": "ICF", "level": level, "verified": True}], **praised)
            for coach_id, level in levels.items()
        )
    )
    found = api.shortlist(a_need(), limit=2)
    assert [coach["would_change"] for coach in found["coaches"]] == [["Leads the second by 0.011."], []]
    why = api.send("GET", f"/shortlists/{found['id']}/coaches/c").get_json()["explanation"]
    assert why[2:] == []
    dearer = {"fees": {"amount": 250, "currency": "EUR", "per": "hour"}}
    api.put(a_coach(id="b", credentials=[{"body": "ICF", "level": "PCC", "verified": True}], **praised, **dearer))
    found = api.shortlist(a_need(), limit=2)
    why = api.send("GET", f"/shortlists/{found['id']}/coaches/c").get_json()["explanation"]
    assert why[2:] == ["With a verified ICF PCC this coach would have been second, and so on the shortlist."]


def test_any_id_that_a_profile_may_have_can_be_addressed(api: ApiCaller, subtests: pytest.Subtests) -> None:
    for coach_id in ("a b", "a/b", "/a//b/", "müller-Łódź", "x?y#z%20", "100%", "..", "+", "😀"):
        with subtests.test(id=coach_id):
            path = f"/coaches/{quote(coach_id, safe='')}"
            assert api.send("PUT", path, document(a_coach(id=coach_id))).status_code == 201
            assert api.send("GET", path).get_json()["id"] == coach_id
            found = api.shortlist(a_need())
            assert [coach["coach_id"] for coach in found["coaches"]] == [coach_id]
            assert api.send("GET", f"/shortlists/{found['id']}{path}").get_json()["coach_id"] == coach_id
            assert api.send("DELETE", path).status_code == 204
            told(api.send("GET", path), 404, "not-found")


# Profiles


def test_a_profile_comes_back_field_by_field(api: ApiCaller) -> None:
    for line in (ROOT / "fixtures/judged/coaches.jsonl").read_text("utf-8").splitlines()[:6]:
        sent = json.loads(line)
        path = f"/coaches/{sent['id']}"
        answers = [api.send("PUT", path, sent), api.send("PUT", path, sent), api.send("GET", path)]
        assert [answer.status_code for answer in answers] == [201, 200, 200]
        assert [answer.get_json() for answer in answers] == [{"supervision": ""} | sent] * 3


def test_a_profile_takes_the_id_of_its_address_and_may_not_contradict_it(api: ApiCaller) -> None:
    profile = document(PLAIN)
    del profile["id"]
    assert api.send("PUT", "/coaches/x", profile).status_code == 201
    assert api.send("PUT", "/coaches/y", profile | {"id": None}).get_json()["id"] == "y"
    assert pointers(api.send("PUT", "/coaches/x", profile | {"id": "other", "name": ""})) == ["/id", "/name"]
    assert api.send("GET", "/coaches/x").get_json()["name"] == "Paul Plain"


@pytest.mark.usefixtures("unchanged")
def test_an_address_with_a_control_character_is_that_of_no_profile(api: ApiCaller) -> None:
    for method in ("GET", "PUT", "DELETE"):
        told(api.send(method, "/coaches/a%00b", document(PLAIN)), 404, "not-found")


def test_a_deleted_profile_is_gone_until_it_is_put_again(api: ApiCaller) -> None:
    api.put(PLAIN)
    assert api.send("DELETE", "/coaches/plain").data == b""
    for method in ("GET", "DELETE"):
        told(api.send(method, "/coaches/plain"), 404, "not-found")
    assert api.send("GET", "/coaches").get_json()["coaches"] == []
    assert api.send("PUT", "/coaches/plain", document(PLAIN)).status_code == 201


def test_profiles_are_listed_a_page_at_a_time_in_the_order_of_their_ids(api: ApiCaller) -> None:
    api.put(*(a_coach(id=coach_id) for coach_id in ("b", "é", "Z", "a/b", "c")))
    pages, after = [], ""
    while after is not None:
        page = api.send("GET", "/coaches", query_string={"limit": 2, "after": after}).get_json()
        pages.append([coach["id"] for coach in page["coaches"]])
        after = page["next"]
    assert pages == [["Z", "a/b"], ["b", "c"], ["é"]]


def test_the_link_of_each_page_leads_to_the_next_one_until_the_last(api: ApiCaller) -> None:
    ids = ["Z", "a/b", "b&c=d", "z>", "é"]
    api.put(*(a_coach(id=coach_id) for coach_id in ids))
    seen, following = list[str](), "/coaches?limit=1"
    while following:
        page = api.send("GET", following)
        seen += [coach["id"] for coach in page.get_json()["coaches"]]
        following = parse_options_header(page.headers.get("Link", ""))[0].strip("<>")
        assert bool(following) == ("Link" in page.headers) == (page.get_json()["next"] is not None)
    assert seen == ids


def test_a_wrong_page_is_refused(api: ApiCaller) -> None:
    wrong = {"limit=0": "/limit", "limit=501": "/limit", "limit=x": "/limit", "after=%00": "/after"}
    for query, pointer in wrong.items():
        assert pointers(api.send("GET", f"/coaches?{query}")) == [pointer]


# Bad input


WRONG_NEEDS: list[tuple[dict[str, Any], list[str]]] = [
    ({"summary": 5}, ["/summary"]),
    ({"summary": None}, ["/summary"]),
    ({"summary": "x" * 20_001}, ["/summary"]),
    ({"summary": "NUL \x00"}, ["/summary"]),
    ({"summary": "half \ud800"}, ["/summary"]),
    ({"level": "boss"}, ["/level"]),
    ({"focus_areas": [{"area": "juggling"}]}, ["/focus_areas/0/area"]),
    ({"start_by": "2027-02-30"}, ["/start_by"]),
    ({"timezone": "Europe/Atlantis"}, ["/timezone"]),
    (
        {"timezone": "Europe/Paris", "availability": {"weekly": [{"day": "mon", "from": "10:00", "to": "09:00"}]}},
        ["/availability/weekly/0/to"],
    ),
    ({"budget": {"per_session": -1, "currency": "EUR"}}, ["/budget/per_session"]),
    ({"budget": {"per_session": 1, "currency": "QQQ"}}, ["/budget/currency"]),
    ({"budget": {"per_session": "1", "currency": "EUR"}}, ["/budget/per_session"]),
    ({"sessions": {"minutes": 0}}, ["/sessions/minutes"]),
    ({"limit": 0}, ["/limit"]),
    ({"limit": 101}, ["/limit"]),
    ({"limit": "3"}, ["/limit"]),
    ({"limit": 2.5}, ["/limit"]),
    ({"limit": True}, ["/limit"]),
    ({"shoe_size": 44}, ["/shoe_size"]),
    ({"languages": ["en"] * 101}, ["/languages"]),
    (
        {"languages": "en", "shoe_size": 44, "level": "boss", "limit": 0},
        ["/languages", "/level", "/limit", "/shoe_size"],
    ),
]
WRONG_PROFILES: list[tuple[dict[str, Any], list[str]]] = [
    ({"fees": {"amount": -1, "currency": "EUR", "per": "hour"}}, ["/fees/amount"]),
    ({"fees": {"amount": 1, "currency": "QQQ", "per": "hour"}}, ["/fees/currency"]),
    ({"timezone": "Mars/Olympus"}, ["/timezone"]),
    ({"bio": "x" * 20_001}, ["/bio"]),
    ({"name": "\x00"}, ["/name"]),
    ({"availability": {"accepting_from": "2027-13-01", "capacity": 1}}, ["/availability/accepting_from"]),
    ({"languages": [], "modalities": ["telepathy"]}, ["/languages", "/modalities/0"]),
    ({"age": 50}, ["/age"]),
]


@pytest.mark.usefixtures("unchanged")
def test_a_wrong_need_is_refused_with_every_wrong_field(api: ApiCaller, subtests: pytest.Subtests) -> None:
    for changes, wrong in WRONG_NEEDS:
        with subtests.test(wrong=wrong):
            assert pointers(api.send("POST", "/shortlists", document(a_need()) | changes)) == wrong


@pytest.mark.usefixtures("unchanged")
def test_a_wrong_profile_is_refused_with_every_wrong_field(api: ApiCaller, subtests: pytest.Subtests) -> None:
    for changes, wrong in WRONG_PROFILES:
        with subtests.test(wrong=wrong):
            assert pointers(api.send("PUT", "/coaches/c1", document(a_coach()) | changes)) == wrong


def test_a_lower_limit_of_the_body_is_kept_to(start: Start) -> None:
    caller = a_caller(start(max_body_bytes=1_000))
    assert caller.send("POST", "/shortlists", {"summary": "x" * 900}).status_code == 201
    told(caller.send("POST", "/shortlists", {"summary": "x" * 1_000}), 413, "too-large")


def test_a_missing_wrong_or_revoked_key_opens_nothing(api: ApiCaller) -> None:
    revoked = a_caller(api.app, "revoked")
    assert revoked.send("GET", "/coaches").status_code == 200
    with database.sessions(service(api.app).engine).begin() as session:
        callers.revoke(session, "revoked", datetime.now(UTC))
    before = row_counts(api.app)
    wrong = ["", "Bearer", f"Bearer {revoked.key}", f"Bearer {api.key}x", f"Basic {api.key}", api.key, "Bearer ü"]
    for authorization in wrong:
        for method, path in [
            ("POST", "/shortlists"),
            ("GET", "/coaches"),
            ("PUT", "/coaches/x"),
            ("DELETE", "/coaches/x"),
        ]:
            answer = api.send(method, path, document(a_need()), headers={"Authorization": authorization})
            told(answer, 401, "unauthorised")
            sent_one = authorization.startswith("Bearer ")
            said = answer.headers["WWW-Authenticate"]
            assert said.startswith('Bearer error="invalid_token"') if sent_one else said == "Bearer"
    assert row_counts(api.app) == before
    assert api.send("GET", "/coaches", headers={"Authorization": f"bearer  {api.key} "}).status_code == 200


# Problems


def test_what_is_not_there_is_a_problem_under_api_and_a_page_elsewhere(api: ApiCaller) -> None:
    told(api.send("GET", "/nothing"), 404, "not-found")
    answer = api.send("PATCH", "/shortlists")
    told(answer, 405, "method-not-allowed")
    assert answer.headers["Allow"] == "OPTIONS, POST"
    within = "/shortlists/s/coaches/c/outcomes/chosen"
    assert api.send("OPTIONS", within).headers["Allow"] == "DELETE, OPTIONS, PUT"
    client = api.app.test_client()
    for answer, status in [(client.get("/nothing"), 404), (client.delete("/"), 405)]:
        assert (answer.status_code, answer.mimetype) == (status, "text/html")


def test_the_type_of_a_problem_is_the_address_of_its_explanation(api: ApiCaller) -> None:
    client = api.app.test_client()
    for kind in PROBLEM_TYPES.values():
        page = client.get(kind.uri)
        assert page.status_code == 200
        assert kind.title in page.text
    assert client.get("/problems/boredom").status_code == 404


class FailingEncoder(FakeEncoder):
    """Fails on texts that hold a secret, and repeats them."""

    def encode(self, texts: Any) -> Any:
        if any(SECRET in text for text in texts):
            raise ValueError(f"cannot encode {texts}")
        return super().encode(texts)


def test_an_internal_error_says_nothing_of_its_cause_and_leaves_nothing_half_written(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    caller = a_caller(start(FailingEncoder()))
    before = row_counts(caller.app)
    for method, path, sent in [
        ("POST", "/shortlists", a_need(summary=SECRET)),
        ("PUT", "/coaches/c1", a_coach(bio=SECRET)),
    ]:
        answer = caller.send(method, path, document(sent))
        told(answer, 500, "internal-error")
        assert SECRET not in answer.text
    assert row_counts(caller.app) == before
    written = "".join(capsys.readouterr())
    assert "ValueError" in written and SECRET not in written
    assert caller.shortlist(a_need())["coaches"] == []


def test_no_text_about_a_person_is_in_the_log_or_in_an_error(
    api: ApiCaller, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    need = document(a_need(summary=SECRET, outcome=SECRET, role=SECRET, organisation=SECRET, location=SECRET))
    assert api.send("POST", "/shortlists", need).status_code == 201
    refused = [
        api.send("POST", "/shortlists", need | {"level": SECRET, "start_by": SECRET, "timezone": SECRET}),
        api.send("POST", "/shortlists", need | {"limit": SECRET, "languages": [SECRET], "sessions": SECRET}),
        api.send("POST", "/shortlists", data=json.dumps(need)[:-1].encode(), content_type="application/json"),
        api.send("POST", "/shortlists", data=json.dumps(need).encode(), content_type="text/plain"),
        api.send("PUT", f"/coaches/{SECRET}", need),
        api.send("GET", f"/shortlists/{SECRET}?summary={SECRET}"),
        api.send("GET", f"/{SECRET}", headers={"X-Request-Id": SECRET}),
    ]
    assert [answer.status_code for answer in refused] == [422, 422, 400, 415, 422, 404, 404]
    assert not any(SECRET in answer.text or SECRET in str(answer.headers) for answer in refused)
    written = "".join(capsys.readouterr()) + caplog.text
    assert "shortlist drawn up" in written
    assert SECRET not in written


def test_each_request_is_a_line_of_the_log_under_an_id_that_the_answer_names(api: ApiCaller) -> None:
    with structlog.testing.capture_logs([structlog.contextvars.merge_contextvars]) as lines:
        chosen = api.send("POST", "/shortlists", document(NEED), headers={"X-Request-Id": "portal-17"})
        given = [api.send("GET", path).headers["X-Request-Id"] for path in ("/coaches/nobody", "/nothing")]
    assert chosen.headers["X-Request-Id"] == "portal-17"
    assert [line["request"] for line in lines] == ["portal-17", "portal-17", *given]
    ends = [(line["method"], line["route"], line["status"]) for line in lines if line["event"] == "request answered"]
    assert ends == [
        ("POST", "/api/v1/shortlists", 201),
        ("GET", "/api/v1/coaches/<coach:coach_id>", 404),
        ("GET", None, 404),
    ]
    assert all(line["milliseconds"] >= 0 for line in lines if line["event"] == "request answered")
    assert len(set(given)) == 2


# Health


def test_the_service_is_ready_while_its_database_is_of_its_version(api: ApiCaller) -> None:
    client = api.app.test_client()
    assert (client.get("/healthz").status_code, client.get("/readyz").status_code) == (200, 200)
    with service(api.app).engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'later'"))
    told(client.get("/readyz"), 503, "not-ready")
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_database_that_went_away_makes_the_service_not_ready(api: ApiCaller, tmp_path: Path) -> None:
    service(api.app).engine.dispose()
    file = tmp_path / "matcher.sqlite3"
    file.unlink()
    file.mkdir()
    answers = [api.app.test_client().get("/readyz"), api.send("GET", "/coaches")]
    for answer in answers:
        told(answer, 503, "not-ready")
        assert "matcher.sqlite3" not in answer.text
    assert api.app.test_client().get("/healthz").status_code == 200
