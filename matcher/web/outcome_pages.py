"""Records on the page of a shortlist what became of its coaches, and takes it back."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from matcher.domain import Shortlist
from matcher.errors import InvalidInput, NotFound
from matcher.service import record_outcome, withdraw_outcome
from matcher.texts import Phrase
from matcher.web import outcome_history
from matcher.web.access import MATCHING, open_to
from matcher.web.blueprint import service, web
from matcher.web.forms import FilledForm, message
from matcher.web.language import gettext
from matcher.web.shortlist_pages import OUTCOME_LABELS, outcome_form, sealed_shortlist, shortlist_page
from matcher.web.signed_in import account


@web.post("/shortlists/<shortlist_id>/outcomes")
@open_to(MATCHING)
def record_one(shortlist_id: str) -> Response:
    """Keeps one outcome of one coach; the page again, with a word on why, when that is not to be."""
    kept, now = sealed_shortlist(shortlist_id), datetime.now(UTC)
    coach_id = request.form.get("coach", "")
    ranks = {coach.coach_id: coach.rank for coach in kept.answer.coaches}
    if coach_id not in ranks:
        general = (Phrase("Nobody of this shortlist was named. Nothing was recorded."),)
        return shortlist_page(kept, FilledForm({}, general=general), HTTPStatus.UNPROCESSABLE_ENTITY)
    sent = {name: request.form.get(f"{name}-{ranks[coach_id]}", "") for name in OUTCOME_LABELS}
    try:
        outcome = outcome_history.chosen_outcome(sent["what"], sent["on"], coach_id, now.date())
        record_outcome(service().engine, shortlist_id, outcome, account().requester, now)
    except InvalidInput as error:
        form = _with_problems(kept.answer, ranks[coach_id], sent, error)
        return shortlist_page(kept, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    what = outcome_history.told(outcome)
    flash(gettext("Recorded: %(what)s. It can be taken back under “What happened”.", what=what))
    return _to_the_history(shortlist_id)


@web.post("/shortlists/<shortlist_id>/outcomes/withdraw")
@open_to(MATCHING)
def withdraw_one(shortlist_id: str) -> Response:
    """Takes one outcome back; one that is not there any more is no error."""
    sealed_shortlist(shortlist_id)
    coach_id, event = request.form.get("coach", ""), request.form.get("event", "")
    try:
        withdraw_outcome(service().engine, shortlist_id, coach_id, event, account().requester, now=datetime.now(UTC))
        flash(gettext("Taken back. It is as if it had never been recorded."))
    except NotFound:
        flash(gettext("That had been taken back already."))
    return _to_the_history(shortlist_id)


def _to_the_history(shortlist_id: str) -> Response:
    address = url_for("web.shortlist", shortlist_id=shortlist_id, _anchor="happened")
    return redirect(address, HTTPStatus.SEE_OTHER)


def _with_problems(answer: Shortlist, rank: int, sent: dict[str, str], error: InvalidInput) -> FilledForm:
    blank = outcome_form(answer)
    details = {problem.pointer.removeprefix("/"): problem.detail for problem in error.problems}
    messages = {
        f"{name}-{rank}": message(f"{name}-{rank}", label, details[name])
        for name, label in OUTCOME_LABELS.items()
        if name in details
    }
    typed = {f"{name}-{rank}": value for name, value in sent.items()}
    return FilledForm(blank.labels, {**blank.sent, **typed}, messages)
