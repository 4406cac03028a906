"""`matcher audit ...`: whether the audit log is as it was written, and the log as a file."""

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

import click

from matcher.cli.setup import configured_engine, told_plainly
from matcher.domain import COMMAND_LINE
from matcher.domain.audit import Head
from matcher.service import exported_audit, verify_audit


@click.group()
def audit() -> None:
    """Who did what when, each entry sealed by the next."""


def _head(_context: click.Context, _parameter: click.Parameter, value: str | None) -> Head | None:
    if value is None:
        return None
    count, _, hashed = value.partition(":")
    if not (count.isascii() and count.isdigit() and len(count) < 16 and len(hashed) == 64):
        raise click.BadParameter("must be as 'matcher audit verify' prints it, NUMBER:HASH")
    return Head(int(count), hashed.lower())


@audit.command()
@click.option("--head", callback=_head, help="The head as it was printed earlier and kept elsewhere, NUMBER:HASH.")
@told_plainly
def verify(head: Head | None) -> None:
    """Walk the chain and print its head, to be kept elsewhere; name the first broken entry and end with 1."""
    with configured_engine() as engine:
        verdict = verify_audit(engine, head)
    if not verdict.holds:
        raise click.ClickException(f"Entry {verdict.broken_at} {verdict.why}.")
    click.echo(f"The chain of {verdict.head.count} entries holds. Keep its head elsewhere:", err=True)
    click.echo(f"{verdict.head.count}:{verdict.head.hash}")


@audit.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--after", default=0, type=click.IntRange(min=0), help="Only entries with a number above this one.")
@told_plainly
def export(file: Path | None, after: int) -> None:
    """Write the entries as JSON Lines to a file, whole or not at all, or to standard output."""
    with configured_engine() as engine:
        lines = exported_audit(engine, COMMAND_LINE, datetime.now(UTC), after)
        if file is None:
            for line in lines:
                click.echo(line, nl=False)
        else:
            _write_whole(file, lines)


def _write_whole(file: Path, lines: Iterable[str]) -> None:
    """Puts a file in the place of the one of that name once it is complete and on the disk."""
    with NamedTemporaryFile("w", encoding="utf-8", newline="\n", dir=file.parent, delete=False) as written:
        try:
            written.writelines(lines)
            written.flush()
            os.fsync(written.fileno())
            Path(written.name).replace(file)
        except BaseException:
            Path(written.name).unlink()
            raise
