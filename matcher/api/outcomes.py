"""What became of the coaches of a shortlist: recorded, taken back and listed."""

from datetime import UTC, datetime

from apiflask import APIBlueprint
from flask import Response, jsonify

from matcher.api.context import requester, sent_json, service
from matcher.api.description import takes
from matcher.api.models import OutcomeList
from matcher.domain import Outcome, OutcomeReport
from matcher.intake import outcome_from
from matcher.service import outcomes_of, record_outcome, withdraw_outcome

outcomes = APIBlueprint("outcomes", __name__, url_prefix="/shortlists", tag="Outcomes")


@outcomes.get("/<shortlist_id>/outcomes")
@outcomes.output(OutcomeList, description="What is recorded; empty when nothing is.")
@outcomes.doc(summary="List outcomes", responses=[401, 404], operation_id="listOutcomes")
def listed(shortlist_id: str) -> Response:
    """What became of the coaches of a shortlist, by day, then in the usual order of events."""
    found = outcomes_of(service().engine, shortlist_id, requester())
    return jsonify(outcomes=[outcome.model_dump(mode="json", exclude_none=True) for outcome in found])


@outcomes.put("/<shortlist_id>/coaches/<coach:coach_id>/outcomes/<event>")
@takes(outcomes, OutcomeReport)
@outcomes.output(Outcome, description="The outcome, in place of the earlier one of this coach and event.")
@outcomes.doc(
    summary="Record an outcome",
    responses={201: "The first outcome of this coach and event.", 400: "", 401: "", 404: "", 413: "", 415: "", 422: ""},
    operation_id="putOutcome",
)
def put(shortlist_id: str, coach_id: str, event: str) -> Response:
    """Keeps one outcome for each coach and event; the coach must be one that the shortlist shows."""
    now = datetime.now(UTC)
    outcome = outcome_from(sent_json(), coach_id, event, now.date())
    first = record_outcome(service().engine, shortlist_id, outcome, requester(), now)
    document = outcome.model_dump_json(exclude_none=True)
    return Response(document, 201 if first else 200, mimetype="application/json")


@outcomes.delete("/<shortlist_id>/coaches/<coach:coach_id>/outcomes/<event>")
@outcomes.doc(
    summary="Take an outcome back", responses={204: "It is gone.", 401: "", 404: ""}, operation_id="deleteOutcome"
)
def withdraw(shortlist_id: str, coach_id: str, event: str) -> Response:
    """Forgets what was recorded of that coach and event."""
    withdraw_outcome(service().engine, shortlist_id, coach_id, event, requester(), now=datetime.now(UTC))
    return Response(status=204)
