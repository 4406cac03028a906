"""The profiles that measurements are made on, and what is timed; the measurements themselves are no test."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import files
from itertools import combinations

import pytest
from apiflask import APIFlask

from benchmarks.generate import generate
from benchmarks.stages import PARTS_OF_READING, READING, WHOLE, split_by_stage
from matcher.domain import Coach
from matcher.matching.area_classifier import CARD
from matcher.matching.passages import coach_passages
from matcher.service import put_coaches
from matcher.store.documents import read_coach, written
from tests.clients import service
from tests.factories import FakeEncoder, a_coach, a_need
from training import judgements

NOW = datetime(2027, 1, 4, 9, 30, tzinfo=UTC)

COUNT = 300


@pytest.fixture(scope="module")
def judged() -> list[Coach]:
    return list(judgements.load().coaches.values())


def lines(coaches: list[Coach], seed: int) -> list[str]:
    return [written(coach) for coach in generate(COUNT, coaches, seed)]


def test_generated_profiles_keep_the_contract_and_have_ids_of_their_own(judged: list[Coach]) -> None:
    generated = list(generate(COUNT, judged))
    assert [coach.id for coach in generated[:2]] == ["g00001", "g00002"]
    assert len({coach.id for coach in generated}) == COUNT
    assert [read_coach(coach.id, written(coach)) for coach in generated] == generated


def test_every_passage_of_a_generated_profile_is_one_of_a_judged_profile(judged: list[Coach]) -> None:
    known = {passage.text for coach in judged for passage in coach_passages(coach)}
    assert {passage.text for coach in generate(COUNT, judged) for passage in coach_passages(coach)} <= known


def test_generated_profiles_differ_from_each_other_and_are_as_long_as_judged_ones(judged: list[Coach]) -> None:
    generated = list(generate(COUNT, judged))
    passages = [{passage.text for passage in coach_passages(coach)} for coach in generated]
    assert max(len(one & other) / len(one | other) for one, other in combinations(passages, 2)) < 0.5

    def passages_each(coaches: list[Coach]) -> float:
        return sum(len(coach_passages(coach)) for coach in coaches) / len(coaches)

    assert passages_each(generated) == pytest.approx(passages_each(judged), rel=0.15)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_gives_others(judged: list[Coach]) -> None:
    assert lines(judged, seed=1) == lines(judged, seed=1)
    assert lines(judged, seed=1) != lines(judged, seed=2)


@pytest.fixture
def stages(start: Callable[..., APIFlask]) -> list[dict[str, float]]:
    """Of two needs, read by the packaged classifiers from what a fake encoder makes of them."""
    encoder = FakeEncoder(384)
    encoder.name = json.loads(files("matcher.matching").joinpath(CARD).read_bytes())["encoder"]
    own = service(start(encoder))
    put_coaches(own.engine, encoder, [a_coach(bio="Works alone on the role.")], NOW)
    # Each in other words, since those that were encoded lately are not encoded again.
    needs = [a_need(summary=f"{number} times she did all of it alone.") for number in range(3)]
    found = split_by_stage(own.desk, encoder, needs, 3, NOW, unmeasured=1)
    assert {len(seconds) for seconds in found.values()} == {2}
    return [{stage: seconds[number] for stage, seconds in found.items()} for number in range(2)]


def test_every_stage_of_a_shortlist_is_timed_and_together_they_are_the_whole(stages: list[dict[str, float]]) -> None:
    for measured in stages:
        assert sum(measured[stage] for stage in measured.keys() - {WHOLE, *PARTS_OF_READING}) == pytest.approx(
            measured[WHOLE]
        )
        # One coach is few, so that relaxations are looked for too.
        assert min(measured.values()) > 0


def test_what_reading_adds_to_encoding_is_timed_part_by_part(stages: list[dict[str, float]]) -> None:
    for measured in stages:
        assert sum(measured[part] for part in PARTS_OF_READING) == pytest.approx(measured[READING])
