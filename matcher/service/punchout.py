"""Lets a procurement portal send somebody here, and makes the basket that goes back (cXML PunchOut)."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from matcher.domain import Account, Requester, Shortlist
from matcher.domain.punchout import (
    EXECUTIVE_COACHING,
    BasketLine,
    Buyer,
    Party,
    SetupRequest,
    Visit,
    unit_of,
    unit_price,
)
from matcher.errors import Gone, InvalidInput, NotFound, Problem, Unauthorised
from matcher.service.shortlists import sealed_shortlist
from matcher.service.throttle import count_setup, forgive_setup
from matcher.settings import Settings
from matcher.store import buyers, database, visits

_HOST = re.compile(r"[a-z0-9.:\[\]-]+")
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")

_log = structlog.get_logger()


def add_buyer(
    engine: Engine,
    name: str,
    organisation: str,
    party: Party,
    *,
    origins: Sequence[str],
    unspsc: str = EXECUTIVE_COACHING,
    now: datetime,
) -> tuple[Buyer, str]:
    """A new buyer and the secret to share with it, which is stored nowhere.

    Raises InvalidInput for an origin that is no `https://HOST`, a code that is none, and a buyer that is known.
    """
    problems = [
        Problem("/origin", "must be the origin of a page, such as https://portal.example")
        for origin in origins
        if origin_of(origin) != origin
    ]
    if not (len(unspsc) == 8 and unspsc.isascii() and unspsc.isdigit()):
        problems.append(Problem("/unspsc", "must be a code of eight digits"))
    if problems:
        raise InvalidInput(problems)
    with database.sessions(engine).begin() as session:
        return buyers.add(session, name, organisation, party, origins=origins, unspsc=unspsc, now=now)


def every_buyer(engine: Engine) -> list[Buyer]:
    """All buyers, revoked ones too, by name."""
    with database.snapshots(engine).begin() as session:
        return buyers.list_all(session)


def revoke_buyer(engine: Engine, name: str, now: datetime) -> None:
    """Makes a buyer's secret worthless, and ends the visits of its people. Raises NotFound when there is none."""
    with database.sessions(engine).begin() as session:
        if not buyers.revoke(session, name, now):
            raise NotFound("There is no such buyer, or it is revoked.")


def set_up_visit(engine: Engine, asked: SetupRequest, settings: Settings, *, address: str, now: datetime) -> str:
    """The token that opens the visit that a portal asks for, once and soon.

    `address` is the network address that asks. Raises Throttled after too many refused requests from there;
    Unauthorised for an unknown or revoked buyer or a wrong secret, and tells these apart to nobody; InvalidInput for an
    address to return to that is not the buyer's, and for a line of a shortlist that it has not.
    """
    count_setup(engine, asked.buyers, address, now)
    with database.snapshots(engine).begin() as session:
        buyer = buyers.authenticated(session, asked.buyers, asked.shared_secret)
    if buyer is None:
        _log.info("punch-out refused")
        raise Unauthorised("No buyer has this credential and this shared secret.")
    forgive_setup(engine, asked.buyers, address)
    with database.sessions(engine).begin() as session:
        if asked.return_to is not None and origin_of(asked.return_to) not in buyer.origins:
            place = "/cXML/Request/PunchOutSetupRequest/BrowserFormPost/URL"
            raise InvalidInput([Problem(place, "does not lead to the buyer that is known here")])
        if asked.operation != "create":
            _require_shortlist(session, asked, buyer)
        opens_until = now + timedelta(minutes=settings.punchout_start_minutes)
        token = visits.add(session, buyer, asked, now=now, opens_until=opens_until)
    _log.info("punch-out set up", buyer=buyer.id, operation=asked.operation)
    return token


def _require_shortlist(session: Session, asked: SetupRequest, buyer: Buyer) -> None:
    place = "/cXML/Request/PunchOutSetupRequest/ItemOut/ItemID/SupplierPartAuxiliaryID"
    try:
        sealed_shortlist(session, asked.shortlist_id or "", Requester(buyer.organisation))
    except NotFound:
        raise InvalidInput([Problem(place, "names no shortlist that is kept for this buyer")]) from None


def open_visit(engine: Engine, token: str, settings: Settings, now: datetime) -> tuple[Visit, Account]:
    """Begins the visit of a token, which opens nothing after that, and makes the account of its guest.

    Raises Gone for a token that is unknown, used or too old, without telling these apart.
    """
    expires_at = now + timedelta(minutes=settings.punchout_minutes)
    with database.sessions(engine).begin() as session:
        visit = visits.open_once(session, token, now=now, expires_at=expires_at)
        if visit is None:
            raise Gone("It opens once, and soon after it was made. Begin again from your procurement portal.")
        account = visits.give_guest(session, visit, now)
    _log.info("punch-out begun", buyer=visit.buyer.id, account=account.id)
    return visit, account


def visit_of(engine: Engine, account_id: str, now: datetime) -> Visit | None:
    """The visit of a guest; None when it is over, or its buyer was revoked."""
    with database.snapshots(engine).begin() as session:
        return visits.of_guest(session, account_id, now)


def basket_line(visit: Visit, answer: Shortlist, coach_id: str) -> BasketLine:
    """A coach of a shortlist as the line of a basket: quantity, price and tax are those of the sealed offer.

    Raises InvalidInput for a coach who is not on it, and while the number of sessions is open.
    """
    coach = next((one for one in answer.coaches if one.coach_id == coach_id), None)
    if coach is None:
        raise InvalidInput([Problem("/coach", "must be one of those on the list")])
    offer = coach.offer
    if offer is None or offer.in_all is None or offer.sessions is None:
        raise InvalidInput([Problem("/coach", "cannot be ordered while the number of sessions is open")])
    sessions = "1 session" if offer.sessions == 1 else f"{offer.sessions} sessions"
    return BasketLine(
        coach_id=coach.coach_id,
        shortlist_id=answer.id,
        description=f"Coaching by {coach.name}, {sessions} of {offer.minutes} minutes",
        quantity=offer.sessions,
        unit=unit_of(offer),
        unit_price=unit_price(offer),
        total=offer.in_all.net,
        currency=offer.currency,
        unspsc=visit.buyer.unspsc,
        vat_rate=offer.vat_rate,
        vat=offer.in_all.vat,
    )


def origin_of(address: str) -> str:
    """Scheme and host of an address to which a basket may go; empty for one that is not safe to post to.

    >>> origin_of("https://portal.example/return?x=1"), origin_of("http://portal.example")
    ('https://portal.example', '')
    """
    try:
        parts = urlsplit(address)
        host = parts.netloc.lower()
        name = host if parts.port is None else host.rpartition(":")[0]
    except ValueError:
        return ""
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and name in _LOOPBACK)
    # What stands in a policy of a page's content must not be able to end or widen it.
    is_plain = bool(name) and _HOST.fullmatch(host) is not None
    return f"{parts.scheme}://{host}" if is_safe and is_plain else ""
