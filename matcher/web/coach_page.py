"""The page of one coach: the profile as everybody reads it, and for those who keep it what to look at."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from matcher.domain import Coach
from matcher.errors import MalformedDocument
from matcher.intake import coach_from, read_json
from matcher.service import change_profile, confirm_profile, delete_profile, profile_with_id
from matcher.store.documents import written
from matcher.web.access import KEEPING_PROFILES, READING_PROFILES, open_to
from matcher.web.blueprint import service, web
from matcher.web.language import gettext
from matcher.web.profile_shown import profile_shown
from matcher.web.signed_in import account


@web.get("/coaches/<coach:coach_id>")
@open_to(READING_PROFILES)
def show_coach(coach_id: str) -> str:
    """The profile as it is now."""
    coach, versioned, confirmed = profile_with_id(service().engine, coach_id)
    shown = profile_shown(coach, confirmed, datetime.now(UTC).date())
    return render_template("coach.html", coach=coach, shown=shown, versioned=versioned, confirmed=confirmed)


@web.post("/confirm-coach/<coach:coach_id>")
@open_to(KEEPING_PROFILES)
def confirm_coach(coach_id: str) -> AnyResponse:
    """Notes that the profile is still right."""
    confirm_profile(service().engine, coach_id, account().requester.actor, datetime.now(UTC))
    flash(gettext("Noted: the profile is still right today."))
    return _to(coach_id)


@web.get("/delete-coach/<coach:coach_id>")
@open_to(KEEPING_PROFILES)
def confirm_coach_deletion(coach_id: str) -> str:
    """Asks whether the profile shall be deleted, and says what that means."""
    coach, _, _ = profile_with_id(service().engine, coach_id)
    return render_template("delete_coach.html", coach=coach)


@web.post("/delete-coach/<coach:coach_id>")
@open_to(KEEPING_PROFILES)
def delete_coach(coach_id: str) -> str:
    """Deletes the profile, and shows it once more in a form that brings it back.

    That page is all that is left of it; nothing is kept for the undoing.
    """
    deleted = delete_profile(service().engine, coach_id, account().requester.actor, datetime.now(UTC))
    if deleted.coach is None:
        raise LookupError("what was deleted was there before")
    return render_template(
        "deleted_coach.html", coach=deleted.coach, version=deleted.version, profile=written(deleted.coach)
    )


@web.post("/restore-coach/<coach:coach_id>")
@open_to(KEEPING_PROFILES)
def restore_coach(coach_id: str) -> AnyResponse:
    """Brings a profile back that was just deleted, unless its id is another one's by now."""
    coach, version = _sent_back(coach_id), request.form.get("version", "")
    areas = service().desk.reader.areas
    changed = change_profile(
        service().engine,
        service().encoder,
        areas,
        coach,
        version=_number(version),
        by=account().requester.actor,
        now=datetime.now(UTC),
    )
    if changed is not None and changed.coach is not None and changed.coach != coach:
        page = render_template("restored_too_late.html", coach=changed.coach)
        return make_response(page, HTTPStatus.CONFLICT)
    flash(gettext("The coach is back, as before."))
    return _to(coach_id)


def _sent_back(coach_id: str) -> Coach:
    coach = coach_from(read_json(request.form.get("profile", "").encode(errors="replace")))
    if coach.id != coach_id:
        raise MalformedDocument("The profile is not that of the address.")
    return coach


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _to(coach_id: str) -> AnyResponse:
    return redirect(url_for("web.show_coach", coach_id=coach_id), HTTPStatus.SEE_OTHER)
