import gc
import weakref
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.domain import EXCLUSION_REASONS, Budget, Coach, Need, ReferenceRates
from matcher.domain.vocabulary import DAYS
from matcher.matching.eligibility import Eligibility, screen
from matcher.matching.index import CoachIndex
from matcher.matching.pricing import reference_rate, session_prices, within_budget
from matcher.matching.timetable import longest_overlap, overlaps_for
from tests.factories import a_coach, a_need, without_texts
from tests.slow_rules import longest_time, reasons_against

TODAY = date(2026, 11, 3)
RATES = ReferenceRates(
    "test",
    date(2026, 11, 2),
    {"EUR": Fraction(1), "GBP": Fraction("0.87"), "USD": Fraction("1.16"), "RUB": Fraction(117)},
    older={"RUB": date(2022, 3, 1)},
)
JUDGED = Path(__file__).parent.parent / "fixtures" / "judged"


def fee(amount: str | int, currency: str = "EUR", minutes: int = 60) -> dict[str, Any]:
    return {"amount": amount, "currency": currency, "per": "session", "minutes": minutes}


def windows(*texts: str) -> list[dict[str, str]]:
    """Windows from texts such as "mon 09:00-12:00"."""
    return [{"day": text[:3], "from": text[4:9], "to": text[10:]} for text in texts]


def an_index(*coaches: Coach) -> CoachIndex:
    return CoachIndex.build([without_texts(c) for c in coaches])


def screened(coach: Coach, need: Need) -> Eligibility:
    return screen(an_index(coach), need, RATES, TODAY)


def reasons(coach: Coach, need: Need) -> list[str]:
    return list(screened(coach, need).reasons_of(0))


# Generated pairs -------------------------------------------------------------------------------

ZONES = [
    *("UTC", "Europe/London", "Europe/Berlin", "America/New_York", "America/St_Johns", "America/Santiago"),
    *("Asia/Kolkata", "Asia/Kathmandu", "Australia/Adelaide", "Australia/Lord_Howe", "Africa/Casablanca"),
    *("Pacific/Apia", "Pacific/Chatham", "Pacific/Kiritimati", "Etc/GMT+12"),
]
CLOCK_CHANGES = [
    *("2027-03-28", "2027-10-31", "2027-03-14", "2027-11-07", "2027-04-04", "2027-10-03"),
    *("2026-12-31", "2028-02-29", "2011-12-30"),
]
CLOCKS = [
    *("00:00", "00:30", "01:00", "01:30", "02:00", "02:15", "02:30", "03:00", "03:15"),
    *("06:00", "09:00", "10:30", "12:00", "18:00", "22:00", "23:00", "23:45", "24:00"),
]
AMOUNTS = ["0", "87", "87.0001", "100", "115.9999", "116", "130.5", "150", "174", "200"]


@st.composite
def some_windows(draw: st.DrawFn) -> list[dict[str, str]]:
    def window() -> dict[str, str]:
        start, end = sorted(draw(st.lists(st.sampled_from(CLOCKS), min_size=2, max_size=2, unique=True)))
        return {"day": draw(st.sampled_from(["mon", "tue", "wed", "sat", "sun"])), "from": start, "to": end}

    return [window() for _ in range(draw(st.integers(0, 3)))]


def days_around(texts: list[str]) -> st.SearchStrategy[date]:
    days = [date.fromisoformat(text) + timedelta(days=shift) for text in texts for shift in (-1, 0, 1)]
    return st.sampled_from(days)


def subset(values: list[Any], least: int = 0) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(values), min_size=least, max_size=2, unique=True)


