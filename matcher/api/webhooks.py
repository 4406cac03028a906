"""Webhooks: addresses that are told of events, by the Standard Webhooks rules."""

from datetime import UTC, datetime, timedelta

from apiflask import APIBlueprint
from flask import Response, jsonify, url_for
from pydantic import BaseModel, Field

from matcher.api.context import in_address, requester, sent_json, service
from matcher.api.description import takes
from matcher.api.idempotency import keep_with
from matcher.api.models import DeliveryPage, WebhookList, WebhookMade
from matcher.domain.fields import Text
from matcher.domain.webhook import NewWebhook, SecretChange
from matcher.intake import secret_change_from, webhook_from
from matcher.service import (
    add_webhook_with,
    deliveries_of,
    remove_webhook,
    replay_delivery,
    rotate_secret_with,
    webhooks_of,
)
from matcher.store import database

webhooks = APIBlueprint("webhooks", __name__, url_prefix="/webhooks", tag="Webhooks")


class PageRequest(BaseModel):
    """Which page of deliveries to show."""

    after: Text = Field("", description="Show deliveries that come after the one with this id.")
    limit: int = Field(50, ge=1, le=200)


@webhooks.post("")
@takes(webhooks, NewWebhook)
@webhooks.output(WebhookMade, status_code=201, description="The webhook, with its secret, which is shown only now.")
@webhooks.doc(summary="Add a webhook", responses=[400, 401, 409, 413, 415, 422], operation_id="createWebhook")
def create() -> Response:
    """Has an address told of events of your organisation, as they happen, in messages that its secret signs."""
    new = webhook_from(sent_json(), anywhere=service().settings.webhooks_anywhere)
    now = datetime.now(UTC)
    with database.sessions(service().engine).begin() as session:
        webhook, secret = add_webhook_with(session, new.url, new.events, requester(), now, box=service().box)
        response = jsonify(webhook.model_dump(mode="json") | {"secret": secret})
        response.status_code = 201
        keep_with(session, response, secret=True)
    return response


@webhooks.get("")
@webhooks.output(WebhookList, description="All of them.")
@webhooks.doc(summary="List webhooks", responses=[401], operation_id="listWebhooks")
def listed() -> Response:
    """The webhooks of your organisation, without their secrets."""
    found = webhooks_of(service().engine, requester())
    return jsonify(webhooks=[webhook.model_dump(mode="json") for webhook in found])


@webhooks.delete("/<webhook_id>")
@webhooks.doc(
    summary="Remove a webhook", responses={204: "It is gone.", 401: "", 404: ""}, operation_id="deleteWebhook"
)
def delete(webhook_id: str) -> Response:
    """Tells the address nothing any more; what it was told is forgotten."""
    remove_webhook(service().engine, webhook_id, requester())
    return Response(status=204)


@webhooks.post("/<webhook_id>/secret")
@takes(webhooks, SecretChange)
@webhooks.output(WebhookMade, description="The webhook, with its new secret, which is shown only now.")
@webhooks.doc(
    summary="Replace a secret",
    responses=[400, 401, 404, 409, 413, 415, 422],
    operation_id="rotateWebhookSecret",
)
def rotate(webhook_id: str) -> Response:
    """Signs by a new secret from now on, and for some hours by the one before it too, in the same header."""
    overlap = timedelta(hours=secret_change_from(sent_json()).overlap_hours)
    with database.sessions(service().engine).begin() as session:
        webhook, secret = rotate_secret_with(
            session, webhook_id, overlap, datetime.now(UTC), requester(), box=service().box
        )
        response = jsonify(webhook.model_dump(mode="json") | {"secret": secret})
        keep_with(session, response, secret=True)
    return response


@webhooks.get("/<webhook_id>/deliveries")
@takes(webhooks, PageRequest, location="query")
@webhooks.output(DeliveryPage, description="One page of deliveries.")
@webhooks.doc(summary="List deliveries", responses=[401, 404, 422], operation_id="listDeliveries")
def deliveries(webhook_id: str) -> Response:
    """What the webhook was told in the last 30 days, the newest first, and what came of it."""
    page = in_address(PageRequest)
    found = deliveries_of(service().engine, webhook_id, requester(), page.after or None, page.limit + 1)
    shown = found[: page.limit]
    following = shown[-1].id if len(found) > page.limit else None
    response = jsonify(deliveries=[one.model_dump(mode="json") for one in shown], next=following)
    if following is not None:
        address = url_for("api.webhooks.deliveries", webhook_id=webhook_id, after=following, limit=page.limit)
        response.headers["Link"] = f'<{address}>; rel="next"'
    return response


@webhooks.post("/<webhook_id>/deliveries/<delivery_id>/replay")
@webhooks.doc(
    summary="Deliver again",
    responses={204: "It is attempted anew.", 400: "", 401: "", 404: "", 409: "", 422: ""},
    operation_id="replayDelivery",
)
def replay(webhook_id: str, delivery_id: str) -> Response:
    """Has the webhook told anew, under the same id, whether it was told before or not."""
    response = Response(status=204)
    with database.sessions(service().engine).begin() as session:
        replay_delivery(session, webhook_id, delivery_id, datetime.now(UTC), requester())
        keep_with(session, response)
    return response
