"""Many profiles in one request, each answered for by itself."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

from apiflask import APIBlueprint
from flask import Response, jsonify, request

from matcher.api.context import JSON_LINES, requester, sent_body, service
from matcher.api.description import takes
from matcher.api.idempotency import keep_with
from matcher.api.models import BATCH_FATES, BatchAnswer, CoachBatch
from matcher.domain import Coach
from matcher.intake import Row, coaches_in_document, coaches_in_lines, read_json
from matcher.service import LineResult, put_batch
from matcher.store import database

coach_batches = APIBlueprint("coach_batches", __name__, tag="Coach batches")

LONGEST_SECONDS = 30
"""After which further profiles are left for another request; gunicorn ends a worker that takes 60 for one."""


@coach_batches.post("/coaches:batch")
@takes(coach_batches, CoachBatch)
@coach_batches.output(BatchAnswer, description="What became of each profile.")
@coach_batches.doc(
    summary="Add or replace many profiles",
    responses={400: "", 401: "", 409: "", 413: "", 415: "", 422: ""},
    operation_id="putCoaches",
)
def put() -> Response:
    """Adds or replaces up to 5,000 profiles, sent as JSON or as JSON Lines; a bad one does not hold up the others.

    Encoding new texts takes long. What is not reached within half a minute is told as left, to be sent again.
    """
    rows, now = _rows(), datetime.now(UTC)
    results = put_batch(
        service().engine,
        service().encoder,
        service().desk.reader.areas,
        rows,
        by=requester().actor,
        now=now,
        may_go_on=_for_seconds(LONGEST_SECONDS),
    )
    response = _answer(results)
    # Stored bit by bit as they were, so the answer is kept after all of them; sent again before that, all is unchanged.
    with database.sessions(service().engine).begin() as session:
        keep_with(session, response)
    return response


def _rows() -> list[Row[Coach]]:
    body = sent_body("application/json", *JSON_LINES)
    return coaches_in_lines(body) if request.mimetype in JSON_LINES else coaches_in_document(read_json(body))


def _for_seconds(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() < end


def _answer(results: list[LineResult]) -> Response:
    fates = Counter(BATCH_FATES[result.fate] for result in results)
    return jsonify(counts={fate: fates[fate] for fate in BATCH_FATES.values()}, results=[_told(one) for one in results])


def _told(result: LineResult) -> dict[str, object]:
    return {
        "line": result.line,
        "coach_id": result.coach_id,
        "result": BATCH_FATES[result.fate],
        "errors": [vars(problem) for problem in result.problems],
    }
