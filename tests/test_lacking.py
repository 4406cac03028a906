"""When nobody is good enough, the answer says so and what is missing."""

from dataclasses import replace
from math import exp
from typing import Any

from matcher.domain import Need
from matcher.matching.explanation.labels import FACET_LABELS
from matcher.matching.facets.suited import EVIDENCED, UNKNOWN_SUITS
from matcher.matching.index import Profile
from matcher.matching.recommender import Recommendation
from matcher.matching.scoring import Scorer
from tests.factories import LAST_DECIMAL, a_coach, a_need
from tests.judged_world import a_recommender, scorer, telling
from training.judgements import JUDGED_ON

GOALS = ("delegation", "conflict_resolution")
NEED = a_need(summary="", focus_areas=[{"area": area} for area in GOALS], level="senior")
TEXTS = "I taught a plant manager to hand over work.\n\nI settle conflicts between two people."


def coach(delegation: float, conflict: float, **changes: Any) -> Profile:
    return telling(a_coach(bio=TEXTS, **changes), delegation=[delegation, 0], conflict_resolution=[0, conflict])


def found(
    good_score: float | None, *profiles: Profile, need: Need = NEED, limit: int = 3, by: Scorer | None = None
) -> Recommendation:
    known: Scorer = replace(by or scorer(), good_score=good_score)
    return a_recommender(*profiles, scorer_=known).recommend(need, limit, JUDGED_ON)


def lacking(short: float, *profiles: Profile, **asked: Any) -> str:
    """What is said when the best of the coaches is so much short of a good choice."""
    score = found(None, *profiles, **asked).coaches[0].score
    return str(found(score + short, *profiles, **asked).lacking)


WEIGHTS = {weight.facet: weight for weight in scorer().facets}


def weighing(evidence: float, others: float) -> Scorer:
    """The scorer with another weight of the goals' evidence, and that multiple of all other weights."""
    weights = {facet: evidence if facet == "goals_evidenced" else others * own.weight for facet, own in WEIGHTS.items()}
    facets = tuple(own.model_copy(update={"weight": weights[own.facet]}) for own in scorer().facets)
    return replace(scorer(), facets=facets)


EVIDENCE_ALONE = weighing(evidence=0.5, others=0)
UNFIT = {"experience": {"coaching_hours": 700}, "focus_areas": ["boundaries"]}
UNFIT_LOSSES = {
    FACET_LABELS[facet]: WEIGHTS[facet].weight * (value - WEIGHTS[facet].neutral)
    for facet, value in (("goals_claimed", 0), ("credentials", 0), ("coaching_hours", 1 - exp(-700 / 750)))
}


def in_order(losses: dict[str, float]) -> str:
    """Two losses at most."""
    return " and ".join(f"{facet} ({losses[facet]:+.3f})" for facet in sorted(losses, key=lambda facet: losses[facet]))


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


def test_goals_without_evidence_and_what_takes_most_from_the_best_are_lacking() -> None:
    taking_most = dict(sorted(UNFIT_LOSSES.items(), key=lambda loss: loss[1])[:2])
    assert lacking(0.05, coach(0.9, 0.1, **UNFIT), by=weighing(evidence=0.2, others=1)) == (
        "No coach shown gives evidence of help with conflict resolution. "
        f"The best coach is 0.050 short of a good choice and loses most by {in_order(taking_most)}."
    )


def test_what_makes_up_less_than_a_third_of_what_is_missing_is_not_named() -> None:
    unfit = coach(0.9, 0.9, **UNFIT)
    facet, most = min(UNFIT_LOSSES.items(), key=lambda loss: loss[1])
    short = -3 * most
    assert lacking(short - 1e-6, unfit).endswith(f"loses most by {facet} ({most:+.3f}).")
    assert lacking(short + 1e-6, unfit) == (
        f"No one thing is missing, but a little of everything: the best coach is {short:.3f} short of a good choice."
    )


def test_a_goal_is_named_if_a_passage_wholly_about_it_would_make_up_for_a_third_of_what_is_missing() -> None:
    # One of two goals of equal weight, and half of its evidence, since it takes two such passages to show all. Without
    # what it adds to how far the goals are covered, which counts where a coach suits.
    adds = WEIGHTS["goals_evidenced"].weight / 2 / 2
    now, then = (EVIDENCED * share for share in (0.25 * (0.9 + 0.1), 0.25 * (0.9 + 0.1) + 0.25))
    suits = WEIGHTS["level"].weight + WEIGHTS["style_to_avoid"].weight
    adds += suits * UNKNOWN_SUITS * (then**0.5 - now**0.5)
    hardly = 3 * LAST_DECIMAL
    assert "help with conflict resolution." in lacking(3 * adds - hardly, coach(0.9, 0.1))
    assert "help with" not in lacking(3 * adds + hardly, coach(0.9, 0.1))


def test_three_things_are_named_at_most_those_that_make_up_most() -> None:
    areas = {"execution": 1, "boundaries": 2, "delegation": 3, "conflict_resolution": 3}
    need = a_need(summary="", focus_areas=[{"area": area, "importance": much} for area, much in areas.items()])
    assert lacking(0.001, coach(0, 0), need=need, by=EVIDENCE_ALONE) == (
        "No coach shown gives evidence of help with delegation, conflict resolution and boundaries."
    )


def test_a_loss_that_is_small_beside_the_others_is_not_named_though_the_best_is_short_by_less() -> None:
    small, *large = sorted(UNFIT_LOSSES, key=lambda facet: -UNFIT_LOSSES[facet])
    assert UNFIT_LOSSES[small] < 0
    told = lacking(0.001, coach(0.9, 0.9, **UNFIT))
    assert told.endswith(f"loses most by {in_order({facet: UNFIT_LOSSES[facet] for facet in large})}.")
    assert small not in told


def test_what_the_goals_say_is_not_said_again_by_the_facet_that_sums_them_up() -> None:
    assert lacking(0.001, coach(0, 0), by=EVIDENCE_ALONE) == (
        "No coach shown gives evidence of help with delegation and conflict resolution."
    )


def test_a_goal_that_any_coach_shown_gives_evidence_of_is_not_lacking() -> None:
    both = coach(0.9, 0), coach(0, 0.9, id="c2")
    assert "No coach shown" not in lacking(0.01, *both)
    assert "help with" in lacking(0.01, *both, limit=1)


def test_a_passage_against_a_goal_is_no_evidence_of_help() -> None:
    assert "help with conflict resolution." in lacking(0.01, coach(0.9, -0.9), by=EVIDENCE_ALONE)
