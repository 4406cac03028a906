"""From outcomes recorded through the API to a ranker that a person promotes, on both databases."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from apiflask import APIFlask
from click.testing import CliRunner, Result
from sqlalchemy import Engine, text

from matcher.domain import Coach
from matcher.matching.assessment import Assessment
from matcher.matching.ids import Ids
from matcher.matching.scoring import FacetWeight, Scorer
from matcher.store import database, rankers
from matcher.store.rankers import Ranker
from tests.clients import ApiCaller, a_caller, row_counts
from tests.commands import refusal, run
from tests.factories import CountingEncoder, FakeEncoder, a_coach, a_need
from training import learn_from_use
from training.learn_to_rank import PRIOR

NEED = a_need(summary="", focus_areas=[{"area": "delegation", "importance": 3}])
EXPERT = a_coach(id="expert", focus_areas=["delegation"], experience={"leadership_years": 1})
VETERAN = a_coach(id="veteran", experience={"leadership_years": 30})
OTHER = a_coach(id="other", experience={"leadership_years": 1})
BY_PRIOR, BY_LEARNED = ["expert", "veteran", "other"], ["veteran", "expert", "other"]

pytestmark = pytest.mark.usefixtures("configured")


def write_lines(file: Path, records: list[Any]) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text("\n".join(record.model_dump_json(by_alias=True, exclude_defaults=True) for record in records))


@pytest.fixture
def sets(tmp_path: Path) -> list[str]:
    """The options that name a graded set, by whose readers goals and leadership count alike, and a judged one, by
    whose readers leadership counts."""
    years = [1, 8, 30]
    coaches = [
        a_coach(
            id=f"g{place}", focus_areas=["delegation"][: place % 2], experience={"leadership_years": years[place // 2]}
        )
        for place in range(6)
    ]
    need = NEED.model_copy(update={"id": "n1"})
    alike = {f"g{place}": round((place % 2 + place // 2 / 2) * 1.5) for place in range(6)}
    leading = {f"g{place}": place // 2 for place in range(6)}
    for folder, files, grades in (
        ("fixtures", ("annotated/coaches.jsonl", "annotated/needs.jsonl", "graded/grades.json"), alike),
        ("judged", ("coaches.jsonl", "needs.jsonl", "grades.json"), leading),
    ):
        (tmp_path / folder / files[2]).parent.mkdir(parents=True)
        write_lines(tmp_path / folder / files[0], coaches)
        write_lines(tmp_path / folder / files[1], [need])
        (tmp_path / folder / files[2]).write_text(json.dumps({"A": {"n1": grades}, "B": {"n1": grades}}))
    return ["--data", str(tmp_path / "fixtures"), "--judged", str(tmp_path / "judged")]


@pytest.fixture
def caller(start: Callable[..., APIFlask]) -> ApiCaller:
    caller = a_caller(start())
    caller.put(EXPERT, VETERAN, OTHER)
    return caller


@pytest.fixture
def learn(sets: list[str]) -> Callable[..., Result]:
    """Runs the command; it must end by itself."""

    def learn(encoder: FakeEncoder | None = None) -> Result:
        result = CliRunner().invoke(learn_from_use.main, sets, obj=encoder or FakeEncoder())
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return learn


def record(caller: ApiCaller, coach: Coach, event: str, shortlist: str, **details: Any) -> None:
    path = f"/shortlists/{shortlist}/coaches/{coach.id}/outcomes/{event}"
    answer = caller.send("PUT", path, {"on": "2027-02-01"} | details)
    assert answer.status_code == 201, answer.text


def drawn(caller: ApiCaller, order: list[str]) -> str:
    found = caller.shortlist(NEED)
    assert [coach["coach_id"] for coach in found["coaches"]] == order
    return str(found["id"])


def use(caller: ApiCaller, times: int = 10, order: list[str] = BY_PRIOR) -> None:
    """So many shortlists with whom the goal was reached with the veteran, not with the expert."""
    for _ in range(times):
        shortlist = drawn(caller, order)
        record(caller, VETERAN, "goal_reached", shortlist, degree="fully")
        record(caller, EXPERT, "goal_reached", shortlist, degree="not")
        record(caller, OTHER, "declined", shortlist, reason="expertise")


def kept(engine: Engine) -> list[Ranker]:
    with database.snapshots(engine).begin() as session:
        return rankers.every(session)


def test_what_became_of_shortlists_makes_a_candidate_and_once_promoted_the_next_shortlist(
    caller: ApiCaller, learn: Callable[..., Result], engine: Engine
) -> None:
    use(caller)
    before = row_counts(caller.app)
    told = learn()
    assert told.exit_code == 0, told.output
    assert "Learned from 30 pairs by outcomes, from 10 shortlists, and 0 by picks." in told.stdout
    (candidate,) = kept(engine)
    assert f"{candidate.name} is a candidate" in told.stdout
    assert candidate.name.startswith(f"ranker-{candidate.created_at:%Y-%m-%d}-")
    assert row_counts(caller.app) == before | {"ranker": 1}
    (line,) = run("ranker", "list").stdout.splitlines()
    assert line.split("\t")[::2] == [candidate.name, "candidate"]
    drawn(caller, BY_PRIOR)
    assert run("ranker", "promote", candidate.name).exit_code == 0
    assert caller.shortlist(NEED)["model"]["ranker"] == candidate.name
    drawn(caller, BY_LEARNED)


def test_a_candidate_is_compared_with_the_ranker_in_use_on_the_judged_needs(
    caller: ApiCaller, learn: Callable[..., Result], engine: Engine
) -> None:
    use(caller)
    learn()
    (candidate,) = kept(engine)
    told = candidate.comparison
    (need,) = told.needs
    assert (told.measure, need.need) == ("nDCG@5", "n1")
    assert need.before < need.after <= 1
    assert (told.before, told.after) == (need.before, need.after)
    assert told.interval == pytest.approx((need.after - need.before,) * 2)
    document = json.loads(candidate.document)
    assert document["encoder"] == "fake" and document["judgements"].startswith("graded ")
    assert document["clear_difference"] > 0


def test_the_promoted_ranker_is_what_is_learned_around(
    caller: ApiCaller, learn: Callable[..., Result], engine: Engine
) -> None:
    use(caller)
    learn()
    (first,) = kept(engine)
    run("ranker", "promote", first.name)
    use(caller, times=1, order=BY_LEARNED)
    learn()
    second, _ = kept(engine)
    assert second.comparison.before == pytest.approx(first.comparison.after)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_same_outcomes_are_learned_from_once(
    caller: ApiCaller, learn: Callable[..., Result], engine: Engine
) -> None:
    use(caller)
    learn()
    (candidate,) = kept(engine)
    again = learn()
    assert (again.exit_code, again.stdout) == (
        0,
        f"{candidate.name} was learned from the same pairs and is there already.\n",
    )
    assert len(kept(engine)) == 1
    assert learn(CountingEncoder("second")).exit_code == 0
    use(caller, times=1)
    learn()
    assert len({ranker.name for ranker in kept(engine)}) == 3


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_same_outcomes_learned_around_other_weights_make_a_ranker_of_another_name(
    caller: ApiCaller,
    learn: Callable[..., Result],
    engine: Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use(caller)
    other = json.loads(PRIOR.read_text())
    other["facets"][0]["weight"] *= 2
    (tmp_path / "other.json").write_text(json.dumps(other))
    learned = []
    for around in (PRIOR, tmp_path / "other.json", PRIOR):
        monkeypatch.setenv("MATCHER_RANKER", str(around))
        learn()
        learned += kept(engine)
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM ranker"))
    first, second, again = (ranker.name.partition("@") for ranker in learned)
    assert first == again
    assert first[0] == second[0] and first[2] != second[2]


def test_too_little_use_teaches_nothing_and_is_told_with_what_is_missing(
    caller: ApiCaller, learn: Callable[..., Result], engine: Engine
) -> None:
    def said() -> str:
        told = learn()
        assert told.exit_code == 0
        return told.stdout.strip()

    assert said().endswith("still missing: pairs 30, shortlists 10.")
    use(caller, times=9)
    assert said() == (
        "Too little to learn from: 27 of at least 30 pairs of coaches with different outcomes, "
        "from 9 of at least 10 shortlists; still missing: pairs 3, shortlists 1."
    )
    assert kept(engine) == []


def test_picks_alone_teach_nothing_and_that_is_told(
    caller: ApiCaller, learn: Callable[..., Result], engine: Engine
) -> None:
    for _ in range(31):
        record(caller, VETERAN, "chosen", drawn(caller, BY_PRIOR))
    told = learn()
    assert ": 0 of at least 30 pairs" in told.stdout
    assert "Picks are not learned from alone" in told.stdout
    assert kept(engine) == []


def test_shortlists_made_with_other_facets_are_left_out_and_counted(
    caller: ApiCaller, learn: Callable[..., Result], engine: Engine
) -> None:
    use(caller)
    facets = (FacetWeight(facet="charm", weight=1, neutral=0.5),)
    foreign = Assessment(
        Ids(("expert", "veteran", "other")),
        np.zeros((10, 3), bool),
        np.arange(3),
        np.zeros((3, 1)),
        Scorer("old", facets),
        (),
        np.zeros((3, 0), np.int64),
    )
    with engine.begin() as connection:
        one = connection.execute(text("SELECT min(id) FROM shortlist")).scalar_one()
        values = {"id": one, "assessment": foreign.to_bytes()}
        connection.execute(text("UPDATE shortlist SET assessment = :assessment WHERE id = :id"), values)
    told = learn().stdout
    assert told.startswith("Left out, since made with other facets: 1 of the shortlists.\n")
    assert ": 27 of at least 30 pairs" in told and kept(engine) == []


def test_what_is_learned_does_not_depend_on_the_run(
    caller: ApiCaller, learn: Callable[..., Result], engine: Engine
) -> None:
    use(caller)
    learn()
    (first,) = kept(engine)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM ranker"))
    learn()
    (second,) = kept(engine)
    assert (first.document, first.comparison) == (second.document, second.comparison)


def test_a_database_of_another_version_is_told(
    learn: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATCHER_DATABASE_URL", f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    assert refusal(learn()) == "The database is not of this version; run 'matcher db upgrade' first."


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_promoted_ranker_that_does_not_fit_is_told_and_not_learned_around(
    caller: ApiCaller, learn: Callable[..., Result], engine: Engine
) -> None:
    use(caller)
    learn()
    (first,) = kept(engine)
    run("ranker", "promote", first.name)
    told = learn(CountingEncoder("second"))
    assert told.exit_code == 0 and "The promoted ranker is not used." in told.stderr
    second = next(ranker for ranker in kept(engine) if ranker.name != first.name)
    assert second.comparison.before == first.comparison.before


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_file_that_the_settings_name_is_learned_around_before_what_is_promoted(
    caller: ApiCaller,
    learn: Callable[..., Result],
    engine: Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use(caller)
    learn()
    (first,) = kept(engine)
    run("ranker", "promote", first.name)
    monkeypatch.setenv("MATCHER_RANKER", str(PRIOR))
    use(caller, times=1, order=BY_LEARNED)
    learn()
    second = next(ranker for ranker in kept(engine) if ranker.name != first.name)
    assert second.comparison.before == first.comparison.before < first.comparison.after


def test_settings_that_cannot_be_used_are_told_in_a_line(
    learn: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATCHER_DATABASE_URL", "mysql://x")
    assert refusal(learn()) == "MATCHER_DATABASE_URL must begin with sqlite:/// or postgresql://."
    monkeypatch.setenv("MATCHER_DATABASE_URL", "")
    monkeypatch.setenv("MATCHER_LOG_LEVEL", "loud")
    assert refusal(learn()).startswith("MATCHER_LOG_LEVEL: Input should be 'debug', ")
