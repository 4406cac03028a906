"""The tables of those who come from a procurement portal: buyers, and the visits that their people make."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, column
from sqlalchemy.orm import Mapped, mapped_column

from matcher.store.rows import CODE_POINT_TEXT, Row

_IN_USE = column("revoked_at").is_(None)


def _unique_in_use(name: str, *columns: str) -> Index:
    return Index(name, *columns, unique=True, sqlite_where=_IN_USE, postgresql_where=_IN_USE)


class BuyerRow(Row):
    """An organisation whose portal may send people here, known by a party of cXML and the hash of its secret.

    `origins` is a JSON list.
    """

    __tablename__ = "buyer"
    __table_args__ = (
        _unique_in_use("buyer_name_in_use", "name"),
        _unique_in_use("buyer_party_in_use", "domain", "identity"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(CODE_POINT_TEXT)
    organisation: Mapped[str]
    domain: Mapped[str]
    identity: Mapped[str]
    secret_hash: Mapped[str]
    origins: Mapped[str]
    unspsc: Mapped[str]
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class VisitRow(Row):
    """A visit that a portal has asked for, known by the hash of a token that opens it once, until `opens_until`.

    `request` is what the portal asked for, as JSON text without the secret. `account_id` is the guest's, once it has
    begun.
    """

    __tablename__ = "visit"

    id: Mapped[str] = mapped_column(primary_key=True)
    buyer_id: Mapped[str] = mapped_column(ForeignKey("buyer.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    request: Mapped[str]
    created_at: Mapped[datetime]
    opens_until: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    account_id: Mapped[str | None] = mapped_column(ForeignKey("account.id"), unique=True)
