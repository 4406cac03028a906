"""The errors that callers see. None of them knows an HTTP status; `matcher.app` maps them to one."""

from collections.abc import Sequence
from dataclasses import dataclass

from matcher.texts import Phrase


@dataclass(frozen=True)
class Problem:
    """One wrong field: where it stands (RFC 6901 JSON pointer) and what is wrong, in plain words.

    The words never repeat a text that was sent, since it may tell of a person.
    """

    pointer: str
    detail: str


class MatcherError(Exception):
    """Anything that a caller can be told of; its message says what to do about it."""

    @property
    def words(self) -> str:
        """The message as it was given, which may be a phrase; empty for none."""
        return self.args[0] if self.args else ""


class InvalidInput(MatcherError):
    """A profile or need breaks the contract; carries every problem found, not the first alone."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        number = len(self.problems)
        super().__init__(
            Phrase("%(number)s problems in what was sent", number=number)
            if number != 1
            else Phrase("1 problem in what was sent")
        )


class MalformedDocument(MatcherError):
    """What was sent cannot be read at all: no JSON, no UTF-8, no CSV header."""


class UnknownRequest(MatcherError):
    """A well-formed request of a kind that the service does not answer; the message says which kinds it does."""


class NotFound(MatcherError):
    """No such record, or none that this caller may see."""


class Gone(MatcherError):
    """What was there is not to be seen any more; the message says what to do and not what it was."""


class Unauthorised(MatcherError):
    """No key and no access token."""


class InvalidToken(Unauthorised):
    """A key or an access token that does not hold: wrong, replaced, expired or revoked."""


class InsufficientScope(MatcherError):
    """A caller asks for what its key or token is not for; `scope` is the one that it would take."""

    def __init__(self, scope: str) -> None:
        self.scope = scope
        super().__init__(f"This takes the scope {scope}, which the key or token does not have.")


class Forbidden(MatcherError):
    """Somebody who is signed in asks for what their role does not allow."""


class ForeignForm(MatcherError):
    """A form was sent from another site."""


class StaleForm(MatcherError):
    """A form was sent that was made for another sign-in, or for none."""


class Conflict(MatcherError):
    """What was asked for does not go with how things are; the message says with what."""


class MalformedKey(MatcherError):
    """The Idempotency-Key of a request cannot be one; the message does not repeat it."""


class RequestRunning(MatcherError):
    """The same request, under the same key, is being answered at this moment."""


class KeyReused(MatcherError):
    """Another request was sent under the same key before."""


class PreconditionFailed(MatcherError):
    """What is there is not what whoever changes it has seen; nothing was changed."""


class Throttled(MatcherError):
    """Too many attempts at a password or a secret; `retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        minutes = -(-retry_after // 60)
        super().__init__(
            Phrase("There were too many attempts. Try again in %(minutes)s minutes.", minutes=minutes)
            if minutes != 1
            else Phrase("There were too many attempts. Try again in 1 minute.")
        )


class ConfigurationError(MatcherError):
    """The service cannot start or rank as it is set up; the message names the setting or file."""


class NotReady(MatcherError):
    """The service is up but cannot rank yet."""
