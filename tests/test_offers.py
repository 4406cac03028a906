"""What coaches offer: amounts, tax, conversion, ceiling and contract, at every door that tells of them."""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from apiflask import APIFlask
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain import EXCLUSION_REASONS, Coach, Need, Offer, ReferenceRates, Shortlist
from matcher.domain.money import billed
from matcher.intake import written_csv
from matcher.matching.offers import offer
from matcher.web.offer_shown import lines
from tests.clients import ApiCaller, a_browser, a_caller, document, signed_in
from tests.factories import a_coach, a_need
from tests.pages import opened

HERE = "Kestrel"
RATES = ReferenceRates(
    "test",
    date(2026, 11, 2),
    {"EUR": Fraction(1), "GBP": Fraction("0.87"), "JPY": Fraction(160), "RUB": Fraction(117)},
    older={"RUB": date(2022, 3, 1)},
)
SUPPLIER = {
    "legal_name": "Bell Coaching B.V.",
    "tax_id": "NL001234567B01",
    "contract": {"number": "F-2026-7", "valid_from": "2026-01-01", "valid_until": "2027-12-31"},
}
TERMS = {"expenses": "Travel at cost, second class.", "cancellation": "Free until 48 hours before, then in full."}


def fee(amount: str, currency: str = "EUR", per: str = "hour", minutes: int = 60) -> dict[str, Any]:
    return {"amount": amount, "currency": currency, "per": per, "minutes": minutes}


def offered(coach: Coach, need: Need) -> Offer:
    return offer(coach, need, RATES)


# Amounts


def test_every_amount_is_rounded_once_and_tax_is_a_share_of_the_rounded_one() -> None:
    found = offered(a_coach(fees=fee("100"), vat_rate="21"), a_need(sessions={"count": 6, "minutes": 50}))
    # 83.333..., six of which are 500.00 and not 6 x 83.33.
    assert (found.per_session.net, found.per_session.vat, found.per_session.gross) == (
        Decimal("83.33"),
        Decimal("17.50"),
        Decimal("100.83"),
    )
    assert found.in_all is not None
    assert (found.in_all.net, found.in_all.vat, found.in_all.gross) == (
        Decimal("500.00"),
        Decimal("105.00"),
        Decimal("605.00"),
    )


@pytest.mark.parametrize(
    ("amount", "currency", "net"),
    [
        ("10.005", "EUR", "10.01"),
        ("10.0049", "EUR", "10.00"),
        ("12.5", "JPY", "13"),
        ("12.4999", "JPY", "12"),
        ("1.0005", "KWD", "1.001"),
        ("0", "EUR", "0.00"),
        ("99999999.9999", "EUR", "100000000.00"),
    ],
)
def test_half_a_minor_unit_is_rounded_up_in_the_currencys_own_units(amount: str, currency: str, net: str) -> None:
    found = offered(a_coach(fees=fee(amount, currency)), a_need())
    assert found.model_dump(mode="json")["per_session"]["net"] == net


@given(
    st.decimals(0, 10_000, places=4),
    st.sampled_from([15, 45, 50, 60, 90]),
    st.integers(1, 200),
    st.sampled_from(["0", "5.5", "19", "21", "7.7"]),
)
def test_an_offer_agrees_with_exact_arithmetic(amount: Decimal, minutes: int, count: int, rate: str) -> None:
    coach = a_coach(fees=fee(str(amount), minutes=60), vat_rate=rate)
    found = offered(coach, a_need(sessions={"count": count, "minutes": minutes}))
    exact = Fraction(amount) * minutes * count / 60
    assert found.in_all is not None and found.in_all.vat is not None
    assert -Fraction(1, 200) < Fraction(found.in_all.net) - exact <= Fraction(1, 200)
    assert found.in_all.net + found.in_all.vat == found.in_all.gross
    assert found.in_all.vat == billed(Fraction(found.in_all.net) * Fraction(rate) / 100, "EUR")


