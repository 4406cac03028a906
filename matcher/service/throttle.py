"""How often somebody may try a password, or a portal's secret: counted for each of them and for each network address,
by all workers."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil

import structlog
from sqlalchemy import Engine

from matcher.domain.account import same_email
from matcher.domain.punchout import Party
from matcher.errors import Throttled
from matcher.store import database, sign_in_attempts

WINDOW = timedelta(minutes=15)
"""For how long attempts are counted, from the first."""

ATTEMPTS_PER_ACCOUNT = 10
ATTEMPTS_PER_ADDRESS = 100
"""More, since a whole office may share an address."""

SIGN_ONS_PER_ADDRESS = 500
"""Sign-ins that are begun at an identity provider, where no password can be tried here; each is kept for a while."""

SETUPS_PER_SENDER = 20
"""Refused requests of one buyer's name from one address. Names are no secret, so elsewhere the buyer still gets in."""

SETUPS_PER_ADDRESS = 100
"""Refused requests for a visit from a portal, whoever they say they are."""

_IPV6_SITE = 64
"""Bits of an IPv6 address that tell sites apart; the others are for the site to choose."""

_log = structlog.get_logger()


def count_attempt(engine: Engine, email: str, address: str, now: datetime) -> None:
    """Counts an attempt at the password of whoever has that address of mail, from that network address.

    To be called before the password is looked at, so that many attempts at once are no way around the limits.
    Raises Throttled beyond one of them.
    """
    # The site first: from one that is throttled nobody can use up the attempts of others.
    _count(engine, site(address), ATTEMPTS_PER_ADDRESS, now)
    _count(engine, _owner(email), ATTEMPTS_PER_ACCOUNT, now)


def count_sign_on(engine: Engine, address: str, now: datetime) -> None:
    """Counts a sign-in that is begun at an identity provider, from that network address. Raises Throttled for one
    too many."""
    _count(engine, f"sign-on {site(address)}", SIGN_ONS_PER_ADDRESS, now)


def forgive_attempts(engine: Engine, email: str, address: str, now: datetime) -> None:
    """Begins the count of an account anew, after a right password."""
    with database.sessions(engine).begin() as session:
        sign_in_attempts.forget(session, _owner(email))
    with database.sessions(engine).begin() as session:
        # That one only: whoever has an account of their own does not thereby get more attempts at those of others.
        sign_in_attempts.take_back(session, site(address))
    with database.sessions(engine).begin() as session:
        sign_in_attempts.forget_before(session, now - WINDOW)


def count_setup(engine: Engine, buyers: Sequence[Party], address: str, now: datetime) -> None:
    """Counts a request for a visit, before its secret is looked at, as `count_attempt` does an attempt at a password.

    Raises Throttled beyond a limit, even for a right secret.
    """
    _count(engine, _setups(address), SETUPS_PER_ADDRESS, now)
    _count(engine, _setups(address, buyers), SETUPS_PER_SENDER, now)


def forgive_setup(engine: Engine, buyers: Sequence[Party], address: str) -> None:
    """Takes a request back whose secret was right, so that a portal may send as many of its people as it has."""
    for subject in (_setups(address, buyers), _setups(address)):
        with database.sessions(engine).begin() as session:
            sign_in_attempts.take_back(session, subject)


def _setups(address: str, buyers: Sequence[Party] = ()) -> str:
    return " ".join(["punch-out", site(address), *(f"{party.domain}/{party.identity}" for party in buyers)])


def _count(engine: Engine, subject: str, most: int, now: datetime) -> None:
    with database.sessions(engine).begin() as session:
        attempts = sign_in_attempts.count(session, subject, now, WINDOW)
    if attempts.number > most:
        _log.warning("attempts throttled")
        raise Throttled(ceil((attempts.since + WINDOW - now).total_seconds()))


def _owner(email: str) -> str:
    return f"account:{same_email(email)}"


def site(address: str) -> str:
    """What addresses of one site have in common.

    >>> site("192.0.2.7"), site("2001:db8:1:2:3::4")
    ('site:192.0.2.7', 'site:2001:db8:1:2::/64')
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return f"site:{address}"
    return f"site:{ip_network((parsed, _IPV6_SITE), strict=False) if isinstance(parsed, IPv6Address) else parsed}"
