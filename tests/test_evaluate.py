import json
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from click.testing import CliRunner, Result

from matcher.matching.index import Profile
from matcher.matching.reading import Reader
from matcher.matching.remembering_encoder import RememberingEncoder
from matcher.matching.scoring import load_scorer
from tests.factories import FakeEncoder, a_coach, a_need
from training import evaluate, judgements, report
from training.baselines import any_order
from training.document import replace_block

BEGIN, END = "<!-- evaluation:begin -->", "<!-- evaluation:end -->"

PLACES = range(1, 7)
BEST_FIRST = {f"c{place}": grade for place, grade in zip(PLACES, [3, 2, 1, 0, 0, 0], strict=True)}
OTHER_READER = BEST_FIRST | {"c1": 2, "c2": 3}


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """Six coaches of whom the first alone has the goal of need n1 in tags and text; n2 has but one coach."""
    coaches = [a_coach(id=f"c{place}", bio="I coach plants.") for place in PLACES]
    coaches[0] = a_coach(id="c1", bio="Managers learn to delegate with me.", focus_areas=["delegation"])
    needs = [
        a_need(id=name, summary="He must delegate.", focus_areas=[{"area": "delegation"}]) for name in ("n1", "n2")
    ]
    for name, records in (("coaches.jsonl", coaches), ("needs.jsonl", needs)):
        (tmp_path / name).write_text("\n".join(record.model_dump_json(by_alias=True) for record in records))
    readers = {"A": {"n1": BEST_FIRST, "n2": {"c1": 1}}, "B": {"n1": OTHER_READER, "n2": {"c1": 1}}}
    (tmp_path / "grades.json").write_text(json.dumps(readers))
    return tmp_path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(evaluate.main, list(map(str, arguments)), obj=FakeEncoder(), catch_exceptions=False)


def cells(result: Result, row: str) -> list[list[str]]:
    lines = [line for line in result.stdout.splitlines() if line.startswith(f"| {row} |")]
    return [[cell.strip() for cell in line.strip("|").split("|")][1:] for line in lines]


def test_every_ranker_is_measured_with_goals_and_without(world: Path) -> None:
    result = run("--judged", world)
    assert result.exit_code == 0
    for row in (
        "random",
        "tags only",
        "BM25",
        "one vector per profile",
        "MaxSim over passages",
        evaluate.SERVICE,
        evaluate.READERS,
    ):
        assert len(cells(result, row)) == 2
    with_goals, without = cells(result, "tags only")
    random, _ = cells(result, "random")
    assert float(with_goals[3].split()[0].strip("*")) > float(random[3].split()[0])
    assert [cell.split()[0].strip("*") for cell in without] == [cell.split()[0] for cell in random]


def test_needs_with_few_eligible_coaches_are_left_out(world: Path) -> None:
    result = run("--judged", world, "--by-need")
    assert "(1 with 5 or more eligible coaches)" in result.stdout
    assert len(cells(result, "n1")) == 2
    assert cells(result, "n1")[0][0] == "6"
    assert not cells(result, "n2")


def test_the_service_is_measured_by_its_own_order_of_the_eligible(world: Path) -> None:
    judged, encoder = judgements.load(world), RememberingEncoder(FakeEncoder())
    reader = Reader(encoder)
    profiles = evaluate.encode_profiles(judged, encoder, reader.areas)
    booked_up = a_coach(id="c9", availability={"capacity": 0})
    silent = Profile(booked_up, reader.areas.of_profile([], encoder.encode([])))
    ranker = evaluate.service_ranker([*profiles, silent], reader, load_scorer("", "fake"))
    scores = ranker(judged.needs["n1"], ["c9", *judged.coaches])
    assert np.isnan(scores[0])
    assert scores[1] == -1
    assert sorted(scores[1:]) == [-6, -5, -4, -3, -2, -1]


def test_each_text_is_encoded_once() -> None:
    class Counting(FakeEncoder):
        encoded: ClassVar[list[str]] = []

        def encode(self, texts: Sequence[str]) -> np.ndarray:
            self.encoded.extend(texts)
            return super().encode(texts)

    remembering = RememberingEncoder(Counting())
    first = remembering.encode(["a", "b", "a"])
    again = remembering.encode(["b", "c"])
    assert Counting.encoded == ["a", "b", "c"]
    np.testing.assert_array_equal(np.vstack([first, again]), FakeEncoder().encode(["a", "b", "a", "b", "c"]))
    assert remembering.encode([]).shape == (0, 64)


def test_readers_are_measured_by_one_another(world: Path) -> None:
    judged = judgements.load(world)
    found = evaluate.reader_agreement(judged, evaluate.measured_needs(judged))
    gains = 3 + 2 / np.log2(3) + 1 / 2
    swapped = 2 + 3 / np.log2(3) + 1 / 2
    assert found[0] == pytest.approx([swapped / gains] * 3 + [1])


def test_a_ranker_is_asked_for_the_eligible_coaches_alone(world: Path) -> None:
    judged, asked = judgements.load(world), []

    def ranker(need: object, coach_ids: object) -> np.ndarray:
        asked.append(coach_ids)
        return any_order(need, coach_ids)

    evaluate.evaluate({"spy": ranker}, judged, [judged.needs["n1"], judged.needs["n2"]])
    assert asked == [[f"c{place}" for place in PLACES], ["c1"]]


def test_the_report_is_put_between_its_marks(world: Path) -> None:
    readme = world / "README.md"
    readme.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    result = run("--judged", world, "--write-readme", readme)
    assert readme.read_text() == f"before\n{BEGIN}\n{result.stdout.strip()}\n{END}\nafter\n"


@pytest.mark.parametrize("text", ["none", f"{END}\n{BEGIN}", BEGIN, f"{BEGIN}{END}" * 2])
def test_a_document_without_the_marks_stays_as_it_is(tmp_path: Path, text: str) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(text)
    with pytest.raises(ValueError, match=r"README\.md needs the lines"):
        replace_block(readme, "evaluation", "new")
    assert readme.read_text() == text


def test_a_cell_gives_the_difference_from_the_reference_with_its_interval() -> None:
    values = {"base": np.tile([[0.2], [0.4]], 4), "better": np.tile([[0.3], [0.5]], 4), "none": np.full((2, 4), np.nan)}
    lines = report.comparison(values, "base").splitlines()
    assert lines[2].startswith("| base | **0.300** [0.20 to 0.40] |")
    assert lines[3].startswith("| better | 0.400 (+0.10 to +0.10) |")
    assert lines[4].startswith("| none | nan (-) |")
