"""Pairs from what became of shortlists: each world has a pair whose order and weight are known by hand."""

from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import numpy as np
import pytest

from matcher.domain import Outcome
from matcher.domain.outcome import RATINGS
from matcher.matching.assessment import Assessment
from matcher.matching.facets import FACETS
from matcher.matching.ids import Ids
from matcher.matching.scoring import FacetWeight, Scorer
from matcher.store.outcomes import ShortlistOutcomes
from matcher.store.shortlists import SealedShortlist
from training import learn_to_rank, preferences
from training.learn_to_rank import Graded
from training.preferences import Known, Learnable, known_of

NAMES = tuple(FACETS)
LEADERSHIP, GOALS = NAMES.index("leadership"), NAMES.index("goals_claimed")
PRIOR = Scorer("prior", tuple(FacetWeight(facet=name, weight=0.1, neutral=0.5) for name in NAMES))
LEADER, EXPERT = {LEADERSHIP: 0.9, GOALS: 0.1}, {LEADERSHIP: 0.1, GOALS: 0.9}
_serial = count(1)


def outcome(event: str, coach: int = 1, **details: Any) -> Outcome:
    return Outcome.model_validate({"coach_id": f"c{coach}", "event": event, "on": date(2027, 2, 1)} | details)


def reached(coach: int, degree: str = "fully") -> Outcome:
    return outcome("goal_reached", coach, degree=degree)


def a_shortlist(
    *outcomes: Outcome, coaches: list[dict[int, float]] | None = None, scorer: Scorer = PRIOR
) -> ShortlistOutcomes:
    """One whose coaches are c1, the best, c2, ...; each is 0.5 by every facet but those given."""
    coaches = coaches or [{}] * 4
    values = np.full((len(coaches), len(scorer.facets)), 0.5)
    for row, changes in enumerate(coaches):
        values[row, list(changes)] = list(changes.values())
    assessment = Assessment(
        ids=Ids(f"c{place}" for place in range(1, len(coaches) + 1)),
        failed=np.zeros((10, len(coaches)), bool),
        order=np.arange(len(coaches)),
        values=values,
        scorer=scorer,
        changes=(),
        gained=np.zeros((len(coaches), 0), np.int64),
    )
    name = f"s{next(_serial):06}"
    sealed = SealedShortlist(name, datetime(2027, 1, 4, tzinfo=UTC), "unread", assessment.to_bytes(), "unread")
    return ShortlistOutcomes(sealed, outcomes)


def found(*shortlists: ShortlistOutcomes) -> Learnable:
    return preferences.pairs_of([one for each in shortlists if (one := preferences.follow(each, NAMES))])


def by_outcome(*outcomes: Outcome) -> dict[tuple[str, str], float]:
    """The pairs of one shortlist, the better coach first."""
    return {
        (f"c{pair.better + 1}", f"c{pair.worse + 1}"): pair.weight for pair in found(a_shortlist(*outcomes)).outcomes
    }


def by_pick(*shortlists: ShortlistOutcomes) -> list[tuple[int, int]]:
    """Ranks picked, and those they were picked over."""
    return [(pair.better + 1, pair.worse + 1) for pair in found(*shortlists).picks]


# What outcomes say of a coach


@pytest.mark.parametrize(
    ("outcomes", "known"),
    [
        ([outcome("goal_reached", degree="fully")], Known(3.0, 1.0)),
        ([outcome("goal_reached", degree="partly")], Known(2.0, 1.0)),
        ([outcome("goal_reached", degree="not"), outcome("finished")], Known(0.5, 1.0)),
        ([outcome("finished"), outcome("talk_rated", rating=1)], Known(2.0, 1.0)),
        ([outcome("talk_rated", rating=5), outcome("first_talk")], Known(2.0, 0.5)),
        ([outcome("talk_rated", rating=1)], Known(0.0, 0.5)),
        ([outcome("talk_held")], Known(None, 0.5)),
        ([outcome("talk_rated_by_coach", rating=3)], Known(1.0, 0.5)),
        ([outcome("talk_rated", rating=5), outcome("talk_rated_by_coach", rating=2)], Known(1.25, 0.5)),
        (
            [outcome(event, rating=rating) for event, rating in zip(RATINGS, (1, 2, 3), strict=True)],
            Known(0.5, 0.5),
        ),
        ([outcome("declined", reason="style"), outcome("talk_rated", rating=4)], Known(0.0, 0.5)),
        ([outcome("declined", reason="references")], Known(0.0)),
        ([outcome("declined", reason="price")], Known(set_aside=True)),
        ([outcome("declined")], Known(set_aside=True)),
        ([outcome("declined", reason="chemistry"), outcome("talk_rated", rating=3)], Known(1.0, 0.5)),
        ([outcome("chosen"), outcome("first_talk")], Known(None, 1.0)),
        ([outcome("first_talk")], Known(None, 0.5)),
        ([outcome("chosen"), outcome("declined", reason="style")], Known(0.0)),
        ([outcome("chosen", on=date(2026, 12, 1)), outcome("declined", reason="price")], Known(set_aside=True)),
        ([outcome("chosen"), outcome("declined", reason="style", on=date(2027, 1, 31))], Known(None, 1.0)),
    ],
)
def test_the_strongest_outcome_of_a_coach_counts(outcomes: list[Outcome], known: Known) -> None:
    assert known_of(outcomes) == known_of(outcomes[::-1]) == known