COACHES = st.builds(
    a_coach,
    languages=subset(["en", "de", "fr"], 1),
    timezone=st.sampled_from(ZONES),
    modalities=subset(["video", "in_person", "phone"], 1),
    locations=subset(["Berlin", "berlin", "Paris", ""]),
    fees=st.builds(
        fee,
        st.sampled_from(AMOUNTS),
        st.sampled_from(["EUR", "GBP", "USD", "XAU"]),
        st.sampled_from([45, 60, 90]),
    ),
    availability=st.fixed_dictionaries(
        {"weekly": some_windows()},
        optional={"capacity": st.integers(0, 2), "accepting_from": days_around(["2026-11-03", "2027-03-28"])},
    ),
    credentials=st.lists(
        st.fixed_dictionaries(
            {"body": st.just("ICF"), "level": st.sampled_from(["ACC", "PCC", "MCC"]), "verified": st.booleans()},
            optional={"valid_until": days_around(["2026-11-03", "2027-03-28"])},
        ),
        max_size=2,
    ),
    references=st.lists(st.fixed_dictionaries({"rating": st.just(4), "verified": st.booleans()}), max_size=3),
    conflicts=subset(["Acme", " ACME Ltd ", "Straße AG", "Other"]),
    supplier=st.fixed_dictionaries(
        {},
        optional={
            "contract": st.fixed_dictionaries(
                {"number": st.just("F-1")},
                optional={
                    "valid_from": days_around(["2026-11-03", "2027-03-28"]),
                    "valid_until": days_around(["2027-04-04", "2027-10-31"]),
                },
            )
        },
    ),
)
NEEDS = st.builds(
    a_need,
    organisation=st.sampled_from(["", " acme ", "Acme Ltd", "STRASSE AG"]),
    languages=subset(["en", "de", "fr"]),
    modalities=subset(["video", "in_person", "phone"]),
    location=st.sampled_from(["", "Berlin", "Paris"]),
    budget=st.none()
    | st.fixed_dictionaries(
        {"per_session": st.sampled_from(AMOUNTS), "currency": st.sampled_from(["EUR", "GBP", "USD", "XAU"])}
    ),
    sessions=st.fixed_dictionaries({"minutes": st.sampled_from([15, 30, 60, 75, 90, 150])}),
    start_by=st.none() | days_around(["2026-11-03", "2027-03-28"]) | days_around(CLOCK_CHANGES),
    timezone=st.sampled_from(ZONES),
    availability=st.fixed_dictionaries({"weekly": some_windows()}),
    requirements=st.fixed_dictionaries(
        {},
        optional={
            "min_credential_rank": st.integers(0, 3),
            "min_verified_references": st.integers(0, 3),
            "exclude_coaches": subset(["0", "1", "2", "nobody"]),
            "framework_contract": st.booleans(),
        },
    ),
)


def assert_agrees(coaches: list[Coach], need: Need, today: date) -> None:
    index = an_index(*coaches)
    found = screen(index, need, RATES, today)
    by_id = {coach.id: coach for coach in coaches}
    slow = [reasons_against(by_id[coach_id], need, RATES, today) for coach_id in index.ids]
    assert [list(found.reasons_of(row)) for row in range(len(index))] == slow
    assert found.counts() == {name: sum(name in against for against in slow) for name in found.reasons}
    assert found.eligible.tolist() == [not against for against in slow]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(COACHES, min_size=8, max_size=8), st.lists(NEEDS, min_size=8, max_size=8))
def test_the_rules_agree_with_a_slow_reading_of_the_contract(coaches: list[Coach], needs: list[Need]) -> None:
    numbered = [coach.model_copy(update={"id": str(number)}) for number, coach in enumerate(coaches)]
    for need in needs:
        assert_agrees(numbered, need, TODAY)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_overlaps_of_any_two_zones_agree_with_datetime(data: st.DataObject) -> None:
    zones = data.draw(st.lists(st.sampled_from(ZONES), min_size=10, max_size=10))
    coaches = [
        a_coach(id=str(number), timezone=zone, availability={"weekly": data.draw(some_windows())})
        for number, zone in enumerate(zones)
    ]
    index = an_index(*coaches)
    for zone in data.draw(subset(ZONES, least=2)):
        need = a_need(timezone=zone, availability={"weekly": data.draw(some_windows())})
        start_by = data.draw(days_around(CLOCK_CHANGES))
        slow = [longest_time(coach, need, start_by).total_seconds() for coach in coaches]
        assert longest_overlap(index, need, start_by, np.arange(10)).tolist() == slow
        for enough in {*slow, 900, 3600} - {0}:
            assert overlaps_for(index, need, start_by, int(enough)).tolist() == [time >= enough for time in slow]


def test_what_is_kept_of_overlaps_keeps_no_column_of_an_index_that_is_gone() -> None:
    index = an_index(a_coach(timezone="UTC", availability={"weekly": windows("mon 09:00-12:00")}))
    need = a_need(timezone="UTC", availability={"weekly": windows("mon 09:00-12:00")})
    assert longest_overlap(index, need, TODAY, np.arange(1)).tolist() == [3 * 3600]
    column = weakref.ref(index.distinct_windows[1])
    del index
    gc.collect()
    assert column() is None


