"""Each facet in a small world whose right answer is known, asked through the recommender."""

import json
from dataclasses import replace
from importlib.resources import files
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain import Coach, Need
from matcher.domain.vocabulary import FOCUS_AREAS, INDUSTRIES, LEVELS, STYLES
from matcher.matching.areas import WHOLE
from matcher.matching.facets import FACETS
from matcher.matching.facets.goals import HONEST_CLAIMS
from matcher.matching.facets.measured import INCREDIBLE
from matcher.matching.facets.suited import BESIDE, ELSEWHERE, ENOUGH_SHOWN, EVIDENCED, UNKNOWN_SUITS
from matcher.matching.facets.suited import TOLD as TOLD_SHARE
from matcher.matching.index import Profile
from tests.covered import ALL_IS_SHOWN, NOTHING_IS_SHOWN, by_name
from tests.factories import LAST_DECIMAL, a_coach, a_need
from tests.judged_world import a_recommender, judged, reader, recommended, telling
from training.judgements import JUDGED_ON

UNKNOWN = pytest.approx(np.nan, nan_ok=True)
ABOUT = json.loads(files("matcher.matching").joinpath("focus_areas.json").read_text("utf-8"))


def called(coach: Coach | Profile, coach_id: str) -> Coach | Profile:
    if isinstance(coach, Profile):
        return replace(coach, coach=coach.coach.model_copy(update={"id": coach_id}))
    return coach.model_copy(update={"id": coach_id})


def values(facet: str, need: Need, *coaches: Coach | Profile) -> list[float]:
    """The facet's value of each coach, in the order given."""
    numbered = [called(coach, f"c{place}") for place, coach in enumerate(coaches)]
    assessment = a_recommender(*numbered).recommend(need, 1, JUDGED_ON).assessment
    measured = assessment.values[:, assessment.scorer.names.index(facet)]
    found = dict(zip(assessment.order.tolist(), measured.tolist(), strict=True))
    return [found[place] for place in range(len(coaches))]


def goals(*areas: str, **importance: int) -> Need:
    stated = [{"area": area} for area in areas] + [
        {"area": area, "importance": number} for area, number in importance.items()
    ]
    return a_need(summary="", focus_areas=stated)


def experienced(**facts: Any) -> Coach:
    return a_coach(experience=facts)


def times(*windows: tuple[str, str, str]) -> dict[str, Any]:
    return {"weekly": [{"day": day, "from": start, "to": end} for day, start, end in windows]}


def test_goals_claimed_is_the_share_of_the_goals_by_importance() -> None:
    need = goals(delegation=3, boundaries=1)
    claims: list[list[str]] = [
        ["delegation"],
        ["boundaries", "execution"],
        ["delegation", "boundaries"],
        ["execution"],
        [],
    ]
    assert values("goals_claimed", need, *(a_coach(focus_areas=areas) for areas in claims)) == [
        0.75,
        0.25,
        1,
        0,
        UNKNOWN,
    ]


GOALS = st.dictionaries(st.sampled_from(FOCUS_AREAS), st.integers(1, 3), min_size=1, max_size=HONEST_CLAIMS)


@given(GOALS)
@settings(max_examples=20, deadline=None)
def test_a_coach_who_claims_every_goal_covers_them_wholly_and_never_more(importance: dict[str, int]) -> None:
    assert values("goals_claimed", goals(**importance), a_coach(focus_areas=[*importance])) == [pytest.approx(1)]


@given(st.dictionaries(st.sampled_from(FOCUS_AREAS), st.integers(1, 3), min_size=1))
@settings(max_examples=20, deadline=None)
def test_naming_every_area_there_is_never_beats_naming_the_right_ones(importance: dict[str, int]) -> None:
    need = goals(**importance)
    right, every = (a_coach(focus_areas=[*claims]) for claims in (importance, FOCUS_AREAS))
    honest, stuffed = values("goals_claimed", need, right, every)
    assert stuffed == 0
    assert honest > 0 or len(importance) >= INCREDIBLE * HONEST_CLAIMS


