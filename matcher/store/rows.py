"""What the rows of every table have in common."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, LargeBinary, MetaData, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase

CODE_POINT_TEXT = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that sorts by code point, as Python's strings and SQLite's do."""


class UtcTime(TypeDecorator[datetime]):
    """A moment in UTC; SQLite, which keeps no zone, holds its UTC clock time.

    Raises ValueError for a time without a zone.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The value as the database takes it."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The value with its zone, which is UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Row(DeclarativeBase):
    """What every table has in common: how times are kept and constraints are named."""

    metadata = MetaData(
        naming_convention={
            "ix": "%(table_name)s_%(column_0_name)s_index",
            "uq": "%(table_name)s_%(column_0_name)s_unique",
            "ck": "%(table_name)s_%(constraint_name)s",
            "fk": "%(table_name)s_%(column_0_name)s_reference",
            "pk": "%(table_name)s_key",
        }
    )
    type_annotation_map: Any = {str: Text, datetime: UtcTime, bytes: LargeBinary}  # noqa: RUF012
