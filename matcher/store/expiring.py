"""Credentials that are about to expire, and up to which day somebody was told of them."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matcher.store.database import insert, rows_changed
from matcher.store.tables import DirectoryCodeRow, SettingRow

_LOOKED_UNTIL = "credentials_looked_until"


@dataclass(frozen=True)
class Expiring:
    """A credential of a coach, and the last day on which it is valid."""

    coach_id: str
    credential: str
    valid_until: date


def advance(session: Session, today: date, until: date) -> date | None:
    """Notes that credentials are looked at up to a day, and answers up to which they were before: `today` at first.

    None when they were looked at up to that day already, by whichever process.
    """
    name, value = SettingRow.name, SettingRow.value
    first = insert(session, SettingRow).values(name=_LOOKED_UNTIL, value=today.isoformat())
    session.execute(first.on_conflict_do_nothing())
    row = select(value).where(name == _LOOKED_UNTIL).with_for_update()
    before = session.execute(row).scalar_one()
    later = update(SettingRow).where(name == _LOOKED_UNTIL, value < until.isoformat())
    return date.fromisoformat(before) if rows_changed(session, later.values(value=until.isoformat())) else None


def between(session: Session, after: date, until: date) -> list[Expiring]:
    """The credentials that are valid until a day after the first and not after the second, the earliest first."""
    row = DirectoryCodeRow
    query = select(row.coach_id, row.code, row.valid_until).where(
        row.kind == "credential", row.valid_until > after, row.valid_until <= until
    )
    found = session.execute(query.order_by(row.valid_until, row.coach_id, row.code))
    return [Expiring(coach_id, code, day) for coach_id, code, day in found if day is not None]
