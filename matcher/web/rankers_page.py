"""The page on which administrators see the ranker in use and its candidates, and put one in its place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from matcher.domain import Comparison
from matcher.errors import ConfigurationError
from matcher.matching.explanation import FACET_LABELS
from matcher.service import promote_ranker, ranker_in_use, reset_ranker, weights_of
from matcher.service.rankers import Choice
from matcher.store import database, rankers
from matcher.store.rankers import Ranker
from matcher.texts import Phrase
from matcher.web import wording
from matcher.web.access import ADMINISTRATION, open_to
from matcher.web.blueprint import service, web
from matcher.web.forms import FilledForm
from matcher.web.language import gettext, said
from matcher.web.signed_in import account

_CHOSEN_BY_FILE = Phrase(
    "This service ranks with a file of its own (MATCHER_RANKER). Start it without that setting to choose a ranker here."
)
_DOES_NOT_FIT = Phrase("%(name)s does not fit this version of the service, or its encoder. The one in use stays.")


@dataclass(frozen=True)
class WeightShown:
    """What one fact counts by the ranker in use and by another one; empty for one that does not know it."""

    label: str
    in_use: str
    other: str


@dataclass(frozen=True)
class ComparedShown:
    """One need, or all of them, by the ranker that was in use and by the other one."""

    need: str
    before: str
    after: str


@dataclass(frozen=True)
class RankerShown:
    """A stored ranker, every text ready; no comparison or weights of one that this version does not read."""

    name: str
    state: str
    is_promoted: bool
    compared: str = ""
    counted: str = ""
    needs: tuple[ComparedShown, ...] = ()
    measure: str = ""
    weights: tuple[WeightShown, ...] = ()


@web.get("/rankers")
@open_to(ADMINISTRATION)
def list_rankers() -> Response:
    """The ranker in use, and all others, with how each compares."""
    return _page(FilledForm({}))


@web.post("/rankers/promote")
@open_to(ADMINISTRATION)
def promote_one() -> AnyResponse:
    """Has the ranker of that name used from the next shortlist on."""
    if service().settings.ranker:
        return _refused(_CHOSEN_BY_FILE)
    name, encoder = request.form.get("name", ""), service().desk.catalogue.encoder.name
    try:
        promote_ranker(service().engine, name, encoder, datetime.now(UTC), by=account().requester.actor)
    except ConfigurationError:
        return _refused(Phrase(_DOES_NOT_FIT, name=name))
    flash(gettext("%(name)s is used from the next shortlist on.", name=name))
    return redirect(url_for("web.list_rankers"), HTTPStatus.SEE_OTHER)


@web.post("/rankers/reset")
@open_to(ADMINISTRATION)
def take_packaged() -> AnyResponse:
    """Goes back to the packaged ranker."""
    if service().settings.ranker:
        return _refused(_CHOSEN_BY_FILE)
    reset_ranker(service().engine, datetime.now(UTC), by=account().requester.actor)
    flash(gettext("The packaged ranker is used from the next shortlist on."))
    return redirect(url_for("web.list_rankers"), HTTPStatus.SEE_OTHER)


def _refused(why: str) -> Response:
    return _page(FilledForm({}, general=(why,)), HTTPStatus.CONFLICT)


def _page(form: FilledForm, status: HTTPStatus = HTTPStatus.OK) -> Response:
    with database.snapshots(service().engine).begin() as session:
        used, shown = _shown(session)
    page = render_template("rankers.html", form=form, used=used, rankers=shown, file=service().settings.ranker)
    return make_response(page, status)


def _shown(session: Session) -> tuple[Choice, tuple[RankerShown, ...]]:
    used = ranker_in_use(session, service().settings.ranker, service().desk.catalogue.encoder.name)
    in_use = {str(facet.facet): facet.weight for facet in used.scorer.facets}
    return used, tuple(_ranker(one, in_use) for one in rankers.every(session))


def _ranker(one: Ranker, in_use: Mapping[str, float]) -> RankerShown:
    try:
        told, weights = one.comparison, weights_of(one)
    except ConfigurationError:
        return RankerShown(one.name, _state(one), one.is_promoted)
    return RankerShown(
        name=one.name,
        state=_state(one),
        is_promoted=one.is_promoted,
        compared=_compared(told),
        counted=_counted(told),
        needs=tuple(_needs(told)),
        measure=told.measure,
        weights=tuple(_weights(in_use, weights)),
    )


def _state(one: Ranker) -> str:
    if one.promoted_at is None:
        return gettext("Candidate, made on %(day)s", day=wording.day(one.created_at.date()))
    if one.retired_at is not None:
        return gettext("Used until %(day)s", day=wording.day(one.retired_at.date()))
    return gettext("In use since %(day)s", day=wording.day(one.promoted_at.date()))


def _compared(told: Comparison) -> str:
    low, high = told.interval
    return gettext(
        "%(measure)s: %(after)s, where the one in use then had %(before)s; the difference lies between %(low)s and "
        "%(high)s.",
        measure=told.measure,
        before=_three(told.before),
        after=_three(told.after),
        low=wording.signed(low, 3),
        high=wording.signed(high, 3),
    )


def _counted(told: Comparison) -> str:
    better = sum(need.after > need.before for need in told.needs)
    worse = sum(need.after < need.before for need in told.needs)
    return gettext(
        "Ranked better: %(better)s of %(all)s needs; worse: %(worse)s.",
        all=len(told.needs),
        better=better,
        worse=worse,
    )


def _needs(told: Comparison) -> Iterator[ComparedShown]:
    yield from (ComparedShown(need.need, _three(need.before), _three(need.after)) for need in told.needs)


def _weights(in_use: Mapping[str, float], other: Mapping[str, float]) -> Iterator[WeightShown]:
    for facet in {**in_use, **other}:
        label = said(FACET_LABELS.get(facet, facet))
        yield WeightShown(label, _weight(in_use.get(facet)), _weight(other.get(facet)))


def _weight(weight: float | None) -> str:
    return "" if weight is None else _three(weight)


def _three(value: float) -> str:
    return wording.decimal(value, 3)
