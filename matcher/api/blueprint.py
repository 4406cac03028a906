"""All of `/api/v1` together, with the key that it asks for."""

from apiflask import APIBlueprint

from matcher.api import idempotency
from matcher.api.coaches import coaches
from matcher.api.context import authenticate
from matcher.api.outcomes import outcomes
from matcher.api.shortlist_batches import allow_large_body, batches
from matcher.api.shortlists import shortlists
from matcher.api.webhooks import webhooks

api = APIBlueprint("api", __name__, url_prefix="/api/v1")
api.register_blueprint(shortlists)
api.register_blueprint(batches)
api.register_blueprint(outcomes)
api.register_blueprint(coaches)
api.register_blueprint(webhooks)
api.before_request(authenticate)
api.before_request(allow_large_body)
api.before_request(idempotency.claim)
api.after_request(idempotency.conclude)
