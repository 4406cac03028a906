from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from matcher.domain import Coach, Need, ReferenceRates
from matcher.matching.eligibility import screen
from matcher.matching.index import CoachIndex
from matcher.matching.relaxation import relaxations
from tests.factories import a_coach, a_need, without_texts

TODAY = date(2026, 11, 3)
RATES = ReferenceRates("test", TODAY, {"EUR": Fraction(1), "GBP": Fraction(4, 5)})


def proposals(need: Need, *coaches: Coach) -> list[tuple[str, str, int]]:
    numbered = [coach.model_copy(update={"id": str(number)}) for number, coach in enumerate(coaches)]
    index = CoachIndex.build([without_texts(coach) for coach in numbered])
    found = relaxations(index, need, RATES, TODAY, screen(index, need, RATES, TODAY))
    return [(relaxation.reason, relaxation.change, relaxation.frees) for relaxation in found]


def priced(amount: int | str, currency: str = "EUR") -> Coach:
    return a_coach(fees={"amount": amount, "currency": currency, "per": "hour"})


def free(weekly: list[tuple[str, str, str]] | None = None, **availability: Any) -> Coach:
    weekly = weekly or [("mon", "09:00", "17:00")]
    listed = [{"day": day, "from": start, "to": end} for day, start, end in weekly]
    return a_coach(availability={"capacity": 1, "weekly": listed} | availability)


def referred(verified: int) -> Coach:
    return a_coach(references=[{"rating": 5, "verified": True}] * verified)


def certified(level: str, **changes: Any) -> Coach:
    return a_coach(credentials=[{"body": "ICF", "level": level, "verified": True} | changes])


ON_MONDAY_MORNING = {
    "timezone": "Europe/Amsterdam",
    "availability": {"weekly": [{"day": "mon", "from": "09:00", "to": "12:00"}]},
}


def test_nothing_is_proposed_where_everybody_is_eligible_or_nobody_is_there() -> None:
    assert proposals(a_need(), a_coach()) == []
    assert proposals(a_need()) == []


def test_the_budget_is_raised_to_the_next_whole_unit_that_lets_one_in() -> None:
    need = a_need(budget={"per_session": "170.50", "currency": "EUR"})
    coaches = [priced(170), priced("200.10"), priced("160.4", "GBP"), priced(202), priced(1, "XAU")]
    assert proposals(need, *coaches) == [("budget", "€30 more per session: 2 more coaches", 2)]
    assert proposals(need, priced("190.9"), priced(202)) == [("budget", "€21 more per session: 1 more coach", 1)]


def test_a_price_that_cannot_be_converted_is_not_within_any_budget() -> None:
    assert proposals(a_need(budget={"per_session": 1, "currency": "EUR"}), priced(2, "XAU")) == []


def test_the_start_moves_to_the_first_day_on_which_somebody_accepts() -> None:
    need = a_need(start_by="2027-01-15")
    coaches = [free(accepting_from=day) for day in ("2027-01-27", "2027-01-27", "2027-02-01")]
    assert proposals(need, *coaches) == [("start", "start 12 days later, on 27 January 2027: 2 more coaches", 2)]


def test_a_start_in_the_past_moves_to_today() -> None:
    assert proposals(a_need(start_by="2026-11-02"), free()) == [
        ("start", "start 1 day later, on 3 November 2026: 1 more coach", 1)
    ]


def test_a_later_start_counts_whom_it_loses() -> None:
    need = a_need(start_by="2027-01-15", requirements={"min_credential_rank": 1})
    expiring = certified("ACC", valid_until="2027-01-20")
    later = certified("ACC").model_copy(update={"availability": free(accepting_from="2027-01-27").availability})
    latest = later.model_copy(update={"availability": free(accepting_from="2027-02-01").availability})
    assert proposals(need, expiring, later) == []
    assert proposals(need, expiring, later, latest) == [
        ("start", "start 17 days later, on 1 February 2027: 1 more coach", 1)
    ]


def test_shorter_sessions_come_before_giving_up_the_stated_times() -> None:
    need = a_need(**ON_MONDAY_MORNING, sessions={"minutes": 90})
    coaches = [free([("mon", "11:00", "13:00")]), free([("mon", "08:00", "09:50")]), free([("tue", "09:00", "12:00")])]
    assert proposals(need, *coaches) == [("availability", "sessions of 60 instead of 90 minutes: 1 more coach", 1)]
    assert proposals(need, *coaches[2:]) == [("availability", "without the stated times: 1 more coach", 1)]


