"""The tables of those who sign in: accounts, how they sign in, and what they have begun to type."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from matcher.store.rows import CODE_POINT_TEXT, Row


class AccountRow(Row):
    """Somebody who may sign in; without a hash, not by a password. The address is in its one spelling.

    `password_expires_at` is set for a one-time password alone. The identity is that of somebody whom an identity
    provider knows: an issuer, and what it calls them.
    """

    __tablename__ = "account"
    __table_args__ = (Index("account_identity", "identity_issuer", "identity_subject", unique=True),)

    id: Mapped[str] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(CODE_POINT_TEXT, unique=True)
    name: Mapped[str]
    organisation: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str | None]
    must_change_password: Mapped[bool]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    password_expires_at: Mapped[datetime | None]
    identity_issuer: Mapped[str | None]
    identity_subject: Mapped[str | None]
    language: Mapped[str | None]


class SignInRow(Row):
    """A sign-in that has not ended, known by the hash of the key that the browser holds."""

    __tablename__ = "sign_in"

    key_hash: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    begun_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class SignOnRow(Row):
    """A sign-in under way at an identity provider, known by the hash of a key that only the browser holds.

    The document says what to go on with, which may be a need that was typed; it is dropped within the hour.
    """

    __tablename__ = "sign_on"

    key_hash: Mapped[str] = mapped_column(primary_key=True)
    document: Mapped[str]
    expires_at: Mapped[datetime]


class SignInAttemptRow(Row):
    """How often somebody has tried to sign in since a moment; the subject is a hash of who, or from where."""

    __tablename__ = "sign_in_attempt"

    subject: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    attempts: Mapped[int]


class DraftRow(Row):
    """What an account has begun to type: the fields of a form as JSON text, and which form that was."""

    __tablename__ = "draft"

    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    id: Mapped[str]
    fields: Mapped[str]
    kept_at: Mapped[datetime]