def test_every_outcome_that_grades_has_its_place() -> None:
    graded = {"talk_rated": {"rating": 3}, "goal_reached": {"degree": "fully"}, "declined": {"reason": "style"}}
    for event in ("goal_reached", "finished", "declined", "talk_rated"):
        assert known_of([outcome(event, **graded.get(event, {}))]).grade is not None


# Pairs from outcomes


def test_pairs_are_of_coaches_with_different_outcomes_and_count_their_difference_once_a_coach() -> None:
    assert by_outcome(reached(1), reached(2, "not")) == {("c1", "c2"): 2.5}
    assert by_outcome(reached(3), reached(2)) == {}
    assert by_outcome(reached(4)) == {}
    assert by_outcome(outcome("declined", 1, reason="expertise"), outcome("finished", 2), reached(3)) == {
        ("c2", "c1"): 1.0,
        ("c3", "c1"): 1.5,
        ("c3", "c2"): 0.5,
    }


def test_coaches_of_different_shortlists_are_never_compared() -> None:
    assert found(a_shortlist(reached(1)), a_shortlist(reached(2, "not"))).outcomes == ()


def test_what_says_nothing_about_fit_is_left_out() -> None:
    for reason in ("price", "times", "chemistry", "other"):
        assert by_outcome(reached(1), outcome("declined", 2, reason=reason)) == {}


def test_values_are_those_of_the_seal_in_the_order_that_is_asked_for() -> None:
    turned = Scorer("turned", PRIOR.facets[::-1])
    last = len(NAMES) - 1
    learned = found(
        a_shortlist(reached(2), reached(1, "not"), coaches=[{last: 0.2}, {0: np.nan, last: 0.7}], scorer=turned)
    ).preferences()
    assert (learned.better[0, 0], learned.worse[0, 0]) == (0.7, 0.2)
    assert np.isnan(learned.better[0, last])


def test_a_shortlist_made_with_other_facets_is_not_followed() -> None:
    for facets in (PRIOR.facets[1:], (*PRIOR.facets, FacetWeight(facet="charm", weight=1, neutral=0))):
        assert preferences.follow(a_shortlist(reached(1), scorer=Scorer("old", facets)), NAMES) is None


def test_the_order_in_which_shortlists_come_changes_nothing() -> None:
    shortlists = [a_shortlist(reached(1), reached(2, degree), outcome("chosen", 3)) for degree in ("partly", "not")]
    one, other = (found(*order).preferences() for order in (shortlists, shortlists[::-1]))
    assert preferences.digest(one) == preferences.digest(other)
    assert preferences.digest(one) != preferences.digest(found(shortlists[0]).preferences())


# Pairs from picks


def test_a_pick_is_held_only_against_those_shown_before_who_were_not_picked() -> None:
    assert by_pick(a_shortlist(outcome("chosen", 3))) == [(3, 1), (3, 2)]
    assert by_pick(a_shortlist(outcome("chosen", 3), outcome("chosen", 1))) == [(3, 2)]
    assert by_pick(a_shortlist(outcome("chosen", 1))) == []


def test_one_refused_for_the_price_was_not_passed_over() -> None:
    assert by_pick(a_shortlist(outcome("chosen", 3), outcome("declined", 1, reason="price"))) == [(3, 2)]
    assert by_pick(a_shortlist(outcome("chosen", 3), outcome("declined", 1, reason="style"))) == [(3, 1), (3, 2)]


def test_a_pick_that_disappointed_is_taken_back() -> None:
    assert by_pick(a_shortlist(outcome("chosen", 3), reached(3, "not"))) == []
    assert by_pick(a_shortlist(outcome("chosen", 3), reached(3, "partly"))) == [(3, 1), (3, 2)]


