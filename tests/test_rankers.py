"""Rankers from candidate to promotion: through the command line, and as applications that run take them up."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import structlog
from apiflask import APIFlask
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session, sessionmaker

from matcher.domain import Comparison
from matcher.errors import ConfigurationError, InvalidInput
from matcher.intake import candidate_from
from matcher.matching.scoring import PRIOR
from matcher.service import add_candidate, promote_ranker
from matcher.store import database, rankers
from tests.clients import ApiCaller, a_caller, row_counts, service
from tests.commands import refusal, run
from tests.factories import CountingEncoder, a_coach, a_need

NOW = datetime(2027, 1, 4, 9, 30, tzinfo=UTC)
PACKAGED: dict[str, Any] = json.loads(files("matcher.matching").joinpath(PRIOR).read_text("utf-8"))
COMPARISON: dict[str, Any] = {
    "measure": "nDCG@5",
    "needs": [{"need": "dn001", "before": 0.8, "after": 0.9}, {"need": "dn002", "before": 0.75, "after": 0.7}],
    "before": 0.775,
    "after": 0.8,
    "interval": [-0.05, 0.1],
}
VETERAN = a_coach(id="veteran", experience={"leadership_years": 30})
EXPERT = a_coach(id="expert", focus_areas=["delegation"])
NEED = a_need(focus_areas=[{"area": "delegation", "importance": 3}])
Start = Callable[..., APIFlask]
Sessions = sessionmaker[Session]

pytestmark = pytest.mark.usefixtures("configured")


def a_ranker(name: str = "learned-1", **changes: Any) -> dict[str, Any]:
    """A ranker file by which years as a leader count most; the packaged one prefers goals that are named."""
    weights = [facet | {"weight": 5.0 if facet["facet"] == "leadership" else 0.01} for facet in PACKAGED["facets"]]
    return PACKAGED | {"name": name, "facets": weights} | changes


def a_file(folder: Path, ranker: object, **changes: Any) -> str:
    """A file that `matcher ranker add` takes, with that ranker; `changes` are of its comparison."""
    file = folder / "candidate.json"
    file.write_text(json.dumps({"ranker": ranker, "comparison": COMPARISON | changes}))
    return str(file)


def ranked(caller: ApiCaller) -> tuple[str, list[str]]:
    """The ranker that the answer to NEED names, and the coaches in its order."""
    found = caller.shortlist(NEED)
    return found["model"]["ranker"], [coach["coach_id"] for coach in found["coaches"]]


BY_PACKAGED = ("prior-4", ["expert", "veteran"])
BY_LEARNED = ("learned-1", ["veteran", "expert"])


@pytest.fixture
def caller(start: Start) -> ApiCaller:
    """A caller of an application whose directory holds VETERAN and EXPERT."""
    caller = a_caller(start())
    caller.put(VETERAN, EXPERT)
    return caller


@pytest.fixture
def add(engine: Engine) -> Callable[..., None]:
    """Keeps a ranker as a candidate, as the command does: `add(ranker)`."""

    def add(ranker: dict[str, Any]) -> None:
        candidate = candidate_from({"ranker": ranker, "comparison": COMPARISON})
        add_candidate(engine, candidate, "fake", NOW)

    return add


def names_in_use(engine: Engine) -> list[str]:
    with database.snapshots(engine).begin() as session:
        return [ranker.name for ranker in rankers.every(session) if ranker.is_promoted]


# From candidate to promotion


def test_a_candidate_is_used_by_every_running_application_once_promoted_and_until_reset(
    caller: ApiCaller, start: Start, tmp_path: Path
) -> None:
    workers = [caller, caller.at(start())]
    assert [ranked(worker) for worker in workers] == [BY_PACKAGED] * 2
    assert "learned-1 is a candidate" in run("ranker", "add", a_file(tmp_path, a_ranker())).stdout
    assert [ranked(worker) for worker in workers] == [BY_PACKAGED] * 2
    assert "learned-1 is promoted." in run("ranker", "promote", "learned-1").stdout
    assert [ranked(worker) for worker in [*workers, caller.at(start())]] == [BY_LEARNED] * 3
    assert run("ranker", "reset").stdout == "The packaged ranker is in use again.\n"
    assert [ranked(worker) for worker in workers] == [BY_PACKAGED] * 2
    assert run("ranker", "reset").stdout == "The packaged ranker is in use already.\n"


def test_a_promoted_ranker_gives_way_to_the_next_and_may_come_back(caller: ApiCaller, add: Callable[..., None]) -> None:
    for name in ("first", "second"):
        add(a_ranker(name))
    used = []
    for name in ("first", "second", "second", "first"):
        assert run("ranker", "promote", name).exit_code == 0
        used.append(ranked(caller)[0])
    assert used == ["first", "second", "second", "first"]
    states = dict(line.split("\t")[::2] for line in run("ranker", "list").stdout.splitlines())
    assert {name: state.split()[0] for name, state in states.items()} == {"first": "promoted", "second": "retired"}


def test_a_shortlist_stays_as_it_was_when_another_ranker_is_promoted(
    caller: ApiCaller, add: Callable[..., None]
) -> None:
    add(a_ranker())
    path = f"/shortlists/{caller.shortlist(NEED)['id']}"
    before = [caller.send("GET", path).data, caller.send("GET", f"{path}/coaches/expert").data]
    run("ranker", "promote", "learned-1")
    assert [caller.send("GET", path).data, caller.send("GET", f"{path}/coaches/expert").data] == before
    new = caller.shortlist(NEED)
    why = caller.send("GET", f"/shortlists/{new['id']}/coaches/veteran").get_json()
    assert (why["rank"], why["score"], why["base"]) == (1, new["coaches"][0]["score"], new["coaches"][0]["base"])
    with database.snapshots(service(caller.app).engine).begin() as session:
        sealed = session.scalars(text("SELECT facts FROM shortlist ORDER BY created_at")).all()
    assert [json.loads(facts)["ranker"]["name"] for facts in sealed] == ["prior-4", "learned-1"]


def test_the_file_that_the_settings_name_goes_before_what_is_promoted(
    caller: ApiCaller, start: Start, add: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "own.json"
    file.write_text(json.dumps(PACKAGED | {"name": "own"}))
    add(a_ranker())
    with_file = caller.at(start(ranker=str(file)))
    monkeypatch.setenv("MATCHER_RANKER", str(file))
    for command in [("promote", "learned-1"), ("list",), ("reset",)]:
        assert "uses that file instead" in run("ranker", *command).stderr
    assert "in use: own" in run("ranker", "show", "learned-1").stdout
    run("ranker", "promote", "learned-1")
    assert (ranked(caller)[0], ranked(with_file)[0]) == ("learned-1", "own")


def test_two_promotions_at_once_leave_one_ranker_in_use(engine: Engine, add: Callable[..., None]) -> None:
    names = ["a", "b", "c"]
    for name in names:
        add(a_ranker(name))
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda turn: promote_ranker(engine, names[turn % 3], "fake", NOW), range(18)))
    assert len(names_in_use(engine)) == 1


# What is told of them


def test_rankers_are_listed_the_newest_first_with_their_state_and_their_means(
    engine: Engine, add: Callable[..., None]
) -> None:
    empty = run("ranker", "list")
    assert (empty.stdout, empty.stderr) == ("", "None is promoted; the packaged ranker is in use.\n")
    add(a_ranker("b"))
    add(a_ranker("a"))
    with database.sessions(engine).begin() as session:
        rankers.add_candidate(session, a_ranker("new"), Comparison(**COMPARISON), NOW + timedelta(days=1))
        rankers.promote(session, "a", NOW + timedelta(days=2))
    listed = run("ranker", "list")
    assert (listed.exit_code, listed.stderr) == (0, "")
    assert [line.split("\t") for line in listed.stdout.splitlines()] == [
        ["new", "made 2027-01-05", "candidate", "nDCG@5 0.775 -> 0.800"],
        ["a", "made 2027-01-04", "promoted 2027-01-06", "nDCG@5 0.775 -> 0.800"],
        ["b", "made 2027-01-04", "candidate", "nDCG@5 0.775 -> 0.800"],
    ]


def test_a_ranker_is_shown_with_the_weights_in_use_beside_its_own_and_need_by_need(add: Callable[..., None]) -> None:
    add(a_ranker())
    shown = run("ranker", "show", "learned-1").stdout
    rows = {line.split()[0]: line.split()[1:] for line in shown.splitlines() if line}
    assert rows["Weights"] == ["in", "use:", "prior-4", "learned-1"]
    packaged = {facet["facet"]: facet["weight"] for facet in PACKAGED["facets"]}
    assert [float(weight) for weight in rows["leadership"]] == [packaged["leadership"], 5.0]
    assert rows.keys() >= packaged.keys()
    assert rows["nDCG@5"] == ["before", "after", "difference"]
    assert rows["dn001"] == ["0.800", "0.900", "+0.100"]
    assert rows["dn002"] == ["0.750", "0.700", "-0.050"]
    assert rows["mean"] == ["0.775", "0.800", "+0.025"]
    assert "-0.050 to +0.100" in shown
    run("ranker", "promote", "learned-1")
    assert "in use: learned-1" in run("ranker", "show", "learned-1").stdout


def test_a_promotion_shows_the_comparison_first(add: Callable[..., None]) -> None:
    add(a_ranker())
    told = run("ranker", "promote", "learned-1").stdout
    assert 0 <= told.index("dn002") < told.index("+0.025") < told.index("learned-1 is promoted.")


def test_a_ranker_that_is_not_there_is_told(add: Callable[..., None], engine: Engine) -> None:
    add(a_ranker())
    for command in ("show", "promote"):
        assert refusal(run("ranker", command, "Learned-1")).startswith("There is no ranker with this name")
    assert names_in_use(engine) == []


def test_rankers_need_a_database_of_this_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, subtests: pytest.Subtests
) -> None:
    monkeypatch.setenv("MATCHER_DATABASE_URL", f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    for command in [("list",), ("add", a_file(tmp_path, a_ranker())), ("show", "x"), ("promote", "x"), ("reset",)]:
        with subtests.test(command=command):
            assert refusal(run("ranker", *command)).endswith("run 'matcher db upgrade' first.")


# Rankers that do not fit


def without_a_facet(ranker: dict[str, Any]) -> dict[str, Any]:
    return ranker | {"facets": ranker["facets"][1:]}


def with_another_facet(ranker: dict[str, Any]) -> dict[str, Any]:
    return ranker | {"facets": [*ranker["facets"], {"facet": "charm", "weight": 0.1, "neutral": 0.5}]}


def for_another_encoder(ranker: dict[str, Any]) -> dict[str, Any]:
    return ranker | {"encoder": "other"}


@pytest.mark.parametrize(
    ("unfit", "words"),
    [
        (without_a_facet, "must weigh each of the facets"),
        (with_another_facet, "charm"),
        (for_another_encoder, "was made for the encoder other, not for fake"),
    ],
)
def test_a_ranker_that_does_not_fit_may_be_a_candidate_but_is_not_promoted(
    caller: ApiCaller,
    add: Callable[..., None],
    engine: Engine,
    unfit: Callable[[dict[str, Any]], dict[str, Any]],
    words: str,
) -> None:
    add(a_ranker())
    add(unfit(a_ranker("unfit")))
    run("ranker", "promote", "learned-1")
    refused = run("ranker", "promote", "unfit")
    assert refused.exit_code == 1
    assert "dn001" in refused.stdout and "promoted" not in refused.stdout
    assert refused.stderr.startswith("Error: The stored ranker: unfit ") and words in refused.stderr
    assert names_in_use(engine) == ["learned-1"]
    assert ranked(caller) == BY_LEARNED
    assert run("ranker", "show", "unfit").exit_code == 0


def test_a_ranker_for_another_encoder_is_promoted_where_that_encoder_is_set(add: Callable[..., None]) -> None:
    add(a_ranker(encoder="second"))
    assert run("ranker", "promote", "learned-1").exit_code == 1
    assert run("ranker", "promote", "learned-1", encoder=CountingEncoder("second")).exit_code == 0


def log_of_start(start: Start, *encoder: CountingEncoder) -> tuple[APIFlask, list[Any]]:
    with structlog.testing.capture_logs() as lines:
        app = start(*encoder)
    return app, [line for line in lines if line["log_level"] == "warning"]


def test_a_promoted_ranker_that_no_longer_fits_is_not_used_and_named_in_the_log_once(
    caller: ApiCaller, start: Start, add: Callable[..., None]
) -> None:
    add(a_ranker(encoder="fake"))
    run("ranker", "promote", "learned-1")
    app, warnings = log_of_start(start, CountingEncoder("second"))
    (line,) = warnings
    assert (line["ranker"], line["event"]) == ("learned-1", "promoted ranker not used")
    assert "made for the encoder fake, not for second" in line["reason"]
    with structlog.testing.capture_logs() as later:
        assert [ranked(caller.at(app)) for _ in range(2)] == [BY_PACKAGED] * 2
    assert not [line for line in later if line["log_level"] == "warning"]
    assert ranked(caller) == BY_LEARNED
    assert log_of_start(start)[1] == []
    told = run("ranker", "show", "learned-1", encoder=CountingEncoder("second"))
    assert "in use: prior-4" in told.stdout
    assert "The promoted ranker is not used." in told.stderr


@pytest.mark.parametrize("changes", [{"format": 0}, {"facets": []}, {"facets": [{"facet": "charm"}]}])
def test_a_promoted_ranker_of_another_version_leaves_the_packaged_one_in_use(
    caller: ApiCaller, start: Start, add: Callable[..., None], engine: Engine, changes: dict[str, Any]
) -> None:
    add(a_ranker())
    run("ranker", "promote", "learned-1")
    with engine.begin() as connection:
        statement = text("UPDATE ranker SET document = :document, comparison = '{}'")
        connection.execute(statement, {"document": json.dumps(a_ranker() | changes)})
    app, warnings = log_of_start(start)
    assert [line["ranker"] for line in warnings] == ["learned-1"]
    assert ranked(caller.at(app)) == ranked(caller) == BY_PACKAGED
    assert "does not fit this version" in refusal(run("ranker", "list"))


# Candidates that are refused


def changed(document: dict[str, Any], *steps: str | int, value: object) -> dict[str, Any]:
    """A copy of the document with another value in one place."""
    copy = deepcopy(document)
    *parents, last = steps
    place: Any = copy
    for step in parents:
        place = place[step]
    place[last] = value
    return copy


CANDIDATE = {"ranker": a_ranker(), "comparison": COMPARISON}
WRONG: list[tuple[object, str]] = [
    ([], "the document must be an object"),
    ({}, "ranker is required; comparison is required"),
    (CANDIDATE | {"note": 1}, "note is not a field that belongs here"),
    (changed(CANDIDATE, "ranker", value=[]), "ranker must be an object"),
    (changed(CANDIDATE, "ranker", value={}), "ranker/"),
    (changed(CANDIDATE, "ranker", "facets", 0, "weight", value=-1), "facets/0/weight must be at least 0"),
    (changed(CANDIDATE, "ranker", "facets", 0, "neutral", value=2), "facets/0/neutral must be at most 1"),
    (changed(CANDIDATE, "ranker", "name", value=""), "ranker/name must be a name that can be printed"),
    (changed(CANDIDATE, "ranker", "name", value="a\x00b"), "ranker/name must be a name that can be printed"),
    (changed(CANDIDATE, "ranker", "name", value="\ud800"), "contains half of a character"),
    (changed(CANDIDATE, "ranker", "name", value="prior-4"), "ranker/name is the name of the packaged ranker"),
    (changed(CANDIDATE, "comparison", "needs", value=[]), "comparison/needs has too few entries"),
    (changed(CANDIDATE, "comparison", "needs", 1, "after", value="0.7"), "needs/1/after must be a number such as"),
    (
        changed(CANDIDATE, "comparison", "interval", value=[0.1, -0.1]),
        "comparison/interval must be a list of the lower",
    ),
    (changed(CANDIDATE, "comparison", "interval", value=[0.1]), "comparison/interval must be a list of the lower"),
    (changed(CANDIDATE, "comparison", "measure", value=""), "comparison/measure"),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_wrong_candidate_is_refused_in_a_line_and_nothing_is_kept(
    caller: ApiCaller, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    before = row_counts(caller.app)
    for document, words in WRONG:
        with subtests.test(words=words):
            file = tmp_path / "candidate.json"
            file.write_text(json.dumps(document))
            assert words in refusal(run("ranker", "add", str(file)))
    for content in ('{"ranker": NaN}', "{", "", "[" * 100_000):
        file.write_text(content)
        assert refusal(run("ranker", "add", str(file))).startswith("The document ")
    assert run("ranker", "add", str(tmp_path / "absent.json")).exit_code == 2
    assert row_counts(caller.app) == before


def test_a_name_that_was_ever_taken_stays_taken(tmp_path: Path, engine: Engine) -> None:
    file = a_file(tmp_path, a_ranker())
    assert run("ranker", "add", file).exit_code == 0
    for command in ("promote learned-1", "reset", "list"):
        taken = refusal(run("ranker", "add", file))
        assert taken == "ranker/name is the name of another ranker; take another name"
        run("ranker", *command.split())
    with database.snapshots(engine).begin() as session:
        assert len(rankers.every(session)) == 1


# The store


@pytest.fixture
def session(sessions: Sessions) -> Iterator[Session]:
    with sessions.begin() as session:
        yield session


def test_a_ranker_comes_back_with_its_document_its_comparison_and_its_times(session: Session) -> None:
    added = rankers.add_candidate(session, a_ranker("ünïque"), Comparison(**COMPARISON), NOW)
    assert (rankers.get(session, "ünïque"), rankers.promoted(session)) == (added, None)
    assert (json.loads(added.document), added.comparison) == (a_ranker("ünïque"), Comparison(**COMPARISON))
    later = [NOW + timedelta(days=day) for day in range(4)]
    assert rankers.promote(session, "ünïque", later[1])
    assert rankers.promote(session, "ünïque", later[2])
    promoted = rankers.promoted(session)
    assert promoted is not None and promoted.is_promoted
    assert (promoted.promoted_at, promoted.retired_at) == (later[1], None)
    assert rankers.withdraw_promotion(session, later[3])
    assert not rankers.withdraw_promotion(session, later[3])
    (retired,) = rankers.every(session)
    assert (retired.promoted_at, retired.retired_at, retired.is_promoted) == (later[1], later[3], False)


def test_what_cannot_be_promoted_changes_nothing(session: Session) -> None:
    rankers.add_candidate(session, a_ranker("a"), Comparison(**COMPARISON), NOW)
    rankers.promote(session, "a", NOW)
    assert not rankers.promote(session, "b", NOW)
    with pytest.raises(InvalidInput):
        rankers.add_candidate(session, a_ranker("a"), Comparison(**COMPARISON), NOW)
    assert [ranker.is_promoted for ranker in rankers.every(session)] == [True]


def test_a_comparison_of_another_version_is_told_by_the_name_of_its_ranker(session: Session) -> None:
    rankers.add_candidate(session, a_ranker(), Comparison(**COMPARISON), NOW)
    session.execute(text("UPDATE ranker SET comparison = '{}'"))
    (ranker,) = rankers.every(session)
    with pytest.raises(ConfigurationError, match="'learned-1' does not fit"):
        _ = ranker.comparison
