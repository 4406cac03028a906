"""Errors that a user can mend, in a line of plain words instead of a traceback."""

from pydantic import ValidationError
from pydantic_settings import SettingsError
from sqlalchemy.exc import OperationalError

from matcher.errors import InvalidInput, MatcherError


def plain_words(error: Exception) -> str | None:
    """What is wrong, and with which field, setting or file; None for an error that no user can mend.

    A ValidationError is taken to be of the settings.
    """
    if isinstance(error, InvalidInput):
        return "; ".join(f"{problem.pointer[1:] or 'the document'} {problem.detail}" for problem in error.problems)
    if isinstance(error, ValidationError):
        return ", ".join(_of_setting(problem["loc"], problem["msg"]) for problem in error.errors())
    if isinstance(error, SettingsError):
        return f"{error}; it must be JSON."
    if isinstance(error, OperationalError):
        return f"The database does not do that now: {error.orig}"
    return str(error) if isinstance(error, MatcherError) else None


def _of_setting(place: tuple[int | str, ...], said: str) -> str:
    """What is wrong with a setting; where several do not go together, the words name them."""
    return f"MATCHER_{str(place[0]).upper()}: {said}" if place else said
