"""Pages of a visit from a procurement portal: its beginning, and the basket that goes back."""

from datetime import UTC, datetime
from http import HTTPStatus
from uuid import uuid4

from flask import Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from matcher.cxml import order_message
from matcher.domain.punchout import BasketLine, Visit
from matcher.errors import Forbidden
from matcher.service import basket_line, open_visit
from matcher.web.access import EVERYBODY, ORDERING, open_to
from matcher.web.blueprint import policy, service, web
from matcher.web.shortlist_pages import sealed_shortlist
from matcher.web.signed_in import begin
from matcher.web.visiting import first_page, require_visit


@web.get("/punchout/start/<token>")
@open_to(EVERYBODY)
def start_visit(token: str) -> AnyResponse:
    """Signs the browser in as the guest of a visit, this once, and goes to where the visit begins."""
    if request.method == "HEAD":
        # What looks at an address before somebody opens it must not use it up.
        return Response()
    visit, guest = open_visit(service().engine, token, service().settings, datetime.now(UTC))
    begin(guest)
    return redirect(first_page(visit), HTTPStatus.SEE_OTHER)


@web.post("/punchout/basket")
@open_to(ORDERING)
def take_into_basket() -> Response:
    """Shows what is taken back to the portal, and has the browser take it there.

    Raises NotFound for a list that is not there, and InvalidInput for what cannot be ordered.
    """
    visit = _ordering()
    answer = sealed_shortlist(request.form.get("shortlist", "")).answer
    line = basket_line(visit, answer, request.form.get("coach", ""))
    return _back_to_portal(visit, line)


@web.post("/punchout/cancel")
@open_to(ORDERING)
def cancel_visit() -> Response:
    """Has the browser take an empty basket back to the portal."""
    return _back_to_portal(_ordering(), None)


def _ordering() -> Visit:
    visit = require_visit()
    if not visit.may_order:
        raise Forbidden("This visit is for looking only.")
    return visit


def _back_to_portal(visit: Visit, line: BasketLine | None) -> Response:
    message = order_message(visit, line, f"{uuid4()}@{request.host}", datetime.now(UTC))
    page = render_template("punchout_basket.html", message=message, line=line, portal=visit)
    response = make_response(page)
    # All of the buyer's origins: browsers hold what a portal redirects to against the policy as well.
    response.headers["Content-Security-Policy"] = policy(visit.buyer.origins)
    return response
