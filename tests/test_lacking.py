"""When nobody is good enough, the answer says so and what is missing."""

from dataclasses import replace
from typing import Any

from matcher.domain import Need
from matcher.matching.index import Profile
from matcher.matching.recommender import Recommendation
from matcher.matching.scoring import Scorer
from tests.factories import a_coach, a_need
from tests.judged_world import a_recommender, scorer, telling
from training.judgements import JUDGED_ON

GOALS = ("delegation", "conflict_resolution")
NEED = a_need(summary="", focus_areas=[{"area": area} for area in GOALS], level="senior")
TEXTS = "I taught a plant manager to hand over work.\n\nI settle conflicts between two people."


def coach(delegation: float, conflict: float, **changes: Any) -> Profile:
    return telling(a_coach(bio=TEXTS, **changes), delegation=[delegation, 0], conflict_resolution=[0, conflict])


def found(good_score: float | None, *profiles: Profile, need: Need = NEED, limit: int = 3) -> Recommendation:
    known: Scorer = replace(scorer(), good_score=good_score)
    return a_recommender(*profiles, scorer_=known).recommend(need, limit, JUDGED_ON)


def test_a_best_coach_who_is_good_enough_is_a_good_match_and_nothing_is_lacking() -> None:
    score = found(None, coach(0.9, 0.9)).coaches[0].score
    at_it = found(score, coach(0.9, 0.9))
    assert (at_it.good_match, at_it.lacking) == (True, None)
    below = found(score + 1e-9, coach(0.9, 0.9))
    assert below.good_match is False
    assert below.lacking


def test_nothing_is_said_when_a_good_score_is_not_known_or_nobody_is_there() -> None:
    for unknown in (found(None, coach(0, 0)), found(0.5)):
        assert (unknown.good_match, unknown.lacking) == (None, None)


def test_what_is_lacking_are_goals_without_evidence_and_where_the_best_loses_most() -> None:
    middle = {"experience": {"levels_coached": ["middle"]}, "focus_areas": ["boundaries"]}
    only = found(2, coach(0.9, 0.1, **middle))
    weights = {weight.facet: weight for weight in scorer().facets}
    level, claimed = weights["level"], weights["goals_claimed"]
    losses = {
        "goals named as focus areas": -claimed.weight * claimed.neutral,
        "level of managers coached": level.weight * (0.5 - level.neutral),
        "credentials": weights["credentials"].weight * -weights["credentials"].neutral,
    }
    first, second = sorted(losses, key=lambda facet: losses[facet])[:2]
    assert only.lacking == (
        "No coach shown gives evidence of help with conflict resolution. "
        f"The best of them loses most by {first} ({losses[first]:+.3f}) and {second} ({losses[second]:+.3f})."
    )


def test_a_goal_that_any_coach_shown_gives_evidence_of_is_not_lacking() -> None:
    both = coach(0.9, 0), coach(0, 0.9, id="c2")
    assert "No coach shown" not in str(found(2, *both).lacking)
    assert "help with" in str(found(2, *both, limit=1).lacking)


def test_a_passage_against_a_goal_is_no_evidence_of_help() -> None:
    assert "help with conflict resolution." in str(found(2, coach(0.9, -0.9)).lacking)


def test_when_no_one_thing_is_missing_the_two_scores_are_named() -> None:
    whole = replace(
        scorer(), facets=tuple(w.model_copy(update={"neutral": 0.0}) for w in scorer().facets), good_score=2
    )
    best = a_recommender(coach(0.9, 0.9), scorer_=whole).recommend(NEED, 3, JUDGED_ON)
    assert best.lacking == (
        f"No one thing is missing: the best coach scores {best.coaches[0].score:.3f}, and good choices begin at 2.000."
    )