def test_what_is_not_known_is_null_and_never_guessed() -> None:
    found = offered(a_coach(country="NL"), a_need()).model_dump(mode="json")
    unknown = ("sessions", "in_all", "vat_rate", "exchange", "ceiling", "expenses", "cancellation", "supplier")
    assert {name: found[name] for name in unknown} == dict.fromkeys(unknown)
    assert found["per_session"] == {"net": "200.00", "vat": None, "gross": None, "net_in_budget_currency": None}


def test_a_rate_of_zero_is_known() -> None:
    found = offered(a_coach(vat_rate=0), a_need()).model_dump(mode="json")
    assert (found["vat_rate"], found["per_session"]["vat"], found["per_session"]["gross"]) == ("0", "0.00", "200.00")


# Conversion and ceiling


def test_a_conversion_names_its_rate_source_and_the_oldest_day_that_took_part() -> None:
    found = offered(a_coach(fees=fee("87", "GBP")), a_need(budget={"per_session": 500, "currency": "EUR"}))
    assert found.per_session.net_in_budget_currency == Decimal("100.00")
    assert found.model_dump(mode="json")["exchange"] == {
        "from_currency": "GBP",
        "to_currency": "EUR",
        "rate": "1.1494252874",
        "source": "test",
        "date": "2026-11-02",
    }
    assert "€100 without VAT, at 1.14943 EUR for one GBP (test, 2 November 2026)" in dict(lines(found)).values()
    older = offered(a_coach(fees=fee("87", "RUB")), a_need(budget={"per_session": 500, "currency": "GBP"}))
    assert older.exchange is not None and older.exchange.date == date(2022, 3, 1)


def ceiling(total: str, sessions: dict[str, Any], fees: dict[str, Any] | None = None) -> dict[str, Any]:
    need = a_need(budget={"per_session": 500, "currency": "EUR", "total": total}, sessions=sessions)
    found: dict[str, Any] = offered(a_coach(fees=fees or fee("100")), need).model_dump(mode="json")["ceiling"]
    return found


def test_the_ceiling_is_held_against_the_price_as_offered() -> None:
    six = {"count": 6, "minutes": 50}
    assert ceiling("500", six) == {"total": "500", "currency": "EUR", "within": True, "over_by": None}
    assert ceiling("499.99", six) == {"total": "499.99", "currency": "EUR", "within": False, "over_by": "0.01"}
    assert ceiling("500", six, fee("87", "GBP"))["within"] is True
    assert ceiling("499", six, fee("87", "GBP"))["over_by"] == "1.00"
    assert ceiling("500", {"minutes": 50}) == {"total": "500", "currency": "EUR", "within": None, "over_by": None}


def test_a_ceiling_excludes_nobody(api: ApiCaller) -> None:
    api.put(a_coach())
    need = a_need(budget={"per_session": 200, "currency": "EUR", "total": 1}, sessions={"count": 2})
    (coach,) = api.shortlist(need)["coaches"]
    assert coach["offer"]["ceiling"] == {"total": "1", "currency": "EUR", "within": False, "over_by": "399.00"}


# The framework contract


def contracted(**contract: Any) -> Coach:
    return a_coach(id="under", supplier={"contract": {"number": "F-1", **contract}})


@pytest.mark.parametrize(
    ("contract", "fits"),
    [
        ({}, True),
        ({"valid_from": "2027-01-04", "valid_until": "2027-01-04"}, True),
        ({"valid_from": "2027-01-05"}, False),
        ({"valid_until": "2027-01-03"}, False),
    ],
)
def test_a_contract_must_be_valid_on_the_day_of_the_start(api: ApiCaller, contract: Any, fits: bool) -> None:
    api.put(contracted(**contract), a_coach(id="without"))
    need = a_need(requirements={"framework_contract": True}, start_by="2027-01-04")
    found = api.shortlist(need)
    assert [coach["coach_id"] for coach in found["coaches"]] == ["under"] * fits
    assert found["excluded_counts"] == dict.fromkeys(EXCLUSION_REASONS, 0) | {"contract": 2 - fits}
    without = {"reason": "contract", "change": "without a framework contract: 1 more coach", "frees": 1}
    assert without | {"refinement": {"lift": ["framework_contract"]}} in found["relaxations"] or not fits
    told = api.send("GET", f"/shortlists/{found['id']}/coaches/without").get_json()
    assert told["excluded_by"] == ["contract"]
    assert told["explanation"] == ["Has no framework contract that is valid on the day of the start."]


