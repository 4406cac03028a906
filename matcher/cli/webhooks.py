"""`matcher webhooks ...`: addresses that are told of events. A secret is all that is printed to standard output."""

from datetime import UTC, datetime, timedelta

import click

from matcher.cli.setup import configured_engine, told_plainly
from matcher.domain import DEFAULT_ORGANISATION, Requester
from matcher.domain.webhook import WEBHOOK_EVENTS
from matcher.intake import webhook_from
from matcher.service import (
    add_webhook,
    deliveries_of,
    remove_webhook,
    replay_any_delivery,
    rotate_secret,
    seal_secrets,
    secret_box,
    unreadable_webhooks,
    webhooks_of,
)
from matcher.settings import Settings

_SHOWN = 50


@click.group()
def webhooks() -> None:
    """Addresses that are told of events, by the Standard Webhooks rules."""


@webhooks.command()
@click.argument("url")
@click.option("--event", "events", multiple=True, type=click.Choice(WEBHOOK_EVENTS), help="Default: all.")
@click.option("--organisation", default=DEFAULT_ORGANISATION, show_default=True, help="Of whose events it is told.")
@told_plainly
def add(url: str, events: tuple[str, ...], organisation: str) -> None:
    """Have an address told, and print the secret that signs what it is told, which is shown only now."""
    settings = Settings()
    sent = {"url": url, "events": list(events or WEBHOOK_EVENTS)}
    new = webhook_from(sent, anywhere=settings.webhooks_anywhere)
    with configured_engine() as engine:
        _, secret = add_webhook(
            engine, new.url, new.events, Requester(organisation), datetime.now(UTC), box=secret_box(settings)
        )
    click.echo(secret)
    click.echo("It proves that a message is from here. It cannot be shown again.", err=True)


@webhooks.command()
@click.argument("webhook_id")
@click.option("--overlap", type=click.IntRange(0, 168), default=24, show_default=True, help="Hours.")
@told_plainly
def rotate(webhook_id: str, overlap: int) -> None:
    """Print a new secret; for some hours the one before it signs what is told too."""
    with configured_engine() as engine:
        _, secret = rotate_secret(
            engine, webhook_id, timedelta(hours=overlap), datetime.now(UTC), box=secret_box(Settings())
        )
    click.echo(secret)
    click.echo("It signs from now on. It cannot be shown again.", err=True)


@webhooks.command()
@told_plainly
def seal() -> None:
    """Seal all secrets by MATCHER_SECRET_KEY, also those of MATCHER_SECRET_KEY_BEFORE, which may then go."""
    settings = Settings()
    with configured_engine() as engine:
        number = seal_secrets(engine, settings)
        lost = unreadable_webhooks(engine, settings)
    click.echo(f"Sealed anew: the secrets of {number} webhooks.")
    if lost:
        raise click.ClickException(f"Neither key opens the secrets of {', '.join(sorted(lost))}; rotate them.")


@webhooks.command(name="list")
@told_plainly
def list_() -> None:
    """Name all webhooks, the oldest first."""
    with configured_engine() as engine:
        known = webhooks_of(engine, None)
        lost = unreadable_webhooks(engine, Settings()) if known else frozenset()
    for one in known:
        state = f"disabled {one.disabled_at:%Y-%m-%d}" if one.disabled_at else "in use"
        state = "secret unreadable" if one.id in lost else state
        click.echo(f"{one.id}\t{one.url}\t{','.join(one.events)}\t{state}")
    if not known:
        click.echo("There are no webhooks yet; make one with 'matcher webhooks add URL'.", err=True)


@webhooks.command()
@click.argument("webhook_id")
@told_plainly
def deliveries(webhook_id: str) -> None:
    """Show the last deliveries to a webhook, the newest first."""
    with configured_engine() as engine:
        found = deliveries_of(engine, webhook_id, None, None, _SHOWN)
    for one in found:
        click.echo(f"{one.id}\t{one.created_at:%Y-%m-%d %H:%M}\t{one.event}\t{one.state}\t{one.told or '-'}")


@webhooks.command()
@click.argument("webhook_id")
@told_plainly
def remove(webhook_id: str) -> None:
    """Tell an address nothing any more."""
    with configured_engine() as engine:
        remove_webhook(engine, webhook_id)
    click.echo("The webhook is removed.")


@webhooks.command()
@click.argument("delivery_id")
@told_plainly
def replay(delivery_id: str) -> None:
    """Have a delivery attempted anew, by whoever works."""
    with configured_engine() as engine:
        replay_any_delivery(engine, delivery_id, datetime.now(UTC))
    click.echo("It is attempted anew.")
