"""The pages on which links to a manager are made, listed and closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from uuid import UUID

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from matcher.domain import Shortlist
from matcher.domain.link import USUAL_DAYS, LinkState, SharedLink
from matcher.errors import InvalidInput
from matcher.service import links_of, make_link, revoke_link
from matcher.texts import Phrase
from matcher.web import presentation, wording
from matcher.web.access import MATCHING, open_to
from matcher.web.blueprint import service, web
from matcher.web.forms import FilledForm, with_problems
from matcher.web.language import gettext, said
from matcher.web.shortlist_pages import Kept, sealed_shortlist
from matcher.web.signed_in import account

LABELS = {"coach": Phrase("Coaches to show"), "days": Phrase("Open for how many days")}
STATES: Mapping[LinkState, str] = {
    "open": Phrase("Open"),
    "expired": Phrase("Expired"),
    "revoked": Phrase("Closed"),
}


@dataclass(frozen=True)
class LinkShown:
    """One link as it is listed; what it shows, in words."""

    id: str
    coaches: str
    made: str
    until: str
    state: str
    is_open: bool


@web.get("/shortlists/<shortlist_id>/links")
@open_to(MATCHING)
def list_links(shortlist_id: str) -> Response:
    """All links to a shortlist, and the form for another one, for the coaches that the address names, or for all."""
    kept = sealed_shortlist(shortlist_id)
    shown = [coach.coach_id for coach in kept.answer.coaches]
    asked = [coach_id for coach_id in request.args.getlist("coach") if coach_id in shown]
    return _page(kept, FilledForm(LABELS, {"days": str(USUAL_DAYS)}), asked or shown)


@web.post("/shortlists/<shortlist_id>/links")
@open_to(MATCHING)
def make_one(shortlist_id: str) -> Response:
    """Makes a link and shows it, this one time; the form again when it cannot be made."""
    kept, now = sealed_shortlist(shortlist_id), datetime.now(UTC)
    days, chosen = request.form.get("days", "").strip(), request.form.getlist("coach")
    number = int(days) if days.isascii() and days.isdigit() and len(days) < 5 else 0
    try:
        token = make_link(service().engine, shortlist_id, chosen, days=number, requester=account().requester, now=now)
    except InvalidInput as error:
        form = with_problems(LABELS, {"days": days}, error.problems)
        return _page(kept, form, chosen, HTTPStatus.UNPROCESSABLE_ENTITY)
    # Not gone to from here, as other pages are: the token is kept nowhere to be shown by another request.
    page = render_template(
        "link_made.html", answer=kept.answer, address=url_for("web.shared", token=token, _external=True), days=number
    )
    return make_response(page, HTTPStatus.CREATED)


@web.post("/shortlists/<shortlist_id>/links/<uuid:link_id>/revoke")
@open_to(MATCHING)
def close_link(shortlist_id: str, link_id: UUID) -> AnyResponse:
    """Closes a link at once."""
    revoke_link(service().engine, shortlist_id, str(link_id), account().requester, datetime.now(UTC))
    flash(gettext("The link is closed. Whoever opens it is told to ask for a new one."))
    return redirect(url_for("web.list_links", shortlist_id=shortlist_id), HTTPStatus.SEE_OTHER)


def _page(kept: Kept, form: FilledForm, chosen: Sequence[str], status: HTTPStatus = HTTPStatus.OK) -> Response:
    now = datetime.now(UTC)
    found = links_of(service().engine, kept.answer.id, account().requester)
    page = render_template(
        "links.html",
        answer=kept.answer,
        title=presentation.title(kept.answer.need),
        form=form,
        chosen=chosen,
        links=[_shown(link, kept.answer, now) for link in found],
    )
    return make_response(page, status)


def _shown(link: SharedLink, answer: Shortlist, now: datetime) -> LinkShown:
    state = link.state(now)
    told, made = said(STATES[state]), wording.moment(link.created_at)
    if link.revoked_at:
        told = gettext("%(state)s on %(day)s", state=told, day=wording.moment(link.revoked_at))
    if link.made_by:
        made = gettext("%(day)s by %(who)s", day=made, who=link.made_by)
    return LinkShown(
        id=link.id,
        coaches=", ".join(coach.name for coach in answer.coaches if coach.coach_id in link.coach_ids),
        made=made,
        until=wording.moment(link.expires_at),
        state=told,
        is_open=state == "open",
    )
