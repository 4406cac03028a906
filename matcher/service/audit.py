"""Whether the audit log is as it was written, and the log as a file."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import rfc8785
from sqlalchemy import Engine

from matcher.domain import Actor
from matcher.domain.audit import Action, Head
from matcher.store import audit, database
from matcher.store.audit import Filed
from matcher.texts import Phrase


@dataclass(frozen=True)
class Verdict:
    """How far the chain holds, and the first entry at which it does not, with why; 0 and "" where it holds to the end.

    `head` is that of the entries that hold.
    """

    head: Head
    broken_at: int = 0
    why: str = ""

    @property
    def holds(self) -> bool:
        """Whether every entry is as it was written, and none is missing."""
        return not self.broken_at


def verify_audit(engine: Engine, kept: Head | None = None) -> Verdict:
    """Walks the whole chain; `kept` is a head as it was noted elsewhere, which no later one may contradict.

    The head in the database gives away entries that are missing at the end. Whoever can write to the database can
    change that too; only a head that was kept elsewhere gives that away.
    """
    with database.snapshots(engine).begin() as session:
        reached = Head()
        for filed in audit.entries(session):
            if why := _wrong_after(reached, filed) or _contradicts(kept, filed):
                return Verdict(reached, reached.count + 1, why)
            reached = Head(filed.entry.number, filed.hash)
        stored = audit.head(session)
    if stored != reached or (kept and kept.count > reached.count):
        least = max(stored.count, kept.count if kept else 0)
        if least > reached.count:
            why = Phrase("is missing: there were %(number)s entries", number=least)
            return Verdict(reached, reached.count + 1, why)
        return Verdict(reached, max(reached.count, 1), Phrase("is not the one that the head of the log names"))
    return Verdict(reached)


def _wrong_after(reached: Head, filed: Filed) -> str:
    """What is wrong with an entry that follows on that head; empty when nothing is."""
    if filed.entry.number != reached.count + 1:
        return Phrase("is missing")
    if filed.entry.previous != reached.hash:
        return Phrase("does not follow on the one before it")
    try:
        details = json.loads(filed.entry.details)
        is_canonical = rfc8785.dumps(details).decode() == filed.entry.details
        hashed = filed.entry.hash()
    except (ValueError, RecursionError):
        return Phrase("cannot be read")
    return "" if is_canonical and hashed == filed.hash else Phrase("was changed after it was written")


def _contradicts(kept: Head | None, filed: Filed) -> str:
    if kept is None or kept.count != filed.entry.number or kept.hash == filed.hash:
        return ""
    return Phrase("is another one than was noted elsewhere")


def exported_audit(engine: Engine, by: Actor, now: datetime, after: int = 0) -> Iterator[str]:
    """The entries with a number above that, a line of JSON each in canonical form, its hash among it.

    That the log was taken along is noted first, so that it is the last line. Whoever drops `hash` from a line and
    hashes the rest in canonical form gets it again.
    """
    record_export(engine, by, "audit.exported", now, after=after)
    return _lines(engine, after)


def _lines(engine: Engine, after: int) -> Iterator[str]:
    with database.snapshots(engine).begin() as session:
        for filed in audit.entries(session, after):
            yield rfc8785.dumps(_document(filed) | {"hash": filed.hash}).decode() + "\n"


def _document(filed: Filed) -> dict[str, Any]:
    try:
        return filed.entry.document()
    except (ValueError, RecursionError):
        # One whose details were changed to what is no JSON is taken along all the same, as evidence.
        return dict(vars(filed.entry))


def record_export(
    engine: Engine, by: Actor, action: Action, now: datetime, subject: str | None = None, **details: object
) -> None:
    """Notes that somebody takes something along as a file, before it is sent."""
    with database.sessions(engine).begin() as session:
        audit.append(session, by, action, now, subject, **details)
