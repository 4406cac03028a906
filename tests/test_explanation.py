"""Sentences are read back: each must have a known form, and what it says must stand in the profile."""

import re
from collections.abc import Callable
from statistics import fmean
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain import Coach, Need
from matcher.domain.vocabulary import INDUSTRY_GROUP, label
from matcher.matching.explanation import why_not
from matcher.matching.explanation.phrasing import managers
from matcher.matching.facets import FACETS
from matcher.matching.facets.suited import BESIDE, CLAIMED, EVIDENCED, TOLD, UNKNOWN_SUITS
from matcher.matching.passages import coach_passages
from matcher.matching.recommender import RankedCoach
from matcher.matching.scoring import FacetWeight, Scorer
from tests.covered import by_name
from tests.factories import a_coach, a_need
from tests.judged_world import a_recommender, judged, recommended, scorer, telling
from tests.strategies import ABOUT, COACHES, NEEDS
from training.judgements import JUDGED_ON

Holds = Callable[[re.Match[str], Coach, Need], bool]


def start(need: Need) -> Any:
    return need.start_by or JUDGED_ON


def valid(coach: Coach, need: Need) -> list[Any]:
    return [held for held in coach.credentials if held.valid_on(start(need))]


def in_words(number: float, words: str) -> bool:
    if "less than one" in words:
        return 0 < number < 1
    return round(number, 1) == float(words.split(maxsplit=1)[0].replace(",", ""))


def days_before(coach: Coach, need: Need) -> int:
    return (start(need) - (coach.availability.accepting_from or JUDGED_ON)).days


def is_free_today(coach: Coach) -> bool:
    return (coach.availability.accepting_from or JUDGED_ON) <= JUDGED_ON


def names(words: str, codes: Any) -> bool:
    """Whether a list in words names those codes and no other, or the first of them and how many more."""
    labels = [label(code) for code in codes]
    if (more := re.search(r" and (\d+) more$", words)) is None:
        return set(labels) == set(re.split(r", | and (?=[^,]*$)", words)) or words == " and ".join(labels)
    listed = words[: more.start()].split(", ")
    return set(listed) < set(labels) and len(listed) + int(more[1]) == len(labels)


def shared(left: Any, right: Any) -> list[str]:
    return [code for code in left if code in right]


def related(coach: Coach, need: Need) -> list[str]:
    return [code for code in coach.industries if INDUSTRY_GROUP[code] == INDUSTRY_GROUP[need.industry or ""]]


def rating(coach: Coach) -> float:
    return fmean(reference.rating for reference in coach.references)


def stands_in(coach: Coach, quote: str, source: str) -> bool:
    own = [
        " ".join(p.text.split()) for p in coach_passages(coach) if p.source.split("/")[0].removesuffix("s") == source
    ]
    return quote in own


def is_rated(said: re.Match[str], coach: Coach) -> bool:
    verified = sum(reference.verified for reference in coach.references)
    return (
        said[1] == f"{rating(coach):.1f}"
        and in_words(len(coach.references), said[2])
        and said[3] in (str(verified), "none")
    )


