"""An offer in words and as the cells of a file."""

from collections.abc import Iterator, Sequence
from decimal import Context, Decimal

from matcher.domain import Exchange, FrameworkContract, Offer, OfferedAmount, Supplier, plain_digits
from matcher.texts import Phrase
from matcher.web import wording
from matcher.web.language import gettext, said, texts
from matcher.web.wording import money

Line = tuple[str, str]
"""What it is, and how much or what of it."""


_CONVERTED = Phrase("Converted")

_SHOWN = Context(prec=6)
"""A rate is shown with as many digits as the banks publish; one of two currencies by way of a third has more."""


def lines(offer: Offer) -> tuple[Line, ...]:
    """The offer line by line beside its prices; nothing of what is not known but for the VAT."""
    return tuple((name, text) for name, text in _all_lines(offer) if text)


def side_by_side(offers: Sequence[Offer | None]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each line that one of the offers has, and what all of them say there; empty where one says nothing."""
    columns = [dict(_all_lines(offer)) if offer else {} for offer in offers]
    names = dict.fromkeys(name for column in columns for name in column)
    # One that is in the budget's currency has no such line, and needs none.
    without = {said(_CONVERTED): gettext("Not needed")}
    for name in names:
        cells = tuple(column.get(name, "") for column in columns)
        if any(cells):
            yield name, tuple(cell or without.get(name, "") for cell in cells)


def over_ceiling(offer: Offer) -> str:
    """By how much the offer is over the need's ceiling; empty when it is not, or there is none."""
    ceiling = offer.ceiling
    if ceiling is None or ceiling.over_by is None:
        return ""
    return gettext(
        "%(amount)s over the ceiling of %(total)s",
        amount=money(ceiling.over_by, ceiling.currency),
        total=money(ceiling.total, ceiling.currency),
    )


def _all_lines(offer: Offer) -> Iterator[Line]:
    yield gettext("Rate"), _rate(offer)
    yield gettext("VAT"), _vat(offer)
    yield gettext("With VAT"), _with_vat(offer)
    yield said(_CONVERTED), _converted(offer)
    yield gettext("Ceiling"), _ceiling(offer)
    yield gettext("Expenses"), offer.expenses or ""
    yield gettext("Cancellation"), offer.cancellation or ""
    yield from supplier_lines(offer.supplier)


def supplier_lines(supplier: Supplier | None) -> Iterator[Line]:
    """Who invoices, and under which contract; empty texts for what is not known."""
    known = supplier or Supplier()
    yield gettext("Supplier"), known.legal_name or ""
    yield gettext("Tax id"), known.tax_id or ""
    yield gettext("Framework contract"), _contract(known.contract) if known.contract else ""


def _contract(contract: FrameworkContract) -> str:
    return f"{contract.number}, {_validity(contract)}"


def _validity(contract: FrameworkContract) -> str:
    start = wording.day(contract.valid_from) if contract.valid_from else ""
    end = wording.day(contract.valid_until) if contract.valid_until else ""
    if start and end:
        return gettext("valid from %(start)s until %(end)s", start=start, end=end)
    if start:
        return gettext("valid from %(start)s", start=start)
    return gettext("valid until %(day)s", day=end) if end else gettext("does not end")


def _rate(offer: Offer) -> str:
    price = money(offer.rate.amount, offer.rate.currency)
    if offer.rate.per == "hour":
        return gettext("%(price)s an hour", price=price)
    return gettext("%(price)s a session of %(minutes)s minutes", price=price, minutes=offer.rate.minutes)


def _whole(offer: Offer) -> OfferedAmount:
    return offer.in_all or offer.per_session


def _vat(offer: Offer) -> str:
    vat = _whole(offer).vat
    if vat is None or offer.vat_rate is None:
        return gettext("Rate not stated in the profile")
    return f"{wording.rate(offer.vat_rate)}: {money(vat, offer.currency)}"


def _with_vat(offer: Offer) -> str:
    gross = _whole(offer).gross
    return "" if gross is None else money(gross, offer.currency)


def _converted(offer: Offer) -> str:
    exchange, net = offer.exchange, _whole(offer).net_in_budget_currency
    if exchange is None or net is None:
        return ""
    return gettext(
        "%(amount)s without VAT, at %(rate)s %(to)s for one %(origin)s (%(source)s, %(day)s)",
        amount=money(net, exchange.to_currency),
        rate=texts().digits(f"{_SHOWN.create_decimal(exchange.rate).normalize():f}"),
        to=exchange.to_currency,
        origin=exchange.from_currency,
        source=said(exchange.source),
        day=wording.day(exchange.date),
    )


def _ceiling(offer: Offer) -> str:
    ceiling = offer.ceiling
    if ceiling is None:
        return ""
    if ceiling.within is None:
        return gettext("Cannot be checked while the number of sessions is open")
    total = money(ceiling.total, ceiling.currency)
    return over_ceiling(offer) or gettext("Within the %(total)s for all sessions", total=total)


def cells(offer: Offer) -> dict[str, str]:
    """What a file says of an offer beside its prices, by column; amounts as plain numbers."""
    whole, ceiling, exchange = _whole(offer), offer.ceiling, offer.exchange
    found = {
        gettext("VAT rate in %"): _number(offer.vat_rate),
        gettext("VAT"): _number(whole.vat),
        gettext("Price with VAT"): _number(whole.gross),
        **(_exchanged(exchange, whole) if exchange else {}),
        gettext("Over the ceiling by"): _number(ceiling.over_by) if ceiling else "",
        gettext("Expenses"): offer.expenses or "",
        gettext("Cancellation"): offer.cancellation or "",
        **dict(supplier_lines(offer.supplier)),
    }
    return {name: cell for name, cell in found.items() if cell}


def _exchanged(exchange: Exchange, whole: OfferedAmount) -> dict[str, str]:
    rate = gettext("%(rate)s of %(day)s", rate=_number(exchange.rate), day=exchange.date.isoformat())
    return {
        gettext("Price in %(currency)s", currency=exchange.to_currency): _number(whole.net_in_budget_currency),
        gettext("Reference rate"): rate,
    }


def _number(amount: Decimal | None) -> str:
    return "" if amount is None else plain_digits(amount)
