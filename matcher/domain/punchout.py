"""Buyers whose procurement portal shops here, and the visits that their people make (cXML 1.2 PunchOut)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from matcher.domain.money import billed
from matcher.domain.offer import Offer

EXECUTIVE_COACHING = "86132001"
"""UNSPSC "Executive coaching service", in class 86132000, "Management education and training services"."""

Operation = Literal["create", "edit", "inspect"]
"""What a visit is for: to fill a basket, to change what one holds, or to look at it."""


@dataclass(frozen=True)
class Party:
    """Somebody as cXML names them: an identity, such as 123456789, in a domain, such as DUNS."""

    domain: str
    identity: str


@dataclass(frozen=True)
class Buyer:
    """An organisation that may send its people here from a portal.

    `origins` are those of the portal's pages that baskets may be returned to, `unspsc` is what a line is classified as.
    """

    id: str
    name: str
    organisation: str
    party: Party
    origins: tuple[str, ...]
    unspsc: str
    created_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True)
class SetupRequest:
    """What a portal asks for before it sends somebody here.

    `buyer_cookie` is the element of that name as XML, which goes back as it came. `return_to` is where the basket is
    posted; `shortlist_id` is that of the line to be edited or inspected. None is what was left out.
    """

    buyers: tuple[Party, ...]
    supplier: Party
    shared_secret: str
    operation: Operation
    buyer_cookie: str
    return_to: str | None
    shortlist_id: str | None
    deployment_mode: str


@dataclass(frozen=True)
class ProfileRequest:
    """A portal asks which requests are answered here, or only whether anybody answers; it says nothing else."""


@dataclass(frozen=True)
class Visit:
    """One visit from a portal, for as long as it lasts once it has begun."""

    id: str
    buyer: Buyer
    supplier: Party
    operation: Operation
    buyer_cookie: str
    return_to: str | None
    shortlist_id: str | None
    deployment_mode: str
    expires_at: datetime

    @property
    def may_order(self) -> bool:
        """Whether something can be taken back to the portal from it."""
        return self.operation != "inspect" and self.return_to is not None


@dataclass(frozen=True)
class BasketLine:
    """A coach as one line of a basket: so many units at a price each, which make up `total`, all net of VAT."""

    coach_id: str
    shortlist_id: str
    description: str
    quantity: int
    unit: Literal["EA", "HUR"]
    unit_price: Decimal
    total: Decimal
    currency: str
    unspsc: str
    vat_rate: Decimal | None = None
    vat: Decimal | None = None


_PLACES = 6


def unit_of(offer: Offer) -> Literal["EA", "HUR"]:
    """HUR where a session lasts an hour, so that as many hours as sessions are ordered; else EA (UN/CEFACT 20)."""
    return "HUR" if offer.minutes == 60 else "EA"


def unit_price(offer: Offer) -> Decimal:
    """The price of a session, of which the whole is an exact multiple once rounded; to six places where it must be.

    Portals multiply it by the quantity and round. A price to the cent is sent where that comes to the same.
    """
    if offer.sessions is None or offer.in_all is None:
        return offer.per_session.net
    if billed(Fraction(offer.per_session.net) * offer.sessions, offer.currency) == offer.in_all.net:
        return offer.per_session.net
    exact = Fraction(offer.rate.amount) * offer.minutes / offer.rate.minutes
    return Decimal(int(exact * 10**_PLACES + Fraction(1, 2))).scaleb(-_PLACES)
