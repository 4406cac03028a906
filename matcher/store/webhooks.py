"""Webhooks and their deliveries."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, bindparam, delete, or_, select, update
from sqlalchemy.orm import Session

from matcher.domain import Requester
from matcher.domain.webhook import Delivery, DeliveryState, Webhook, WebhookEvent
from matcher.store.database import rows_changed
from matcher.store.tables import DeliveryRow, WebhookRow

_TOLD = select(WebhookRow.id, WebhookRow.events).where(WebhookRow.disabled_at.is_(None)).order_by(WebhookRow.id)
_TOLD_OF_ONE = _TOLD.where(WebhookRow.owner.is_(None), WebhookRow.caller_id == bindparam("caller_id"))
_TOLD_OF_SEVERAL = _TOLD.where(WebhookRow.owner == bindparam("owner"))


@dataclass(frozen=True)
class DueDelivery:
    """What is to be sent where, signed by which secrets (sealed), the newest first; `attempts` counts this one."""

    id: str
    webhook_id: str
    url: str
    sealed_secrets: tuple[str, ...]
    body: str
    attempts: int


def add(session: Session, webhook: Webhook, sealed_secret: str, requester: Requester) -> None:
    """Keeps a webhook of whoever asks for it."""
    row = vars(webhook) | {"events": " ".join(webhook.events)}
    own = {"owner": requester.organisation, "caller_id": requester.caller_id}
    session.add(WebhookRow(**row, sealed_secret=sealed_secret, **own))
    session.flush()


def every(session: Session, requester: Requester | None = None) -> list[Webhook]:
    """The webhooks of a requester, or all there are, the oldest first."""
    query = select(WebhookRow).order_by(WebhookRow.created_at, WebhookRow.id)
    if requester is not None:
        query = query.where(_of(requester))
    return [_webhook(row) for row in session.scalars(query)]


def get(session: Session, webhook_id: str, requester: Requester | None = None) -> Webhook | None:
    """The webhook with that id, of that requester where one is named; None when there is none such."""
    owned = [] if requester is None else [_of(requester)]
    row = session.scalar(select(WebhookRow).where(WebhookRow.id == webhook_id, *owned))
    return None if row is None else _webhook(row)


def remove(session: Session, webhook_id: str) -> bool:
    """Deletes a webhook with its deliveries; False when there is none."""
    return rows_changed(session, delete(WebhookRow).where(WebhookRow.id == webhook_id)) > 0


def replace_secret(session: Session, webhook_id: str, sealed_secret: str, old_until: datetime) -> None:
    """Has a webhook's messages signed by another secret, and until then by the one before it too."""
    row = WebhookRow
    new = {"sealed_secret": sealed_secret, "sealed_old_secret": row.sealed_secret, "old_secret_expires_at": old_until}
    session.execute(update(row).where(row.id == webhook_id).values(new))


def sealed_secrets(session: Session, *, locked: bool = False) -> dict[str, tuple[str, str | None]]:
    """The secrets of each webhook by its id, as they are kept: that in use, and the one before it, if there was one.

    While they are `locked` nobody replaces one until the transaction ends.
    """
    row = WebhookRow
    query = select(row.id, row.sealed_secret, row.sealed_old_secret).order_by(row.id)
    found = session.execute(query.with_for_update() if locked else query)
    return {webhook_id: (secret, old) for webhook_id, secret, old in found}


def replace_sealed(session: Session, webhook_id: str, secret: str, old: str | None) -> None:
    """Keeps the same two secrets sealed in another way."""
    new = {"sealed_secret": secret, "sealed_old_secret": old}
    session.execute(update(WebhookRow).where(WebhookRow.id == webhook_id).values(new))


def disable(session: Session, webhook_id: str, now: datetime) -> None:
    """Tells a webhook nothing any more."""
    session.execute(update(WebhookRow).where(WebhookRow.id == webhook_id).values(disabled_at=now))


def told_of(session: Session, event: WebhookEvent, requester: Requester | None) -> list[str]:
    """The ids of the webhooks that are told of an event of a requester, or of one that is everybody's."""
    query = _TOLD if requester is None else _TOLD_OF_ONE if requester.organisation is None else _TOLD_OF_SEVERAL
    own = {} if requester is None else {"owner": requester.organisation, "caller_id": requester.caller_id}
    return [webhook_id for webhook_id, events in session.connection().execute(query, own) if event in events.split()]