def test_no_session_is_proposed_shorter_than_half_an_hour() -> None:
    need = a_need(**ON_MONDAY_MORNING)
    assert proposals(need, free([("mon", "11:35", "13:00")])) == [
        ("availability", "without the stated times: 1 more coach", 1)
    ]


def test_the_language_that_lets_most_in_is_added() -> None:
    coaches = [a_coach(languages=languages) for languages in (["de"], ["es", "de"], ["es"], ["es", "fr"])]
    assert proposals(a_need(languages=["en"]), *coaches) == [
        ("language", "coaching in Spanish as well: 3 more coaches", 3)
    ]


@pytest.mark.parametrize(
    ("modalities", "location", "offered", "change"),
    [
        (["in_person"], "Berlin", [["video"], ["video", "phone"]], "sessions by video as well: 2 more coaches"),
        (["in_person"], "Berlin", [["phone"]], "sessions by phone as well: 1 more coach"),
        (["video"], "Paris", [["in_person"], ["in_person"]], "sessions in person in Paris as well: 2 more coaches"),
        (["video"], "Berlin", [["in_person"]], None),
        (["video"], "", [["in_person"]], None),
    ],
)
def test_the_modality_that_lets_most_in_is_added(
    modalities: list[str], location: str, offered: list[list[str]], change: str | None
) -> None:
    coaches = [a_coach(modalities=each, locations=["Paris"]) for each in offered]
    expected = [("modality", change, len(offered))] if change else []
    assert proposals(a_need(modalities=modalities, location=location), *coaches) == expected


def test_the_credential_required_goes_down_no_further_than_needed() -> None:
    need = a_need(requirements={"min_credential_rank": 3})
    lower = ("credential", "a credential of rank 1 instead of 3: 1 more coach", 1)
    assert proposals(need, certified("ACC"), a_coach()) == [lower]
    assert proposals(need, a_coach()) == [("credential", "without a verified credential: 1 more coach", 1)]


@pytest.mark.parametrize(
    ("most", "change"),
    [
        (2, "2 verified references instead of 3: 1 more coach"),
        (1, "1 verified reference instead of 3: 1 more coach"),
        (0, "without verified references: 1 more coach"),
    ],
)
def test_fewer_references_are_asked_for_down_to_the_most_that_somebody_has(most: int, change: str) -> None:
    coaches = [referred(most), a_coach(availability={"capacity": 0})]
    need = a_need(requirements={"min_verified_references": 3})
    assert proposals(need, *coaches) == [("references", change, 1)]


def test_excluded_coaches_are_counted_and_not_named() -> None:
    need = a_need(requirements={"exclude_coaches": ["0", "1", "9"]})
    assert proposals(need, a_coach(), a_coach()) == [
        ("excluded", "2 excluded coaches allowed again: 2 more coaches", 2)
    ]
    assert proposals(need, a_coach()) == [("excluded", "1 excluded coach allowed again: 1 more coach", 1)]


def test_what_only_the_coach_can_change_is_not_proposed() -> None:
    need = a_need(organisation="Acme")
    assert proposals(need, a_coach(conflicts=["acme"]), a_coach(availability={"capacity": 0})) == []


def test_coaches_who_fail_two_requirements_are_not_promised() -> None:
    need = a_need(languages=["de"], budget={"per_session": 100, "currency": "EUR"})
    assert proposals(need, priced(120)) == []


def test_most_freed_comes_first_and_the_contract_order_breaks_ties() -> None:
    need = a_need(
        languages=["en"],
        budget={"per_session": 200, "currency": "EUR"},
        requirements={"min_credential_rank": 1},
    )
    able = {"credentials": [{"body": "ICF", "level": "ACC", "verified": True}]}
    dear = {"amount": 201, "currency": "EUR", "per": "hour"}
    coaches = [a_coach(), a_coach(), a_coach(**able, languages=["de"]), a_coach(**able, fees=dear)]
    assert [reason for reason, _, _ in proposals(need, *coaches)] == ["credential", "language", "budget"]
