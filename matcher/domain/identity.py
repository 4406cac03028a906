"""Who somebody is by the word of an identity provider, to whom they have proved it."""

from dataclasses import dataclass

from matcher.domain.account import AccountRole


@dataclass(frozen=True)
class Identity:
    """What a provider vouches for: `subject` names somebody at `issuer` for good, an email address only for now.

    `email` is None unless the provider says that it was verified. `role` and `organisation` are those that the
    provider decides, None where it decides nothing.
    """

    issuer: str
    subject: str
    email: str | None
    name: str
    role: AccountRole | None = None
    organisation: str | None = None