@pytest.mark.parametrize("requirements", [{}, {"framework_contract": False}, {"framework_contract": None}])
def test_a_need_that_does_not_ask_for_a_contract_names_the_ten_reasons_alone(api: ApiCaller, requirements: Any) -> None:
    api.put(a_coach())
    answer = api.send("POST", "/shortlists", document(a_need()) | {"requirements": requirements}).get_json()
    assert answer["excluded_counts"] == dict.fromkeys(EXCLUSION_REASONS, 0)


def test_a_contract_ends_no_earlier_than_it_begins(api: ApiCaller) -> None:
    wrong = {"supplier": {"contract": {"number": "F", "valid_from": "2027-02-01", "valid_until": "2027-01-31"}}}
    answer = api.send("PUT", "/coaches/c1", document(a_coach()) | wrong)
    assert answer.status_code == 422
    (error,) = answer.get_json()["errors"]
    assert error == {"pointer": "/supplier/contract/valid_until", "detail": "must not be before valid_from"}


@pytest.mark.parametrize("rate", ["21", -1, 100.1, True])
def test_a_rate_of_tax_is_a_number_of_per_cent(api: ApiCaller, rate: Any) -> None:
    answer = api.send("PUT", "/coaches/c1", document(a_coach()) | {"vat_rate": rate})
    assert [error["pointer"] for error in answer.get_json()["errors"]] == ["/vat_rate"]


# The doors


WHOLE = {"vat_rate": 21, "terms": TERMS, "supplier": SUPPLIER}


def test_the_api_keeps_and_seals_what_is_offered(api: ApiCaller) -> None:
    api.put(a_coach(**WHOLE))
    kept = api.send("GET", "/coaches/c1").get_json()
    assert (kept["vat_rate"], kept["terms"], kept["supplier"]) == (21, TERMS, SUPPLIER)
    found = api.shortlist(a_need(sessions={"count": 3}))
    (coach,) = found["coaches"]
    assert coach["offer"]["in_all"] == {
        "net": "600.00",
        "vat": "126.00",
        "gross": "726.00",
        "net_in_budget_currency": None,
    }
    assert (coach["offer"]["supplier"], coach["offer"]["cancellation"]) == (SUPPLIER, TERMS["cancellation"])
    api.put(a_coach(vat_rate=9))
    assert api.send("GET", f"/shortlists/{found['id']}").get_json() == found


def test_answers_of_before_offers_were_made_can_still_be_read(api: ApiCaller) -> None:
    api.put(a_coach())
    earlier = api.shortlist(a_need())
    del earlier["coaches"][0]["offer"]
    assert Shortlist.model_validate(earlier).coaches[0].offer is None


def test_a_file_takes_the_new_fields_along() -> None:
    header, line = csv.reader(io.StringIO("".join(written_csv([a_coach(**WHOLE)]))))
    found = dict(zip(header, line, strict=True))
    assert (found["vat_rate"], found["supplier.contract.valid_until"]) == ("21", "2027-12-31")
    assert found["terms.expenses"] == TERMS["expenses"]


