"""The errors that callers see. None of them knows an HTTP status; `matcher.app` maps them to one."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One wrong field: where it stands (RFC 6901 JSON pointer) and what is wrong, in plain words.

    The words never repeat a text that was sent, since it may tell of a person.
    """

    pointer: str
    detail: str


class MatcherError(Exception):
    """Anything that a caller can be told of; its message says what to do about it."""


class InvalidInput(MatcherError):
    """A profile or need breaks the contract; carries every problem found, not the first alone."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        noun = "problem" if len(self.problems) == 1 else "problems"
        super().__init__(f"{len(self.problems)} {noun} in what was sent")


class MalformedDocument(MatcherError):
    """What was sent cannot be read at all: no JSON, no UTF-8, no CSV header."""


class NotFound(MatcherError):
    """No such record, or none that this caller may see."""


class Unauthorised(MatcherError):
    """No key, a wrong key or a revoked one."""


class ConfigurationError(MatcherError):
    """The service cannot start or rank as it is set up; the message names the setting or file."""


class NotReady(MatcherError):
    """The service is up but cannot rank yet."""
