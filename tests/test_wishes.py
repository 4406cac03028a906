"""Wishes about the coach that a need's text tells of: which are read, which count, and what is said of them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from matcher.domain import Coach, Need
from matcher.domain.backgrounds import BACKGROUNDS
from matcher.domain.vocabulary import STYLES
from matcher.matching.backgrounds import wished
from matcher.matching.facets import FACETS
from matcher.matching.facets.suited import UNKNOWN_SUITS
from matcher.matching.passages import Passage
from matcher.matching.recommender import RankedCoach
from matcher.matching.scoring import FacetWeight, Scorer
from matcher.matching.wish_reading import (
    BACKGROUND,
    CLEAR_BACKGROUND,
    CLEAR_STYLE,
    NO_WISH,
    PERHAPS_BACKGROUND,
    PLAINLY,
    TO_AVOID,
    WANTED,
    ReadWish,
    read_wishes,
)
from tests.covered import by_name
from tests.factories import LAST_DECIMAL, a_coach, a_need
from tests.judged_world import reader
from tests.wishing_world import ToldReading, a_wishing_recommender, read
from training.judgements import JUDGED_ON

ASKS = "Somebody who asks, and keeps on asking."
LECTURES = "Nobody who lectures him like a schoolboy."
COUNCIL = "Ideally carried an unpopular plan through a town council."
OTHER = "He does all of the work alone until late at night."
TEXT = f"{OTHER} {ASKS} {LECTURES} {COUNCIL}"
READS = ToldReading(
    {
        "asks": ("style_wanted", "facilitative", 0.9),
        "lectures": ("style_avoid", "directive", 0.8),
        "town council": ("background", "", 0.7),
    },
    told_of={"town council": "public_service"},
)
UNKNOWN = pytest.approx(np.nan, nan_ok=True)
PASSAGES = tuple(Passage("summary", f"passage {place}") for place in range(3))


def rows_of(width: int, *rows: dict[int, float]) -> np.ndarray:
    told = np.zeros((len(rows), width), np.float32)
    for place, row in enumerate(rows):
        told[place, list(row)] = list(row.values())
    return told


def read_from(*wishes: dict[int, float], backgrounds: Sequence[dict[int, float]] = ()) -> tuple[ReadWish, ...]:
    """What is read of passages that wish for that, and tell so much of backgrounds, by their numbers."""
    told = backgrounds or [{} for _ in wishes]
    return read_wishes(rows_of(NO_WISH, *wishes), rows_of(len(BACKGROUNDS), *told), PASSAGES[: len(wishes)])


def test_wishes_are_read_from_their_clearest_passage_in_the_order_of_the_passages() -> None:
    found = read_from(
        {BACKGROUND: 0.5, TO_AVOID + 4: 0.9},
        {WANTED + 2: 0.5, BACKGROUND: CLEAR_BACKGROUND},
        {WANTED + 2: 0.75},
    )
    assert [(wish.kind, wish.style, wish.clearness, wish.passage) for wish in found] == [
        ("style_avoid", STYLES[4], pytest.approx(0.9), PASSAGES[0]),
        ("background", None, pytest.approx(0.5), PASSAGES[0]),
        ("background", None, pytest.approx(CLEAR_BACKGROUND), PASSAGES[1]),
        ("style_wanted", STYLES[2], pytest.approx(0.75), PASSAGES[2]),
    ]


def test_what_is_not_clear_is_not_read_and_a_style_is_wanted_or_to_be_avoided_but_not_both() -> None:
    faint = np.nextafter(np.float32(CLEAR_STYLE), np.float32(0))
    assert read_from({WANTED: float(faint), BACKGROUND: 0.1}, {}, {}) == ()
    (both,) = read_from({WANTED + 1: 0.5}, {}, {TO_AVOID + 1: 0.625})
    assert (both.kind, both.passage) == ("style_avoid", PASSAGES[2])
    assert read_from() == ()


def test_a_background_wished_for_beside_a_style_is_read_where_both_the_wish_and_what_it_is_are_plain() -> None:
    beside = {WANTED + 2: PLAINLY - PERHAPS_BACKGROUND, BACKGROUND: PERHAPS_BACKGROUND}
    (found,) = (wish for wish in read_from(beside, backgrounds=[{3: PLAINLY}]) if wish.kind == "background")
    assert (found.backgrounds, found.clearness) == (((3, 1.0),), pytest.approx(PERHAPS_BACKGROUND))
    hardly_a_wish, hardly_told, of_a_style = (
        read_from(beside | {WANTED + 2: 0.3}, backgrounds=[{3: PLAINLY}]),
        read_from(beside, backgrounds=[{3: PLAINLY - 0.1}]),
        read_from(beside | {BACKGROUND: PERHAPS_BACKGROUND - 0.01, WANTED + 3: 0.2}, backgrounds=[{3: 1.0}]),
    )
    for none in (hardly_a_wish, hardly_told, of_a_style):
        assert not any(wish.kind == "background" for wish in none)


def test_a_need_is_read_with_its_wishes_and_where_none_can_be_read_it_has_none() -> None:
    told = [(wish.kind, wish.style, wish.passage.text) for wish in read(READS, a_need(summary=TEXT)).wishes]
    assert told == [
        ("style_wanted", "facilitative", ASKS),
        ("style_avoid", "directive", LECTURES),
        ("background", None, COUNCIL),
    ]
    assert reader().read(a_need(summary=TEXT)).wishes == ()


def values(facet: str, need: Need, *coaches: Coach, reading: ToldReading = READS) -> list[float]:
    numbered = [coach.model_copy(update={"id": f"c{place}"}) for place, coach in enumerate(coaches)]
    assessment = a_wishing_recommender(reading, *numbered).recommend(need, 1, JUDGED_ON).assessment
    measured = assessment.values[:, assessment.scorer.names.index(facet)]
    found = dict(zip(assessment.order.tolist(), measured.tolist(), strict=True))
    return [found[place] for place in range(len(coaches))]


WORKS = [
    a_coach(styles=styles, focus_areas=["delegation"])
    for styles in (["facilitative"], ["directive", "facilitative"], ["directive"], [])
]
DELEGATION: dict[str, Any] = {"focus_areas": [{"area": "delegation"}]}
COVERED = by_name()
"""How far a coach who names that goal, and has no text, covers it."""
SPARED = pytest.approx([COVERED, 0, 0, COVERED * UNKNOWN_SUITS], abs=LAST_DECIMAL)
"""What of it each of them covers in no style to avoid, where that is a directive one."""


def test_styles_that_are_read_count_like_stated_ones_where_the_need_states_none() -> None:
    stated = a_need(summary=OTHER, styles={"preferred": ["facilitative"], "avoid": ["directive"]}, **DELEGATION)
    for need in (stated, a_need(summary=TEXT, **DELEGATION)):
        assert values("style_wanted", need, *WORKS) == [1, 1, 0, UNKNOWN]
        assert values("style_to_avoid", need, *WORKS) == SPARED


def test_styles_that_are_stated_go_first_each_kind_by_itself_and_are_never_contradicted() -> None:
    need = a_need(summary=TEXT, styles={"preferred": ["systemic"]}, **DELEGATION)
    assert values("style_wanted", need, *WORKS) == [0, 0, 0, UNKNOWN]
    assert values("style_to_avoid", need, *WORKS) == SPARED
    contrary = a_need(summary=TEXT, styles={"preferred": ["directive"]}, **DELEGATION)
    assert values("style_to_avoid", contrary, *WORKS) == pytest.approx([COVERED * UNKNOWN_SUITS] * 4, abs=LAST_DECIMAL)
    assert read(READS, contrary).counting("style_avoid") == ()
    avoided = a_need(summary=TEXT, styles={"avoid": ["facilitative"]})
    assert values("style_wanted", avoided, *WORKS) == [UNKNOWN] * 4


def test_a_background_is_how_clearly_the_profile_tells_of_what_is_wished_for() -> None:
    reading = ToldReading(
        {"town council": ("background", "", 0.9)}, told_of={"council": "public_service", "led": "led"}
    )
    need = a_need(summary="Somebody who has led a town council.")
    bios = ["", "I sail.", "I sat in a council.", "I led a plant.", "I led a council.", "I sat in a council.\n\nI led."]
    found = values("background", need, *(a_coach(bio=bio) for bio in bios), reading=reading)
    # One passage tells of a background by half, as much as there needs to be.
    assert found == [UNKNOWN, 0, 0.5, 0.5, 1, 1]
    assert values("background", a_need(summary=OTHER), a_coach(bio="I led."), reading=reading) == [UNKNOWN]


def test_several_wishes_for_a_background_count_alike_and_one_of_none_told_apart_does_not_count() -> None:
    wished = dict.fromkeys(("farmer", "led a ward", "at sea"), ("background", "", 0.9))
    reading = ToldReading(wished, told_of={"farmer": "farming", "led": "led", "ward": "medicine_care"})
    text = "Somebody who was a farmer once. Best of all somebody who has led a ward. Or spent a year at sea, perhaps."
    shares = read(reading, a_need(summary=text)).background_shares
    assert {BACKGROUNDS[place]: share for place, share in shares.items()} == {
        "farming": 0.5,
        "led": 0.25,
        "medicine_care": 0.25,
    }
    alone = a_need(summary="Somebody who has spent a year of his life at sea.")
    assert (len(read(reading, alone).wishes), read(reading, alone).backgrounds) == (1, ())
    assert values("background", alone, a_coach(bio="I led."), reading=reading) == [UNKNOWN]


def test_roles_held_tell_of_a_background_and_of_nothing_else() -> None:
    reading = ToldReading(
        {"farmer": ("background", "", 0.9)},
        {"delegat": ("delegation", 0.9)},
        told_of={"farmer": "farming", "Farm": "farming"},
    )
    need = a_need(summary="He delegates nothing, and would listen to a farmer.", **DELEGATION)
    held = a_coach(bio="I sail.", experience={"roles_held": ["Farm manager who delegates", "Teacher"]})
    assert values("background", need, held, reading=reading) == [1]
    assert values("goals_evidenced", need, held, reading=reading) == [0]
    found = a_wishing_recommender(reading, held, weighing=only("background")).recommend(need, 1, JUDGED_ON).coaches[0]
    quote = "Farm manager who delegates; Teacher"
    assert found.reasons == (f"Tells of a background as wished for in “{need.summary}”: “{quote}” (roles held).",)
    assert [(entry.source, entry.quote) for entry in found.evidence] == [("experience/roles_held", quote)]


def test_a_profile_that_repeats_the_need_s_wish_has_no_background_by_it() -> None:
    honest = "She carried a plan through the town council of Utrecht."
    bios = [honest, f"{honest}\n\n{COUNCIL}", f"{honest}\n\n{TEXT}", COUNCIL]
    alone, beside, whole, nothing = values("background", a_need(summary=TEXT), *(a_coach(bio=bio) for bio in bios))
    assert alone == beside == whole > 0
    assert nothing == 0


def test_a_role_that_repeats_the_need_s_wish_is_no_background() -> None:
    roles = [[COUNCIL], ["Mayor and town council leader", "Teacher"]]
    held = [a_coach(bio="I sail.", experience={"roles_held": own}) for own in roles]
    assert values("background", a_need(summary=TEXT), *held) == [0, 1]


def test_roles_that_the_headline_names_too_still_tell_of_a_background() -> None:
    named = "Mayor and town council leader; Teacher; Cook"
    coach = a_coach(headline=named, experience={"roles_held": named.split("; ")})
    assert values("background", a_need(summary=TEXT), coach) == [1]


def test_a_wish_that_tells_of_hardly_any_background_is_about_none() -> None:
    told = np.zeros(len(BACKGROUNDS), np.float32)
    told[[3, 7]] = 0.1, 0.15
    assert wished(told) == ()
    told[11] = 0.25
    assert [(place, round(share, 3)) for place, share in wished(told)] == [(3, 0.2), (7, 0.3), (11, 0.5)]
    told[11], told[5] = 0.7, 0.03
    assert [place for place, _ in wished(told)] == [3, 7, 11], "a share that is too small is passed over"
    assert sum(share for _, share in wished(told)) == pytest.approx(1)


def only(facet: str, neutral: float = 0.0) -> Scorer:
    """A scorer to which that facet alone counts; with 0 as neutral it adds, with 1 it takes away."""
    return Scorer("one", tuple(FacetWeight(facet=one, weight=float(one == facet), neutral=neutral) for one in FACETS))


def shown(facet: str, neutral: float, need: Need, **fields: Any) -> RankedCoach:
    recommender = a_wishing_recommender(READS, a_coach(**fields), weighing=only(facet, neutral))
    return recommender.recommend(need, 1, JUDGED_ON).coaches[0]


def test_reasons_say_that_a_style_was_read_and_quote_the_words() -> None:
    need, stated = a_need(summary=TEXT), a_need(summary=TEXT, styles={"preferred": ["facilitative"]})
    assert shown("style_wanted", 0, need, styles=["facilitative"]).reasons == (
        f"Works in the style wanted, read from “{ASKS}”: facilitative.",
    )
    assert shown("style_wanted", 0, stated, styles=["facilitative"]).reasons == (
        "Works in the style wanted: facilitative.",
    )
    goal = a_need(summary=TEXT, **DELEGATION)
    assert shown("style_to_avoid", 0, goal, styles=["systemic"], focus_areas=["delegation"]).reasons == (
        f"Covers the goals in other styles than the one to avoid, read from “{LECTURES}” (directive): systemic.",
    )


def test_reservations_say_that_a_style_was_read_and_quote_the_words() -> None:
    need = a_need(summary=TEXT)
    assert shown("style_wanted", 1, need, styles=["systemic"]).reservation == (
        f"Does not name the style wanted, read from “{ASKS}”: facilitative."
    )
    delegating: dict[str, Any] = {"styles": ["directive"], "focus_areas": ["delegation"]}
    assert shown("style_to_avoid", 1, a_need(summary=TEXT, **DELEGATION), **delegating).reservation == (
        f"Works in a style to avoid, read from “{LECTURES}”: directive."
    )
    stated = a_need(summary=TEXT, styles={"avoid": ["directive"]}, **DELEGATION)
    assert shown("style_to_avoid", 1, stated, **delegating).reservation == ("Works in a style to avoid: directive.")


def test_a_background_is_quoted_from_both_sides_and_its_lack_is_a_reservation() -> None:
    bio = "She carried a plan through the town council of Utrecht."
    near = shown("background", 0, a_need(summary=TEXT), bio=bio)
    assert near.reasons == (f"Tells of a background as wished for in “{COUNCIL}”: “{bio}” (bio).",)
    assert [(entry.facet, entry.quote) for entry in near.evidence] == [("background", bio)]
    far = shown("background", 1, a_need(summary=TEXT), bio="Quebec romeo sierra tango.")
    assert far.reservation == f"Tells of no background that is plainly as wished for in “{COUNCIL}”."


def test_a_background_told_of_in_small_part_adds_but_is_not_spoken_of_as_the_one_wished_for() -> None:
    reading = replace(READS, told_of={"unpopular": "projects", "plan": "product", "town": "public_service"})
    recommender = a_wishing_recommender(reading, a_coach(bio="An unpopular step."), weighing=only("background"))
    (found,) = recommender.recommend(a_need(summary=TEXT), 1, JUDGED_ON).coaches
    assert found.score == pytest.approx(1 / 3, abs=LAST_DECIMAL)
    assert not any("background" in reason for reason in found.reasons)


def test_without_a_style_to_avoid_that_was_read_another_would_be_first() -> None:
    coaches = [
        a_coach(id="a", styles=["systemic"], focus_areas=["delegation"]),
        a_coach(id="b", styles=["directive"], focus_areas=["delegation"], credentials=[PCC]),
    ]
    weighing = replace(
        only("style_to_avoid"),
        facets=tuple(
            FacetWeight(facet=facet, weight={"style_to_avoid": 0.8, "credentials": 0.2}.get(facet, 0.0), neutral=0.0)
            for facet in FACETS
        ),
    )
    recommender = a_wishing_recommender(READS, *coaches, weighing=weighing)
    first = recommender.recommend(a_need(summary=TEXT, **DELEGATION), 2, JUDGED_ON).coaches[0]
    assert first.coach_id == "a"
    assert first.would_change[1:] == (
        "Without the style to avoid that the text tells of (directive), the coach now second would be first.",
    )
    # Stated, the wish still stands in the text when it is taken back, so nothing would change.
    stated = a_need(summary=TEXT, styles={"avoid": ["directive"]}, **DELEGATION)
    assert len(recommender.recommend(stated, 2, JUDGED_ON).coaches[0].would_change) == 1
    gone = a_need(summary=OTHER, styles={"avoid": ["directive"]}, **DELEGATION)
    assert (
        "Without the style to avoid (directive)" in recommender.recommend(gone, 2, JUDGED_ON).coaches[0].would_change[1]
    )


PCC = {"body": "ICF", "level": "PCC", "verified": True}
