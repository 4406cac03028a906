"""What is typed of an account becomes a record, or the list of all that is wrong with it."""

from collections.abc import Mapping

from matcher.domain import ACCOUNT_ROLES, AccountRole, NewAccount
from matcher.errors import InvalidInput, Problem
from matcher.intake.records import parse
from matcher.texts import Phrase


def account_from(fields: Mapping[str, str]) -> NewAccount:
    """The account that those fields describe; InvalidInput with every problem, by field."""
    return parse(NewAccount, dict(fields)).value


def account_role_from(text: str) -> AccountRole:
    """The role of that code. Raises InvalidInput (/role) when there is none."""
    for role in ACCOUNT_ROLES:
        if role == text:
            return role
    raise InvalidInput([Problem("/role", Phrase("must be one of %(choices)s", choices=", ".join(ACCOUNT_ROLES)))])
