"""`matcher callers ...`: who may use the API. A key is all that is printed to standard output."""

from datetime import UTC, datetime, timedelta

import click

from matcher.cli.setup import configured_engine, given_name, told_plainly
from matcher.domain import EVERY_SCOPE, SCOPES, Scope, scope_text
from matcher.service import add_caller, revoke_caller, rotate_caller
from matcher.store import callers as stored
from matcher.store import database
from matcher.store.callers import Caller

_LONGEST_OVERLAP = 24 * 366
_UNKNOWN = "There is no caller with this name whose key is in use."


@click.group()
def callers() -> None:
    """Who may use the API, and what for."""


@callers.command()
@click.argument("name", callback=given_name)
@click.option("--organisation", help="The organisation that the caller belongs to.")
@click.option(
    "--scope", "scopes", type=click.Choice(list(SCOPES)), multiple=True, help="What it may do, repeated; default: all."
)
@told_plainly
def add(name: str, organisation: str | None, scopes: tuple[Scope, ...]) -> None:
    """Make a caller and print its key, which is shown only now."""
    with configured_engine() as engine, database.sessions(engine).begin() as session:
        caller, key = add_caller(session, name, organisation, datetime.now(UTC), scopes)
    click.echo(key)
    click.echo(f"client_id: {caller.id}", err=True)
    click.echo("Send the key as 'Authorization: Bearer KEY', or fetch tokens with it as the client_secret.", err=True)
    click.echo("It cannot be shown again.", err=True)


@callers.command()
@click.argument("name")
@click.option(
    "--overlap",
    type=click.IntRange(0, _LONGEST_OVERLAP),
    default=0,
    show_default=True,
    metavar="HOURS",
    help="For how long the old key still holds.",
)
@told_plainly
def rotate(name: str, overlap: int) -> None:
    """Print a new key for a caller, which is shown only now; the old one holds for the overlap."""
    now = datetime.now(UTC)
    with configured_engine() as engine, database.sessions(engine).begin() as session:
        key = rotate_caller(session, name, now, timedelta(hours=overlap))
    if key is None:
        raise click.ClickException(_UNKNOWN)
    click.echo(key)
    until = f"holds until {now + timedelta(hours=overlap):%Y-%m-%d %H:%M} UTC" if overlap else "is worthless now"
    click.echo(f"The old key {until}. The new one cannot be shown again.", err=True)


@callers.command()
@click.argument("name")
@told_plainly
def revoke(name: str) -> None:
    """Make a caller's keys and tokens worthless, at once and on every worker."""
    with configured_engine() as engine, database.sessions(engine).begin() as session:
        if not revoke_caller(session, name, datetime.now(UTC)):
            raise click.ClickException(_UNKNOWN)
    click.echo("The key is revoked.")


@callers.command(name="list")
@told_plainly
def list_() -> None:
    """Name all callers: what each may do, when it was made and last used, and the beginning of its key."""
    with configured_engine() as engine, database.snapshots(engine).begin() as session:
        known = stored.list_all(session)
    for caller in known:
        click.echo("\t".join(_columns(caller, datetime.now(UTC))))
    if not known:
        click.echo("There are no callers yet; make one with 'matcher callers add NAME'.", err=True)


def _columns(caller: Caller, now: datetime) -> tuple[str, ...]:
    until = caller.old_key_expires_at
    return (
        caller.name,
        caller.organisation or "-",
        f"{caller.key_prefix}...",
        f"revoked {caller.revoked_at:%Y-%m-%d}" if caller.revoked_at else "in use",
        caller.id,
        "all" if caller.scopes == EVERY_SCOPE else scope_text(caller.scopes),
        f"made {caller.created_at:%Y-%m-%d}",
        f"used {caller.last_used_at:%Y-%m-%d %H:%M}" if caller.last_used_at else "never used",
        f"old key until {until:%Y-%m-%d %H:%M}" if until and until > now else "-",
    )
