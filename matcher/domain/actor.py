"""Who does something that the audit log tells of."""

from dataclasses import dataclass
from typing import Literal

ActorKind = Literal["account", "caller", "link", "provider", "command_line"]
ACTOR_KINDS: tuple[ActorKind, ...] = ActorKind.__args__  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Actor:
    """Somebody signed in, a caller of the API, or a manager who came by a link, each by id and organisation.

    Nobody is known by name of whoever works on the command line, nor of an identity provider that decides something.
    """

    kind: ActorKind
    id: str | None = None
    organisation: str | None = None


COMMAND_LINE = Actor("command_line")
PROVIDER = Actor("provider")