def test_pages_and_files_tell_the_offer(start: Callable[..., APIFlask]) -> None:
    app = start()
    caller, browser = a_caller(app, organisation=HERE), signed_in(app, organisation=HERE)
    caller.put(a_coach(**WHOLE), a_coach(id="c2", name="Ben Orr"))
    need = a_need(
        sessions={"count": 6}, budget={"per_session": 200, "currency": "EUR", "total": 1000}, start_by="2027-03-01"
    )
    address = f"/shortlists/{caller.shortlist(need)['id']}"
    text = opened(browser, address).text
    for words in ("VAT 21%: €252", "With VAT €1,452", "€200 over the ceiling of €1,000", "Bell Coaching B.V."):
        assert words in text
    assert "F-2026-7, valid from 1 January 2026 until 31 December 2027" in text
    assert "VAT Rate not stated in the profile" in text
    compared = opened(browser, f"{address}/compare?coach=c1&coach=c2").text
    assert "A session of" not in compared and "Converted" not in compared
    assert "Cancellation Ada Bell Free until 48 hours before, then in full. Ben Orr Not said in the profile" in compared
    first, second = csv.DictReader(io.StringIO(browser.get(f"{address}/coaches.csv").data.decode("utf-8-sig")))
    assert (first["VAT"], first["Price with VAT"], first["Over the ceiling by"]) == ("252.00", "1452.00", "200.00")
    assert (second["VAT"], second["Supplier"], second["Over the ceiling by"]) == ("", "", "200.00")


def test_a_manager_is_not_shown_what_a_coach_costs(start: Callable[..., APIFlask]) -> None:
    app = start()
    caller, browser = a_caller(app, organisation=HERE), signed_in(app, organisation=HERE)
    caller.put(a_coach(**WHOLE))
    made = browser.post(f"/shortlists/{caller.shortlist(a_need())['id']}/links", data={"coach": "c1", "days": "14"})
    (address,) = re.findall(r"<code>http://localhost(/shared/[\w-]+)</code>", made.text)
    shown = opened(a_browser(app), address).text
    assert "Ada Bell" in shown
    assert not any(words in shown for words in ("€", "VAT", "B.V.", "F-2026-7", "48 hours"))


def test_forms_take_the_new_fields_and_fill_them_in_again(start: Callable[..., APIFlask]) -> None:
    app = start()
    keeper = signed_in(app, organisation=HERE, role="administrator")
    a_caller(app).put(a_coach())
    form = opened(keeper, "/edit-coach/c1").fields
    sent = {name: values for name, values in form.items() if name not in ("more", "csrf_token")} | {
        "vat_rate": "19",
        "terms.expenses": TERMS["expenses"],
        "supplier.legal_name": "Bell Ltd",
        "supplier.contract.number": "F-9",
    }
    assert keeper.post("/edit-coach/c1", data=sent).status_code == 303
    again = opened(keeper, "/edit-coach/c1").fields
    assert (again["vat_rate"], again["supplier.contract.number"]) == (["19"], ["F-9"])
    shown = opened(keeper, "/coaches/c1").text
    assert "VAT 19%" in shown and "Framework contract F-9, does not end" in shown
    need = {
        "summary": "New to the role.",
        "budget.per_session": "300",
        "budget.currency": "EUR",
        "budget.total": "900",
        "sessions.count": "3",
        "sessions.minutes": "60",
        "requirements.framework_contract": "true",
    }
    keeper.read_token("/")
    made = keeper.post("/", data=need)
    assert made.status_code == 303
    assert "Ceiling €900 for all sessions" in opened(keeper, made.headers["Location"]).text
    earlier = made.headers["Location"].rpartition("/")[2]
    filled = opened(keeper, f"/?from={earlier}").fields
    assert (filled["budget.total"], filled["requirements.framework_contract"]) == (["900"], ["true"])


def test_a_need_says_what_a_ceiling_without_a_price_of_a_session_lacks(start: Callable[..., APIFlask]) -> None:
    browser = signed_in(start(), organisation=HERE)
    browser.read_token("/")
    sent = {"summary": "New.", "budget.total": "900", "budget.currency": "EUR"}
    answer = browser.post("/", data=sent)
    assert answer.status_code == 422 and "Budget per session is required." in answer.text


def test_amounts_are_written_as_text(api: ApiCaller) -> None:
    api.put(a_coach())
    sent = api.send("POST", "/shortlists", document(a_need()))
    (coach,) = json.loads(sent.text)["coaches"]
    assert coach["offer"]["per_session"]["net"] == "200.00"
