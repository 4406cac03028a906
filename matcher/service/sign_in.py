"""Signing in by password, and what becomes of a sign-in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine

from matcher.domain import Account
from matcher.errors import Gone
from matcher.service.passwords import hashed, is_outdated, matches
from matcher.service.throttle import count_attempt, forgive_attempts
from matcher.settings import Settings
from matcher.store import accounts, database, sign_ins

_SEEN_EVERY = timedelta(minutes=1)

_log = structlog.get_logger()


@dataclass(frozen=True)
class SignInLimits:
    """For how long a sign-in lasts: unused, and in all."""

    idle: timedelta
    whole: timedelta


def sign_in_limits(settings: Settings) -> SignInLimits:
    """The limits that the settings name."""
    return SignInLimits(timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours))


def account_by_password(
    engine: Engine, email: str, password: str, settings: Settings, *, address: str, now: datetime
) -> Account | None:
    """The account with that address and password; None when there is none, or it is disabled or of a role whose
    passwords the settings do not take.

    `address` is the network address that the attempt came from. Neither the answer nor its time tells which of these
    it is. Raises Throttled after too many attempts from there, or for that account, even for a right password;
    and Gone for a one-time password that has expired.
    """
    count_attempt(engine, email, address, now)
    with database.snapshots(engine).begin() as session:
        account = accounts.with_email(session, email)
        kept = accounts.password_hash(session, account.id) if account else None
    # Not within a transaction, since it takes its time.
    is_right = matches(kept, password)
    if account is None or kept is None or not is_right or account.disabled_at:
        _log.info("sign-in refused")
        return None
    if not settings.takes_password_of(account.role):
        _log.info("sign-in refused")
        return None
    if account.has_expired_password(now):
        raise Gone("This one-time password has expired. An administrator of your organisation makes a new one.")
    forgive_attempts(engine, email, address, now)
    if is_outdated(kept):
        anew, must_change = hashed(password), account.must_change_password
        with database.sessions(engine).begin() as session:
            accounts.set_password(session, account.id, anew, must_change, account.password_expires_at)
    return account


def begin_sign_in(engine: Engine, account: Account, limits: SignInLimits, now: datetime) -> str:
    """Begins a sign-in of somebody who has proved who they are, by whatever means; answers its key."""
    with database.sessions(engine).begin() as session:
        sign_ins.forget_begun_before(session, now - limits.whole)
        key = sign_ins.begin(session, account.id, now)
    _log.info("signed in", account=account.id)
    return key


def signed_in_account(engine: Engine, key: str, limits: SignInLimits, now: datetime) -> Account | None:
    """Whose sign-in a key is of; None when it has ended, went unused for too long, or the account is disabled."""
    with database.snapshots(engine).begin() as session:
        found = sign_ins.find(session, key)
        account = accounts.get(session, found.account_id) if found else None
    if found is None or account is None or account.disabled_at:
        return None
    if now - found.seen_at > limits.idle or now - found.begun_at > limits.whole:
        return None
    if now - found.seen_at > _SEEN_EVERY:
        with database.sessions(engine).begin() as session:
            sign_ins.touch(session, key, now)
    return account


def sign_out(engine: Engine, key: str) -> None:
    """Ends one sign-in."""
    with database.sessions(engine).begin() as session:
        sign_ins.end(session, key)


def sign_out_everywhere(engine: Engine, account_id: str) -> None:
    """Ends all sign-ins of an account."""
    with database.sessions(engine).begin() as session:
        sign_ins.end_all(session, account_id)
