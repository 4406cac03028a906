"""An offer in words and as the cells of a file."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from matcher.domain import FrameworkContract, Offer, OfferedAmount, Supplier, plain_digits
from matcher.web import wording
from matcher.web.wording import money

Line = tuple[str, str]
"""What it is, and how much or what of it."""


_WITHOUT = {"Converted": "Not needed"}
"""What is said beside other offers of one that has no such line, and needs none."""


def lines(offer: Offer) -> tuple[Line, ...]:
    """The offer line by line beside its prices; nothing of what is not known but for the VAT."""
    return tuple((name, text) for name, text in _all_lines(offer) if text)


def side_by_side(offers: Sequence[Offer | None]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each line that one of the offers has, and what all of them say there; empty where one says nothing."""
    columns = [dict(_all_lines(offer)) if offer else {} for offer in offers]
    names = dict.fromkeys(name for column in columns for name in column)
    for name in names:
        cells = tuple(column.get(name, "") for column in columns)
        if any(cells):
            yield name, tuple(cell or _WITHOUT.get(name, "") for cell in cells)


def over_ceiling(offer: Offer) -> str:
    """By how much the offer is over the need's ceiling; empty when it is not, or there is none."""
    ceiling = offer.ceiling
    if ceiling is None or ceiling.over_by is None:
        return ""
    return f"{money(ceiling.over_by, ceiling.currency)} over the ceiling of {money(ceiling.total, ceiling.currency)}"


def _all_lines(offer: Offer) -> Iterator[Line]:
    yield "Rate", _rate(offer)
    yield "VAT", _vat(offer)
    yield "With VAT", _with_vat(offer)
    yield "Converted", _converted(offer)
    yield "Ceiling", _ceiling(offer)
    yield "Expenses", offer.expenses or ""
    yield "Cancellation", offer.cancellation or ""
    yield from supplier_lines(offer.supplier)


def supplier_lines(supplier: Supplier | None) -> Iterator[Line]:
    """Who invoices, and under which contract; empty texts for what is not known."""
    known = supplier or Supplier()
    yield "Supplier", known.legal_name or ""
    yield "Tax id", known.tax_id or ""
    yield "Framework contract", _contract(known.contract) if known.contract else ""


def _contract(contract: FrameworkContract) -> str:
    start = f"from {wording.day(contract.valid_from)}" if contract.valid_from else ""
    end = f"until {wording.day(contract.valid_until)}" if contract.valid_until else ""
    validity = " ".join(filter(None, ("valid", start, end))) if start or end else "does not end"
    return f"{contract.number}, {validity}"


def _rate(offer: Offer) -> str:
    length = "an hour" if offer.rate.per == "hour" else f"a session of {offer.rate.minutes} minutes"
    return f"{money(offer.rate.amount, offer.rate.currency)} {length}"


def _whole(offer: Offer) -> OfferedAmount:
    return offer.in_all or offer.per_session


def _vat(offer: Offer) -> str:
    vat = _whole(offer).vat
    if vat is None or offer.vat_rate is None:
        return "Rate not stated in the profile"
    return f"{wording.percent(offer.vat_rate)}: {money(vat, offer.currency)}"


def _with_vat(offer: Offer) -> str:
    gross = _whole(offer).gross
    return "" if gross is None else money(gross, offer.currency)


def _converted(offer: Offer) -> str:
    exchange, net = offer.exchange, _whole(offer).net_in_budget_currency
    if exchange is None or net is None:
        return ""
    rate = f"{exchange.rate.normalize():f} {exchange.to_currency} for one {exchange.from_currency}"
    source = f"{exchange.source}, {wording.day(exchange.date)}"
    return f"{money(net, exchange.to_currency)} without VAT, at {rate} ({source})"


def _ceiling(offer: Offer) -> str:
    ceiling = offer.ceiling
    if ceiling is None:
        return ""
    if ceiling.within is None:
        return "Cannot be checked while the number of sessions is open"
    return over_ceiling(offer) or f"Within the {money(ceiling.total, ceiling.currency)} for all sessions"


def cells(offer: Offer) -> dict[str, str]:
    """What a file says of an offer beside its prices, by column; amounts as plain numbers."""
    whole, ceiling, exchange = _whole(offer), offer.ceiling, offer.exchange
    found = {
        "VAT rate in %": _number(offer.vat_rate),
        "VAT": _number(whole.vat),
        "Price with VAT": _number(whole.gross),
        f"Price in {exchange.to_currency}" if exchange else "": _number(whole.net_in_budget_currency),
        "Reference rate": f"{_number(exchange.rate)} of {exchange.date.isoformat()}" if exchange else "",
        "Over the ceiling by": _number(ceiling.over_by) if ceiling else "",
        "Expenses": offer.expenses or "",
        "Cancellation": offer.cancellation or "",
        **dict(supplier_lines(offer.supplier)),
    }
    return {name: cell for name, cell in found.items() if cell}


def _number(amount: Decimal | None) -> str:
    return "" if amount is None else plain_digits(amount)
