"""What a coach offers for the sessions of a need: every amount exact until it is rounded, once, as it is billed."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from matcher.domain import (
    Ceiling,
    Coach,
    Exchange,
    Need,
    Offer,
    OfferedAmount,
    OfferedRate,
    ReferenceRates,
    billed,
)

_RATE_DIGITS = 10


def offer(coach: Coach, need: Need, rates: ReferenceRates) -> Offer:
    """The offer, in the fee's currency and net of VAT, with what it comes to in the budget's where that is another.

    What the profile or the need leaves open is None: the VAT without a rate, the whole without a number of sessions,
    the converted amounts without a budget or a reference rate.
    """
    fees, sessions = coach.fees, need.sessions
    session = Fraction(fees.amount) * sessions.minutes / fees.priced_minutes
    factor = _factor(coach, need, rates)
    per_session = _amount(session, coach, need, factor)
    in_all = None if sessions.count is None else _amount(session * sessions.count, coach, need, factor)
    return Offer(
        currency=fees.currency,
        sessions=sessions.count,
        minutes=sessions.minutes,
        rate=OfferedRate(amount=fees.amount, currency=fees.currency, per=fees.per, minutes=fees.priced_minutes),
        per_session=per_session,
        in_all=in_all,
        vat_rate=coach.vat_rate,
        exchange=_exchange(coach, need, rates, factor),
        ceiling=_ceiling(need, fees.currency, in_all),
        expenses=coach.terms.expenses if coach.terms else None,
        cancellation=coach.terms.cancellation if coach.terms else None,
        supplier=coach.supplier,
    )


def _factor(coach: Coach, need: Need, rates: ReferenceRates) -> Fraction | None:
    """By what amounts are converted to the budget's currency; None where that is the same, or cannot be done."""
    if need.budget is None or need.budget.currency == coach.fees.currency:
        return None
    return rates.factor(coach.fees.currency, need.budget.currency)


def _amount(exact: Fraction, coach: Coach, need: Need, factor: Fraction | None) -> OfferedAmount:
    currency = coach.fees.currency
    net = billed(exact, currency)
    # As on an invoice (EN 16931): the tax is a share of the rounded amount, and the two add up.
    vat = None if coach.vat_rate is None else billed(Fraction(net) * Fraction(coach.vat_rate) / 100, currency)
    return OfferedAmount(
        net=net,
        vat=vat,
        gross=None if vat is None else net + vat,
        net_in_budget_currency=billed(exact * factor, need.budget.currency) if need.budget and factor else None,
    )


def _exchange(coach: Coach, need: Need, rates: ReferenceRates, factor: Fraction | None) -> Exchange | None:
    if need.budget is None or factor is None:
        return None
    pair = (coach.fees.currency, need.budget.currency)
    return Exchange(
        from_currency=pair[0],
        to_currency=pair[1],
        rate=_shown_rate(factor),
        source=rates.source,
        date=_oldest(rates, pair),
    )


def _oldest(rates: ReferenceRates, pair: tuple[str, str]) -> date:
    """The day of the older of two rates: a conversion is as old as the oldest that took part."""
    return min(rates.older.get(currency, rates.date) for currency in pair)


def _shown_rate(factor: Fraction) -> Decimal:
    units = int(factor * 10**_RATE_DIGITS + Fraction(1, 2))
    return Decimal(units).scaleb(-_RATE_DIGITS)


def _ceiling(need: Need, currency: str, in_all: OfferedAmount | None) -> Ceiling | None:
    """The need's total held against the offer as it is rounded, so that `over_by` is their difference to the cent."""
    budget = need.budget
    if budget is None or budget.total is None:
        return None
    offered = None
    if in_all is not None:
        offered = in_all.net if budget.currency == currency else in_all.net_in_budget_currency
    over = None if offered is None else offered - budget.total
    return Ceiling(
        total=budget.total,
        currency=budget.currency,
        within=None if over is None else over <= 0,
        over_by=over if over is not None and over > 0 else None,
    )
