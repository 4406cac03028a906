"""The tables of webhooks: who is told of what, and how far the telling has come."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from matcher.store.rows import Row


class WebhookRow(Row):
    """An address that is told of events of its owner: an organisation, or a caller without one.

    The secret signs what is sent, so it is kept sealed rather than as a hash. One that was replaced signs too until
    `old_secret_expires_at`.
    """

    __tablename__ = "webhook"

    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str | None] = mapped_column(index=True)
    caller_id: Mapped[str | None] = mapped_column(ForeignKey("caller.id"), index=True)
    url: Mapped[str]
    sealed_secret: Mapped[str]
    events: Mapped[str]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    sealed_old_secret: Mapped[str | None]
    old_secret_expires_at: Mapped[datetime | None]


class DeliveryRow(Row):
    """An event that a webhook is told of, until that was taken or given up; the body holds ids and links alone."""

    __tablename__ = "webhook_delivery"

    id: Mapped[str] = mapped_column(primary_key=True)
    webhook_id: Mapped[str] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"), index=True)
    event: Mapped[str]
    body: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(index=True)
    attempts: Mapped[int]
    due_at: Mapped[datetime | None] = mapped_column(index=True)
    delivered_at: Mapped[datetime | None]
    told: Mapped[str | None]
