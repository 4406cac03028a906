"""Writes cXML 1.2: answers to a portal, and the basket that a browser takes back to it."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement, fromstring, tostring

from matcher.domain import plain_digits
from matcher.domain.money import minor_digits
from matcher.domain.punchout import BasketLine, Party, Visit

VERSION = "1.2.014"
_NOT_IN_XML = re.compile("[^\\t\\n\\r\\u0020-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/{VERSION}/cXML.dtd">\n'
)
_LANGUAGE = "xml:lang"
_ENGLISH = "en-GB"
_NO_MONEY = "EUR"
"""The currency that an empty basket comes to nothing in."""

_EFFECTIVE = datetime(2026, 11, 27, tzinfo=UTC)
"""Since when the requests that `profile_response` names are answered as they are."""


def setup_response(start_page: str, payload_id: str, now: datetime) -> str:
    """The answer to a portal: the address at which its visitor begins."""
    root = _document(payload_id, now)
    response = SubElement(root, "Response")
    SubElement(response, "Status", code="200", text="OK")
    page = SubElement(SubElement(response, "PunchOutSetupResponse"), "StartPage")
    SubElement(page, "URL").text = start_page
    return _written(root)


def profile_response(address: str, payload_id: str, now: datetime) -> str:
    """The answer to a portal that asks what it may ask for, and at which address."""
    root = _document(payload_id, now)
    response = SubElement(root, "Response")
    SubElement(response, "Status", code="200", text="OK")
    profile = SubElement(response, "ProfileResponse", effectiveDate=_EFFECTIVE.isoformat())
    transaction = SubElement(profile, "Transaction", requestName="PunchOutSetupRequest")
    SubElement(transaction, "URL").text = address
    return _written(root)


def status_response(code: int, text: str, detail: str, payload_id: str, now: datetime) -> str:
    """The answer to a portal whose request was refused: what kind of refusal it is, and why in words."""
    root = _document(payload_id, now)
    status = SubElement(SubElement(root, "Response"), "Status", {"code": str(code), "text": text, _LANGUAGE: _ENGLISH})
    status.text = detail
    return _written(root)


def order_message(visit: Visit, line: BasketLine | None, payload_id: str, now: datetime) -> str:
    """The basket of a visit with that one line; without one, an empty basket.

    It goes by way of a browser, so it holds no secret; the cookie of the buyer tells whose it is.
    """
    root = _document(payload_id, now)
    _header(root, visit)
    message = SubElement(root, "Message", deploymentMode=visit.deployment_mode)
    order = SubElement(message, "PunchOutOrderMessage")
    # Written by our own reader from a document that it had checked.
    order.append(fromstring(visit.buyer_cookie))  # noqa: S314
    head = SubElement(order, "PunchOutOrderMessageHeader", operationAllowed="edit")
    currency = line.currency if line else _NO_MONEY
    _money(SubElement(head, "Total"), line.total if line else Decimal(0).scaleb(-minor_digits(currency)), currency)
    if line is not None:
        _tax(head, line)
        _item(order, line)
    return _written(root)


def _document(payload_id: str, now: datetime) -> Element:
    stamped = {"payloadID": payload_id, "timestamp": now.isoformat(timespec="seconds")}
    return Element("cXML", {**stamped, "version": VERSION, _LANGUAGE: _ENGLISH})


def _header(root: Element, visit: Visit) -> None:
    header = SubElement(root, "Header")
    _party(SubElement(header, "From"), visit.supplier)
    _party(SubElement(header, "To"), visit.buyer.party)
    sender = SubElement(header, "Sender")
    _party(sender, visit.supplier)
    SubElement(sender, "UserAgent").text = "Coach matcher"


def _party(side: Element, party: Party) -> None:
    SubElement(SubElement(side, "Credential", domain=party.domain), "Identity").text = party.identity


def _money(parent: Element, amount: Decimal, currency: str) -> None:
    SubElement(parent, "Money", currency=currency).text = plain_digits(amount)


def _described(parent: Element, text: str) -> None:
    SubElement(parent, "Description", {_LANGUAGE: _ENGLISH}).text = _NOT_IN_XML.sub(" ", text)


def _item(order: Element, line: BasketLine) -> None:
    item = SubElement(order, "ItemIn", quantity=str(line.quantity), lineNumber="1")
    item_id = SubElement(item, "ItemID")
    SubElement(item_id, "SupplierPartID").text = line.coach_id
    SubElement(item_id, "SupplierPartAuxiliaryID").text = line.shortlist_id
    detail = SubElement(item, "ItemDetail")
    _money(SubElement(detail, "UnitPrice"), line.unit_price, line.currency)
    _described(detail, line.description)
    SubElement(detail, "UnitOfMeasure").text = line.unit
    SubElement(detail, "Classification", domain="UNSPSC").text = line.unspsc
    _tax(item, line)


def _tax(parent: Element, line: BasketLine) -> None:
    """The VAT, where its rate is known."""
    if line.vat is None or line.vat_rate is None:
        return
    tax = SubElement(parent, "Tax")
    _money(tax, line.vat, line.currency)
    _described(tax, "VAT")
    rate = plain_digits(line.vat_rate)
    detail = SubElement(tax, "TaxDetail", purpose="tax", category="vat", percentageRate=rate)
    _money(SubElement(detail, "TaxableAmount"), line.total, line.currency)
    _money(SubElement(detail, "TaxAmount"), line.vat, line.currency)


def _written(root: Element) -> str:
    written: str = tostring(root, encoding="unicode")
    return _HEAD + written