def add_delivery(session: Session, webhook_id: str, event: WebhookEvent, body: str, now: datetime) -> str:
    """Keeps what a webhook is to be told, due at once, and answers its id."""
    delivery_id = f"msg_{uuid4().hex}"
    session.add(
        DeliveryRow(
            id=delivery_id, webhook_id=webhook_id, event=event, body=body, created_at=now, attempts=0, due_at=now
        )
    )
    session.flush()
    return delivery_id


def claim(session: Session, delivery_id: str, now: datetime, next_at: Mapping[int, datetime]) -> DueDelivery | None:
    """What is to be sent now; None when it is not due, was taken, or given up.

    `next_at` says when the attempt after each number of them is due; when none is, this is the last. It is noted
    beforehand, so that a delivery whose process dies is attempted again then.
    """
    row = session.scalar(
        select(DeliveryRow).where(DeliveryRow.id == delivery_id, DeliveryRow.due_at <= now).with_for_update()
    )
    if row is None:
        return None
    webhook = session.get_one(WebhookRow, row.webhook_id)
    if webhook.disabled_at is not None:
        row.due_at, row.told = None, "the webhook is disabled"
        return None
    row.attempts += 1
    row.due_at, row.told = next_at.get(row.attempts), None
    return DueDelivery(row.id, webhook.id, webhook.url, _secrets(webhook, now), row.body, row.attempts)


def note_attempt(session: Session, due: DueDelivery, told: str, delivered_at: datetime | None) -> None:
    """Notes what came of an attempt; a delivery that was taken is due no more."""
    row = DeliveryRow
    values: dict[str, object] = {"told": told}
    if delivered_at is not None:
        values |= {"delivered_at": delivered_at, "due_at": None}
    session.execute(update(row).where(row.id == due.id, row.attempts == due.attempts).values(values))


def replay(session: Session, webhook_id: str, delivery_id: str, now: datetime) -> bool:
    """Has a delivery attempted anew, from the first attempt on; False when the webhook has none with that id."""
    row = DeliveryRow
    statement = update(row).where(row.id == delivery_id, row.webhook_id == webhook_id)
    return rows_changed(session, statement.values(attempts=0, due_at=now, delivered_at=None, told=None)) > 0


def due(session: Session, now: datetime) -> list[str]:
    """The ids of all deliveries that are due."""
    return list(session.scalars(select(DeliveryRow.id).where(DeliveryRow.due_at <= now).order_by(DeliveryRow.due_at)))


def webhook_of(session: Session, delivery_id: str) -> str | None:
    """The id of the webhook of a delivery; None when there is no such delivery."""
    return session.scalar(select(DeliveryRow.webhook_id).where(DeliveryRow.id == delivery_id))


def deliveries(session: Session, webhook_id: str, after: str | None, limit: int) -> list[Delivery]:
    """The first `limit` deliveries of a webhook, the newest first; after that one when it is there."""
    row = DeliveryRow
    query = select(row).where(row.webhook_id == webhook_id).order_by(row.created_at.desc(), row.id.desc()).limit(limit)
    last = session.get(row, after) if after else None
    if last is not None:
        same_moment = and_(row.created_at == last.created_at, row.id < last.id)
        query = query.where(or_(row.created_at < last.created_at, same_moment))
    return [_delivery(found) for found in session.scalars(query)]


def forget_before(session: Session, moment: datetime) -> None:
    """Drops all deliveries that are older, taken or not."""
    session.execute(delete(DeliveryRow).where(DeliveryRow.created_at < moment))


def _secrets(row: WebhookRow, now: datetime) -> tuple[str, ...]:
    if row.sealed_old_secret is None or row.old_secret_expires_at is None or row.old_secret_expires_at <= now:
        return (row.sealed_secret,)
    return row.sealed_secret, row.sealed_old_secret


def _of(requester: Requester) -> ColumnElement[bool]:
    if requester.organisation is None:
        return WebhookRow.owner.is_(None) & (WebhookRow.caller_id == requester.caller_id)
    return WebhookRow.owner == requester.organisation


def _webhook(row: WebhookRow) -> Webhook:
    return Webhook.model_validate(
        {
            "id": row.id,
            "url": row.url,
            "events": row.events.split(),
            "created_at": row.created_at,
            "disabled_at": row.disabled_at,
        }
    )


def _delivery(row: DeliveryRow) -> Delivery:
    return Delivery.model_validate(
        {
            "id": row.id,
            "event": row.event,
            "state": _state(row),
            "created_at": row.created_at,
            "attempts": row.attempts,
            "next_attempt_at": row.due_at,
            "delivered_at": row.delivered_at,
            "told": row.told,
        }
    )


def _state(row: DeliveryRow) -> DeliveryState:
    if row.delivered_at is not None:
        return "delivered"
    return "given_up" if row.due_at is None else "waiting"