REASONS: dict[str, tuple[str, Holds]] = {
    "goals_claimed": (
        r"Names (.+) among the focus areas: (the one goal|both goals|all \d+ goals|\d+ of \d+ goals)( read from .+)?\.",
        lambda said, c, n: (
            (said[3] is None) == bool(n.focus_areas)
            and (not n.focus_areas or names(said[1], shared([goal.area for goal in n.focus_areas], c.focus_areas)))
        ),
    ),
    "goals_evidenced": (r"Speaks of (.+?): “(.+)” \((\w+)\)\.", lambda said, c, _: stands_in(c, said[2], said[3])),
    "told_evidenced": (
        r"Shows help with what the text tells of: “(.+)” \((\w+)\)\.",
        lambda said, c, n: bool(n.focus_areas) and bool(n.summary or n.outcome) and stands_in(c, said[1], said[2]),
    ),
    "level": (
        r"Covers the goals at this level: has coached (.+)\.",
        lambda said, c, n: n.level in c.experience.levels_coached and said[1] == managers((n.level,)),
    ),
    "leadership": (
        r"Has led people for (.+) years?\.",
        lambda said, c, _: in_words(c.experience.leadership_years or 0, said[1]),
    ),
    "coaching_hours": (
        r"Has coached for (.+) hours?\.",
        lambda said, c, _: in_words(c.experience.coaching_hours or 0, said[1]),
    ),
    "references": (
        r"Former clients rate this coach (\d\.\d) of 5 on average \((\d+) ratings?, (\d+|none) verified\)\.",
        lambda said, c, _: rating(c) >= 4 and is_rated(said, c),
    ),
    "credentials": (
        r"Holds the credential (.+) \((verified|not verified)\), valid on the day of the start\.",
        lambda said, c, n: (
            (said[1], said[2] == "verified") in [(f"{held.body} {held.level}", held.verified) for held in valid(c, n)]
        ),
    ),
    "start_and_times": (
        r"Is free (now|on the day of the start|(\d+) days? before the start)(, with time in common .+)?\.",
        lambda said, c, n: (
            (said[1] == "now") == is_free_today(c)
            and (said[2] is None or int(said[2]) == days_before(c, n))
            and bool(said[3]) == bool(n.availability.weekly)
        ),
    ),
    "style_wanted": (
        r"Works in (?:the|\d+ of \d+) styles? wanted: (.+)\.",
        lambda said, c, n: names(said[1], shared(n.styles.preferred, c.styles)),
    ),
    "style_to_avoid": (
        r"Covers the goals in other styles than the ones? to avoid \((.+)\): (.+)\.",
        lambda said, c, n: not shared(c.styles, n.styles.avoid) and names(said[2], c.styles),
    ),
    "industry": (
        r"Knows (the|a related|related) (?:industry|industries): (.+)\.",
        lambda said, c, n: (
            names(said[2], [n.industry] if said[1] == "the" else related(c, n))
            and (said[1] == "the") == (n.industry in c.industries)
        ),
    ),
}
AGAINST: list[tuple[str, str, Holds]] = [
    ("", r"Nothing in the profile speaks against this choice; a first talk .*\.", lambda *_: True),
    ("goals_claimed", r"Names no focus areas\.", lambda _, c, __: not c.focus_areas),
    (
        "goals_claimed",
        r"Does not name (.+?) among the focus areas( \(goals? read from the text\))?\.",
        lambda said, c, n: (
            bool(said[2]) != bool(n.focus_areas)
            and not any(label(code) in re.split(", | and ", said[1]) for code in c.focus_areas)
        ),
    ),
    ("goals_evidenced", r"Has no text in the profile .*\.", lambda _, c, __: not coach_passages(c)),
    (
        "goals_evidenced",
        r"Has no passage in the profile that speaks plainly of (.+)\.",
        lambda _, c, __: bool(coach_passages(c)),
    ),
    (
        "nothing_against",
        r"Speaks against help with (.+?): “(.+)” \((\w+)\)\.",
        lambda said, c, n: (
            stands_in(c, said[2], said[3])
            and (not n.focus_areas or said[1] in [label(goal.area) for goal in n.focus_areas])
        ),
    ),
    ("level", r"Does not say which levels .*\.", lambda _, c, __: not c.experience.levels_coached),
    (
        "level",
        r"Has coached (.+), but no (.+), as far as the profile says\.",
        lambda _, c, n: n.level not in c.experience.levels_coached,
    ),
    ("leadership", r"Does not say whether they have led .*\.", lambda _, c, __: c.experience.leadership_years is None),
    ("leadership", r"Has not led people themselves\.", lambda _, c, __: c.experience.leadership_years == 0),
    (
        "leadership",
        r"Has led people for only (.+) years?\.",
        lambda said, c, _: (
            in_words(c.experience.leadership_years or 0, said[1]) and (c.experience.leadership_years or 0) < 5
        ),
    ),
    ("coaching_hours", r"Does not say how many hours .*\.", lambda _, c, __: c.experience.coaching_hours is None),
    ("coaching_hours", r"Has no hours of coaching yet\.", lambda _, c, __: c.experience.coaching_hours == 0),
    (
        "coaching_hours",
        r"Has coached for only (.+) hours?\.",
        lambda said, c, _: (
            in_words(c.experience.coaching_hours or 0, said[1]) and (c.experience.coaching_hours or 0) < 500
        ),
    ),
    ("references", r"Has no references yet\.", lambda _, c, __: not c.references),
    (
        "references",
        r"Former clients rate this coach only (\d\.\d) of 5 on average \((\d+) ratings?\)\.",
        lambda said, c, _: rating(c) < 4.5 and said[1] == f"{rating(c):.1f}" and in_words(len(c.references), said[2]),
    ),
    (
        "",
        r"(No reference has|The only reference has not) been verified\.",
        lambda said, c, _: (
            not any(reference.verified for reference in c.references)
            and (len(c.references) == 1) == said[1].startswith("The only")
        ),
    ),
    ("", r"Has only one reference\.", lambda _, c, __: len(c.references) == 1),
    ("credentials", r"Shows no credential that is valid on the day of the start\.", lambda _, c, n: not valid(c, n)),
    (
        "",
        r"(The valid credential has not|No valid credential has) been verified\.",
        lambda _, c, n: bool(valid(c, n)) and not any(held.verified for held in valid(c, n)),
    ),
    (
        "start_and_times",
        r"Has little time in common with the manager\.",
        lambda _, c, n: bool(n.availability.weekly) and c.availability.weekly[0].end <= "10:00",
    ),
    (
        "start_and_times",
        r"Is free only (\d+) days? before the start\.",
        lambda said, c, n: int(said[1]) == days_before(c, n) < 15 and not is_free_today(c),
    ),
    ("start_and_times", r"Is not free before the day of the start\.", lambda _, c, n: days_before(c, n) == 0),
    ("", r"Does not say in which styles they work\.", lambda _, c, __: not c.styles),
    (
        "",
        r"Does not name the styles? wanted: (.+)\.",
        lambda said, c, n: not shared(n.styles.preferred, c.styles) and names(said[1], n.styles.preferred),
    ),
    (
        "",
        r"Works in only (\d+) of (\d+) styles wanted, not in: (.+)\.",
        lambda said, c, n: (
            (int(said[1]), int(said[2])) == (len(shared(n.styles.preferred, c.styles)), len(n.styles.preferred))
        ),
    ),
    (
        "style_to_avoid",
        r"Works in (?:a style|styles) to avoid: (.+)\.",
        lambda said, c, n: names(said[1], shared(c.styles, n.styles.avoid)),
    ),
    ("industry", r"Names no industries\.", lambda _, c, __: not c.industries),
    (
        "",
        r"Knows a related industry, but does not name (.+) itself\.",
        lambda _, c, n: n.industry not in c.industries and bool(related(c, n)),
    ),
    ("industry", r"Names neither the industry \((.+)\) nor a related one\.", lambda _, c, n: not related(c, n)),
]
"""Facet (empty where a reason of the same facet may stand beside it), form, and what must be so."""


