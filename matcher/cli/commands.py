"""The commands of `matcher`, each a thin call of a use case."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console

from matcher import __version__
from matcher.cli.accounts import accounts
from matcher.cli.audit import audit
from matcher.cli.buyers import buyers
from matcher.cli.callers import callers
from matcher.cli.purge import purge_command
from matcher.cli.rankers import ranker
from matcher.cli.server import serve
from matcher.cli.setup import EncoderLoader, configured_engine, given_name, told_plainly
from matcher.cli.steps import lines_of, step_by_step
from matcher.cli.webhooks import webhooks
from matcher.cli.worker import worker
from matcher.domain import DEFAULT_ORGANISATION
from matcher.intake import coach_rows, need_rows
from matcher.loaded_for_good import set_loaded_apart
from matcher.matching.embedding import load_encoder
from matcher.service import BadRow, ImportReport, embed_missing, import_coaches, import_needs, seal_secrets
from matcher.settings import Settings
from matcher.store import coaches, database, schema

_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group()
@click.version_option(__version__, prog_name="matcher")
@click.pass_context
def main(context: click.Context) -> None:
    """Matches managers with coaches. Settings are environment variables; the README lists them."""
    context.obj = context.obj or load_encoder


@main.group()
def db() -> None:
    """The database."""


@db.command()
@told_plainly
def upgrade() -> None:
    """Bring the database to the current schema; safe to run twice."""
    with configured_engine(check=False) as engine:
        schema.upgrade(engine)
        seal_secrets(engine, Settings())
    click.echo("The database is up to date.")


@main.group(name="import")
def import_() -> None:
    """Import profiles or needs from JSON Lines, CSV or Excel."""
    set_loaded_apart()


@import_.command(name="coaches")
@_file
@click.pass_obj
@told_plainly
def import_coaches_(load: EncoderLoader, file: Path) -> None:
    """Add or replace profiles; the same file twice changes nothing."""
    with configured_engine() as engine, step_by_step("Importing profiles", lines_of(file)) as reached:
        encoder = load(Settings().encoder)
        report = import_coaches(engine, encoder, coach_rows(file), datetime.now(UTC), reached)
    _show(report, "profiles")


@import_.command(name="needs")
@_file
@click.option(
    "--organisation",
    default=DEFAULT_ORGANISATION,
    show_default=True,
    callback=given_name,
    help="The organisation that the needs belong to.",
)
@told_plainly
def import_needs_(file: Path, organisation: str) -> None:
    """Keep needs that the organisation does not have yet; the same file twice changes nothing."""
    with configured_engine() as engine, step_by_step("Importing needs", lines_of(file)) as reached:
        report = import_needs(engine, need_rows(file), organisation.strip(), datetime.now(UTC), reached)
    _show(report, "needs")


@main.command()
@click.pass_obj
@told_plainly
def embed(load: EncoderLoader) -> None:
    """Encode the profiles' passages that have no vector yet, as after a change of MATCHER_ENCODER."""
    set_loaded_apart()
    with configured_engine() as engine:
        encoder = load(Settings().encoder)
        with database.snapshots(engine).begin() as session:
            total = coaches.count(session)
        with step_by_step("Encoding profiles", total) as reached:
            encoded = embed_missing(engine, encoder, reached)
    click.echo(f"{encoded} passages encoded with {encoder.name}.")


main.add_command(accounts)
main.add_command(audit)
main.add_command(callers)
main.add_command(buyers)
main.add_command(purge_command)
main.add_command(ranker)
main.add_command(serve)
main.add_command(webhooks)
main.add_command(worker)


def _show(report: ImportReport, noun: str) -> None:
    """The outcome of an import; ends the command with 1 when rows were bad."""
    _name("warning", report.warnings)
    _name("not imported", report.bad)
    Console().print(
        f"{report.added} {noun} added, {report.replaced} replaced, {report.unchanged} unchanged, "
        f"{len(report.bad)} bad rows.",
        highlight=False,
    )
    if report.bad:
        raise SystemExit(1)


def _name(what: str, rows: Iterable[BadRow]) -> None:
    for row in rows:
        for problem in row.problems:
            click.echo(f"line {row.line}: {what}: {problem.pointer or 'the row'} {problem.detail}", err=True)
