"""What ordering a coach costs and on which terms, in the form of the interchange contract's answers.

Amounts are decimals as text, so that no reader makes binary fractions of them; those that are computed have as many
places as their currency has minor units (ISO 4217).
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, PlainSerializer, WithJsonSchema

from matcher.domain.fields import Record
from matcher.domain.supplier import Supplier


def plain_digits(number: Decimal) -> str:
    """A decimal in digits alone, with the places that it has.

    >>> plain_digits(Decimal("1E+3")), plain_digits(Decimal("312.50"))
    ('1000', '312.50')
    """
    return f"{number:f}"


Amount = Annotated[
    Decimal,
    PlainSerializer(plain_digits, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?$", "examples": ["312.50"]}),
]
"""A decimal, written to JSON as text."""


class OfferedAmount(Record):
    """One price, each amount rounded half up to the currency's minor unit.

    `net` and `net_in_budget_currency` are rounded once, from the exact price; `vat` is the rate's share of `net` as it
    stands here, and `gross` is the sum of the two.
    """

    net: Amount
    vat: Amount | None = Field(description="Null when the coach's VAT rate is not known.")
    gross: Amount | None
    net_in_budget_currency: Amount | None = Field(description="Where the need's budget is in another currency.")


class OfferedRate(Record):
    """The fee as the profile states it, net of VAT."""

    amount: Amount
    currency: str
    per: Literal["hour", "session"]
    minutes: int


class Exchange(Record):
    """With what an offer was converted: units of the one currency for one of the other."""

    from_currency: str
    to_currency: str
    rate: Amount = Field(description="To ten places; amounts are converted with all of them.")
    source: str
    date: date


class Ceiling(Record):
    """The price of all sessions, net of VAT and as offered, held against the need's `budget.total`."""

    total: Amount
    currency: str
    within: bool | None = Field(description="Null when it cannot be told, such as for an open number of sessions.")
    over_by: Amount | None = Field(description="By how much it is over; null unless it is.")


class Offer(Record):
    """What a coach costs for the sessions of a need, and on which terms; null is what is not known."""

    currency: str = Field(description="Of the fee, and of every amount that names no other.")
    sessions: int | None
    minutes: int = Field(description="Length of one session.")
    rate: OfferedRate
    per_session: OfferedAmount
    in_all: OfferedAmount | None = Field(description="All sessions; null while their number is open.")
    vat_rate: Amount | None = Field(description="In per cent; never guessed.")
    exchange: Exchange | None
    ceiling: Ceiling | None = Field(description="Null when the need states no total.")
    expenses: str | None
    cancellation: str | None
    supplier: Supplier | None
    rounding: Literal["half_up_to_minor_unit"] = "half_up_to_minor_unit"
