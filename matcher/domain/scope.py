"""What a caller of the API may do: the scopes of OAuth 2, which keys and access tokens carry alike."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Literal, cast, get_args

Scope = Literal[
    "shortlists:write", "shortlists:read", "coaches:read", "coaches:write", "outcomes:write", "reports:read"
]

SCOPES: Mapping[Scope, str] = MappingProxyType(
    {
        "shortlists:write": "Ask for shortlists.",
        "shortlists:read": "See shortlists of the own organisation again, and what became of them.",
        "coaches:read": "Read profiles of coaches.",
        "coaches:write": "Add, change and delete profiles of coaches.",
        "outcomes:write": "Record what became of the coaches of a shortlist.",
        "reports:read": "Read reports and records of what was done.",
    }
)
"""Every scope, with what it allows, in the order in which they are named."""

EVERY_SCOPE: frozenset[Scope] = frozenset(get_args(Scope))


def scopes_in(text: str) -> frozenset[Scope] | None:
    """The scopes that a text names, with spaces between them; None when it names one that there is not.

    >>> sorted(scopes_in("coaches:read  shortlists:write"))
    ['coaches:read', 'shortlists:write']
    >>> scopes_in(""), scopes_in("coaches:burn")
    (frozenset(), None)
    """
    named = frozenset(text.split())
    return cast(frozenset[Scope], named) if named <= EVERY_SCOPE else None


def scope_text(scopes: Iterable[Scope]) -> str:
    """The scopes as OAuth 2 writes them, in their usual order.

    >>> scope_text({"coaches:read", "shortlists:write"})
    'shortlists:write coaches:read'
    """
    held = frozenset(scopes)
    return " ".join(scope for scope in SCOPES if scope in held)
