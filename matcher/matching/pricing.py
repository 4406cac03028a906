"""What one session costs with each coach: exact for a budget, to six decimals for an order."""

from fractions import Fraction
from functools import lru_cache
from math import floor, nan

import numpy as np

from matcher.domain import Budget, Need, Price, ReferenceRate, ReferenceRates, billed, vocabulary
from matcher.matching.index import MONEY_UNITS, Bools, CoachIndex, Floats, Ints, Tariff

_NO_AMOUNT = -1
_LARGEST_AMOUNT = int(np.iinfo(np.int64).max)

_KEPT = 256
"""Kinds of needs (length of a session, currency) whose prices are remembered; exact arithmetic takes its time."""


@lru_cache(_KEPT)
def _unit_prices(
    tariffs: tuple[Tariff, ...], minutes: int, currency: str, rates: ReferenceRates
) -> tuple[Fraction | None, ...]:
    """For each tariff what `_session_price` is."""
    return tuple(_session_price(tariff, minutes, currency, rates) for tariff in tariffs)


def _session_price(tariff: Tariff, minutes: int, currency: str, rates: ReferenceRates) -> Fraction | None:
    """The price of a session in `currency` for each ten-thousandth of the fee; None without a rate."""
    fee_currency, fee_minutes = tariff
    factor = rates.factor(fee_currency, currency)
    return None if factor is None else factor * Fraction(minutes, fee_minutes * MONEY_UNITS)


def session_prices(index: CoachIndex, minutes: int, currency: str, rates: ReferenceRates, rows: Ints) -> Floats:
    """The price of one session of that length with each of those coaches, pro rata, in that currency; shape (rows,).

    Rounded to six decimals, so that equal prices compare equal; NaN where it cannot be converted.
    """
    tariffs, places = index.tariffs
    unit_prices = _unit_prices(tariffs, minutes, currency, rates)
    multipliers = np.array([nan if price is None else float(price) for price in unit_prices], np.float64)
    prices: Floats = np.round(index.facts.fee_amount[rows] * multipliers[places[rows]], 6)
    return prices


def _largest_fee(unit_price: Fraction | None, budget: Budget) -> int:
    """The highest fee, in ten-thousandths, that the budget covers; below every fee without a rate."""
    if unit_price is None:
        return _NO_AMOUNT
    return min(floor(Fraction(budget.per_session) / unit_price), _LARGEST_AMOUNT)


def largest_fees(index: CoachIndex, minutes: int, budget: Budget, rates: ReferenceRates) -> Ints:
    """The highest fee, in ten-thousandths, with which one session of that length is within the budget, for each of the
    index's tariffs; shape (tariffs,). Below every fee where a price cannot be converted."""
    unit_prices = _unit_prices(index.tariffs[0], minutes, budget.currency, rates)
    return np.array([_largest_fee(price, budget) for price in unit_prices], np.int64)


def within_budget(index: CoachIndex, minutes: int, budget: Budget, rates: ReferenceRates) -> Bools:
    """Whether one session of that length costs at most the budget, without any rounding; shape (coaches,).

    A price that cannot be converted to the budget's currency is not within it.
    """
    fits: Bools = index.facts.fee_amount <= largest_fees(index, minutes, budget, rates).take(index.tariffs[1])
    return fits


def lowest_price(
    index: CoachIndex, among: Bools, minutes: int, currency: str, rates: ReferenceRates
) -> Fraction | None:
    """The exact lowest price of one session with any of those coaches, in that currency.

    `among` has shape (coaches,). None when there is no coach whose price can be converted.
    """
    tariffs, places = index.tariffs
    unit_prices = _unit_prices(tariffs, minutes, currency, rates)
    rows = np.flatnonzero(among)
    least = np.full(len(tariffs), _LARGEST_AMOUNT)
    np.minimum.at(least, places[rows], index.facts.fee_amount[rows])
    prices = [
        unit_price * int(least[place])
        for place in np.flatnonzero(np.bincount(places[rows], minlength=len(tariffs))).tolist()
        if (unit_price := unit_prices[place]) is not None
    ]
    return min(prices, default=None)


def reference_rate(index: CoachIndex, currency: str, rates: ReferenceRates) -> ReferenceRate | None:
    """The rates with which fees are converted to that currency; None when no fee needs or allows it.

    A rate that took part and is older than the others is named with its own date.
    """
    fee_currencies = sorted({fee_currency for fee_currency, _ in index.tariffs[0]})
    converted = [code for code in fee_currencies if code != currency and rates.factor(code, currency) is not None]
    if not converted:
        return None
    older = [f"{code} of {rates.older[code]}" for code in sorted({*converted, currency}) if code in rates.older]
    return ReferenceRate(source="; ".join([rates.source, *older]), date=rates.date)


def price(index: CoachIndex, row: int, need: Need, rates: ReferenceRates) -> Price:
    """What one coach costs, in the fee's own currency: a session of the need's length, and all of them.

    Each amount is rounded half up to the minor unit of its currency, as it would be billed.
    """
    amount = Fraction(int(index.facts.fee_amount[row]), MONEY_UNITS)
    session = amount * need.sessions.minutes / int(index.facts.fee_minutes[row])
    currency = vocabulary.CURRENCIES[int(index.facts.fee_currency[row])]
    is_foreign = need.budget is not None and need.budget.currency != currency
    factor = rates.factor(currency, need.budget.currency) if need.budget and is_foreign else None
    return Price(
        per_session=billed(session, currency),
        engagement=billed(session * need.sessions.count, currency) if need.sessions.count else None,
        currency=currency,
        in_budget_currency=billed(session * factor, need.budget.currency) if need.budget and factor else None,
    )