def check_reasons(shown: RankedCoach, coach: Coach, need: Need) -> dict[str, re.Match[str]]:
    said = {}
    for sentence in shown.reasons:
        fitting = {facet: found for facet, (form, _) in REASONS.items() if (found := re.fullmatch(form, sentence))}
        fitting = {"coaching_hours": fitting["coaching_hours"]} if "coaching_hours" in fitting else fitting
        assert len(fitting) == 1, sentence
        said |= fitting
    for facet, found in said.items():
        assert REASONS[facet][1](found, coach, need), (found.string, coach)
    adding = {entry.facet: entry.contribution for entry in shown.contributions if entry.contribution > 0}
    known = {entry.facet: entry.value or 0 for entry in shown.contributions}
    parts = {"goals_claimed": CLAIMED, "goals_evidenced": EVIDENCED, "told_evidenced": TOLD}
    covering = {facet: part * known[facet] for facet, part in parts.items()}
    by_coverage = (adding.get("level", 0) + adding.get("style_to_avoid", 0)) / (sum(covering.values()) or 1)
    strongest = sorted(adding, key=lambda facet: -adding[facet] - by_coverage * covering.get(facet, 0))
    speechless = {"nothing_against"} | ({"references"} if coach.references and rating(coach) < 4 else set())
    speechless |= set() if need.level in coach.experience.levels_coached else {"level"}
    speechless |= set() if need.styles.avoid and coach.styles else {"style_to_avoid"}
    if "told_evidenced" not in said and "goals_evidenced" in adding:
        # All it could quote may be quoted for a goal already.
        speechless.add("told_evidenced")
    assert list(said) == [facet for facet in strongest if facet not in speechless][:3]
    texts = [found.string for facet, found in said.items() if facet in ("goals_evidenced", "told_evidenced")]
    quotes = [text[text.index("“") :] for text in texts]
    assert len(set(quotes)) == len(quotes)
    return said


