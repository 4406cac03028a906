from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from matcher.domain import Credential, Fees, Need, ShortlistRequest, Window
from matcher.domain.vocabulary import (
    CREDENTIALS,
    FOCUS_AREAS,
    INDUSTRIES,
    LEVELS,
    STYLES,
    TIMEZONES,
    credential_rank,
    label,
)
from tests.factories import a_coach, a_need


def test_vocabularies_have_each_code_once_and_a_label_for_it_in_words() -> None:
    for codes in (FOCUS_AREAS, INDUSTRIES, LEVELS, STYLES):
        labels = [label(code) for code in codes]
        assert len(set(labels)) == len(codes)
        assert not any("_" in words for words in labels)
    assert (len(FOCUS_AREAS), len(STYLES)) == (42, 10)
    assert "localtime" not in TIMEZONES


def test_credentials_of_every_body_are_ranked_in_the_order_of_their_levels() -> None:
    for body, levels in CREDENTIALS.items():
        ranks = [credential_rank(body, level) for level in levels]
        assert ranks == sorted(set(ranks))
        assert ranks[-1] == 3


@pytest.mark.parametrize(("day", "valid"), [("2027-01-04", True), ("2027-01-03", False), (None, True)])
def test_a_credential_is_valid_up_to_and_with_its_last_day(day: str | None, valid: bool) -> None:
    credential = Credential.model_validate({"body": "ICF", "level": "PCC", "valid_until": day})
    assert credential.valid_on(date(2027, 1, 4)) is valid


@pytest.mark.parametrize(
    ("fees", "price"),
    [({"per": "hour"}, "315"), ({"per": "session", "minutes": 45}, "420"), ({"per": "session", "minutes": 90}, "210")],
)
def test_a_price_is_pro_rata_and_not_rounded(fees: dict[str, Any], price: str) -> None:
    assert Fees.model_validate({"amount": 210, "currency": "EUR"} | fees).for_minutes(90) == Decimal(price)


def test_values_are_frozen_and_equal_when_their_fields_are() -> None:
    assert a_coach() == a_coach()
    with pytest.raises(ValidationError):
        a_coach().name = "Other"  # type: ignore[misc]


def test_codes_that_come_twice_count_once_but_a_goal_may_not() -> None:
    assert a_coach(languages=["en", "nl", "en"]).languages == ("en", "nl")
    with pytest.raises(ValidationError, match="names an area more than once"):
        a_need(focus_areas=[{"area": "delegation"}, {"area": "delegation"}])


def test_a_window_ends_on_the_day_it_begins_and_24_00_is_its_latest_end() -> None:
    window = Window.model_validate({"day": "sun", "from": "23:00", "to": "24:00"})
    assert window.weekday == 6
    with pytest.raises(ValidationError, match="split a window that crosses midnight"):
        Window.model_validate({"day": "sun", "from": "23:00", "to": "01:00"})


def test_a_request_gives_its_need_without_the_limit() -> None:
    request = ShortlistRequest.model_validate({"summary": "He is alone.", "limit": 5})
    assert (request.limit, request.need) == (5, Need(summary="He is alone."))
    assert "limit" not in request.need.model_dump()
