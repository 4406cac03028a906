"""The tables of the audit log."""

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from matcher.store.rows import CODE_POINT_TEXT, Row


class AuditEntryRow(Row):
    """One entry; rows are inserted alone, and triggers of the database refuse to change or delete one.

    It refers to no other table, so that it stays when what it tells of goes.
    """

    __tablename__ = "audit_entry"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(CODE_POINT_TEXT, index=True)
    action: Mapped[str] = mapped_column(index=True)
    actor_kind: Mapped[str]
    actor_id: Mapped[str | None] = mapped_column(index=True)
    organisation: Mapped[str | None]
    subject: Mapped[str | None] = mapped_column(index=True)
    details: Mapped[str]
    previous: Mapped[str] = mapped_column(unique=True)
    hash: Mapped[str]


class AuditHeadRow(Row):
    """How far the log has come; the one row is what a transaction locks that adds an entry."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int]
    hash: Mapped[str]
