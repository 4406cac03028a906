"""What the directory finds profiles by: kept beside their documents, so that no page of it reads them all."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, case, delete, func, or_, select, update
from sqlalchemy.orm import Session

from matcher.domain import Coach
from matcher.store.database import among, chunks, insert, put_rows, rows_changed
from matcher.store.documents import content_hash
from matcher.store.tables import DirectoryCodeRow, DirectoryEntryRow

Order = Literal["name", "hours", "oldest"]
"""By name, by hours of coaching from the most, or by when somebody last looked at the profile, oldest first."""

ORDERS: tuple[Order, ...] = Order.__args__  # type: ignore[attr-defined]

_ENTRY = DirectoryEntryRow
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")


@dataclass(frozen=True)
class Selection:
    """Which profiles are wanted: those that hold every word and have every code, on that day, in that order.

    An empty string asks for nothing. A credential counts while it is valid.
    """

    today: date
    words: str = ""
    language: str = ""
    focus_area: str = ""
    industry: str = ""
    level: str = ""
    style: str = ""
    credential: str = ""
    accepting: bool = False
    order: Order = "name"

    @property
    def codes(self) -> dict[str, str]:
        """The codes that are asked for, by kind."""
        kinds = ("language", "focus_area", "industry", "level", "style", "credential")
        return {kind: code for kind in kinds if (code := getattr(self, kind))}


@dataclass(frozen=True)
class Entry:
    """A profile as the directory lists it."""

    coach_id: str
    name: str
    headline: str
    capacity: int | None
    accepting_from: date | None
    confirmed_at: datetime

    def accepts_on(self, day: date) -> bool:
        """Whether the coach can take a manager on, on that day."""
        return (self.capacity or 0) >= 1 and (self.accepting_from is None or self.accepting_from <= day)


@dataclass(frozen=True)
class Confirmed:
    """When the availability, and the profile as a whole, were last changed or found to be right."""

    availability_at: datetime
    profile_at: datetime


def folded(text: str) -> str:
    """A text without case and accents, as words are looked for in it and names are sorted.

    >>> folded("Zoë Ångström")
    'zoe angstrom'
    """
    apart = unicodedata.normalize("NFKD", text.casefold())
    return _BEYOND_ASCII.sub(_unless_combining, apart)


def _unless_combining(character: re.Match[str]) -> str:
    return "" if unicodedata.combining(character[0]) else character[0]


def keep(session: Session, coaches: Sequence[Coach], now: datetime, listed: Collection[str]) -> None:
    """Writes the entries of profiles that were put; their availability counts as confirmed when it is another one.

    `listed` are the ids of those, among others, that have an entry already.
    """
    if not coaches:
        return
    _drop_codes(session, [coach.id for coach in coaches if coach.id in listed])
    statement = insert(session, _ENTRY)
    rows, new = [_entry(coach, now) for coach in coaches], statement.excluded
    same = _ENTRY.availability_hash == new["availability_hash"]
    confirmed = case((same, _ENTRY.availability_confirmed_at), else_=new["availability_confirmed_at"])
    changed = {column: new[column] for column in rows[0]} | {"availability_confirmed_at": confirmed}
    put_rows(session, statement.on_conflict_do_update(index_elements=[_ENTRY.coach_id], set_=changed), rows)
    put_rows(session, insert(session, DirectoryCodeRow), [row for coach in coaches for row in _codes(coach)])


def drop(session: Session, coach_id: str) -> None:
    """Drops the entry of a profile that was deleted."""
    _drop_codes(session, [coach_id])
    session.execute(delete(_ENTRY).where(_ENTRY.coach_id == coach_id))


def confirm(session: Session, coach_id: str, now: datetime) -> bool:
    """Notes that all of a profile was found to be right; False when there is none."""
    statement = update(_ENTRY).where(_ENTRY.coach_id == coach_id)
    return rows_changed(session, statement.values(availability_confirmed_at=now, confirmed_at=now)) > 0


def confirmed(session: Session, coach_id: str) -> Confirmed | None:
    """When a profile was last changed or confirmed; None when there is none."""
    query = select(_ENTRY.availability_confirmed_at, _ENTRY.confirmed_at).where(_ENTRY.coach_id == coach_id)
    found = session.execute(query).one_or_none()
    return None if found is None else Confirmed(found.availability_confirmed_at, found.confirmed_at)


def count(session: Session, selection: Selection) -> int:
    """How many profiles are in a selection."""
    return session.scalar(select(func.count()).select_from(_ENTRY).where(*_conditions(session, selection))) or 0


def entries(session: Session, selection: Selection, offset: int, limit: int) -> list[Entry]:
    """The entries of a selection from that place on."""
    columns = (_ENTRY.name, _ENTRY.headline, _ENTRY.capacity, _ENTRY.accepting_from, _ENTRY.confirmed_at)
    query = select(_ENTRY.coach_id, *columns).where(*_conditions(session, selection))
    ordered = query.order_by(*_ORDERINGS[selection.order]).offset(offset).limit(limit)
    return [Entry(*row) for row in session.execute(ordered)]


def ids(session: Session, selection: Selection) -> list[str]:
    """The ids of all profiles of a selection, in its order."""
    query = select(_ENTRY.coach_id).where(*_conditions(session, selection))
    return list(session.scalars(query.order_by(*_ORDERINGS[selection.order])))


def ids_after(session: Session, selection: Selection, after: str, limit: int) -> list[str]:
    """The first `limit` ids of a selection that come after that one by code point, whatever its order."""
    query = select(_ENTRY.coach_id).where(*_conditions(session, selection), _ENTRY.coach_id > after)
    return list(session.scalars(query.order_by(_ENTRY.coach_id).limit(limit)))


def codes_of(session: Session, coach_ids: Collection[str], kind: str) -> dict[str, list[str]]:
    """The codes of that kind that those coaches have, in alphabetical order; a coach without any is left out."""
    found: dict[str, list[str]] = {}
    for chunk in chunks(coach_ids):
        query = select(DirectoryCodeRow.coach_id, DirectoryCodeRow.code).where(
            DirectoryCodeRow.kind == kind, DirectoryCodeRow.coach_id.in_(chunk)
        )
        for coach_id, code in session.execute(query.order_by(DirectoryCodeRow.code)):
            found.setdefault(coach_id, []).append(code)
    return found


def codes_in_use(session: Session, kind: str) -> dict[str, int]:
    """How many coaches have each code of that kind, those with the most first."""
    number = func.count()
    query = select(DirectoryCodeRow.code, number).where(DirectoryCodeRow.kind == kind).group_by(DirectoryCodeRow.code)
    return {row[0]: row[1] for row in session.execute(query.order_by(number.desc(), DirectoryCodeRow.code))}


_ORDERINGS: Mapping[Order, Sequence[Any]] = {
    "name": (_ENTRY.sort_name, _ENTRY.coach_id),
    # Not as NULLS LAST, which older builds of SQLite do not know.
    "hours": (func.coalesce(_ENTRY.coaching_hours, -1).desc(), _ENTRY.sort_name, _ENTRY.coach_id),
    "oldest": (_ENTRY.confirmed_at, _ENTRY.sort_name, _ENTRY.coach_id),
}


def _conditions(session: Session, selection: Selection) -> list[ColumnElement[bool]]:
    conditions = [_has(kind, code, selection.today) for kind, code in selection.codes.items()]
    if selection.accepting:
        free = or_(_ENTRY.accepting_from.is_(None), _ENTRY.accepting_from <= selection.today)
        conditions += [_ENTRY.capacity >= 1, free]
    # Not by LIKE, which takes several times as long on SQLite.
    place = func.instr if session.get_bind().dialect.name == "sqlite" else func.strpos
    return conditions + [place(_ENTRY.search_text, word) > 0 for word in folded(selection.words).split()]


def _has(kind: str, code: str, today: date) -> ColumnElement[bool]:
    row = DirectoryCodeRow
    valid = or_(row.valid_until.is_(None), row.valid_until >= today)
    return _ENTRY.coach_id.in_(select(row.coach_id).where(row.kind == kind, row.code == code, valid))


def _drop_codes(session: Session, coach_ids: Collection[str]) -> None:
    if coach_ids:
        session.execute(delete(DirectoryCodeRow).where(among(session, DirectoryCodeRow.coach_id, coach_ids)))


def _entry(coach: Coach, now: datetime) -> dict[str, Any]:
    return {
        "coach_id": coach.id,
        "name": coach.name,
        "headline": coach.headline,
        "sort_name": folded(coach.name),
        "coaching_hours": coach.experience.coaching_hours,
        "capacity": coach.availability.capacity,
        "accepting_from": coach.availability.accepting_from,
        "availability_hash": content_hash(coach.availability.model_dump_json(by_alias=True, exclude_defaults=True)),
        "availability_confirmed_at": now,
        "confirmed_at": now,
        "search_text": folded("\n".join((coach.name, coach.id, *_texts(coach)))),
    }


def _texts(coach: Coach) -> Iterator[str]:
    yield from (coach.headline, coach.bio, coach.approach, *coach.experience.roles_held)
    yield from (*coach.methods, *coach.locations, *(reference.text for reference in coach.references))


def _codes(coach: Coach) -> Iterator[dict[str, Any]]:
    kinds = {
        "language": coach.languages,
        "focus_area": coach.focus_areas,
        "industry": coach.industries,
        "level": coach.experience.levels_coached,
        "style": coach.styles,
    }
    ends: dict[tuple[str, str], date | None] = {(kind, code): None for kind, codes in kinds.items() for code in codes}
    for held in coach.credentials:
        key = ("credential", f"{held.body} {held.level}")
        # Of the same credential twice, the one that lasts longer counts.
        ends[key] = _later(ends[key], held.valid_until) if key in ends else held.valid_until
    for (kind, code), end in ends.items():
        yield {"kind": kind, "code": code, "coach_id": coach.id, "valid_until": end}


def _later(one: date | None, other: date | None) -> date | None:
    return None if one is None or other is None else max(one, other)