@pytest.mark.parametrize("zone", ZONES)
def test_every_stretch_of_a_night_in_which_the_clocks_change_agrees_with_datetime(zone: str) -> None:
    spans = [f"{day} {start}-{end}" for day in ("sun", "fri") for start, end in combinations(CLOCKS[:9], 2)]
    spans += [f"{day} {start}-24:00" for day in ("sat", "thu") for start in CLOCKS[-4:-1]]
    coaches = [
        a_coach(id=f"{number:03}", timezone=zone, availability={"weekly": windows(span)})
        for number, span in enumerate(spans)
    ]
    index = an_index(*coaches)
    all_week = a_need(timezone="UTC", availability={"weekly": windows(*(f"{day} 00:00-24:00" for day in DAYS))})
    for day in map(date.fromisoformat, CLOCK_CHANGES):
        slow = [longest_time(coach, all_week, day).total_seconds() for coach in coaches]
        assert longest_overlap(index, all_week, day, np.arange(len(spans))).tolist() == slow


def test_the_rules_agree_with_the_slow_reading_on_every_judged_pair() -> None:
    coaches = [Coach.model_validate_json(line) for line in (JUDGED / "coaches.jsonl").read_text("utf-8").splitlines()]
    needs = [Need.model_validate_json(line) for line in (JUDGED / "needs.jsonl").read_text("utf-8").splitlines()]
    for need in needs:
        assert_agrees(coaches, need, TODAY)


# The contract's details, one by one ------------------------------------------------------------


def test_a_need_that_states_nothing_excludes_nobody() -> None:
    assert reasons(a_coach(availability={"capacity": 1}, conflicts=["", " "]), a_need()) == []


def test_a_bare_coach_fails_every_requirement_that_asks_for_a_fact() -> None:
    need = a_need(
        location="Berlin",
        modalities=["in_person"],
        timezone="UTC",
        availability={"weekly": windows("mon 09:00-10:00")},
        requirements={"min_credential_rank": 0, "min_verified_references": 1},
    )
    bare = a_coach(modalities=["in_person"], availability={})
    assert reasons(bare, need) == ["modality", "capacity", "availability", "credential", "references"]


def test_all_ten_names_are_counted_even_without_coaches() -> None:
    assert screen(an_index(), a_need(), RATES, TODAY).counts() == dict.fromkeys(EXCLUSION_REASONS, 0)


def test_one_shared_language_is_enough() -> None:
    coach = a_coach(languages=["de", "fr"])
    assert reasons(coach, a_need(languages=["en", "fr"])) == []
    assert reasons(coach, a_need(languages=["en"])) == ["language"]


@pytest.mark.parametrize(
    ("modalities", "location", "expected"),
    [
        (["in_person"], "Berlin", []),
        (["in_person"], "Paris", ["modality"]),
        (["in_person"], "berlin", ["modality"]),
        (["in_person"], "", ["modality"]),
        (["in_person", "phone"], "", []),
        (["video"], "Berlin", ["modality"]),
    ],
)
def test_in_person_counts_only_in_the_city_of_the_need(
    modalities: list[str], location: str, expected: list[str]
) -> None:
    coach = a_coach(modalities=["in_person", "phone"], locations=["Berlin", ""])
    assert reasons(coach, a_need(modalities=modalities, location=location)) == expected


@pytest.mark.parametrize(
    ("fees", "minutes", "budget", "fits"),
    [
        (fee(100), 60, "100 EUR", True),
        (fee("100.0001"), 60, "100 EUR", False),
        (fee(100), 90, "150 EUR", True),
        (fee(100), 50, "83.3333 EUR", False),
        (fee(100), 50, "83.3334 EUR", True),
        (fee(150, minutes=90), 60, "100 EUR", True),
        (fee(87, "GBP"), 60, "116 USD", True),
        (fee("87.0001", "GBP"), 60, "116 USD", False),
        (fee(5, "XAU"), 60, "5 XAU", True),
        (fee(5, "XAU"), 60, "99999999 EUR", False),
        (fee(0), 60, "0 GBP", True),
        (fee(99_999_999, "RUB"), 15, "99999999 RUB", True),
    ],
)
def test_a_price_is_within_the_budget_to_the_last_decimal(
    fees: dict[str, Any], minutes: int, budget: str, fits: bool
) -> None:
    per_session, currency = budget.split()
    need = a_need(budget={"per_session": per_session, "currency": currency}, sessions={"minutes": minutes})
    assert reasons(a_coach(fees=fees), need) == ([] if fits else ["budget"])


