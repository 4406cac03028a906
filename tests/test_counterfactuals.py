"""Whatever is said to change the order is done, to the profile or to the need, and the coaches recommended anew."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain import Coach, Credential, Need, Reference
from matcher.domain.vocabulary import label
from matcher.matching.explanation import why_not
from matcher.matching.explanation.changes import CHANGES
from matcher.matching.explanation.counterfactuals import MOST_CHANGES, place_in_words
from matcher.matching.facets.suited import UNKNOWN_SUITS
from matcher.matching.recommender import Recommendation, Recommender
from tests.covered import by_name
from tests.factories import a_coach, a_need
from tests.judged_world import a_recommender, judged, judged_recommender, profile, scorer, telling
from tests.strategies import COACHES, NEEDS
from training.judgements import JUDGED_ON


def all_verified(entries: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(entry.model_copy(update={"verified": True}) for entry in entries)


def free_earlier(coach: Coach) -> dict[str, Any]:
    day = coach.availability.accepting_from
    earlier = None if day is None else max(day - timedelta(days=30), JUDGED_ON)
    return {"availability": coach.availability.model_copy(update={"accepting_from": earlier})}


def more_hours(coach: Coach) -> dict[str, Any]:
    hours = coach.experience.coaching_hours
    return {
        "experience": coach.experience.model_copy(update={"coaching_hours": None if hours is None else hours + 250})
    }


DOING: dict[str, Callable[[Coach], dict[str, Any]]] = {
    "With every credential verified": lambda coach: {"credentials": all_verified(coach.credentials)},
    "With every reference verified": lambda coach: {"references": all_verified(coach.references)},
    "With one more verified reference, rated 5,": lambda coach: {
        "references": (*coach.references, Reference(rating=5, verified=True, date=JUDGED_ON))
    },
    "If free 30 days earlier, or else at once,": free_earlier,
    "With 250 more hours of coaching": more_hours,
    "With a verified ICF PCC": lambda coach: {
        "credentials": (*coach.credentials, Credential(body="ICF", level="PCC", verified=True))
    },
}
"""What each change does to a profile, in the order in which changes are named."""

SENTENCE = re.compile(rf"({'|'.join(DOING)}) this coach would (?:be|have been) (\w+)(, and so on the shortlist)?\.")
FACET = {change.words: change.facet for change in CHANGES}


def ids(found: Recommendation) -> list[str]:
    return [found.assessment.ids[row] for row in found.assessment.order]


def rank_after(recommender: Recommender, need: Need, coach: Coach, change: str) -> int:
    changed = profile(coach.model_copy(update=DOING[change](coach)))
    anew = replace(recommender, index=recommender.index.updated({coach.id: changed}))
    return ids(anew.recommend(need, 1, JUDGED_ON)).index(coach.id) + 1


def named(sentences: Sequence[str]) -> dict[str, int]:
    """The changes that sentences name, and the rank that each is said to lead to."""
    told = {}
    for sentence in sentences:
        found = SENTENCE.fullmatch(sentence)
        assert found, sentence
        told[found[1]] = next(rank for rank in range(1, 101) if place_in_words(rank) == found[2])
    assert list(told) == [change for change in DOING if change in told]
    assert len(told) <= MOST_CHANGES
    return told


def check(recommender: Recommender, need: Need, coach: Coach, rank: int, enough: int, sentences: Sequence[str]) -> None:
    """Each change named leads where it says, to `enough` or better; and no other one would that is not greater."""
    told = named(sentences)
    for change in DOING:
        after = rank_after(recommender, need, coach, change)
        if change in told:
            assert told[change] == after <= enough < rank + (enough == rank), (change, coach)
        elif len(told) < MOST_CHANGES:
            smaller = [told[other] for other in told if FACET[other] == FACET[change]]
            assert after > enough or (smaller and after >= min(smaller)), (change, coach)


def check_all(recommender: Recommender, need: Need, coaches: dict[str, Coach], shown: int, asked: int) -> int:
    """Checks what is said of the `asked` best but the first, of whom `shown` are shown; how many changes are named."""
    found = recommender.recommend(need, shown, JUDGED_ON)
    said = 0
    for rank, coach_id in enumerate(ids(found)[1:asked], start=2):
        sentences = (
            found.coaches[rank - 1].would_change
            if rank <= shown
            else why_not(found.assessment, coach_id, len(found.coaches))[2:]
        )
        check(recommender, need, coaches[coach_id], rank, rank - 1 if rank <= shown else shown, sentences)
        said += len(sentences)
    return said


def test_every_change_is_made_in_these_tests() -> None:
    assert [change.words for change in CHANGES] == list(DOING)


FEES = st.sampled_from([180, 200]).map(lambda amount: {"amount": amount, "currency": "EUR", "per": "hour"})


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(COACHES, FEES), min_size=2, max_size=4), NEEDS, st.integers(1, 3))
def test_what_is_said_to_change_the_order_does_so_whoever_the_coaches_are(
    drawn: list[tuple[Coach, dict[str, Any]]], need: Need, shown: int
) -> None:
    coaches = {
        f"c{place}": Coach.model_validate(coach.model_dump(by_alias=True) | {"id": f"c{place}", "fees": fees})
        for place, (coach, fees) in enumerate(drawn)
    }
    recommender = a_recommender(*coaches.values())
    check_all(recommender, need, coaches, shown, len(coaches))
    check_first(recommender, need)


def test_what_judged_coaches_could_change_is_true_of_the_order_anew() -> None:
    named_in = [
        check_all(judged_recommender(), judged().needs[need_id], judged().coaches, shown=3, asked=7)
        for need_id in list(judged().needs)[::3]
    ]
    assert sum(named_in) > 10


# In a world whose right answer is known by construction


def said(need: Need, *coaches: Coach) -> dict[str, tuple[str, ...]]:
    found = a_recommender(*coaches).recommend(need, len(coaches), JUDGED_ON)
    return {shown.coach_id: shown.would_change for shown in found.coaches}


PCC = {"body": "ICF", "level": "PCC", "verified": True}


def test_of_one_fact_the_smallest_change_that_moves_as_far_is_named() -> None:
    # Ratings are all the best there is, so that a further one moves nobody.
    rated: dict[str, Any] = {"references": [{"rating": 5, "verified": True}]}
    best = a_coach(id="a", credentials=[PCC], **rated)
    unverified = a_coach(id="b", credentials=[PCC | {"verified": False}], **rated)
    weight = {entry.facet: entry.weight for entry in scorer().facets}["credentials"]
    assert said(a_need(), best, unverified, a_coach(id="c", **rated)) == {
        "a": (f"Leads the second by {weight * 0.375:.3f}.",),
        "b": (),
        "c": ("With a verified ICF PCC this coach would be second.",),
    }
    cheaper = unverified.model_copy(update={"fees": unverified.fees.model_copy(update={"amount": 190})})
    assert said(a_need(), best, cheaper)["b"] == ("With every credential verified this coach would be first.",)


def test_at_most_two_changes_are_named_the_smallest_first() -> None:
    alike = {
        "credentials": [PCC | {"verified": False}],
        "availability": {"capacity": 1, "accepting_from": "2026-12-25"},
    }
    hours = {"a": 1000, "b": 750}
    coaches = {
        coach_id: a_coach(id=coach_id, experience={"coaching_hours": number}, **alike)
        for coach_id, number in hours.items()
    }
    recommender = a_recommender(*coaches.values())
    firsts = [change for change in DOING if rank_after(recommender, a_need(), coaches["b"], change) == 1]
    assert len(firsts) == 4
    assert said(a_need(), *coaches.values())["b"] == (
        "With every credential verified this coach would be first.",
        "With one more verified reference, rated 5, this coach would be first.",
    )


def test_a_coach_who_is_free_already_or_tells_no_hours_is_not_told_to_change_that() -> None:
    assert said(a_need(), a_coach(id="a", credentials=[PCC | {"level": "MCC"}]), a_coach(id="b"))["b"] == ()


GOALS = [{"area": "delegation", "importance": 3}, {"area": "boundaries", "importance": 1}]


def test_of_the_first_is_said_what_would_put_another_first() -> None:
    need = a_need(summary="", focus_areas=GOALS, styles={"avoid": ["directive"]})
    first = a_coach(id="a", focus_areas=["delegation", "boundaries"], styles=["systemic"])
    second = a_coach(id="b", focus_areas=["delegation"], styles=["systemic"], credentials=[PCC | {"level": "ACC"}])
    third = a_coach(id="c", focus_areas=["delegation", "boundaries"], styles=["directive"], credentials=[PCC])
    weights = {weight.facet: weight.weight for weight in scorer().facets}
    suits = weights["level"] * UNKNOWN_SUITS + weights["style_to_avoid"]
    covers_more = by_name() - by_name(0.75)
    lead = weights["goals_claimed"] / 4 + suits * covers_more - weights["credentials"] * 0.5
    assert said(need, first, second, third)["a"] == (
        f"Leads the second by {lead:.3f}.",
        "Without boundaries among the goals, the coach now second would be first.",
        "Without the style to avoid (directive), the coach now third would be first.",
    )


def test_a_lead_too_small_to_print_and_none_at_all_are_told_as_such() -> None:
    hours = [{"coaching_hours": 1500}, {"coaching_hours": 1501}]
    near = said(a_need(), *(a_coach(id=f"c{place}", experience=told) for place, told in enumerate(hours)))
    assert near["c1"] == ("Leads the second by less than 0.001.",)
    assert said(a_need(), a_coach(id="a"), a_coach(id="b"))["a"] == (
        "Scores as much as the second, and costs less or comes first by id.",
    )
    assert said(a_need(), a_coach()) == {"c1": ()}


def wishes_less(need: Need) -> dict[str, Need]:
    """The need without each wish that could be given up, by the words for it."""
    least = min((goal.importance for goal in need.focus_areas), default=0)
    less = {
        f"{label(goal.area)} among the goals": need.model_copy(
            update={"focus_areas": tuple(other for other in need.focus_areas if other != goal)}
        )
        for goal in need.focus_areas
        if goal.importance == least and len(need.focus_areas) > 1
    }
    if need.styles.avoid:
        tolerant = need.styles.model_copy(update={"avoid": ()})
        less["the style to avoid"] = need.model_copy(update={"styles": tolerant})
    return less


def check_first(recommender: Recommender, need: Need) -> int:
    """Checks that of the first is said for which need with one wish less another would be first; how many are named."""
    before = recommender.recommend(need, 1, JUDGED_ON)
    if len(before.assessment.order) < 2:
        assert all(shown.would_change == () for shown in before.coaches)
        return 0
    _, *others = before.coaches[0].would_change
    expected = []
    for wish, less in wishes_less(need).items():
        first = recommender.recommend(less, 1, JUDGED_ON).coaches[0].coach_id
        if first != before.coaches[0].coach_id:
            place = place_in_words(ids(before).index(first) + 1)
            expected.append(f"Without {wish}, the coach now {place} would be first.")
    plain = [re.sub(r"the styles? to avoid \([^)]*\)", "the style to avoid", sentence) for sentence in others]
    assert plain == expected[:MOST_CHANGES]
    return len(plain)


def test_what_would_put_another_first_is_true_of_the_order_anew() -> None:
    assert sum(check_first(judged_recommender(), need) for need in judged().needs.values()) > 10


def test_a_goal_that_is_left_out_no_longer_speaks_against_anybody() -> None:
    weights = {"goals_evidenced": 0.5, "nothing_against": 0.5}
    facets = tuple(
        facet.model_copy(update={"weight": weights.get(facet.facet, 0.0), "neutral": 0.0}) for facet in scorer().facets
    )
    one, other = (a_coach(id=name, bio="I help to hand work over and to hold limits.") for name in ("c1", "c2"))
    recommender = a_recommender(
        telling(one, delegation=[0.6], boundaries=[-0.9]),
        telling(other, delegation=[0.5], boundaries=[0.0]),
        scorer_=replace(scorer(), facets=facets),
    )
    need = a_need(
        summary="", focus_areas=[{"area": "delegation", "importance": 3}, {"area": "boundaries", "importance": 1}]
    )
    found = recommender.recommend(need, 2, JUDGED_ON)
    assert ids(found) == ["c2", "c1"]
    assert any("Without boundaries among the goals" in sentence for sentence in found.coaches[0].would_change)
    without = need.model_copy(update={"focus_areas": need.focus_areas[:1]})
    assert ids(recommender.recommend(without, 2, JUDGED_ON)) == ["c1", "c2"]
