"""What commands have in common: the database that settings name, and errors told in plain words."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

import click
from pydantic import ValidationError
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from matcher.errors import InvalidInput, MatcherError
from matcher.matching.embedding import Encoder
from matcher.settings import Settings
from matcher.store import database, schema

P = ParamSpec("P")
R = TypeVar("R")

EncoderLoader = Callable[[str], Encoder]
"""Gives the encoder of a name or folder; what `main` hands to commands as click's `obj`."""


def told_plainly(command: Callable[P, R]) -> Callable[P, R]:
    """The command with errors that a user can mend told in a line, instead of a traceback."""

    @wraps(command)
    def told(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except InvalidInput as error:
            problems = "; ".join(
                f"{problem.pointer[1:] or 'the document'} {problem.detail}" for problem in error.problems
            )
            raise click.ClickException(problems) from None
        except ValidationError as error:
            wrong = ", ".join(
                f"MATCHER_{str(problem['loc'][0]).upper()}: {problem['msg']}" for problem in error.errors()
            )
            raise click.ClickException(wrong) from None
        except MatcherError as error:
            raise click.ClickException(str(error)) from None
        except OperationalError as error:
            raise click.ClickException(f"The database does not do that now: {error.orig}") from None

    return told


@contextmanager
def configured_engine(check: bool = True) -> Iterator[Engine]:
    """The database that the settings name, until the block ends.

    Raises ConfigurationError when it cannot be reached or, with `check`, is not of this version.
    """
    engine = database.open_engine(Settings().sqlalchemy_url())
    try:
        if check:
            schema.require_current(engine)
        yield engine
    finally:
        engine.dispose()
