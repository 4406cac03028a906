"""Accounts of those who sign in, with the hashes of their passwords."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from matcher.domain import ACCOUNT_ROLES, Account, AccountRole, NewAccount
from matcher.domain.account import same_email
from matcher.errors import InvalidInput, Problem
from matcher.store.database import insert, rows_changed
from matcher.store.tables import AccountRow
from matcher.texts import Language

_FIELDS = (
    "id",
    "email",
    "name",
    "organisation",
    "role",
    "created_at",
    "disabled_at",
    "must_change_password",
    "password_expires_at",
    "language",
)


_IS_NO_GUEST = AccountRow.role.in_(ACCOUNT_ROLES)


def add(
    session: Session,
    new: NewAccount,
    password_hash: str | None,
    must_change: bool,
    now: datetime,
    *,
    expires_at: datetime | None = None,
) -> Account:
    """Makes an account, whose password expires then; without a hash nobody signs in to it by a password.

    Raises InvalidInput when there is one with that address, disabled or not.
    """
    values = new.model_dump() | {
        "id": str(uuid4()),
        "created_at": now,
        "must_change_password": must_change,
        "password_expires_at": expires_at,
    }
    statement = insert(session, AccountRow).values(values | {"password_hash": password_hash})
    # Asked of the database, not looked up before, so that two at once do not both get the address.
    if not rows_changed(session, statement.on_conflict_do_nothing()):
        raise InvalidInput([Problem("/email", "is the address of another account")])
    return Account(**values, has_password=password_hash is not None)


def get(session: Session, account_id: str) -> Account | None:
    """The account with that id; None when there is none."""
    return _found(session, AccountRow.id == account_id)


def with_email(session: Session, email: str) -> Account | None:
    """The account with that address, whatever its case; None when there is none."""
    if not email.isprintable():
        return None  # Databases refuse some of what can be typed, and no address has it.
    return _found(session, AccountRow.email == same_email(email))


def with_identity(session: Session, issuer: str, subject: str) -> Account | None:
    """The account of somebody whom an identity provider knows by that name; None when there is none."""
    return _found(session, (AccountRow.identity_issuer == issuer) & (AccountRow.identity_subject == subject))


def link(session: Session, account_id: str, issuer: str, subject: str) -> bool:
    """Notes whom an identity provider knows an account as; False for one that is known as somebody already."""
    unlinked = (AccountRow.id == account_id) & AccountRow.identity_subject.is_(None)
    statement = update(AccountRow).where(unlinked).values(identity_issuer=issuer, identity_subject=subject)
    return rows_changed(session, statement) > 0


def unlink(session: Session, account_id: str) -> None:
    """Forgets whom an identity provider knows an account as."""
    _set(session, account_id, {"identity_issuer": None, "identity_subject": None})


def password_hash(session: Session, account_id: str) -> str | None:
    """The hash of an account's password; None for an account without one, and for none."""
    return session.scalar(select(AccountRow.password_hash).where(AccountRow.id == account_id))


def every(session: Session) -> list[Account]:
    """All accounts, disabled ones too, by organisation and then by address; without guests of a portal."""
    rows = session.scalars(select(AccountRow).where(_IS_NO_GUEST).order_by(AccountRow.organisation, AccountRow.email))
    return [_account(row) for row in rows]


def count(session: Session) -> int:
    """How many accounts there are, disabled ones included, guests of a portal not."""
    return session.scalar(select(func.count()).select_from(AccountRow).where(_IS_NO_GUEST)) or 0


def set_password(
    session: Session, account_id: str, password_hash: str | None, must_change: bool, expires_at: datetime | None = None
) -> None:
    """Replaces the hash of an account's password; with `must_change` the next sign-in asks for another one."""
    kept = {"password_hash": password_hash, "must_change_password": must_change, "password_expires_at": expires_at}
    _set(session, account_id, kept)


def set_organisation(session: Session, account_id: str, organisation: str) -> None:
    """Replaces an account's organisation, whose needs and shortlists it sees from then on."""
    _set(session, account_id, {"organisation": organisation})


def set_role(session: Session, account_id: str, role: AccountRole) -> None:
    """Replaces an account's role."""
    _set(session, account_id, {"role": role})


def set_language(session: Session, account_id: str, language: Language | None) -> None:
    """Replaces the language of an account's pages; None for the one that a browser asks for."""
    _set(session, account_id, {"language": language})


def disable(session: Session, account_id: str, now: datetime) -> None:
    """Keeps an account from signing in; one that is disabled already stays so since then."""
    found = (AccountRow.id == account_id) & AccountRow.disabled_at.is_(None)
    session.execute(update(AccountRow).where(found).values(disabled_at=now))


def enable(session: Session, account_id: str) -> None:
    """Lets a disabled account sign in again."""
    _set(session, account_id, {"disabled_at": None})


def locked_administrators(session: Session) -> list[str]:
    """The ids of all administrators who are not disabled, none of whom changes until the transaction ends."""
    usable = (AccountRow.role == "administrator") & AccountRow.disabled_at.is_(None)
    # So that two who disable each other at once do not leave none; SQLite has no such clause and needs none.
    return list(session.scalars(select(AccountRow.id).where(usable).order_by(AccountRow.id).with_for_update()))


def _set(session: Session, account_id: str, values: Mapping[str, Any]) -> None:
    session.execute(update(AccountRow).where(AccountRow.id == account_id).values(**values))


def _found(session: Session, condition: ColumnElement[bool]) -> Account | None:
    row = session.scalar(select(AccountRow).where(condition))
    return None if row is None else _account(row)


def _account(row: AccountRow) -> Account:
    fields = {name: getattr(row, name) for name in _FIELDS}
    has_password, is_linked = row.password_hash is not None, row.identity_subject is not None
    return Account(**fields, has_password=has_password, is_linked=is_linked)
