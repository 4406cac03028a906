"""The form on which a coach is added or changed; of two who change one at once, the second is told."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from matcher.domain import Coach
from matcher.errors import InvalidInput, NotFound, Problem
from matcher.service import change_profile, profile_with_id
from matcher.store.coaches import Versioned
from matcher.texts import Phrase
from matcher.web import choices, coach_form, wording
from matcher.web.access import KEEPING_PROFILES, open_to
from matcher.web.blueprint import service, web
from matcher.web.choices import Choice
from matcher.web.coach_form import CoachForm, Difference
from matcher.web.language import gettext
from matcher.web.signed_in import account
from matcher.web.week_grid import day_names

OUT_OF_DATE = Phrase("This page was opened before you signed in. Nothing was stored yet; save it once more.")

PER = (Choice("session", Phrase("Session")), Choice("hour", Phrase("Hour")))
_HALVES = range(10, 1, -1)

_MORE = ("credentials", "references", "times")
_TAKEN = Phrase("is the id of another coach; choose another one")


@web.get("/new-coach")
@open_to(KEEPING_PROFILES)
def new_coach() -> Response:
    """The form for another coach."""
    return _page(CoachForm({"fees.per": ["session"], "fees.minutes": ["60"], "fees.currency": ["EUR"]}))


def _new_again() -> Response:
    return _page(CoachForm(_typed(), general=(OUT_OF_DATE,)), status=HTTPStatus.BAD_REQUEST)


@web.post("/new-coach")
@open_to(KEEPING_PROFILES, again=_new_again)
def add_coach() -> AnyResponse:
    """Adds the coach; with problems, the form again with each beside its field."""
    sent = _typed()
    return _stored(sent, None, version=None, said=gettext("The coach is added, and in every shortlist from now on."))


@web.get("/edit-coach/<coach:coach_id>")
@open_to(KEEPING_PROFILES)
def edit_coach(coach_id: str) -> Response:
    """The form with the profile as it is now."""
    coach, versioned, _ = profile_with_id(service().engine, coach_id)
    return _page(coach_form.filled_with(coach), coach_id, versioned.version)


def _edit_again() -> Response:
    coach_id = str((request.view_args or {})["coach_id"])
    form = CoachForm(_typed(), general=(OUT_OF_DATE,))
    return _page(form, coach_id, _version(), status=HTTPStatus.BAD_REQUEST)


@web.post("/edit-coach/<coach:coach_id>")
@open_to(KEEPING_PROFILES, again=_edit_again)
def change_coach(coach_id: str) -> AnyResponse:
    """Stores the profile; the form again with problems, or with the other version when there is one by now."""
    sent = {**_typed(), "id": [coach_id]}
    return _stored(
        sent, coach_id, version=_version(), said=gettext("The profile is changed, for every shortlist from now on.")
    )


def _typed() -> dict[str, list[str]]:
    return request.form.to_dict(flat=False)


def _version() -> int | None:
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _stored(sent: dict[str, list[str]], coach_id: str | None, *, version: int | None, said: str) -> AnyResponse:
    more = request.form.get("more", "")
    if more in _MORE:
        return _page(CoachForm(sent, more=more), coach_id, version)
    if coach_id is not None and version is None:
        raise NotFound("There is no coach with this id, or no longer.")
    try:
        coach = coach_form.read_coach(sent)
    except InvalidInput as error:
        return _refused(sent, error, coach_id, version)
    areas, now = service().desk.reader.areas, datetime.now(UTC)
    by = account().requester.actor
    present = change_profile(service().engine, service().encoder, areas, coach, version=version, by=by, now=now)
    if present is not None and coach_id is None:
        return _refused(sent, InvalidInput([Problem("/id", _TAKEN)]), None, None)
    if present is not None:
        return _both(sent, coach, present)
    flash(said)
    return redirect(url_for("web.show_coach", coach_id=coach.id), HTTPStatus.SEE_OTHER)


def _refused(sent: dict[str, list[str]], error: InvalidInput, coach_id: str | None, version: int | None) -> Response:
    form = coach_form.with_problems(sent, error.problems)
    return _page(form, coach_id, version, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _both(sent: dict[str, list[str]], coach: Coach, present: Versioned) -> Response:
    """The form as it was typed beside what somebody else has stored; saved again, it takes the place of that."""
    differing = coach_form.differences(present.coach, coach)
    form = CoachForm(sent)
    return _page(form, coach.id, present.version, other=present, differing=differing, status=HTTPStatus.CONFLICT)


def _page(
    form: CoachForm,
    coach_id: str | None = None,
    version: int | None = None,
    *,
    other: Versioned | None = None,
    differing: tuple[Difference, ...] = (),
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    with service().desk.catalogue.opened() as (_, edition):
        spoken = choices.languages(edition.index, form.sent.get("languages", ()))
    currencies = choices.currencies(service().desk.rates.on(datetime.now(UTC).date()))
    page = render_template(
        "edit_coach.html",
        form=form,
        coach_id=coach_id,
        version=version,
        other=other,
        differing=differing,
        choices=choices,
        languages=spoken,
        other_languages=_without(choices.all_languages(), spoken),
        currencies=_with_chosen(currencies, form.value("fees.currency")),
        zone=_unlisted_zone(form.value("timezone")),
        per=PER,
        ratings=_ratings(),
        days=day_names(),
    )
    return make_response(page, status)


def _ratings() -> tuple[Choice, ...]:
    told = (gettext("%(rating)s of 5", rating=wording.decimal(half / 2)) for half in _HALVES)
    return tuple(Choice(f"{half / 2:g}", words) for half, words in zip(_HALVES, told, strict=True))


def _without(all_: tuple[Choice, ...], some: tuple[Choice, ...]) -> tuple[Choice, ...]:
    known = {choice.value for choice in some}
    return tuple(choice for choice in all_ if choice.value not in known)


def _with_chosen(offered: tuple[Choice, ...], chosen: str) -> tuple[Choice, ...]:
    """What is offered, and beside it what a profile has already."""
    known = {choice.value for choice in offered} | {""}
    return offered if chosen in known else (*offered, Choice(chosen, chosen))


def _unlisted_zone(chosen: str) -> tuple[Choice, ...]:
    known = {choice.value for group in choices.timezones() for choice in group.choices} | {""}
    return () if chosen in known else (Choice(chosen, chosen.replace("_", " ")),)
