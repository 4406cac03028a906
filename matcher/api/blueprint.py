"""All of `/api/v1` together, with the key that it asks for."""

from apiflask import APIBlueprint

from matcher.api import idempotency
from matcher.api.changes import changes
from matcher.api.coach_batches import admit_batch, coach_batches
from matcher.api.coaches import coaches
from matcher.api.context import authenticate
from matcher.api.outcomes import outcomes
from matcher.api.shortlists import shortlists

api = APIBlueprint("api", __name__, url_prefix="/api/v1")
api.register_blueprint(shortlists)
api.register_blueprint(outcomes)
api.register_blueprint(coaches)
api.register_blueprint(coach_batches)
api.register_blueprint(changes)
api.before_request(authenticate)
api.before_request(admit_batch)
api.before_request(idempotency.claim)
api.after_request(idempotency.conclude)