def check_reservation(shown: RankedCoach, coach: Coach, need: Need, said: dict[str, re.Match[str]]) -> None:
    fitting = [
        (facet, found, holds) for facet, form, holds in AGAINST if (found := re.fullmatch(form, shown.reservation))
    ]
    assert len(fitting) == 1, shown.reservation
    facet, found, holds = fitting[0]
    assert holds(found, coach, need), (shown.reservation, coach)
    if facet in said and facet != "goals_claimed":
        assert facet == "goals_evidenced"
        assert found[1] != said[facet][1]


def quotable(coach: Coach, source: str) -> list[str]:
    field, _, place = source.partition("/")
    if field == "references":
        reference = coach.references[int(place)]
        return [reference.text, f"{reference.rating:g}"]
    if field == "credentials":
        return [coach.credentials[int(place.removesuffix("/level"))].level]
    value = getattr(coach.experience, place) if place else getattr(coach, field)
    return [*value] if isinstance(value, tuple) else [value] if isinstance(value, str) else [f"{value:.10g}"]


def check_evidence(shown: RankedCoach, coach: Coach) -> None:
    adding = {entry.facet for entry in shown.contributions if entry.contribution > 0}
    for entry in shown.evidence:
        assert entry.facet in adding
        assert entry.quote
        is_text = entry.source in {"bio", "approach", "headline"} or entry.source.startswith("references/")
        assert any(entry.quote in own if is_text else entry.quote == own for own in quotable(coach, entry.source)), (
            entry
        )


def check(shown: RankedCoach, coach: Coach, need: Need) -> None:
    said = check_reasons(shown, coach, need)
    check_reservation(shown, coach, need, said)
    check_evidence(shown, coach)
    for sentence in (*shown.reasons, shown.reservation):
        own_words = re.sub("“.*”", "“”", sentence)
        assert not re.search(r"nan|None|inf\b|_|\(\)|  |: \.|\n", own_words), sentence


PRAISED = a_coach(id="praised", references=[{"rating": 5, "verified": True}] * 9)


SPOTLESS: dict[str, Any] = {
    "focus_areas": ["delegation"],
    "experience": {"leadership_years": 30, "coaching_hours": 3000},
    "credentials": [{"body": "ICF", "level": "MCC", "verified": True}],
    "references": [{"rating": 5, "verified": True}] * 3,
}
FILLING = "alpha bravo charlie delta echo foxtrot"


