"""`matcher buyers ...`: whose portal may send people here. A shared secret alone is printed to standard output."""

from datetime import UTC, datetime

import click

from matcher.cli.setup import configured_engine, told_plainly
from matcher.domain.punchout import EXECUTIVE_COACHING, Party
from matcher.service import add_buyer, every_buyer, revoke_buyer


def _printable(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    if not value.strip() or not value.isprintable():
        raise click.BadParameter("must be something that can be printed")
    return value.strip()


@click.group()
def buyers() -> None:
    """Whose procurement portal may send people here (cXML PunchOut)."""


@buyers.command()
@click.argument("name", callback=_printable)
@click.option("--organisation", required=True, callback=_printable, help="Whose needs and shortlists its people make.")
@click.option(
    "--credential", nargs=2, required=True, metavar="DOMAIN IDENTITY", help="Whom it calls itself, as: DUNS 123456789."
)
@click.option("--origin", "origins", multiple=True, required=True, help="Of the portal, https://HOST; may be repeated.")
@click.option("--unspsc", default=EXECUTIVE_COACHING, show_default=True, help="What it classifies a line as.")
@told_plainly
def add(name: str, organisation: str, credential: tuple[str, str], origins: tuple[str, ...], unspsc: str) -> None:
    """Make a buyer and print the secret to share with it, which is shown only now."""
    with configured_engine() as engine:
        _, secret = add_buyer(
            engine,
            name,
            organisation,
            Party(*(part.strip() for part in credential)),
            origins=origins,
            unspsc=unspsc,
            now=datetime.now(UTC),
        )
    click.echo(secret)
    click.echo("This is its shared secret. It is shown only now; the portal sends it to /punchout/cxml.", err=True)


@buyers.command(name="list")
@told_plainly
def list_() -> None:
    """Name all buyers."""
    with configured_engine() as engine:
        known = every_buyer(engine)
    for one in known:
        state = f"revoked {one.revoked_at:%Y-%m-%d}" if one.revoked_at else "in use"
        party = f"{one.party.domain} {one.party.identity}"
        click.echo("\t".join([one.name, one.organisation, party, " ".join(one.origins), one.unspsc, state]))


@buyers.command()
@click.argument("name")
@told_plainly
def revoke(name: str) -> None:
    """Make a buyer's secret worthless, and end the visits of its people."""
    with configured_engine() as engine:
        revoke_buyer(engine, name.strip(), datetime.now(UTC))
    click.echo(f"{name.strip()} is revoked.", err=True)
