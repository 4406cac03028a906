"""Attempts deliveries to webhooks until they are taken or given up; looks once a day for what is about to expire."""

from contextlib import suppress
from datetime import datetime, timedelta
from urllib.parse import quote

import structlog
from sqlalchemy import Engine

from matcher.domain.upkeep import EXPIRY_NOTICE
from matcher.errors import ConfigurationError
from matcher.secret_box import SecretBox
from matcher.service.queue import queue_with
from matcher.service.webhook_sending import Message, NotSent, send
from matcher.service.webhooks import DELIVERIES, DELIVERY, note_event
from matcher.store import database, expiring, webhooks
from matcher.store.webhooks import DueDelivery

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 5 * 60, 10 * 60, 14 * 60, 20 * 60, 24 * 60))
"""After each attempt but the last, of which there is one more than pauses: it is given up after three days."""

KEPT = timedelta(days=30)
"""For how long it can be seen what a webhook was told."""

_GONE = 410
_log = structlog.get_logger()


def deliver(engine: Engine, delivery_id: str, now: datetime, *, anywhere: bool, box: SecretBox) -> None:
    """Attempts a delivery that is due, and queues the next attempt; does nothing for any other.

    `anywhere` is as for `send`. A webhook that answers 410 is disabled. While `box` cannot open its secret nothing is
    sent, and the attempt counts as failed.
    """
    next_at = {attempt: now + pause for attempt, pause in enumerate(PAUSES, start=1)}
    with database.sessions(engine).begin() as session:
        due = webhooks.claim(session, delivery_id, now, next_at)
        if due is not None and due.attempts in next_at:
            queue_with(session, DELIVERIES, DELIVERY, delivery_id, due_at=next_at[due.attempts])
    if due is None:
        return
    try:
        status = send(due.url, _secrets(due, box), Message(due.id, due.body), now, anywhere=anywhere)
    except NotSent as error:
        _note(engine, due, str(error), None)
        return
    _note(engine, due, f"status {status}", now if status // 100 == 2 else None)
    if status == _GONE:
        with database.sessions(engine).begin() as session:
            webhooks.disable(session, due.webhook_id, now)


def _secrets(due: DueDelivery, box: SecretBox) -> list[str]:
    """Raises NotSent when the secret in use cannot be opened; one before it that cannot signs nothing."""
    newest, *before = due.sealed_secrets
    try:
        found = [box.opened(newest)]
    except ConfigurationError as error:
        _log.error("webhook secret cannot be read", webhook=due.webhook_id, message=str(error))
        raise NotSent("its secret cannot be read by this service's key; the operator finds it in the log") from None
    for old in before:
        with suppress(ConfigurationError):
            found.append(box.opened(old))
    return found


def _note(engine: Engine, due: DueDelivery, told: str, delivered_at: datetime | None) -> None:
    with database.sessions(engine).begin() as session:
        webhooks.note_attempt(session, due, told, delivered_at)
    _log.info("webhook told", delivery=due.id, webhook=due.webhook_id, attempt=due.attempts, told=told)


def queue_due_deliveries(engine: Engine, now: datetime) -> None:
    """Queues all deliveries that are due, as after a process has died over them."""
    with database.sessions(engine).begin() as session:
        for delivery_id in webhooks.due(session, now):
            queue_with(session, DELIVERIES, DELIVERY, delivery_id, due_at=now)


def look_at_credentials(engine: Engine, now: datetime) -> None:
    """Tells, once a day, of credentials that have come to expire within EXPIRY_NOTICE; each is told of once.

    One that a profile is given when it expires within that time already is told of by its page alone.
    """
    today = now.date()
    with database.sessions(engine).begin() as session:
        looked_until = expiring.advance(session, today, today + EXPIRY_NOTICE)
        if looked_until is None:
            return
        for held in expiring.between(session, looked_until, today + EXPIRY_NOTICE):
            data = {
                "coach_id": held.coach_id,
                "credential": held.credential,
                "valid_until": held.valid_until.isoformat(),
                "links": {"coach": f"/api/v1/coaches/{quote(held.coach_id)}"},
            }
            note_event(session, "credential.expiring", None, data, now)
        webhooks.forget_before(session, now - KEPT)