def test_each_claim_beyond_the_honest_number_makes_all_of_them_count_for_less() -> None:
    others = [area for area in FOCUS_AREAS if area != "delegation"]
    numbers = (HONEST_CLAIMS - 1, HONEST_CLAIMS, HONEST_CLAIMS + 1, 2 * HONEST_CLAIMS)
    coaches = [a_coach(focus_areas=["delegation", *others[: number - 1]]) for number in numbers]
    expected = [1, 1, HONEST_CLAIMS / (HONEST_CLAIMS + 1), 0.5]
    assert values("goals_claimed", goals("delegation"), *coaches) == pytest.approx(expected, abs=LAST_DECIMAL)


def test_goals_evidenced_is_high_for_a_text_on_the_goal_and_unknown_without_a_text() -> None:
    on_it, elsewhere = a_coach(bio=ABOUT["delegation"]["profile"]), a_coach(bio=ABOUT["negotiation"]["profile"])
    high, low, unknown = values("goals_evidenced", goals("delegation"), on_it, elsewhere, a_coach())
    assert high > 0.8 / WHOLE
    assert low < 0.3 / WHOLE
    assert unknown == UNKNOWN
    half, _ = values("goals_evidenced", goals("delegation", "negotiation"), on_it, elsewhere)
    assert half < high


def test_more_text_on_the_goals_is_never_worse() -> None:
    texts = [ABOUT[area]["profile"] for area in ("negotiation", "delegation", "boundaries")]
    coaches = [a_coach(bio="\n\n".join(texts[: number + 1])) for number in range(3)]
    need = a_need(summary="Delegation. " + ABOUT["delegation"]["need"], focus_areas=[{"area": "delegation"}])
    found = values("goals_evidenced", need, *coaches)
    assert found == sorted(found)


TOLD, ASIDE = ABOUT["boundaries"]["need"], "golf hotel india juliett"


def test_told_evidenced_is_how_clearly_help_is_shown_with_what_the_text_tells_of_beside_the_goals() -> None:
    need = a_need(summary=TOLD, focus_areas=[{"area": "delegation"}])
    told = {goal.area: goal.weight for goal in reader().read(need).told}
    assert max(told, key=told.__getitem__) == "boundaries"
    text = a_coach(bio=f"{ASIDE}\n\nkilo lima mike november")
    shown = [
        telling(text, boundaries=[0.5, 0]),
        telling(text, boundaries=[0.5, 0.5]),
        telling(text, **{area: [1.0, 1.0] for area in told}),
        telling(text, execution=[1.0, 0]),
        a_coach(),
    ]
    assert "execution" not in told
    assert values("told_evidenced", need, *shown) == [
        pytest.approx(0.5 / WHOLE * told["boundaries"], abs=LAST_DECIMAL),
        pytest.approx(1.0 / WHOLE * told["boundaries"], abs=LAST_DECIMAL),
        pytest.approx(1),
        0,
        UNKNOWN,
    ]


def test_what_the_text_tells_of_is_not_counted_twice_and_is_unknown_without_text() -> None:
    text = telling(a_coach(bio=ASIDE), boundaries=[1.0])
    assert values("told_evidenced", a_need(summary=TOLD), text) == [UNKNOWN]
    assert values("goals_evidenced", a_need(summary=TOLD), text)[0] > 0
    assert values("told_evidenced", goals("delegation"), text) == [UNKNOWN]


def test_nothing_against_falls_the_more_clearly_a_passage_speaks_against_one_of_the_goals() -> None:
    text = a_coach(bio=f"{ASIDE}\n\nkilo lima mike november")
    coaches = [
        telling(text),
        telling(text, delegation=[0.9, -0.75]),
        telling(text, delegation=[-0.25, -0.5], boundaries=[0, -0.25]),
        telling(text, boundaries=[-1, 0]),
        telling(text, execution=[-1, -1]),
        a_coach(),
    ]
    found = values("nothing_against", goals("delegation", "boundaries"), *coaches)
    assert found == [1, 0.25, 0.5, 0, 1, UNKNOWN]


def test_a_passage_that_speaks_against_a_goal_does_not_show_help_with_it() -> None:
    text = a_coach(bio=f"{ASIDE}\n\nkilo lima mike november")
    one, both = telling(text, delegation=[0.5, 0]), telling(text, delegation=[0.5, -1])
    assert values("goals_evidenced", goals("delegation"), one, both) == [0.5 / WHOLE] * 2


