"""`matcher accounts ...`: who may sign in. A one-time password is all that is printed to standard output."""

from datetime import UTC, datetime

import click
from sqlalchemy import Engine

from matcher.cli.setup import configured_engine, told_plainly
from matcher.domain import ACCOUNT_ROLES, DEFAULT_ORGANISATION
from matcher.intake import account_from, account_role_from
from matcher.service import (
    account_with_email,
    add_account,
    add_account_without_password,
    disable_account,
    enable_account,
    every_account,
    expiry,
    reset_password,
    set_role,
    unlink_account,
)
from matcher.settings import Settings

_ROLES = click.Choice(ACCOUNT_ROLES)


@click.group()
def accounts() -> None:
    """Who may sign in, and what for."""


@accounts.command()
@click.argument("email")
@click.option("--role", type=_ROLES, required=True, help="What the account may do.")
@click.option(
    "--organisation", default=DEFAULT_ORGANISATION, show_default=True, help="Whose needs and shortlists it sees."
)
@click.option("--name", help="What the account is called; default: its address.")
@told_plainly
def add(email: str, role: str, organisation: str, name: str | None) -> None:
    """Make an account and print a one-time password for it, which is shown only now.

    With MATCHER_OIDC_ONLY it is made without one, unless it is an administrator's.
    """
    new = account_from({"email": email, "role": role, "organisation": organisation, "name": name or email})
    settings, now = Settings(), datetime.now(UTC)
    until = expiry(settings, now)
    with configured_engine() as engine:
        if not settings.takes_password_of(new.role):
            add_account_without_password(engine, new, now)
            click.echo("The account is made. It signs in through the provider.", err=True)
            return
        _, password = add_account(engine, new, now, until)
    _tell(password, until)


@accounts.command(name="list")
@told_plainly
def list_() -> None:
    """Name all accounts, by organisation."""
    with configured_engine() as engine:
        known = every_account(engine)
    for one in known:
        state = f"disabled {one.disabled_at:%Y-%m-%d}" if one.disabled_at else "in use"
        click.echo("\t".join([one.email, one.name, one.organisation, one.role, state]))
    if not known:
        click.echo("There are no accounts yet; make one with 'matcher accounts add EMAIL --role ROLE'.", err=True)


@accounts.command()
@click.argument("email")
@told_plainly
def disable(email: str) -> None:
    """Keep an account from signing in, and end its sign-ins at once."""
    with configured_engine() as engine:
        disable_account(engine, _id_of(engine, email), None, datetime.now(UTC))
    click.echo("The account is disabled.")


@accounts.command()
@click.argument("email")
@told_plainly
def enable(email: str) -> None:
    """Let a disabled account sign in again, with the password that it had."""
    with configured_engine() as engine:
        enable_account(engine, _id_of(engine, email), datetime.now(UTC))
    click.echo("The account may sign in again.")


@accounts.command(name="reset-password")
@click.argument("email")
@told_plainly
def reset_password_(email: str) -> None:
    """Print a one-time password in place of an account's password, and end its sign-ins at once."""
    now = datetime.now(UTC)
    until = expiry(Settings(), now)
    with configured_engine() as engine:
        password = reset_password(engine, _id_of(engine, email), until, now)
    _tell(password, until)


@accounts.command(name="set-role")
@click.argument("email")
@click.argument("role", type=_ROLES)
@told_plainly
def set_role_(email: str, role: str) -> None:
    """Give an account another role, from its next request on."""
    with configured_engine() as engine:
        set_role(engine, _id_of(engine, email), account_role_from(role), datetime.now(UTC))
    click.echo("The role is changed.")


@accounts.command()
@click.argument("email")
@told_plainly
def unlink(email: str) -> None:
    """Forget as whom the provider knows an account, and end its sign-ins at once."""
    with configured_engine() as engine:
        unlink_account(engine, _id_of(engine, email), datetime.now(UTC))
    click.echo("The link is undone.")


def _id_of(engine: Engine, email: str) -> str:
    return account_with_email(engine, email).id


def _tell(password: str, until: datetime) -> None:
    click.echo(password)
    told = f"It is for the first sign-in, until {until:%Y-%m-%d %H:%M} UTC, and must be replaced then."
    click.echo(f"{told} It cannot be shown again.", err=True)
