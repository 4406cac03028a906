import numpy as np
import pytest

from matcher.domain import Coach
from matcher.matching.index import Profile
from matcher.matching.passages import coach_passages
from tests.factories import FakeEncoder, a_coach, a_need
from training import baselines

ENCODER = FakeEncoder(4096)
DELEGATES = a_coach(
    id="c1",
    bio="I help managers who cannot delegate to hand over work.\n\nI sail with friends, and I cook on weekends.",
    focus_areas=["delegation", "time_management"],
)
TAGGED = a_coach(id="c2", bio="A passion for excellence, synergy and people.", focus_areas=["conflict_resolution"])
SILENT = a_coach(id="c3")
COACHES = {coach.id: coach for coach in (DELEGATES, TAGGED, SILENT)}
NEED = a_need(
    summary="She cannot delegate to others.",
    focus_areas=[{"area": "delegation", "importance": 3}, {"area": "conflict_resolution", "importance": 1}],
)
TEXT_ALONE = a_need(summary="She cannot delegate to others.")


def profile(coach: Coach) -> Profile:
    vectors = ENCODER.encode([passage.text for passage in coach_passages(coach)])
    return Profile(coach, vectors, vectors[:, :0])


def test_tags_count_by_the_importance_of_the_goals_they_meet() -> None:
    ranker = baselines.tags_only(COACHES)
    assert ranker(NEED, ["c3", "c2", "c1"]).tolist() == [0, 0.25, 0.75]
    assert ranker(TEXT_ALONE, ["c1", "c2"]).tolist() == [0, 0]


def test_bm25_finds_the_profile_that_shares_the_need_s_words() -> None:
    ranker = baselines.bm25(COACHES)
    scores = ranker(NEED, ["c3", "c2", "c1"])
    assert scores[2] > scores[1] > scores[0] == 0
    assert ranker(TEXT_ALONE, ["c2", "c1"])[0] == 0


def test_the_goals_of_a_need_speak_through_their_words() -> None:
    assert baselines.need_text(NEED) == "She cannot delegate to others.\ndelegation, conflict resolution"
    assert baselines.need_text(TEXT_ALONE) == "She cannot delegate to others."


def test_a_profile_is_read_whole_but_for_the_name() -> None:
    coach = a_coach(
        headline="Plant coach",
        approach="By asking.",
        focus_areas=["time_management"],
        methods=["GROW"],
        experience={"roles_held": ["Plant manager"]},
        references=[{"rating": 5, "text": "It helped."}],
    )
    lines = baselines.profile_text(coach).splitlines()
    assert {"Plant coach", "By asking.", "time management", "GROW", "Plant manager", "It helped."} <= set(lines)
    assert "Ada Bell" not in lines


def test_one_vector_is_compared_as_a_whole() -> None:
    need = a_need(summary="we sail")
    same, half, none = (a_coach(id=text, bio=text) for text in ("sail we", "we cook", "others"))
    ranker = baselines.one_vector({coach.id: coach for coach in (same, half, none)}, ENCODER)
    assert ranker(need, ["others", "we cook", "sail we"]) == pytest.approx([0, 0.5, 1], abs=1e-6)


def test_maxsim_takes_the_best_passage_whatever_else_the_profile_says() -> None:
    need = a_need(summary="I sail with friends, and I cook on weekends.")
    ranker = baselines.max_sim(COACHES, ENCODER)
    assert ranker(need, ["c1"])[0] == pytest.approx(1)
    assert ranker(need, ["c1", "c2"])[1] < 0.5


def test_text_and_goals_count_half_each_in_maxsim() -> None:
    need = a_need(summary="zebra", focus_areas=[{"area": "conflict_resolution"}])
    ranker = baselines.max_sim({TAGGED.id: TAGGED}, ENCODER)
    assert ranker(need, ["c2"])[0] == pytest.approx(0.5)


def test_a_profile_that_says_nothing_comes_last_in_maxsim() -> None:
    ranker = baselines.max_sim(COACHES, ENCODER)
    scores = ranker(NEED, list(COACHES))
    assert scores[2] == -1 == np.min(scores)
