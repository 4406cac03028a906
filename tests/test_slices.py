"""Rankers by kind of need, and one against another."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from tests.factories import FakeEncoder, a_coach, a_need
from training import evaluate, report
from training.judgements import Judgements
from training.learn_to_rank import PRIOR
from training.slices import is_over_claimed, slices

GOAL = [{"area": "delegation"}]
NEEDS = [
    a_need(id="n1", summary="She leads the team and has to let go of a lot.", level="middle", focus_areas=GOAL),
    a_need(id="n2", summary="Sie muss loslassen.", level="middle", focus_areas=GOAL),
    a_need(id="n3", summary="He has to let go.", focus_areas=GOAL),
]


def judged(grade: int) -> Judgements:
    """One coach who names the goal and one who does not, both of that grade for every need."""
    coaches = [a_coach(id="c1", focus_areas=["delegation"]), a_coach(id="c2")]
    grades = {str(need.id): {coach.id: grade for coach in coaches} for need in NEEDS}
    return Judgements(
        {coach.id: coach for coach in coaches}, {str(need.id): need for need in NEEDS}, {"A": grades}, "0" * 64
    )


def test_needs_are_told_apart_by_level_language_length_and_honesty_of_tags() -> None:
    assert slices(judged(2), NEEDS) == {
        "all": [0, 1, 2],
        "level: middle": [0, 1],
        "level: not stated": [2],
        "text: another language": [1],
        "text: English": [0, 2],
        "text: long": [0],
        "text: short": [1, 2],
        "tags: honest": [0, 1, 2],
    }
    assert slices(judged(2), []) == {"all": []}


def test_tags_are_over_claimed_where_who_names_a_goal_is_graded_below_one() -> None:
    assert is_over_claimed(judged(0), "n1")
    assert not is_over_claimed(judged(1), "n1")
    silent = judged(0)
    unclaimed = Judgements(
        {coach: one.model_copy(update={"focus_areas": ()}) for coach, one in silent.coaches.items()},
        silent.needs,
        silent.readers,
        silent.digest,
    )
    assert not is_over_claimed(unclaimed, "n1")


def test_a_slice_has_the_mean_of_its_own_needs() -> None:
    values = {"other": np.tile([[0.2], [0.4], [0.9]], 4), "none": np.full((3, 4), np.nan)}
    values["base"] = values["other"] + 0.1
    lines = report.by_slice(values, {"first": [0, 1], "last": [2]}, "base").splitlines()
    assert lines[2] == "| first | 2 | 0.300 | nan | **0.400** [0.30 to 0.50] |"
    assert lines[3] == "| last | 1 | 0.900 | nan | **1.000** [1.00 to 1.00] |"


def test_wins_ties_and_losses_are_counted_need_by_need() -> None:
    one, other = np.full((5, 4), 0.5), np.full((5, 4), 0.5)
    one[0] += 0.25
    one[1] -= 0.125
    one[2] += 1e-12
    other[3] = np.nan
    lines = report.head_to_head(one, other).splitlines()
    assert lines[2].startswith("| nDCG@3 | 1 | 2 | 1 | +0.031 (-")
    assert len(lines) == 2 + 4


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """One need and six equal coaches, of whom the last alone names the goal and is any good."""
    coaches = [a_coach(id=f"c{place}", focus_areas=["execution"]) for place in range(1, 7)]
    coaches[-1] = a_coach(id="c6", focus_areas=["delegation"])
    for name, records in (("coaches.jsonl", coaches), ("needs.jsonl", NEEDS[:1])):
        (tmp_path / name).write_text("\n".join(record.model_dump_json(by_alias=True) for record in records))
    grades = {"n1": {coach.id: 3 * (coach.id == "c6") for coach in coaches}}
    (tmp_path / "grades.json").write_text(json.dumps({"A": grades, "B": grades}))
    return tmp_path


NAMED = ("goals_claimed", "level", "style_to_avoid")
"""The facets to which it matters which focus areas a profile names."""


def test_the_service_is_set_against_a_previous_ranker_file(world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blind = json.loads(PRIOR.read_text())
    for facet in blind["facets"]:
        facet["weight"] = 0.0 if facet["facet"] in NAMED else facet["weight"]
    (world / "blind.json").write_text(json.dumps(blind | {"name": "blind-1"}))
    monkeypatch.setenv("MATCHER_RANKER", str(PRIOR))
    result = CliRunner().invoke(
        evaluate.main,
        ["--judged", str(world), "--against", str(world / "blind.json")],
        obj=FakeEncoder(),
        catch_exceptions=False,
    )
    assert f"{evaluate.SERVICE}, against {evaluate.PREVIOUS}:" in result.stdout
    with_goals, without = [line for line in result.stdout.splitlines() if line.startswith("| nDCG@5 |")]
    # Without the goal all are equal, so that the ids decide in both rankings.
    assert with_goals.startswith("| nDCG@5 | 1 | 0 | 0 | +1.000")
    assert without.startswith("| nDCG@5 | 0 | 1 | 0 | +0.000")
    assert "the previous ranker blind-1" in result.stdout