def with_neutral(neutral: float | None, only: str = "") -> Scorer:
    """The packaged scorer, or one to which that value of every facet is neutral: with 0 all adds, with 1 none.

    With `only`, no other facet counts.
    """
    if neutral is None:
        return scorer()
    weights = {facet: 0.1 if only in {"", facet} else 0.0 for facet in FACETS}
    return Scorer("odd", tuple(FacetWeight(facet=f, weight=weight, neutral=neutral) for f, weight in weights.items()))


@settings(max_examples=150, deadline=None)
@given(COACHES, NEEDS, st.sampled_from([None, None, 0.0, 0.3, 1.0]))
def test_what_is_said_of_a_coach_is_true_and_does_not_contradict_itself(
    coach: Coach, need: Need, neutral: float | None
) -> None:
    found = a_recommender(coach, PRAISED, scorer_=with_neutral(neutral)).recommend(need, 2, JUDGED_ON)
    profiles = {coach.id: coach, "praised": PRAISED}
    for shown in found.coaches:
        check(shown, profiles[shown.coach_id], need)


@pytest.mark.parametrize("need_id", judged().needs)
def test_what_is_said_of_judged_coaches_is_true_with_evidence_word_for_word(need_id: str) -> None:
    for shown in recommended(need_id).coaches:
        check_reasons(shown, judged().coaches[shown.coach_id], judged().needs[need_id])
        check_evidence(shown, judged().coaches[shown.coach_id])
        assert len(re.findall(r"[.!?](?:\s|$)", shown.reservation)) == 1


def test_a_low_rating_is_no_reason_though_few_ratings_hardly_lower_the_mean() -> None:
    poor = a_coach(references=[{"rating": 1, "date": "2010-01-01"}])
    shown = a_recommender(poor, PRAISED).recommend(a_need(), 2, JUDGED_ON).coaches[1]
    assert {entry.facet: entry.contribution for entry in shown.contributions}["references"] > 0
    assert not any("rate this coach" in reason for reason in shown.reasons)


def test_the_credential_that_is_named_is_valid_on_the_day_of_the_start() -> None:
    held = [{"level": "MCC", "valid_until": "2027-01-03"}, {"level": "PCC", "valid_until": "2027-01-04"}]
    coach = a_coach(credentials=[{"body": "ICF", "verified": True} | credential for credential in held])
    shown = a_recommender(coach).recommend(a_need(), 1, JUDGED_ON).coaches[0]
    assert "Holds the credential ICF PCC (verified), valid on the day of the start." in shown.reasons
    assert [entry.source for entry in shown.evidence if entry.facet == "credentials"] == ["credentials/1/level"]


def test_a_likeness_that_speaks_for_a_coach_does_not_speak_against_them_too() -> None:
    told = ABOUT["delegation"]["profile"]
    half_said = []
    for number in range(len(told.split())):
        partly = " ".join([*told.split()[:number], *FILLING.split()])
        need = a_need(summary="", focus_areas=[{"area": "delegation"}])
        coach = a_coach(bio=partly, **SPOTLESS)
        weighing = with_neutral(0.3, only="goals_evidenced")
        shown = a_recommender(coach, scorer_=weighing).recommend(need, 1, JUDGED_ON).coaches[0]
        check(shown, coach, need)
        value = {entry.facet: entry.value for entry in shown.contributions}["goals_evidenced"]
        half_said.append(value is not None and 0.3 < value < 0.5)
    assert any(half_said)


