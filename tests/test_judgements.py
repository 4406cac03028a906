import json
from pathlib import Path

import numpy as np
import pytest

from matcher.errors import InvalidInput
from matcher.matching.eligibility import screen
from matcher.matching.index import CoachIndex
from tests.factories import a_coach, a_need, without_texts
from training import judgements

COACH = a_coach().model_dump_json(by_alias=True)
NEED = a_need(id="n1").model_dump_json(by_alias=True)
GRADES = {"A": {"n1": {"c1": 3}}, "B": {"n1": {"c1": 2}}}


def write(folder: Path, coaches: str = COACH, needs: str = NEED, grades: object = GRADES) -> Path:
    (folder / "coaches.jsonl").write_text(coaches)
    (folder / "needs.jsonl").write_text(needs)
    (folder / "grades.json").write_text(json.dumps(grades))
    return folder


def test_a_gain_is_the_mean_grade_of_the_readers(tmp_path: Path) -> None:
    judged = judgements.load(write(tmp_path))
    assert judged.gains == {"n1": {"c1": 2.5}}
    assert judged.coaches == {"c1": a_coach()}
    assert judged.needs == {"n1": a_need(id="n1")}


def test_judgements_are_known_by_their_content(tmp_path: Path) -> None:
    first = judgements.load(write(tmp_path)).digest
    assert judgements.load(write(tmp_path)).digest == first
    other_grade = {"A": {"n1": {"c1": 3}}, "B": {"n1": {"c1": 3}}}
    assert judgements.load(write(tmp_path, grades=other_grade)).digest != first
    assert judgements.load(write(tmp_path, coaches=COACH + "\n")).digest != first


@pytest.mark.parametrize(
    ("grades", "message"),
    [
        ({"A": {"n1": {"c1": 3}}, "B": {"n1": {}}}, "same pairs"),
        ({}, "same pairs"),
        ({"A": {"n1": {"c9": 3}}}, "c9"),
        ({"A": {"n9": {"c1": 3}}}, "n9"),
        ({"A": {"n1": {"c1": 4}}}, "less than or equal to 3"),
    ],
)
def test_grades_that_do_not_fit_together_are_refused(tmp_path: Path, grades: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        judgements.load(write(tmp_path, grades=grades))


def test_a_profile_that_breaks_the_contract_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        judgements.load(write(tmp_path, coaches=COACH.replace('"name":"Ada Bell",', "")))


def test_the_coaches_graded_for_a_need_are_those_whom_the_service_finds_eligible() -> None:
    judged = judgements.load()
    index = CoachIndex.build([without_texts(coach) for coach in judged.coaches.values()])
    assert len(judged.gains) == 24
    for need_id, gains in judged.gains.items():
        eligible = screen(index, judged.needs[need_id], judgements.JUDGED_RATES, judgements.JUDGED_ON).eligible
        assert set(map(index.id_of, np.flatnonzero(eligible).tolist())) == gains.keys()