@pytest.mark.parametrize("facet", ["goals_evidenced", "told_evidenced"])
def test_a_passage_copied_from_the_need_adds_nothing_and_takes_nothing_away(facet: str) -> None:
    summary = f"{TOLD} {ABOUT['delegation']['need']}"
    need = a_need(summary=summary, focus_areas=[{"area": "delegation"}, {"area": "boundaries"}])
    own = ABOUT["delegation"]["profile"]
    honest, copied, nothing_else = values(
        facet, need, *(a_coach(bio=bio) for bio in (own, f"{own}\n\n{summary}", summary))
    )
    assert copied == honest > 0
    assert nothing_else == 0


def test_a_passage_copied_from_the_need_is_not_quoted() -> None:
    need = a_need(summary=TOLD, focus_areas=[{"area": "boundaries"}])
    coach = a_coach(bio=f"{ABOUT['boundaries']['profile']}\n\n{TOLD}")
    shown = a_recommender(coach).recommend(need, 1, JUDGED_ON).coaches[0]
    assert any(entry.source == "bio" for entry in shown.evidence)
    assert TOLD not in {entry.quote for entry in shown.evidence}


def test_the_passages_that_a_facet_rests_on_are_the_nearest_first_each_once_and_none_unrelated() -> None:
    told, other = ABOUT["delegation"]["profile"], "golf hotel india juliett"
    coach = a_coach(bio=f"{other}\n\n{told}")
    shown = a_recommender(coach).recommend(goals("delegation", "communication"), 1, JUDGED_ON).coaches[0]
    assert [(entry.source, entry.quote) for entry in shown.evidence if entry.facet == "goals_evidenced"] == [
        ("bio", told)
    ]


COVERED = {"focus_areas": [{"area": "delegation", "importance": 3}, {"area": "boundaries", "importance": 1}]}
HALF_NAMED = by_name(0.75)
"""How far those goals are covered by a coach who names delegation and has no text."""


def test_goals_are_covered_most_at_the_level_itself_and_more_beside_it_than_elsewhere() -> None:
    need = a_need(summary="", level="senior", **COVERED)
    coached: list[list[str]] = [["senior"], ["middle"], ["executive", "first_line"], ["first_line"], []]
    coaches = [a_coach(focus_areas=["delegation"], experience={"levels_coached": levels}) for levels in coached]
    shares = [1, BESIDE, BESIDE, ELSEWHERE, UNKNOWN_SUITS]
    assert values("level", need, *coaches) == pytest.approx([HALF_NAMED * share for share in shares], abs=LAST_DECIMAL)
    anybody = a_need(summary="", **COVERED)
    assert values("level", anybody, *coaches) == pytest.approx([HALF_NAMED * UNKNOWN_SUITS] * 5, abs=LAST_DECIMAL)


def test_goals_are_covered_by_what_is_named_and_shown_the_first_evidence_telling_most() -> None:
    need = a_need(summary=TOLD, level="senior", focus_areas=[{"area": "delegation"}])
    told = {goal.area: goal.weight for goal in reader().read(need).told}
    text = a_coach(bio=ASIDE, focus_areas=["boundaries"], experience={"levels_coached": ["senior"]})
    strengths = [{}, {"delegation": [0.5]}, {"delegation": [1.0]}, {"delegation": [1.0], "boundaries": [1.0]}]
    shown = [telling(text, **areas) for areas in strengths]
    found = values("level", need, *shown)
    evidence = [EVIDENCED * share / WHOLE for share in (0, 0.5, 1, 1)]
    beside = [TOLD_SHARE * told["boundaries"] / WHOLE * share for share in (0, 0, 0, 1)]
    foremost = [NOTHING_IS_SHOWN, *[ALL_IS_SHOWN] * 3]
    expected = np.sqrt(np.add(evidence, beside)) * foremost
    assert found == pytest.approx(expected.tolist(), abs=LAST_DECIMAL)
    named = a_coach(focus_areas=["delegation"], experience={"levels_coached": ["senior"]})
    assert values("level", need, named) == pytest.approx([by_name()], abs=LAST_DECIMAL)