def test_a_budget_larger_than_any_fee_does_not_overflow() -> None:
    lira = ReferenceRates("test", TODAY, {"EUR": Fraction(1), "TRL": Fraction(10**9)})
    index = an_index(a_coach(fees=fee(99_999_999, "TRL", 480)))
    budget = Budget(per_session=Decimal("99999999"), currency="EUR")
    assert within_budget(index, 15, budget, lira).tolist() == [True]


def test_session_prices_are_pro_rata_and_unknown_without_a_rate() -> None:
    fees = [fee(100), fee(87, "GBP"), fee(150, minutes=90), fee(5, "XAU")]
    index = an_index(*(a_coach(id=str(number), fees=each) for number, each in enumerate(fees)))
    np.testing.assert_array_equal(session_prices(index, 90, "EUR", RATES, np.arange(4)), [150, 150, 150, np.nan])


def test_the_reference_rate_is_named_only_when_a_fee_was_converted() -> None:
    assert reference_rate(an_index(a_coach(), a_coach(id="d", fees=fee(5, "XAU"))), "EUR", RATES) is None
    named = reference_rate(an_index(a_coach(fees=fee(5, "RUB"))), "EUR", RATES)
    assert named is not None
    assert (named.source, named.date) == ("test; RUB of 2022-03-01", date(2026, 11, 2))


@pytest.mark.parametrize(("capacity", "expected"), [(0, ["capacity"]), (1, []), (None, ["capacity"])])
def test_a_coach_needs_room_for_one_more(capacity: int | None, expected: list[str]) -> None:
    assert reasons(a_coach(availability={"capacity": capacity}), a_need()) == expected


@pytest.mark.parametrize(
    ("accepting_from", "start_by", "expected"),
    [
        ("2027-01-10", "2027-01-10", []),
        ("2027-01-11", "2027-01-10", ["start"]),
        ("2026-11-03", None, []),
        ("2026-11-04", None, ["start"]),
        (None, "2026-11-03", []),
        (None, "2026-11-02", ["start"]),
    ],
)
def test_a_coach_accepts_by_the_start_and_from_today_when_not_said(
    accepting_from: str | None, start_by: str | None, expected: list[str]
) -> None:
    coach = a_coach(availability={"capacity": 1, "accepting_from": accepting_from})
    assert reasons(coach, a_need(start_by=start_by)) == expected