def test_of_what_speaks_against_the_goals_the_clearest_is_quoted_and_faint_signs_are_not() -> None:
    need = a_need(summary="", focus_areas=[{"area": "delegation"}, {"area": "boundaries"}])
    first, second = "I do not help to hand work over.", "With limits I was no help."
    coach = a_coach(bio=f"{first}\n\n{second}", **SPOTLESS)
    for told, quote in (
        ({"delegation": [-0.6, 0], "boundaries": [0, -0.9]}, f"boundaries: “{second}”"),
        ({"delegation": [-0.9, 0], "boundaries": [0, -0.6]}, f"delegation: “{first}”"),
        ({"delegation": [-0.2, 0.9], "boundaries": [0.9, 0]}, None),
    ):
        recommender = a_recommender(telling(coach, **told), scorer_=with_neutral(1.0, only="nothing_against"))
        shown = recommender.recommend(need, 1, JUDGED_ON).coaches[0]
        assert ("Speaks against" in shown.reservation) == (quote is not None)
        check_reservation(shown, coach, need, {})
        if quote is not None:
            assert shown.reservation == f"Speaks against help with {quote} (bio)."


def test_that_nothing_speaks_against_a_coach_is_no_reason_to_choose_one() -> None:
    need = a_need(summary="", focus_areas=[{"area": "delegation"}])
    coach = telling(a_coach(bio=FILLING))
    shown = a_recommender(coach, scorer_=with_neutral(0.0, only="nothing_against")).recommend(need, 1, JUDGED_ON)
    assert shown.coaches[0].contributions[3].contribution > 0
    assert shown.coaches[0].reasons == ()


SENTENCE_OF = {
    "language": "languages",
    "modality": "Cannot meet",
    "budget": "budget",
    "capacity": "capacity",
    "start": "not free by the day of the start",
    "availability": "no time in common",
    "credential": "credential",
    "references": "references",
    "conflict": "organisation",
    "excluded": "excludes",
}


@pytest.mark.parametrize("need_id", judged().needs)
def test_there_is_a_reason_why_not_for_every_coach(need_id: str) -> None:
    assessment = recommended(need_id).assessment
    shown = min(3, len(assessment.order))
    for coach_id in judged().coaches:
        sentences = why_not(assessment, coach_id, shown)
        failed, rank = assessment.excluded_by(coach_id), assessment.rank(coach_id)
        if rank is None:
            assert len(sentences) == len(failed) > 0
            assert all(SENTENCE_OF[reason] in sentence for reason, sentence in zip(failed, sentences, strict=True))
        elif rank <= shown:
            assert sentences == (f"Ranks {rank} of {len(assessment.order)} eligible coaches. Is on the shortlist.",)
        else:
            assert sentences[0] == f"Ranks {rank} of {len(assessment.order)} eligible coaches."


def test_a_coach_beyond_the_shortlist_is_told_where_most_was_lost() -> None:
    need = a_need(summary="", focus_areas=[{"area": "delegation"}], level="senior", industry="banking")
    good = {"focus_areas": ["delegation"], "industries": ["banking"], "experience": {"levels_coached": ["senior"]}}
    coaches = [a_coach(id=f"c{place}", **good) for place in range(3)]
    behind = a_coach(id="behind", **good | {"experience": {"levels_coached": ["middle"]}})
    worse = {"focus_areas": ["boundaries"], "industries": ["mining"], "experience": {"levels_coached": ["first_line"]}}
    last = a_coach(id="last", **worse)
    assessment = a_recommender(*coaches, behind, last).recommend(need, 3, JUDGED_ON).assessment
    weights = {weight.facet: weight.weight for weight in scorer().facets}
    goals, industry = weights["goals_claimed"], weights["industry"]
    level, style = weights["level"] * by_name(), weights["style_to_avoid"] * by_name() * UNKNOWN_SUITS
    beside = level * (1 - BESIDE)
    assert why_not(assessment, "behind", 3)[1] == (
        f"Is {beside:.3f} behind the last coach shown (rank 3), mostly by goals covered at this level ({-beside:.3f})."
    )
    assert why_not(assessment, "last", 3)[1] == (
        f"Is {goals + level + style + industry:.3f} behind the last coach shown (rank 3), mostly by goals named "
        f"as focus areas ({-goals:.3f}) and goals covered at this level ({-level:.3f})."
    )
    assert "Scores as much as the last coach shown (rank 1)" in why_not(assessment, "c2", 1)[1]
