"""The page on which a need is described, in the order that a person thinks: the paragraph, what it tells, the terms.

All buttons of the form send the whole of it here and differ by `do`. With htmx the answer is the part that changed.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from matcher.domain import Need
from matcher.errors import InvalidInput
from matcher.service import read_text
from matcher.texts import Phrase
from matcher.web import choices, drafts, left_out, need_form, smart, week_grid
from matcher.web.access import ASKING, open_to
from matcher.web.blueprint import service, web
from matcher.web.language import gettext, language
from matcher.web.live_line import live_line
from matcher.web.need_filled import filled_with
from matcher.web.need_form import NeedForm, Sent, first
from matcher.web.need_step import with_smallest_step
from matcher.web.proposals import READ, Proposals, accepted, not_read, proposals
from matcher.web.shortlist_pages import sealed_shortlist
from matcher.web.signed_in import account

SHOWN = 3
"""How many coaches HR is shown."""

OUT_OF_DATE = Phrase("This page was opened before you signed in. Nothing was sent yet; send it once more.")


@web.get("/")
@open_to(ASKING)
def describe() -> Response:
    """The form: blank, with the draft that was kept, or as it was filled for the shortlist `from`."""
    earlier = request.args.get("from")
    if earlier:
        kept = sealed_shortlist(earlier)
        dropped = json.loads(kept.sealed.facts).get("passed_over", ())
        filled = filled_with(kept.answer.need, dropped).sent
        return _page(NeedForm({**filled, left_out.EARLIER: [kept.answer.id]}))
    draft = drafts.current()
    if draft is not None and drafts.PAGE in request.args:
        return _page(NeedForm(drafts.typed_in(draft)))
    defaults = {"organisation": [service().settings.form_organisation], "sessions.minutes": ["60"]}
    response = _page(NeedForm(defaults))
    # Without "no-store" a browser keeps what is typed when one leaves the page and comes back.
    response.headers["Cache-Control"] = "no-cache"
    return response


def _again() -> Response:
    return _page(NeedForm(typed(), general=(OUT_OF_DATE,)), HTTPStatus.BAD_REQUEST)


@web.post("/")
@open_to(ASKING, again=_again)
def ask() -> AnyResponse:
    """Does what the button says: by default draws up a shortlist and goes to it.

    With problems, the form again with each beside its field.
    """
    return answer_to(typed())


def typed() -> Sent:
    """What was typed in the form that was sent."""
    return request.form.to_dict(flat=False)


def answer_to(sent: Sent) -> AnyResponse:
    """The answer to the form of a need, whichever way it came from somebody who may ask."""
    # Before anything else, so that no error of what follows loses it.
    kept = drafts.keep(sent)
    match first(sent, "do"):
        case "read":
            return _read(sent)
        case "accept":
            changed = accepted(_proposals(NeedForm(sent)), sent)
            return _part("told.html", changed, drafts.keep(changed))
        case "count" | "keep" as part:
            return _part({"count": "live.html", "keep": "kept.html"}[part], sent, kept)
        case "step":
            return _step(sent)
        case "discard":
            return _discard(sent)
        case _:
            return _find(sent)


def _find(sent: Sent) -> AnyResponse:
    try:
        need = need_form.read_need(sent)
    except InvalidInput as error:
        return _page(need_form.with_problems(sent, error.problems), HTTPStatus.UNPROCESSABLE_ENTITY)
    passed_over = NeedForm(sent).passed_over
    sealed = service().desk.draw_up(
        need,
        SHOWN,
        account().requester,
        datetime.now(UTC),
        passed_over,
        dropped=left_out.dropped_again(sent, need.requirements.exclude_coaches),
        language=language(),
    )
    drafts.forget(sent)
    return redirect(url_for("web.shortlist", shortlist_id=sealed.id), HTTPStatus.SEE_OTHER)


def _read(sent: Sent) -> AnyResponse:
    try:
        need_form.read_texts(sent)
    except InvalidInput as error:
        return _page(need_form.with_problems(sent, error.problems), HTTPStatus.UNPROCESSABLE_ENTITY)
    marked = {**sent, READ: ["yes"]}
    return _part("told.html", marked, drafts.keep(marked))


def _step(sent: Sent) -> AnyResponse:
    """Makes the smallest change that the line below the terms proposes; the page as it is when none helps any more."""
    changed, words = with_smallest_step(service(), sent, datetime.now(UTC))
    if words:
        flash(gettext("Changed in the form: %(change)s.", change=words))
    return _whole(changed, drafts.keep(changed))


def _discard(sent: Sent) -> AnyResponse:
    """Deletes the draft that is named; what stands on another page stays, and is kept from now on."""
    discarded = first(sent, "discard")
    if drafts.is_of(discarded, sent):
        # It was just kept under the name of this page.
        drafts.forget(sent)
        return redirect(url_for("web.describe"), HTTPStatus.SEE_OTHER)
    drafts.discard(discarded)
    return _whole(sent, drafts.keep(sent))


def _part(template: str, sent: Sent, kept: bool) -> AnyResponse:
    """The part of the page that changed, for htmx; the whole page for a browser that sent the form by itself."""
    if "HX-Request" not in request.headers:
        return _whole(sent, kept)
    return make_response(render_template(template, **_PARTS[template](NeedForm(sent))))


def _whole(sent: Sent, kept: bool) -> AnyResponse:
    """Goes to the page with the draft that was kept, which can be reloaded; shows what was not kept at once."""
    if kept:
        return redirect(url_for("web.describe", draft="kept"), HTTPStatus.SEE_OTHER)
    return _page(NeedForm(sent))


def _page(form: NeedForm, status: HTTPStatus = HTTPStatus.OK) -> Response:
    form = replace(form, sent=drafts.on_next_page(form.sent))
    with service().desk.catalogue.opened() as (_, edition):
        index = edition.index
    page = render_template(
        "need.html",
        earlier=left_out.earlier_list(form.sent),
        left_out=left_out.choices(form.sent),
        coaches=len(index),
        languages=choices.languages(index, form.sent.get("languages", ())),
        currencies=choices.currencies(service().desk.rates.on(datetime.now(UTC).date())),
        days=week_grid.day_names(),
        short_days=list(week_grid.short_day_names().values()),
        hours=week_grid.HOURS,
        spans=need_form.SPANS,
        **_told(form) | _live(form) | _kept(form),
    )
    return make_response(page, status)


def _told(form: NeedForm) -> dict[str, object]:
    return {"form": form, "choices": choices, "told": _proposals(form)}


def _live(form: NeedForm) -> dict[str, object]:
    return {"live": live_line(service(), form.sent, datetime.now(UTC))}


def _kept(form: NeedForm) -> dict[str, object]:
    return {
        "draft": drafts.told_of(drafts.current(), form.sent),
        "lacking": smart.lacking(form.value("outcome"), form.value("summary")),
        "smart": smart,
    }


_PARTS: Mapping[str, Callable[[NeedForm], dict[str, object]]] = {
    "told.html": _told,
    "live.html": _live,
    "kept.html": _kept,
}
"""The parts of the page that may change by themselves, with what each is made of. Only the first needs the encoder."""


def _proposals(form: NeedForm) -> Proposals:
    """What the text proposes, read anew, since it may have changed; nothing where nobody asked to read it."""
    need = _texts(form.sent) if form.value(READ) else None
    if need is None:
        return Proposals(was_read=bool(form.value(READ)), dropped=not_read(form.passed_over))
    return proposals(read_text(service().desk.reader, need, language()), form.passed_over)


def _texts(sent: Sent) -> Need | None:
    try:
        return need_form.read_texts(sent)
    except InvalidInput:
        return None