@pytest.mark.parametrize(
    ("offered", "asked", "start_by", "minutes", "meets"),
    [
        # A week in which America has changed its clocks and Europe has not, and the one in which both have.
        ("Europe/London mon 13:00-14:00", "America/New_York mon 09:00-10:00", "2027-03-17", 60, True),
        ("Europe/London mon 13:00-14:00", "America/New_York mon 09:00-10:00", "2027-04-01", 60, False),
        ("Europe/London mon 14:00-15:00", "America/New_York mon 09:00-10:00", "2027-04-01", 60, True),
        ("Asia/Kolkata fri 14:30-15:30", "Europe/Berlin fri 10:00-11:00", "2027-01-15", 60, True),
        ("Asia/Kathmandu fri 14:30-15:30", "Europe/Berlin fri 10:00-11:00", "2027-01-15", 60, False),
        ("Asia/Kathmandu fri 14:45-15:45", "Europe/Berlin fri 10:00-11:00", "2027-01-15", 60, True),
        # Monday morning in Auckland is Sunday evening in London: a window of the week before.
        ("Europe/London sun 19:00-20:00", "Pacific/Auckland mon 08:00-09:00", "2027-01-13", 60, True),
        ("Pacific/Kiritimati tue 00:00-24:00", "Etc/GMT+12 sun 22:00-23:00", "2027-01-13", 60, True),
        ("Etc/GMT+12 sat 22:00-24:00", "Pacific/Kiritimati mon 00:00-02:00", "2027-01-13", 120, True),
        ("UTC sun 23:00-24:00", "Europe/Berlin mon 00:00-01:00", "2027-01-13", 60, True),
        ("UTC mon 00:00-01:00", "Europe/Berlin mon 01:00-01:59", "2027-01-13", 60, False),
        # The clocks go forward: 01:00-03:00 lasts an hour, and 02:30 is the same moment as 03:30.
        ("UTC sun 00:00-04:00", "Europe/Berlin sun 01:00-03:00", "2027-03-28", 60, True),
        ("UTC sun 00:00-04:00", "Europe/Berlin sun 01:00-03:00", "2027-03-28", 75, False),
        ("UTC sun 00:00-04:00", "Europe/Berlin sun 02:30-04:00", "2027-03-28", 30, True),
        ("UTC sun 00:00-04:00", "Europe/Berlin sun 02:30-04:00", "2027-03-28", 45, False),
        # The clocks go back: 01:00-03:00 lasts three hours, and 02:30 is the first of two.
        ("UTC sat 20:00-24:00", "Europe/Berlin sun 01:00-02:00", "2027-10-31", 60, True),
        ("Europe/London sun 00:00-02:00", "Europe/Berlin sun 01:00-03:00", "2027-10-31", 180, True),
        ("UTC sun 00:30-01:30", "Europe/Berlin sun 02:30-03:00", "2027-10-31", 60, True),
    ],
)
def test_times_meet_in_the_real_week_of_the_start(
    offered: str, asked: str, start_by: str, minutes: int, meets: bool
) -> None:
    (coach_zone, coach_window), (need_zone, need_window) = offered.split(" ", 1), asked.split(" ", 1)
    coach = a_coach(timezone=coach_zone, availability={"capacity": 1, "weekly": windows(coach_window)})
    need = a_need(
        timezone=need_zone,
        availability={"weekly": windows(need_window)},
        start_by=start_by,
        sessions={"minutes": minutes},
    )
    assert reasons(coach, need) == ([] if meets else ["availability"])


def test_adjoining_windows_are_not_merged() -> None:
    coach = a_coach(availability={"capacity": 1, "weekly": windows("mon 09:00-09:30", "mon 09:30-10:00")})
    asked = {"timezone": "Europe/Amsterdam", "availability": {"weekly": windows("mon 09:00-10:00")}}
    assert reasons(coach, a_need(**asked)) == ["availability"]
    assert reasons(coach, a_need(**asked, sessions={"minutes": 30})) == []


@pytest.mark.parametrize(
    ("credential", "expected"),
    [
        ({"level": "PCC", "verified": True}, []),
        ({"level": "MCC", "verified": True, "valid_until": "2027-01-10"}, []),
        ({"level": "MCC", "verified": True, "valid_until": "2027-01-09"}, ["credential"]),
        ({"level": "ACC", "verified": True}, ["credential"]),
        ({"level": "PCC", "verified": False}, ["credential"]),
    ],
)
def test_a_credential_counts_when_verified_high_enough_and_valid_on_the_start(
    credential: dict[str, Any], expected: list[str]
) -> None:
    need = a_need(start_by="2027-01-10", requirements={"min_credential_rank": 2})
    assert reasons(a_coach(credentials=[{"body": "ICF"} | credential]), need) == expected


def test_two_half_credentials_do_not_make_one() -> None:
    held = [{"body": "ICF", "level": "PCC"}, {"body": "AC", "level": "Foundation", "verified": True}]
    need = a_need(requirements={"min_credential_rank": 2})
    assert reasons(a_coach(credentials=held), need) == ["credential"]


def test_only_verified_references_count() -> None:
    coach = a_coach(references=[{"rating": 5, "verified": True}, {"rating": 5}])
    assert reasons(coach, a_need(requirements={"min_verified_references": 1})) == []
    assert reasons(coach, a_need(requirements={"min_verified_references": 2})) == ["references"]


def test_a_conflict_is_seen_through_case_and_space() -> None:
    coach = a_coach(conflicts=[" Acme AG "])
    assert reasons(coach, a_need(organisation="ACME ag ")) == ["conflict"]
    assert reasons(coach, a_need(organisation="Acme")) == []


def test_an_excluded_coach_is_left_out_by_id() -> None:
    assert reasons(a_coach(), a_need(requirements={"exclude_coaches": ["c1", "unknown"]})) == ["excluded"]
    assert reasons(a_coach(), a_need(requirements={"exclude_coaches": ["C1"]})) == []