def test_less_is_covered_the_less_is_shown_of_the_stated_goals_that_matter_most() -> None:
    need = goals(delegation=3, boundaries=3, execution=1).model_copy(update={"level": "senior"})
    text = a_coach(bio=ASIDE, focus_areas=["talent_retention"], experience={"levels_coached": ["senior"]})
    enough = ENOUGH_SHOWN * WHOLE
    strengths = [{"delegation": enough}, {"delegation": enough / 2}, {"execution": 1.0}]
    found = values("level", need, *(telling(text, **{area: [one] for area, one in own.items()}) for own in strengths))
    weighed = [EVIDENCED * share for share in (3 / 7 * ENOUGH_SHOWN, 3 / 7 * ENOUGH_SHOWN / 2, 1 / 7 / WHOLE)]
    expected = np.sqrt(weighed) * [ALL_IS_SHOWN, (ALL_IS_SHOWN + NOTHING_IS_SHOWN) / 2, NOTHING_IS_SHOWN]
    assert found == pytest.approx(expected.tolist(), abs=LAST_DECIMAL)
    # Who names all areas names none.
    everything = text.model_copy(update={"focus_areas": FOCUS_AREAS})
    stuffed = values("level", need, telling(everything, execution=[1.0]))
    assert stuffed == pytest.approx([expected[-1]], abs=LAST_DECIMAL)
    # Of goals that are read from a text it is not sure enough which one matters most.
    read = reader().read(a_need(summary=TOLD, level="senior")).goals
    last = {read[-1].area: [enough]}
    (covered,) = values("level", a_need(summary=TOLD, level="senior"), telling(text, **last))
    assert covered == pytest.approx(np.sqrt(EVIDENCED * ENOUGH_SHOWN * read[-1].weight), abs=LAST_DECIMAL)


def test_how_far_an_empty_profile_covers_goals_is_unknown() -> None:
    empty = experienced(levels_coached=["senior"])
    assert values("level", a_need(summary="", level="senior", **COVERED), empty) == [UNKNOWN]
    assert values("style_to_avoid", a_need(summary="", **COVERED), empty) == [UNKNOWN]


@pytest.mark.parametrize(
    ("facet", "fact", "enough"), [("leadership", "leadership_years", 6), ("coaching_hours",) * 2 + (750,)]
)
def test_years_and_hours_saturate(facet: str, fact: str, enough: float) -> None:
    found = values(facet, a_need(), *(experienced(**{fact: number}) for number in (None, 0, 1, enough, 80)))
    assert found[:2] == [UNKNOWN, 0]
    assert found[3] == pytest.approx(1 - 1 / np.e, abs=LAST_DECIMAL)
    assert found[1] < found[2] < found[3]
    assert found[4] <= 1


def test_credentials_count_by_rank_if_valid_on_the_start_and_half_when_not_verified() -> None:
    def holding(*levels: str, **facts: Any) -> Coach:
        return a_coach(credentials=[{"body": "ICF", "level": level, "verified": True} | facts for level in levels])

    start = a_need().start_by
    found = values(
        "credentials",
        a_need(),
        a_coach(),
        holding("ACC"),
        holding("ACC", "MCC"),
        holding("MCC", verified=False),
        holding("MCC", valid_until=str(start)),
        holding("MCC", valid_until="2027-01-03"),
    )
    assert found == [0, 0.5, 1, 0.5, 1, 0]


def test_references_are_a_mean_drawn_to_that_of_all_and_verified_and_recent_ones_draw_more() -> None:
    def rated(*ratings: float, **facts: Any) -> Coach:
        given_ = {"verified": True, "date": str(JUDGED_ON)} | facts
        return a_coach(references=[{"rating": rating} | given_ for rating in ratings])

    coaches = [a_coach(), rated(5), rated(5, 5, 5), rated(5, verified=False), rated(5, date="2023-12-02"), rated(3)]
    found = values("references", a_need(), *coaches)
    mean = (5 * 6 + 3) / 7
    assert found[0] == UNKNOWN
    for place, weight in {1: 1, 2: 3, 3: 0.5, 4: 0.5}.items():
        drawn = (5 * weight + 3 * mean) / (weight + 3)
        assert found[place] == pytest.approx((drawn - 3) / 2, abs=1e-3)
    assert found[5] < (mean - 3) / 2 < found[3]


