"""Many needs at once: a batch is taken in, worked on apart from requests, and its results are read as JSON Lines."""

import json
from datetime import UTC, datetime
from typing import Any

from apiflask import APIBlueprint
from flask import Response, jsonify, request, url_for
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from matcher.api.context import JSON_LINES, in_address, requester, sent_body, service
from matcher.api.description import takes
from matcher.api.idempotency import keep_with
from matcher.api.models import BatchLinks, BatchPage, BatchRequest, BatchShown
from matcher.domain import Batch
from matcher.domain.fields import Text
from matcher.intake import BatchNeed, batch_needs, batch_needs_in_lines, read_json
from matcher.service import batch_with_id, batches_of, cancel_batch, create_batch, delete_batch, results_of
from matcher.store.batches import LineResult

batches = APIBlueprint("batches", __name__, url_prefix="/shortlist-batches", tag="Batches")


class PageRequest(BaseModel):
    """Which page of batches to show."""

    after: Text = Field("", description="Show batches that come after the one with this id.")
    limit: int = Field(20, ge=1, le=100)


@batches.post("")
@takes(batches, BatchRequest)
@batches.output(BatchShown, status_code=202, description="The batch, which is worked on from now on.")
@batches.doc(summary="Send many needs", responses=[400, 401, 409, 413, 415, 422], operation_id="createShortlistBatch")
def create() -> Response:
    """A shortlist for each of up to 10,000 needs, as JSON or JSON Lines; what is wrong with one is its result."""
    now = datetime.now(UTC)
    return _created(create_batch(service().engine, _sent_needs(), requester(), now, alongside=_keep_created))


@batches.get("")
@takes(batches, PageRequest, location="query")
@batches.output(BatchPage, description="One page of batches.")
@batches.doc(summary="List batches", responses=[401, 422], operation_id="listShortlistBatches")
def listed() -> Response:
    """The batches that you may see, the newest first, a page at a time."""
    page = in_address(PageRequest)
    found = batches_of(service().engine, requester(), page.after or None, page.limit + 1)
    shown = found[: page.limit]
    following = shown[-1].id if len(found) > page.limit else None
    response = jsonify(batches=[_document(batch) for batch in shown], next=following)
    if following is not None:
        response.headers["Link"] = f'<{url_for("api.batches.listed", after=following, limit=page.limit)}>; rel="next"'
    return response


@batches.get("/<batch_id>")
@batches.output(BatchShown, description="The batch as it is now.")
@batches.doc(summary="Show a batch", responses=[401, 404], operation_id="getShortlistBatch")
def show(batch_id: str) -> Response:
    """How far the batch has come."""
    return jsonify(_document(batch_with_id(service().engine, batch_id, requester())))


@batches.get("/<batch_id>/results")
@batches.doc(
    summary="Read the results of a batch",
    responses={200: "A line for each need that is answered so far.", 401: "", 404: ""},
    operation_id="getShortlistBatchResults",
)
def results(batch_id: str) -> Response:
    """What became of the needs that are answered so far, in their order, as JSON Lines."""
    found = results_of(service().engine, batch_id, requester())
    return Response(map(_line, found), mimetype=JSON_LINES[0])


@batches.post("/<batch_id>/cancel")
@batches.output(BatchShown, description="The batch, which is worked on no more.")
@batches.doc(summary="Cancel a batch", responses=[400, 401, 404, 409, 422], operation_id="cancelShortlistBatch")
def cancel(batch_id: str) -> Response:
    """Ends the batch: shortlists that there are stay, needs that are waiting are deleted. A finished one stays so."""
    now = datetime.now(UTC)
    cancelled = cancel_batch(service().engine, batch_id, requester(), now, alongside=_keep_shown)
    return jsonify(_document(cancelled))


@batches.delete("/<batch_id>")
@batches.doc(
    summary="Delete a batch", responses={204: "It is gone.", 401: "", 404: ""}, operation_id="deleteShortlistBatch"
)
def delete(batch_id: str) -> Response:
    """Cancels the batch and forgets it with its results; the shortlists that there are stay under their own ids."""
    delete_batch(service().engine, batch_id, requester(), datetime.now(UTC))
    return Response(status=204)


def _sent_needs() -> list[BatchNeed]:
    body = sent_body("application/json", *JSON_LINES)
    return batch_needs_in_lines(body) if request.mimetype in JSON_LINES else batch_needs(read_json(body))


def _created(batch: Batch) -> Response:
    response = jsonify(_document(batch))
    response.status_code = 202
    response.headers["Location"] = url_for("api.batches.show", batch_id=batch.id)
    return response


def _keep_created(session: Session, batch: Batch) -> None:
    keep_with(session, _created(batch))


def _keep_shown(session: Session, batch: Batch) -> None:
    keep_with(session, jsonify(_document(batch)))


def _document(batch: Batch) -> dict[str, Any]:
    links = {
        "self": url_for("api.batches.show", batch_id=batch.id),
        "results": url_for("api.batches.results", batch_id=batch.id),
        "cancel": url_for("api.batches.cancel", batch_id=batch.id),
    }
    return BatchShown(**dict(batch), links=BatchLinks.model_validate(links)).model_dump(mode="json")


def _line(result: LineResult) -> str:
    told = json.dumps({"line": result.line, "id": result.given_id}, ensure_ascii=False, separators=(",", ":"))
    # The answer goes in as it was sealed, byte for byte.
    name, text = ("shortlist", result.answer or "null") if result.problems is None else ("problems", result.problems)
    return f'{told[:-1]},"{name}":{text}}}\n'
