"""The pages on which administrators give programs a key for the API, another one, or take it away."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from uuid import UUID

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from matcher.domain import EVERY_SCOPE, SCOPES, Scope
from matcher.domain.fields import MOST_OF_A_SHORT_TEXT
from matcher.errors import InvalidInput, NotFound, Problem
from matcher.service import add_caller, revoke_caller, rotate_caller
from matcher.store import callers, database
from matcher.store.callers import Caller
from matcher.texts import Phrase
from matcher.web.access import ADMINISTRATION, open_to
from matcher.web.accounts_pages import OUT_OF_DATE
from matcher.web.blueprint import service, web
from matcher.web.choices import Choice
from matcher.web.forms import FilledForm, with_problems
from matcher.web.language import gettext
from matcher.web.signed_in import account

SCOPE_NAMES: Mapping[Scope, str] = {
    "shortlists:write": Phrase("Ask for shortlists"),
    "shortlists:read": Phrase("See shortlists again, and what became of them"),
    "coaches:read": Phrase("Read profiles of coaches"),
    "coaches:write": Phrase("Add, change and delete profiles of coaches"),
    "outcomes:write": Phrase("Record what became of the coaches of a shortlist"),
    "reports:read": Phrase("Read reports and records of what was done"),
}
"""What each scope allows, to people."""

OVERLAPS = (
    Choice("0", Phrase("at once")),
    Choice("24", Phrase("in 24 hours")),
    Choice("168", Phrase("in 7 days")),
)
"""When the key before another one ends, in hours."""

LABELS = {
    "name": Phrase("Name"),
    "organisation": Phrase("Organisation"),
    "scopes": Phrase("What it may do"),
    "overlap": Phrase("The old key ends"),
}


@web.get("/callers")
@open_to(ADMINISTRATION)
def list_callers() -> Response:
    """All programs that have, or had, a key, and the form for another one."""
    ticked = {str(scope): "yes" for scope in SCOPES}
    return _list(FilledForm(LABELS, ticked | {"organisation": account().organisation}))


def _list_again() -> Response:
    return _list(FilledForm(LABELS, _typed(), general=(OUT_OF_DATE,)), HTTPStatus.BAD_REQUEST)


@web.post("/callers")
@open_to(ADMINISTRATION, again=_list_again)
def make_caller() -> Response:
    """Makes a caller and shows its key; the form again when it cannot be made."""
    sent = _typed()
    scopes = [scope for scope in SCOPES if sent[scope]]
    try:
        _check(sent, scopes)
        with database.sessions(service().engine).begin() as session:
            by = account().requester.actor
            made, key = add_caller(session, sent["name"], sent["organisation"], datetime.now(UTC), scopes, by=by)
    except InvalidInput as error:
        return _list(with_problems(LABELS, sent, error.problems), HTTPStatus.UNPROCESSABLE_ENTITY)
    return _with_key(made, key, HTTPStatus.CREATED)


@web.get("/callers/<uuid:caller_id>")
@open_to(ADMINISTRATION)
def show_caller(caller_id: UUID) -> str:
    """One caller, and what can be changed of it."""
    with database.snapshots(service().engine).begin() as session:
        found = _found(session, caller_id)
    return _one(found, FilledForm(LABELS, {"overlap": OVERLAPS[0].value}))


@web.post("/callers/<uuid:caller_id>/key")
@open_to(ADMINISTRATION)
def replace_key(caller_id: UUID) -> Response:
    """Gives the caller another key and shows it; the old one holds for as long as was chosen."""
    hours = request.form.get("overlap", "")
    overlap = timedelta(hours=int(hours) if hours in {choice.value for choice in OVERLAPS} else 0)
    with database.sessions(service().engine).begin() as session:
        found, by = _in_use(session, caller_id), account().requester.actor
        key = rotate_caller(session, found.name, datetime.now(UTC), overlap, by=by)
    if key is None:
        raise NotFound("There is no such program any more.")
    return _with_key(found, key)


@web.post("/callers/<uuid:caller_id>/revoke")
@open_to(ADMINISTRATION)
def revoke_one(caller_id: UUID) -> AnyResponse:
    """Makes the caller's keys worthless at once."""
    with database.sessions(service().engine).begin() as session:
        found = _in_use(session, caller_id)
        revoke_caller(session, found.name, datetime.now(UTC), by=account().requester.actor)
    flash(gettext("The keys of %(name)s are worthless from now on.", name=found.name))
    return redirect(url_for("web.list_callers"), HTTPStatus.SEE_OTHER)


def _typed() -> Mapping[str, str]:
    return {name: request.form.get(name, "").strip() for name in ("name", "organisation", *SCOPES)}


def _check(sent: Mapping[str, str], scopes: list[Scope]) -> None:
    """Raises InvalidInput for what is no caller."""
    problems = [
        Problem(f"/{name}", "must be a name that can be printed")
        for name in ("name", "organisation")
        if not sent[name].isprintable() or (name == "name" and not sent[name])
    ]
    problems += [
        Problem(f"/{name}", Phrase("has more than %(most)s characters", most=MOST_OF_A_SHORT_TEXT))
        for name in ("name", "organisation")
        if len(sent[name]) > MOST_OF_A_SHORT_TEXT
    ]
    if not scopes:
        problems.append(Problem("/scopes", "must be one thing at least"))
    if problems:
        raise InvalidInput(problems)


def _found(session: Session, caller_id: UUID) -> Caller:
    found = next((one for one in callers.list_all(session) if one.id == str(caller_id)), None)
    if found is None:
        raise NotFound("There is no such program.")
    return found


def _in_use(session: Session, caller_id: UUID) -> Caller:
    found = _found(session, caller_id)
    if found.revoked_at is not None:
        raise NotFound("There is no such program any more.")
    return found


def _list(form: FilledForm, status: HTTPStatus = HTTPStatus.OK) -> Response:
    with database.snapshots(service().engine).begin() as session:
        known = sorted(callers.list_all(session), key=lambda one: one.revoked_at is not None)
    page = render_template("callers.html", form=form, callers=known, scopes=SCOPE_NAMES, every_scope=EVERY_SCOPE)
    return make_response(page, status)


def _one(found: Caller, form: FilledForm) -> str:
    names = [name for scope, name in SCOPE_NAMES.items() if scope in found.scopes]
    now = datetime.now(UTC)
    return render_template("one_caller.html", found=found, form=form, may=names, overlaps=OVERLAPS, now=now)


def _with_key(found: Caller, key: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    # Not gone to from here, as other pages are: the key is kept nowhere to be shown by another request.
    return make_response(render_template("caller_key.html", found=found, key=key), status)
