"""Entries of the audit log, each of which seals the one before it.

The hash of an entry is the SHA-256 of its document in the canonical form of RFC 8785, which contains the hash of the
entry before. So whoever changes, drops or inserts one must change every later one too, and whoever keeps the number and
the hash of the last entry elsewhere sees that.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import rfc8785

from matcher.domain.actor import Actor
from matcher.domain.need import Need

Action = Literal[
    "shortlist.drawn_up",
    "shortlist.deleted",
    "shortlist.exported",
    "outcome.recorded",
    "outcome.taken_back",
    "link.made",
    "link.opened",
    "link.revoked",
    "needs.imported",
    "profile.added",
    "profile.replaced",
    "profile.confirmed",
    "profile.deleted",
    "profiles.imported",
    "directory.exported",
    "ranker.promoted",
    "ranker.reset",
    "account.made",
    "account.role_changed",
    "account.organisation_changed",
    "account.disabled",
    "account.enabled",
    "account.password_reset",
    "account.unlinked",
    "caller.made",
    "caller.key_replaced",
    "caller.revoked",
    "audit.exported",
    "data.purged",
]
ACTIONS: tuple[Action, ...] = Action.__args__  # type: ignore[attr-defined]

NOTHING_BEFORE = "0" * 64
"""What the first entry has for the hash of the one before it."""


@dataclass(frozen=True)
class Head:
    """How far the log has come: the number of its entries, and the hash of the last one."""

    count: int = 0
    hash: str = NOTHING_BEFORE


@dataclass(frozen=True)
class AuditEntry:
    """Who did what when; `subject` is the id of what it was done to, `details` a JSON text in canonical form.

    All of it are ids, codes, numbers and hashes; no text about a manager is among them. `at` is a moment in UTC as
    ISO 8601 with microseconds, kept as it was hashed. `action` is one of `ACTIONS`, or one of another version.
    """

    number: int
    at: str
    action: str
    actor_kind: str
    actor_id: str | None
    organisation: str | None
    subject: str | None
    details: str
    previous: str

    def document(self) -> dict[str, Any]:
        """The entry as it is hashed. Raises ValueError when the details are no JSON."""
        return vars(self) | {"details": json.loads(self.details)}

    def hash(self) -> str:
        """SHA-256 of the canonical document, in hexadecimal. Raises ValueError as `document` does."""
        return sha256(self.document())


def sealed_after(
    head: Head, at: str, action: Action, by: Actor, *, subject: str | None, details: Mapping[str, Any]
) -> AuditEntry:
    """The entry that follows on that head."""
    return AuditEntry(
        number=head.count + 1,
        at=at,
        action=action,
        actor_kind=by.kind,
        actor_id=by.id,
        organisation=by.organisation,
        subject=subject,
        details=rfc8785.dumps(dict(details)).decode(),
        previous=head.hash,
    )


def sha256(document: Mapping[str, Any]) -> str:
    """SHA-256 of a JSON document in the canonical form of RFC 8785, in hexadecimal.

    >>> sha256({"b": 1.0, "a": "ü"}) == hashlib.sha256('{"a":"ü","b":1}'.encode()).hexdigest()
    True
    """
    return hashlib.sha256(rfc8785.dumps(dict(document))).hexdigest()


def understood(need: Need) -> dict[str, Any]:
    """A need as answers repeat it: as it was understood, without what it leaves open."""
    return need.model_dump(mode="json", by_alias=True, exclude_none=True)


def need_hash(answer: str) -> str:
    """The hash by which the log knows a need: that of the `need` of the answer, a JSON text, which it is for."""
    need: dict[str, Any] = json.loads(answer)["need"]
    return sha256(need)
