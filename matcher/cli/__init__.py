"""The command line: `matcher ...`."""

from matcher.cli.commands import main

__all__ = ["main"]