def test_a_first_talk_counts_half_of_a_choice_and_a_pick_is_shared_among_those_passed_over() -> None:
    (chosen,), (talked_to,) = (found(a_shortlist(outcome(event, 2))).picks for event in ("chosen", "first_talk"))
    assert (chosen.weight, talked_to.weight) == pytest.approx((np.sqrt(2), np.sqrt(2) / 2))
    of_fourth = found(a_shortlist(outcome("chosen", 4))).picks
    assert sum(pair.weight for pair in of_fourth) == pytest.approx(2)


def test_corrections_are_clipped() -> None:
    deep = found(a_shortlist(outcome("chosen", 100), coaches=[{}] * 100)).picks
    assert sum(pair.weight for pair in deep) == pytest.approx(preferences.LARGEST_CORRECTION)


def picks_at(ranks: list[int]) -> list[ShortlistOutcomes]:
    return [a_shortlist(outcome("chosen", rank), coaches=[EXPERT, LEADER, {}]) for rank in ranks]


@pytest.mark.parametrize("ranks", [[1] * 20, [1] * 10 + [2] * 7 + [3] * 5], ids=["always the first", "by propensity"])
def test_picks_that_only_follow_position_teach_nothing(ranks: list[int]) -> None:
    graded = [a_shortlist(reached(2), reached(1, "not"), coaches=[EXPERT, LEADER, {}])]
    learned = found(*graded, *picks_at(ranks))
    assert learned.picks == ()
    assert preferences.digest(learned.preferences()) == preferences.digest(found(*graded).preferences())


def test_picks_that_position_does_not_explain_count_by_what_it_does_not() -> None:
    (few, *_), (many, *_) = (found(*picks_at([1] * 10 + [2] * number)).picks for number in (10, 40))
    assert few.weight == pytest.approx(np.sqrt(2) * (1 - 1 / np.sqrt(2)))
    assert many.weight == pytest.approx(np.sqrt(2) * (1 - 10 / (40 * np.sqrt(2))))


# Outcomes before picks


def a_graded_set() -> Graded:
    """Pairs by which every facet counts alike, by readers who do not agree with themselves."""
    rng = np.random.default_rng(3)
    values = rng.random((200, len(NAMES)))
    grades = (20 * (values.mean(axis=1) - 0.5) + 1.5 + rng.normal(size=200)).round().clip(0, 3)
    return Graded(values, grades, np.repeat(np.arange(10), 20))


def weights(shortlists: list[ShortlistOutcomes]) -> tuple[float, float]:
    """What leadership and goals count once learned from those."""
    learned = learn_to_rank.learn(PRIOR, a_graded_set(), "learned", beside=found(*shortlists).preferences())
    by_name = {facet.facet: facet.weight for facet in learned.facets}
    return by_name["leadership"], by_name["goals_claimed"]


def test_outcomes_win_where_picks_contradict_them() -> None:
    succeeded = [a_shortlist(reached(1), reached(2, "not"), coaches=[LEADER, EXPERT]) for _ in range(30)]
    picked = [a_shortlist(outcome("chosen", 2), coaches=[LEADER, EXPERT]) for _ in range(300)]
    by_outcomes, by_both = weights(succeeded), weights(succeeded + picked)
    assert found(*succeeded, *picked).picks
    assert by_outcomes[0] > by_both[0] > by_both[1] > by_outcomes[1]


def test_picks_count_at_most_half_of_what_outcomes_count() -> None:
    succeeded = a_shortlist(reached(1), reached(2, "not"))
    learned = found(succeeded, *(a_shortlist(outcome("chosen", 2)) for _ in range(100))).preferences()
    assert (learned.weights[0], learned.weights[1:].sum()) == pytest.approx((2.5, 1.25))
    one = found(succeeded, a_shortlist(outcome("first_talk", 2))).preferences()
    assert one.weights[1] == pytest.approx(np.sqrt(2) / 2)


def test_little_use_changes_little_and_more_of_it_more() -> None:
    without = learn_to_rank.learn(PRIOR, a_graded_set(), "learned")
    before = next(facet.weight for facet in without.facets if facet.facet == "leadership")
    shortlist = a_shortlist(reached(1), reached(2, "not"), coaches=[LEADER, EXPERT])
    little, more, much = (weights([shortlist] * times)[0] for times in (1, 10, 100))
    assert before < little < more < much
    assert little - before < 0.02
    assert much - before > 0.05
