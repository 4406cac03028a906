"""What a provider's claims say of somebody, as far as accounts go."""

from collections.abc import Mapping
from typing import Any

from matcher.domain import Identity
from matcher.settings import Settings

_LONGEST = 200


def identity_from(claims: Mapping[str, Any], settings: Settings) -> Identity:
    """Who the verified claims of a provider name; what is no text that can be printed is as if it were not there."""
    verified = claims.get(settings.oidc_verified_claim) in (True, "true", "1")
    roles = settings.oidc_roles if settings.oidc_role_claim else {}
    held = _values(claims.get(settings.oidc_role_claim))
    return Identity(
        issuer=settings.oidc_issuer,
        subject=str(claims["sub"]),
        email=(_text(claims.get("email")) or None) if verified else None,
        name=_text(claims.get("name")),
        role=next((role for value, role in roles.items() if value in held), None),
        organisation=_text(claims.get(settings.oidc_organisation_claim)) or None,
    )


def _values(claim: object) -> frozenset[str]:
    """The texts of a claim that is one or has several."""
    several = claim if isinstance(claim, list) else [claim]
    return frozenset(value for value in several if isinstance(value, str))


def _text(claim: object) -> str:
    is_one = isinstance(claim, str) and claim.isprintable() and len(claim) <= _LONGEST
    return str(claim).strip() if is_one else ""
