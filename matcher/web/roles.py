"""The roles of accounts as they are told to people."""

from collections.abc import Mapping

from matcher.domain import AccountRole
from matcher.domain.account import HeldRole
from matcher.texts import Phrase
from matcher.web.choices import Choice

_TOLD: Mapping[AccountRole, tuple[str, str]] = {
    "hr_partner": (Phrase("HR partner"), Phrase("needs and shortlists of the own organisation; reads profiles")),
    "coach_manager": (Phrase("Coach manager"), Phrase("profiles of coaches; no needs")),
    "administrator": (Phrase("Administrator"), Phrase("accounts, beside what the others do")),
}

ROLE_NAMES: Mapping[HeldRole, str] = {role: name for role, (name, _) in _TOLD.items()}
ROLES = tuple(Choice(role, name, meaning) for role, (name, meaning) in _TOLD.items())
"""To choose one from."""
