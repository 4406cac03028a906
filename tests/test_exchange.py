from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from matcher.errors import ConfigurationError
from matcher.exchange import ExchangeRates

RATES = """Date,USD,GBP,RUB,
2026-10-30,1.1172,0.8712,N/A,
2026-10-29,1.1166,0.8700,N/A,
2022-03-01,1.1162,0.8355,117.2010,
"""


@pytest.fixture
def rates(tmp_path: Path) -> ExchangeRates:
    file = tmp_path / "eurofxref-hist.csv"
    file.write_text(RATES)
    return ExchangeRates(str(file))


def test_the_rates_are_the_decimals_of_the_file(rates: ExchangeRates) -> None:
    found = rates.on(date(2026, 10, 29))
    assert (found.date, found.source) == (date(2026, 10, 29), "ECB euro foreign exchange reference rates")
    assert dict(found.per_euro) == {
        "EUR": 1,
        "USD": Fraction(11166, 10_000),
        "GBP": Fraction(87, 100),
        "RUB": Fraction(117_201, 1_000),
    }


def test_a_day_without_rates_takes_the_newest_before_it(rates: ExchangeRates) -> None:
    assert rates.on(date(2026, 11, 1)) == rates.on(date(2030, 1, 1)) == rates.on(date(2026, 10, 30))
    assert rates.on(date(2026, 10, 28)).date == date(2022, 3, 1)


def test_a_currency_no_longer_quoted_keeps_its_last_rate_and_says_so(rates: ExchangeRates) -> None:
    assert dict(rates.on(date(2026, 10, 30)).older) == {"RUB": date(2022, 3, 1)}
    assert dict(rates.on(date(2022, 3, 1)).older) == {}


def test_before_the_first_rate_only_the_euro_is_known(rates: ExchangeRates) -> None:
    found = rates.on(date(2022, 2, 28))
    assert (found.date, dict(found.per_euro)) == (date(2022, 2, 28), {"EUR": 1})
    assert found.factor("EUR", "USD") is None


def test_the_packaged_rates_are_the_default() -> None:
    found = ExchangeRates().on(date(2014, 3, 29))
    assert found.date == date(2014, 3, 28)
    assert found.per_euro["USD"] == Fraction(13_759, 10_000)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Date,USD\n",
        b"Date,USD\n2026-10-30,many\n",
        b"Date,USD\n2026-10-30,0\n",
        b"Date,USD\n2026-10-30,NaN\n",
        b"Date,USD\n2026-10-30,Infinity\n",
        b"Date,USD\nyesterday,1.1\n",
        b"\xff\xfe",
    ],
)
def test_a_file_without_usable_rates_is_refused_by_the_name_of_its_setting(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "rates.csv"
    file.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"MATCHER_RATES_FILE: .*rates\.csv"):
        ExchangeRates(str(file))


@pytest.mark.parametrize("file", ["absent.csv", "https://example.org/rates.csv"])
def test_a_file_that_is_not_there_is_refused_and_nothing_is_fetched(file: str) -> None:
    with pytest.raises(ConfigurationError, match="MATCHER_RATES_FILE"):
        ExchangeRates(file)


def test_a_broken_archive_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "rates.zip"
    file.write_bytes(b"PK no archive")
    with pytest.raises(ConfigurationError, match="MATCHER_RATES_FILE"):
        ExchangeRates(str(file))
