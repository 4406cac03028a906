"""What commands have in common: the database that settings name, and errors told in plain words."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

import click
from sqlalchemy import Engine

from matcher.matching.embedding import Encoder
from matcher.plain_words import plain_words
from matcher.settings import Settings
from matcher.store import database, schema

P = ParamSpec("P")
R = TypeVar("R")

EncoderLoader = Callable[[str], Encoder]
"""Gives the encoder of a name or folder; what `main` hands to commands as click's `obj`."""


def given_name(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    """The name that was given to a command. Raises BadParameter for one that cannot be printed."""
    if not value.strip() or not value.isprintable():
        raise click.BadParameter("must be a name that can be printed")
    return value


def told_plainly(command: Callable[P, R]) -> Callable[P, R]:
    """The command with errors that a user can mend told in a line, instead of a traceback."""

    @wraps(command)
    def told(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except Exception as error:
            words = plain_words(error)
            if words is None:
                raise
            raise click.ClickException(words) from None

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
