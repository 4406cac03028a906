"""Finds, links or makes the account of somebody whom an identity provider has signed in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from matcher.domain import PROVIDER, Account, AccountRole, Identity
from matcher.errors import InvalidInput
from matcher.intake import account_from
from matcher.service.accounts import is_last_administrator, tell_of_made
from matcher.settings import Settings
from matcher.store import accounts, audit, database

Refusal = Literal["no_account", "not_verified"]

_log = structlog.get_logger()


@dataclass(frozen=True)
class Newcomers:
    """What those become who have no account; where the provider decides it, that counts."""

    organisation: str
    role: AccountRole


def newcomers(settings: Settings) -> Newcomers | None:
    """What the settings say of them; None when nobody gets an account unasked."""
    if settings.oidc_newcomer_role is None:
        return None
    return Newcomers(settings.oidc_newcomer_organisation, settings.oidc_newcomer_role)


def account_by_identity(
    engine: Engine, known: Identity, become: Newcomers | None, *, decides_role: bool, now: datetime
) -> Account | Refusal:
    """The account of somebody whom an identity provider knows; why there is none that may sign in.

    It is the one linked before, else the one with the verified address, which is linked from then on, else one that is
    made, if `become` says of what kind. Role and organisation follow the provider where it decides them;
    `decides_role` says that it does, so that nobody without a role comes in.
    """
    if decides_role and known.role is None:
        return _refused("no_account")
    with database.sessions(engine).begin() as session:
        found = accounts.with_identity(session, known.issuer, known.subject) or _linked(session, known, become, now)
        if isinstance(found, str):
            return _refused(found)
        if found.disabled_at:
            return _refused("no_account")
        if found.must_change_password:
            # It was for somebody who signs in by password, and would be asked of somebody who does not know it.
            accounts.set_password(session, found.id, None, must_change=False)
        _follow(session, found, known, now)
        return accounts.get(session, found.id) or _refused("no_account")


def _linked(session: Session, known: Identity, become: Newcomers | None, now: datetime) -> Account | Refusal:
    if known.email is None:
        return "not_verified"
    found, made = accounts.with_email(session, known.email), None
    if found is None and become is not None:
        found = made = _newcomer(session, known, known.email, become, now)
    # One that is disabled is not linked either: it would be that person's, should it be enabled for another.
    if found is None or found.disabled_at or not accounts.link(session, found.id, known.issuer, known.subject):
        return "no_account"
    if made:
        tell_of_made(session, made, PROVIDER, now)
    return found


def _newcomer(session: Session, known: Identity, email: str, become: Newcomers, now: datetime) -> Account | None:
    """The account that is made; None when the provider calls them what no account can be called."""
    organisation, role = known.organisation or become.organisation, known.role or become.role
    try:
        new = account_from({"email": email, "name": known.name or email, "organisation": organisation, "role": role})
        made = accounts.add(session, new, None, False, now)
    except InvalidInput:
        return None
    _log.info("account made for a newcomer", account=made.id)
    return made


def _follow(session: Session, found: Account, known: Identity, now: datetime) -> None:
    """Takes over what the provider decides; whoever is the last administrator stays one."""
    role = known.role if known.role != found.role else None
    if role and found.role == "administrator" and is_last_administrator(session, found.id):
        _log.warning("the last administrator stays one", account=found.id)
        role = None
    if known.organisation and known.organisation != found.organisation:
        accounts.set_organisation(session, found.id, known.organisation)
        told = known.organisation
        audit.append(session, PROVIDER, "account.organisation_changed", now, found.id, organisation=told)
    if role:
        accounts.set_role(session, found.id, role)
        audit.append(session, PROVIDER, "account.role_changed", now, found.id, role=role)


def _refused(why: Refusal) -> Refusal:
    _log.info("sign-on refused", reason=why)
    return why
