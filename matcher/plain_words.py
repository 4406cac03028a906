"""Errors that a user can mend, in a line of plain words instead of a traceback."""

from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from matcher.errors import InvalidInput, MatcherError


def plain_words(error: Exception) -> str | None:
    """What is wrong, and with which field, setting or file; None for an error that no user can mend.

    A ValidationError is taken to be of the settings.
    """
    if isinstance(error, InvalidInput):
        return "; ".join(f"{problem.pointer[1:] or 'the document'} {problem.detail}" for problem in error.problems)
    if isinstance(error, ValidationError):
        return ", ".join(f"MATCHER_{str(problem['loc'][0]).upper()}: {problem['msg']}" for problem in error.errors())
    if isinstance(error, OperationalError):
        return f"The database does not do that now: {error.orig}"
    return str(error) if isinstance(error, MatcherError) else None
