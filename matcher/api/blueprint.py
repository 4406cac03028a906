"""All of `/api/v1` together, with the key, or the access token, and the scopes that it asks for."""

from apiflask import APIBlueprint
from flask import Response, current_app, request

from matcher.api import idempotency
from matcher.api.addresses import require_readable_address
from matcher.api.authentication import authenticate
from matcher.api.body_sizes import allow_large_body
from matcher.api.changes import changes
from matcher.api.coach_batches import coach_batches
from matcher.api.coaches import coaches
from matcher.api.outcomes import outcomes
from matcher.api.rate_limits import count_request
from matcher.api.scopes import require_scope
from matcher.api.shortlist_batches import batches
from matcher.api.shortlists import shortlists
from matcher.api.webhooks import webhooks

api = APIBlueprint("api", __name__, url_prefix="/api/v1")
api.register_blueprint(shortlists)
api.register_blueprint(batches)
api.register_blueprint(outcomes)
api.register_blueprint(coaches)
api.register_blueprint(webhooks)
api.register_blueprint(coach_batches)
api.register_blueprint(changes)
api.before_request(authenticate)
api.before_request(count_request)
api.before_request(require_scope)
api.before_request(require_readable_address)
api.before_request(allow_large_body)
api.before_request(idempotency.claim)
api.after_request(idempotency.conclude)


def tell_methods() -> Response | None:
    """Answers OPTIONS with the methods of this address.

    Since an id of a coach may hold slashes, what else the address could mean would be among Flask's own.
    """
    if request.method != "OPTIONS" or request.url_rule is None:
        return None
    rules = [rule for rule in current_app.url_map.iter_rules() if rule.rule == request.url_rule.rule]
    methods = sorted(set().union(*(rule.methods or () for rule in rules)))
    return Response(status=204, headers={"Allow": ", ".join(methods)})


api.before_request(tell_methods)
