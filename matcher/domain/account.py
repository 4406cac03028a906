"""Who may sign in, for which organisation, and what each role may do."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Literal

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from matcher.domain.fields import Record, ShortText
from matcher.domain.requester import Requester
from matcher.texts import Language

AccountRole = Literal["hr_partner", "coach_manager", "administrator"]
ACCOUNT_ROLES: tuple[AccountRole, ...] = AccountRole.__args__  # type: ignore[attr-defined]

HeldRole = AccountRole | Literal["punchout_guest", "punchout_viewer"]
"""Beside the roles that are given, those of somebody who comes from a procurement portal, for one visit."""

GUEST_ROLES: Mapping[Literal["order", "inspect"], HeldRole] = MappingProxyType(
    {"order": "punchout_guest", "inspect": "punchout_viewer"}
)
"""Which role a guest has by what the visit is for."""

Task = Literal["ask", "see_lists", "match", "order", "own_account", "read_profiles", "keep_profiles", "administer"]
"""What is allowed or not as a whole: describing needs; seeing shortlists, side by side too; all else that is done with
shortlists of the own organisation; taking a coach into the basket of a portal; one's own account; reading profiles, and
changing them; accounts."""

_ALL_OF_MATCHING: tuple[Task, ...] = ("ask", "see_lists", "match", "own_account", "read_profiles")

TASKS: Mapping[HeldRole, frozenset[Task]] = MappingProxyType(
    {
        "hr_partner": frozenset[Task](_ALL_OF_MATCHING),
        "coach_manager": frozenset[Task](["own_account", "read_profiles", "keep_profiles"]),
        "administrator": frozenset[Task]([*_ALL_OF_MATCHING, "keep_profiles", "administer"]),
        "punchout_guest": frozenset[Task](["ask", "see_lists", "order"]),
        "punchout_viewer": frozenset[Task](["see_lists"]),
    }
)
"""What each role may do."""


def same_email(email: str) -> str:
    """The one spelling of an address: whatever is the same without regard to case is the same account.

    >>> same_email(" Ada@Kestrel.example ")
    'ada@kestrel.example'
    """
    return unicodedata.normalize("NFC", email.strip()).casefold()


def _email(value: str) -> str:
    try:
        found = validate_email(value.strip(), check_deliverability=False)
    except EmailNotValidError:
        raise PydanticCustomError("email", "is not an email address") from None
    return same_email(found.normalized)


def _printable(value: str) -> str:
    if not value.isprintable():
        raise PydanticCustomError("printable", "must be a name that can be printed")
    return value.strip()


Name = Annotated[ShortText, AfterValidator(_printable), Field(min_length=1)]


class NewAccount(Record):
    """An account that is to be: its address, under which nobody else signs in, and what it may do for whom."""

    email: Annotated[ShortText, AfterValidator(_email)]
    name: Name
    organisation: Name
    role: AccountRole


@dataclass(frozen=True)
class Account:
    """Somebody who may sign in, unless `disabled_at` is set; how they prove who they are is kept elsewhere.

    `language` is that of the pages; None for the one that the browser asks for.
    `is_linked` says that an identity provider knows them, and that they have come from there.
    """

    id: str
    email: str
    name: str
    organisation: str
    role: HeldRole
    created_at: datetime
    disabled_at: datetime | None = None
    must_change_password: bool = False
    password_expires_at: datetime | None = None
    has_password: bool = True
    is_linked: bool = False
    language: Language | None = None

    @property
    def is_guest(self) -> bool:
        """Whether it is of one visit from a procurement portal, and of nobody who has an account here."""
        return self.role in GUEST_ROLES.values()

    def has_expired_password(self, now: datetime) -> bool:
        """Whether the password was to be used once, and was not in time."""
        return self.password_expires_at is not None and now >= self.password_expires_at

    def may(self, task: Task) -> bool:
        """Whether the role allows a task."""
        return task in TASKS[self.role]

    @property
    def requester(self) -> Requester:
        """The account as the party that asks for a shortlist."""
        return Requester(self.organisation, account_id=self.id)
