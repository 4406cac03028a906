"""Webhooks: addresses that are told of events, and each time that one of them is told."""

from datetime import datetime
from ipaddress import ip_address
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from matcher.domain.address import is_public
from matcher.domain.fields import Distinct, Record, Text

WebhookEvent = Literal["shortlist.created", "batch.done", "outcome.recorded", "credential.expiring"]
WEBHOOK_EVENTS: tuple[WebhookEvent, ...] = WebhookEvent.__args__  # type: ignore[attr-defined]

DeliveryState = Literal["waiting", "delivered", "given_up"]


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or not value.isascii() or not value.isprintable() or " " in value:
        raise PydanticCustomError("web_address", "must be an address such as https://example.org/hook")
    if "@" in parts.netloc or parts.fragment:
        raise PydanticCustomError("web_address", "must have neither a user nor a fragment")
    return value


def is_allowed_anywhere(url: str) -> bool:
    """Whether an address may be told wherever this service runs: by HTTPS, and not at an address of somebody's own.

    What a name stands for is not asked here; it may be another address by the time that something is sent.
    """
    parts = urlsplit(url)
    try:
        return parts.scheme == "https" and is_public(ip_address(parts.hostname or ""))
    except ValueError:
        return parts.scheme == "https"


class NewWebhook(Record):
    """An address that is to be told, and of which events."""

    url: Annotated[Text, Field(max_length=2_000), AfterValidator(_web_address)]
    events: Annotated[tuple[WebhookEvent, ...], Distinct, Field(min_length=1)]


class Webhook(Record):
    """An address, and the events that it is told of; `disabled_at` is when it answered that it is gone (410)."""

    id: str
    url: str
    events: tuple[WebhookEvent, ...]
    created_at: datetime
    disabled_at: datetime | None = None


class SecretChange(Record):
    """For how long the secret that is replaced signs too."""

    overlap_hours: int = Field(
        24, ge=0, le=168, description="Hours in which messages have two signatures, by the new secret and the old one."
    )


class Delivery(Record):
    """One event that a webhook is told of: under `id`, the same in every attempt, until it was taken or given up."""

    id: str
    event: WebhookEvent
    state: DeliveryState
    created_at: datetime
    attempts: int
    next_attempt_at: datetime | None = Field(description="Null when it was taken or given up.")
    delivered_at: datetime | None
    told: str | None = Field(description="What came of the last attempt: the status, or why there was none.")
