"""Which scope each address of the API asks for: one table, which the description shows and every request is held to."""

from collections.abc import Mapping
from types import MappingProxyType

from flask import g, request

from matcher.domain import Scope
from matcher.errors import InsufficientScope

SCOPE_OF: Mapping[str, Scope] = MappingProxyType(
    {
        "api.shortlists.create": "shortlists:write",
        "api.shortlists.show": "shortlists:read",
        "api.shortlists.why_not": "shortlists:read",
        "api.shortlists.refined": "shortlists:write",
        "api.batches.create": "shortlists:write",
        "api.batches.listed": "shortlists:read",
        "api.batches.show": "shortlists:read",
        "api.batches.results": "shortlists:read",
        "api.batches.cancel": "shortlists:write",
        "api.batches.delete": "shortlists:write",
        "api.webhooks.create": "shortlists:write",
        "api.webhooks.listed": "shortlists:read",
        "api.webhooks.delete": "shortlists:write",
        "api.webhooks.rotate": "shortlists:write",
        "api.webhooks.deliveries": "shortlists:read",
        "api.webhooks.replay": "shortlists:write",
        "api.outcomes.listed": "shortlists:read",
        "api.outcomes.put": "outcomes:write",
        "api.outcomes.withdraw": "outcomes:write",
        "api.coaches.listed": "coaches:read",
        "api.coaches.show": "coaches:read",
        "api.changes.listed": "coaches:read",
        "api.coach_batches.put": "coaches:write",
        "api.coaches.put": "coaches:write",
        "api.coaches.delete": "coaches:write",
    }
)
"""The scope by the name of the view; a view that is not here answers nobody."""


def require_scope() -> None:
    """Lets through who may do this. Runs before the view, after `authenticate`; so whether the thing is there is not
    told. Raises InsufficientScope."""
    if request.method == "OPTIONS":
        return  # It says what methods there are, and every document that describes the API does.
    needed = SCOPE_OF[request.endpoint or ""]
    if needed not in g.scopes:
        raise InsufficientScope(needed)
