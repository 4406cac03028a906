"""`matcher purge`: deletes what is kept no longer than the settings say."""

from datetime import UTC, datetime

import click

from matcher.cli.setup import configured_engine, told_plainly
from matcher.cli.steps import step_by_step
from matcher.domain import COMMAND_LINE
from matcher.service import Purged, purge, purgeable
from matcher.settings import Settings


@click.command(name="purge")
@click.option("--dry-run", is_flag=True, help="Only tell how much is over.")
@told_plainly
def purge_command(dry_run: bool) -> None:
    """Delete what its setting says is over. May be stopped and repeated at any time; run it once a day."""
    settings, now = Settings(), datetime.now(UTC)
    with configured_engine() as engine:
        found = purgeable(engine, settings, now)
        if dry_run:
            _tell("would be deleted", found)
            return
        deleted: dict[str, int] = {}
        with step_by_step("Deleting", sum(kind.number for kind in found)) as reached:
            for kind in purge(engine, settings, COMMAND_LINE, now):
                deleted[kind.what] = kind.number
                reached(sum(deleted.values()))
    _tell("deleted", [Purged(*kind) for kind in deleted.items()])


def _tell(what_for: str, kinds: list[Purged]) -> None:
    for kind in kinds:
        if kind.number:
            click.echo(f"{kind.what.replace('_', ' ')}\t{kind.number} {what_for}")
    if not any(kind.number for kind in kinds):
        click.echo("Nothing is over.", err=True)