def test_style_wanted_is_the_share_and_no_goal_is_covered_in_a_style_to_avoid() -> None:
    styles = {"preferred": ["supportive", "structured"], "avoid": ["directive", "exploratory"]}
    need = a_need(summary="", styles=styles, **COVERED)
    works = [["supportive"], ["structured", "supportive", "directive"], ["reflective"], []]
    coaches = [a_coach(focus_areas=["delegation"], styles=styles) for styles in works]
    assert values("style_wanted", need, *coaches) == [0.5, 1, 0, UNKNOWN]
    shares = [1, 0, 1, UNKNOWN_SUITS]
    assert values("style_to_avoid", need, *coaches) == pytest.approx(
        [HALF_NAMED * share for share in shares], abs=LAST_DECIMAL
    )
    tolerant = a_need(summary="", **COVERED)
    assert values("style_to_avoid", tolerant, *coaches) == pytest.approx(
        [HALF_NAMED * UNKNOWN_SUITS] * 4, abs=LAST_DECIMAL
    )


def test_industry_is_whole_for_the_same_and_half_for_a_related_one() -> None:
    known: list[list[str]] = [["banking"], ["fintech", "mining"], ["mining"], []]
    coaches = [a_coach(industries=industries) for industries in known]
    assert values("industry", a_need(industry="banking"), *coaches) == [1, 0.5, 0, UNKNOWN]
    assert values("industry", a_need(), *coaches) == [UNKNOWN] * 4


def test_a_coach_who_is_free_today_is_free_early_enough_however_soon_the_start() -> None:
    def accepting(day: str | None) -> Coach:
        return a_coach(availability={"capacity": 1, "accepting_from": day})

    coaches = [accepting(day) for day in (None, "2020-01-01", "2026-12-01")]
    assert values("start_and_times", a_need(start_by=None), *coaches) == [1, 1, 1]
    assert values("start_and_times", a_need(start_by="2026-12-16"), *coaches, accepting("2026-12-10")) == [1, 1, 1, 0.2]
    days = ("2026-12-05", "2026-12-20", "2027-01-04")
    assert values("start_and_times", a_need(), *map(accepting, days)) == [1, 0.5, 0]


def test_time_in_common_counts_up_to_three_sessions_a_week() -> None:
    need = a_need(timezone="Europe/Amsterdam", availability=times(("mon", "09:00", "12:00"), ("tue", "09:00", "10:00")))
    free = [times(("mon", "09:00", hour)) | {"capacity": 1} for hour in ("10:00", "11:30", "12:00", "18:00")]
    found = values("start_and_times", need, *(a_coach(availability=availability) for availability in free))
    assert found == pytest.approx([(1 + room) / 2 for room in (1 / 3, 2.5 / 3, 1, 1)], abs=LAST_DECIMAL)


COACHES = st.builds(
    a_coach,
    bio=st.sampled_from(["", ABOUT["delegation"]["profile"], "Lima mike. " * 40]),
    focus_areas=st.lists(st.sampled_from(FOCUS_AREAS)),
    styles=st.lists(st.sampled_from(STYLES)),
    industries=st.lists(st.sampled_from(INDUSTRIES)),
    experience=st.fixed_dictionaries(
        {"levels_coached": st.lists(st.sampled_from(LEVELS))},
        optional={"leadership_years": st.floats(0, 80), "coaching_hours": st.floats(0, 200_000)},
    ),
    references=st.lists(st.fixed_dictionaries({"rating": st.sampled_from([1, 4.5, 5])}), max_size=3),
)


@settings(max_examples=40, deadline=None)
@given(COACHES, st.sampled_from(list(judged().needs)))
def test_every_value_is_unknown_or_lies_from_0_to_1(coach: Coach, need_id: str) -> None:
    asked = {"languages": (), "modalities": (), "budget": None, "requirements": {}, "availability": {"weekly": ()}}
    need = Need.model_validate(judged().needs[need_id].model_dump(by_alias=True) | asked)
    measured = a_recommender(coach).recommend(need, 1, JUDGED_ON).assessment.values
    assert measured.shape == (1, len(FACETS))
    assert ((measured >= 0) & (measured <= 1) | np.isnan(measured)).all()


def test_every_facet_tells_coaches_of_the_judged_set_apart() -> None:
    measured = np.concatenate([recommended(need_id).assessment.values for need_id in judged().needs])
    known = ~np.isnan(measured).all(axis=0)
    # There are no sentences about wishes, so that none is read.
    assert [facet for facet, any_known in zip(FACETS, known, strict=True) if not any_known] == ["background"]
    spread = dict(zip(np.array([*FACETS])[known].tolist(), np.nanstd(measured[:, known], axis=0).tolist(), strict=True))
    # Likeness to sentences never speaks against anybody.
    assert spread.pop("nothing_against") == 0
    assert min(spread.values()) > 0.02
