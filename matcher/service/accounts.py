"""Makes and changes accounts, for the pages and the command line; there is always an administrator left."""

from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from matcher.domain import COMMAND_LINE, Account, AccountRole, Actor, NewAccount
from matcher.errors import Conflict, InvalidInput, NotFound, Problem
from matcher.service.passwords import hashed, matches, one_time_password, weakness
from matcher.service.throttle import count_attempt, forgive_attempts
from matcher.settings import Settings
from matcher.store import accounts, audit, database, sign_ins
from matcher.texts import Language, Phrase

DEMO = NewAccount(email="demo@coaches.example", name="Demo administrator", organisation="Demo", role="administrator")
"""The account with which a newcomer tries the service out."""


def expiry(settings: Settings, now: datetime) -> datetime:
    """When a one-time password expires that is made now."""
    return now + timedelta(days=settings.one_time_password_days)


def add_account(
    engine: Engine, new: NewAccount, now: datetime, expires_at: datetime, *, by: Actor = COMMAND_LINE
) -> tuple[Account, str]:
    """Makes an account; answers it with a one-time password, which is stored nowhere and must be replaced in time.

    Raises InvalidInput when there is one with that address.
    """
    password = one_time_password()
    kept = hashed(password)
    with database.sessions(engine).begin() as session:
        made = accounts.add(session, new, kept, True, now, expires_at=expires_at)
        tell_of_made(session, made, by, now)
    return made, password


def tell_of_made(session: Session, made: Account, by: Actor, now: datetime) -> None:
    """Has the audit log note that an account was made."""
    audit.append(session, by, "account.made", now, made.id, role=made.role, organisation=made.organisation)


def add_account_without_password(
    engine: Engine, new: NewAccount, now: datetime, *, by: Actor = COMMAND_LINE
) -> Account:
    """Makes an account for somebody whom an identity provider signs in. Raises InvalidInput as `add_account` does."""
    with database.sessions(engine).begin() as session:
        made = accounts.add(session, new, None, False, now)
        tell_of_made(session, made, by, now)
    return made


def add_demo_account(engine: Engine, now: datetime) -> str | None:
    """Makes the demo account and answers its password; None when there are accounts already."""
    password = one_time_password()
    kept = hashed(password)
    with database.sessions(engine).begin() as session:
        if accounts.count(session):
            return None
        tell_of_made(session, accounts.add(session, DEMO, kept, False, now), COMMAND_LINE, now)
    return password


def every_account(engine: Engine) -> list[Account]:
    """All accounts, disabled ones too, by organisation and then by address."""
    with database.snapshots(engine).begin() as session:
        return accounts.every(session)


def account_with_id(engine: Engine, account_id: str) -> Account:
    """The account with that id. Raises NotFound when there is none."""
    with database.snapshots(engine).begin() as session:
        return _found(accounts.get(session, account_id))


def account_with_email(engine: Engine, email: str) -> Account:
    """The account with that address, whatever its case. Raises NotFound when there is none."""
    with database.snapshots(engine).begin() as session:
        return _found(accounts.with_email(session, email))


def set_role(engine: Engine, account_id: str, role: AccountRole, now: datetime, *, by: Actor = COMMAND_LINE) -> None:
    """Gives an account another role, from its next request on. Raises Conflict for the last administrator's."""
    with database.sessions(engine).begin() as session:
        if role != "administrator":
            _leave_an_administrator(session, account_id)
        accounts.set_role(session, account_id, role)
        audit.append(session, by, "account.role_changed", now, account_id, role=role)


def set_account_language(engine: Engine, account_id: str, language: Language | None) -> None:
    """Has an account see the pages in a language from its next request on; None: in the one its browser asks for."""
    with database.sessions(engine).begin() as session:
        accounts.set_language(session, account_id, language)


def disable_account(engine: Engine, account_id: str, by: Account | None, now: datetime) -> None:
    """Keeps an account from signing in and ends its sign-ins at once; `by` is None for the command line.

    Raises Conflict for the last administrator, and for one's own account.
    """
    if by and by.id == account_id:
        raise Conflict("You cannot disable your own account; another administrator can.")
    with database.sessions(engine).begin() as session:
        _leave_an_administrator(session, account_id)
        accounts.disable(session, account_id, now)
        sign_ins.end_all(session, account_id)
        audit.append(session, by.requester.actor if by else COMMAND_LINE, "account.disabled", now, account_id)


def enable_account(engine: Engine, account_id: str, now: datetime, *, by: Actor = COMMAND_LINE) -> None:
    """Lets a disabled account sign in again, with the password that it had."""
    with database.sessions(engine).begin() as session:
        accounts.enable(session, account_id)
        audit.append(session, by, "account.enabled", now, account_id)


def reset_password(
    engine: Engine, account_id: str, expires_at: datetime, now: datetime, *, by: Actor = COMMAND_LINE
) -> str:
    """Gives an account a one-time password, ends its sign-ins at once, and answers the password."""
    password = one_time_password()
    kept = hashed(password)
    with database.sessions(engine).begin() as session:
        _keep_password(session, account_id, kept, must_change=True, expires_at=expires_at)
        audit.append(session, by, "account.password_reset", now, account_id)
    return password


def change_password(engine: Engine, account: Account, current: str, new: str, *, address: str, now: datetime) -> None:
    """Gives somebody the password that they chose, and ends all their sign-ins, at once.

    `address` is the network address that they ask from. Raises InvalidInput when `current` is wrong (/current) or
    `new` is not good enough (/new), and Throttled after too many attempts.
    """
    count_attempt(engine, account.email, address, now)
    with database.snapshots(engine).begin() as session:
        kept = accounts.password_hash(session, account.id)
    problems = []
    if matches(kept, current):
        forgive_attempts(engine, account.email, address, now)
    else:
        problems.append(Problem("/current", "is not your password"))
    weak = weakness(new, [account.email, account.name, account.organisation])
    weak = weak or (Phrase("is the one that you have; take another") if new == current else "")
    if weak:
        problems.append(Problem("/new", weak))
    if problems:
        raise InvalidInput(problems)
    kept_now = hashed(new)
    with database.sessions(engine).begin() as session:
        _keep_password(session, account.id, kept_now, must_change=False, expires_at=None)


def _keep_password(
    session: Session, account_id: str, kept: str, *, must_change: bool, expires_at: datetime | None
) -> None:
    accounts.set_password(session, account_id, kept, must_change, expires_at)
    sign_ins.end_all(session, account_id)


def unlink_account(engine: Engine, account_id: str, now: datetime, *, by: Actor = COMMAND_LINE) -> None:
    """Forgets whom an identity provider knows an account as, and ends its sign-ins.

    Whoever comes from there next with its verified address is linked to it.
    """
    with database.sessions(engine).begin() as session:
        accounts.unlink(session, account_id)
        sign_ins.end_all(session, account_id)
        audit.append(session, by, "account.unlinked", now, account_id)


def is_last_administrator(session: Session, account_id: str) -> bool:
    """Whether nobody else may administer accounts; nobody else changes until the transaction ends."""
    return accounts.locked_administrators(session) == [account_id]


def _leave_an_administrator(session: Session, account_id: str) -> None:
    if is_last_administrator(session, account_id):
        raise Conflict("This is the only administrator left; make another one first.")


def _found(account: Account | None) -> Account:
    if account is None or account.is_guest:
        raise NotFound("There is no account with this address.")
    return account
