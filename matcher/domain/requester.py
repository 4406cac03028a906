"""Who asks for shortlists, and whose they are then."""

from dataclasses import dataclass

from matcher.domain.actor import Actor

DEFAULT_ORGANISATION = "default"
"""That of what was asked for before there were accounts, and of an account for which none is named."""


@dataclass(frozen=True)
class Requester:
    """A caller of the API, or somebody with an account, and the organisation that they ask for.

    What an organisation asked for is its own: everybody of it sees that, and nobody else. A caller without one
    (`organisation` None) is alone with what it asked for. Raises ValueError for neither.
    """

    organisation: str | None
    caller_id: str | None = None
    account_id: str | None = None

    def __post_init__(self) -> None:
        if self.organisation is None and self.caller_id is None:
            raise ValueError("a requester has an organisation, or is a caller without one")

    @property
    def actor(self) -> Actor:
        """The requester as the log knows it; one without an id is whoever works on the command line."""
        if self.account_id is not None:
            return Actor("account", self.account_id, self.organisation)
        return Actor("caller" if self.caller_id else "command_line", self.caller_id, self.organisation)
