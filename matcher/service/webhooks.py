"""Webhooks: made, listed, removed, and what they were told; and events noted for them as they happen.

An event is noted in the transaction that stores what it tells of, and queued with it, so that neither is there without
the other. What is told are ids and links, never what is known of a manager.
"""

import base64
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from matcher.domain import Requester
from matcher.domain.webhook import Delivery, Webhook, WebhookEvent
from matcher.errors import ConfigurationError, NotFound
from matcher.secret_box import SecretBox
from matcher.service.queue import queue_with
from matcher.service.webhook_secrets import unreadable
from matcher.service.webhook_sending import SECRET_PREFIX
from matcher.store import database, webhooks

DELIVERIES = "deliveries"
"""The queue of what waits for others, who may take their time."""

DELIVERY = "webhook_delivery"
"""The task that attempts a delivery, by its id."""

_SECRET_BYTES = 32


def add_webhook(
    engine: Engine, url: str, events: Sequence[WebhookEvent], requester: Requester, now: datetime, *, box: SecretBox
) -> tuple[Webhook, str]:
    """Has an address told of events of the requester; answers the secret that signs what is sent, shown only now.

    Raises ConfigurationError when the box cannot open the secrets that there are: others could then not open this one.
    """
    with database.sessions(engine).begin() as session:
        return add_webhook_with(session, url, events, requester, now, box=box)


def add_webhook_with(
    session: Session, url: str, events: Sequence[WebhookEvent], requester: Requester, now: datetime, *, box: SecretBox
) -> tuple[Webhook, str]:
    """As `add_webhook`, in a transaction of the caller's."""
    if unreadable(session, box):
        raise ConfigurationError(
            "MATCHER_SECRET_KEY is not the one by which the secrets of webhooks here are sealed; "
            "'matcher webhooks list' names those that it cannot read."
        )
    secret = _new_secret()
    webhook = Webhook(id=str(uuid4()), url=url, events=tuple(dict.fromkeys(events)), created_at=now)
    webhooks.add(session, webhook, box.sealed(secret), requester)
    return webhook, secret


def rotate_secret(
    engine: Engine,
    webhook_id: str,
    overlap: timedelta,
    now: datetime,
    requester: Requester | None = None,
    *,
    box: SecretBox,
) -> tuple[Webhook, str]:
    """A new secret for a webhook, shown only now; the one before it signs too until the overlap is over.

    Raises NotFound when there is no such webhook, or none of that requester.
    """
    with database.sessions(engine).begin() as session:
        return rotate_secret_with(session, webhook_id, overlap, now, requester, box=box)


def rotate_secret_with(
    session: Session,
    webhook_id: str,
    overlap: timedelta,
    now: datetime,
    requester: Requester | None = None,
    *,
    box: SecretBox,
) -> tuple[Webhook, str]:
    """As `rotate_secret`, in a transaction of the caller's."""
    webhook, secret = _found(session, webhook_id, requester), _new_secret()
    webhooks.replace_secret(session, webhook.id, box.sealed(secret), now + overlap)
    return webhook, secret


def webhooks_of(engine: Engine, requester: Requester | None) -> list[Webhook]:
    """The webhooks of a requester, or all there are, the oldest first."""
    with database.snapshots(engine).begin() as session:
        return webhooks.every(session, requester)


def remove_webhook(engine: Engine, webhook_id: str, requester: Requester | None = None) -> None:
    """Deletes a webhook with its deliveries. Raises NotFound when there is none, or none of that requester."""
    with database.sessions(engine).begin() as session:
        webhooks.remove(session, _found(session, webhook_id, requester).id)


def deliveries_of(
    engine: Engine, webhook_id: str, requester: Requester | None, after: str | None, limit: int
) -> list[Delivery]:
    """The first `limit` deliveries of a webhook, the newest first. Raises NotFound as `remove_webhook` does."""
    with database.snapshots(engine).begin() as session:
        return webhooks.deliveries(session, _found(session, webhook_id, requester).id, after, limit)


def replay_delivery(
    session: Session, webhook_id: str, delivery_id: str, now: datetime, requester: Requester | None = None
) -> None:
    """Has a delivery attempted anew, under the same id. Raises NotFound when there is none of that webhook."""
    webhook = _found(session, webhook_id, requester)
    if not webhooks.replay(session, webhook.id, delivery_id, now):
        raise NotFound("This webhook has no such delivery; they are kept for 30 days.")
    queue_with(session, DELIVERIES, DELIVERY, delivery_id, due_at=now)


def replay_any_delivery(engine: Engine, delivery_id: str, now: datetime) -> None:
    """As `replay_delivery`, of whichever webhook it is."""
    with database.sessions(engine).begin() as session:
        webhook_id = webhooks.webhook_of(session, delivery_id)
        if webhook_id is None:
            raise NotFound("There is no such delivery; they are kept for 30 days.")
        replay_delivery(session, webhook_id, delivery_id, now)


def note_shortlist(session: Session, shortlist_id: str, requester: Requester, now: datetime) -> None:
    """Has webhooks told that a shortlist is there, in the transaction that keeps it."""
    links = {"shortlist": f"/api/v1/shortlists/{shortlist_id}"}
    note_event(session, "shortlist.created", requester, {"shortlist_id": shortlist_id, "links": links}, now)


def note_event(
    session: Session, event: WebhookEvent, requester: Requester | None, data: Mapping[str, object], now: datetime
) -> None:
    """Has the webhooks of a requester told of an event, or all of one that is everybody's, once it is stored."""
    told_of = webhooks.told_of(session, event, requester)
    if not told_of:
        return
    timestamp = now.astimezone(UTC).isoformat().replace("+00:00", "Z")
    body = json.dumps({"type": event, "timestamp": timestamp, "data": data})
    for webhook_id in told_of:
        delivery_id = webhooks.add_delivery(session, webhook_id, event, body, now)
        queue_with(session, DELIVERIES, DELIVERY, delivery_id, due_at=now)


def _new_secret() -> str:
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def _found(session: Session, webhook_id: str, requester: Requester | None) -> Webhook:
    found = webhooks.get(session, webhook_id, requester)
    if found is None:
        raise NotFound("There is no such webhook.")
    return found
