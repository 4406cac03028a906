"""All of `/api/v1` together, with the key, or the access token, and the scopes that it asks for."""

from apiflask import APIBlueprint

from matcher.api import idempotency
from matcher.api.authentication import authenticate
from matcher.api.coaches import coaches
from matcher.api.outcomes import outcomes
from matcher.api.rate_limits import count_request
from matcher.api.scopes import require_scope
from matcher.api.shortlists import shortlists

api = APIBlueprint("api", __name__, url_prefix="/api/v1")
api.register_blueprint(shortlists)
api.register_blueprint(outcomes)
api.register_blueprint(coaches)
api.before_request(authenticate)
api.before_request(count_request)
api.before_request(require_scope)
api.before_request(idempotency.claim)
api.after_request(idempotency.conclude)
