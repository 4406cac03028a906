"""The visit from a procurement portal that a request belongs to, if it is a guest's."""

from datetime import UTC, datetime

from flask import g, url_for

from matcher.domain.punchout import Visit
from matcher.errors import Forbidden, Gone
from matcher.service import visit_of
from matcher.texts import Phrase
from matcher.web.blueprint import service, web
from matcher.web.signed_in import account, signed_in

_OVER = Phrase("Your visit is over. Begin again from your procurement portal; what you took into its basket is there.")


def visit() -> Visit | None:
    """The visit of the guest whose request this is; None for everybody else, and for one that is over."""
    if "visit" not in g:
        known = signed_in()
        guest = known is not None and known.is_guest
        g.visit = visit_of(service().engine, known.id, datetime.now(UTC)) if known and guest else None
    found: Visit | None = g.visit
    return found


def require_visit() -> Visit:
    """The visit, in a view that only guests open. Raises Forbidden when there is none."""
    found = visit()
    if found is None:
        raise Forbidden("This page is for visits from a procurement portal.")
    return found


def refuse_over() -> None:
    """Raises Gone for a guest whose visit is over."""
    if account().is_guest and visit() is None:
        raise Gone(_OVER)


def first_page(found: Visit) -> str:
    """Where a visit begins: at the form, or at the list that it is to edit or to inspect."""
    if found.shortlist_id and found.operation != "create":
        return url_for("web.shortlist", shortlist_id=found.shortlist_id)
    return url_for("web.describe")


@web.app_context_processor
def _visit_of_page() -> dict[str, object]:
    found = visit()
    return {"visit": found, "home": first_page(found)} if found else {"visit": None}
