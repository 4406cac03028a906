"""When few coaches are left: the smallest change of each single requirement that lets more in.

Every proposal is counted by screening with the changed need, so that a side effect (another start
falls into another week; a shorter session costs less) is in the number. It carries the refinement that makes
of a shortlist for the need one for the changed need.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

import numpy as np

from matcher.domain import (
    ExclusionReason,
    LimitChanges,
    LimitName,
    Need,
    ProofLimits,
    ReferenceRates,
    Refinement,
    Relaxation,
    SessionLength,
    vocabulary,
)
from matcher.locales import LOCALES, day_in, money_in
from matcher.matching import pricing, timetable
from matcher.matching.eligibility import Eligibility, accepting_from, meets_by, screen
from matcher.matching.index import Bools, CoachIndex
from matcher.texts import IN_ENGLISH, Texts

_SESSION_STEP = 15
"""Minutes; lengths of sessions are proposed in quarters of an hour."""

_SHORTEST_SESSION = 30
"""Minutes; a shorter session is no coaching session."""

_STARTS_TRIED = 5


@dataclass(frozen=True)
class _Change:
    """A change of a need: in words without the need's own, the need so changed, and the refinement that does it."""

    words: str
    need: Need
    refinement: Refinement


_Changes = Iterator[_Change]
"""The smallest change first."""


@dataclass(frozen=True)
class _Situation:
    """A need that was screened; `blocked` are the coaches that fail the requirement in question alone."""

    index: CoachIndex
    need: Need
    rates: ReferenceRates
    today: date
    blocked: Bools
    texts: Texts

    def limited(self, words: str, **limits: Any) -> _Change:
        """The need with those of its fields changed that a refinement can change in the same form."""
        refinement = Refinement(limits=LimitChanges(**limits))
        return _Change(words, self.need.model_copy(update=limits), refinement)

    def requiring(self, words: str, **proof: int) -> _Change:
        """The need with those of its requirements changed."""
        refinement = Refinement(limits=LimitChanges(requirements=ProofLimits(**proof)))
        return _Change(words, self._with_requirements(proof), refinement)

    def without(self, words: str, requirement: LimitName, nothing: object = None) -> _Change:
        """The need with `nothing` for one of its requirements."""
        return _Change(words, self._with_requirements({requirement: nothing}), Refinement(lift=(requirement,)))

    def _with_requirements(self, changed: Mapping[str, Any]) -> Need:
        return self.need.model_copy(update={"requirements": self.need.requirements.model_copy(update=changed)})


def relaxations(
    index: CoachIndex,
    need: Need,
    rates: ReferenceRates,
    today: date,
    eligibility: Eligibility,
    *,
    texts: Texts = IN_ENGLISH,
) -> tuple[Relaxation, ...]:
    """For each requirement that the need can relax, the smallest change that lets in at least one more coach.

    Only coaches that fail this requirement alone are looked at for it; `frees` counts by how many the
    eligible become more. Most freed first, then in the order of the contract. Empty when no single
    change helps. `eligibility` is that of the need as it stands.
    """
    found = [
        relaxation
        for reason in eligibility.reasons
        if reason in _PROPOSALS and (blocked := eligibility.failing_only(reason)).any()
        if (relaxation := _first_that_frees(reason, _Situation(index, need, rates, today, blocked, texts), eligibility))
    ]
    return tuple(sorted(found, key=lambda relaxation: -relaxation.frees))


@dataclass(frozen=True)
class CostliestWish:
    """The wish that alone keeps more coaches out than any other: how many more there would be without it, and its
    smallest change that already lets some in; None when no change does."""

    reason: ExclusionReason
    frees: int
    smallest: Relaxation | None


def costliest_wish(
    index: CoachIndex,
    need: Need,
    rates: ReferenceRates,
    today: date,
    eligibility: Eligibility,
    *,
    texts: Texts = IN_ENGLISH,
) -> CostliestWish | None:
    """Which requirement of the need costs most coaches; the first in the order of the contract among equals.

    Only what the need can relax counts, and only coaches that fail nothing else. None when nobody is kept out by
    one wish alone. `eligibility` is that of the need as it stands.
    """
    blocked = {reason: eligibility.failing_only(reason) for reason in eligibility.reasons if reason in _PROPOSALS}
    kept_out = {reason: int(np.count_nonzero(coaches)) for reason, coaches in blocked.items()}
    most = max(kept_out, key=kept_out.__getitem__)
    if not kept_out[most]:
        return None
    situation = _Situation(index, need, rates, today, blocked[most], texts)
    return CostliestWish(most, kept_out[most], _first_that_frees(most, situation, eligibility))


def _first_that_frees(reason: ExclusionReason, situation: _Situation, eligibility: Eligibility) -> Relaxation | None:
    before = np.count_nonzero(eligibility.eligible)
    for change in _PROPOSALS[reason](situation):
        after = screen(situation.index, change.need, situation.rates, situation.today)
        frees = int(np.count_nonzero(after.eligible) - before)
        if frees > 0:
            told = situation.texts.ngettext(
                "%(change)s: %(number)s more coach", "%(change)s: %(number)s more coaches", frees, change=change.words
            )
            return Relaxation(reason=reason, change=told, frees=frees, refinement=change.refinement)
    return None


def _another_language(situation: _Situation) -> _Changes:
    blocked = situation.index.facts.languages.take(np.flatnonzero(situation.blocked))
    spoken = blocked.by_code(len(vocabulary.LANGUAGES))
    code = vocabulary.LANGUAGES[int(spoken.argmax())]
    languages = (*situation.need.languages, code)
    language = LOCALES[situation.texts.language].languages[code]
    words = situation.texts.gettext("coaching in %(language)s as well", language=language)
    yield situation.limited(words, languages=languages)


def _another_modality(situation: _Situation) -> _Changes:
    need = situation.need
    texts = situation.texts
    words = {
        "video": texts.gettext("sessions by video as well"),
        "phone": texts.gettext("sessions by phone as well"),
        "in_person": texts.gettext("sessions in person in %(city)s as well", city=need.location),
    }
    offered = np.count_nonzero(meets_by(situation.index, need.location) & situation.blocked[:, np.newaxis], axis=0)
    for place in np.argsort(-offered, kind="stable").tolist():
        modality = vocabulary.MODALITIES[place]
        if offered[place]:
            yield situation.limited(words[modality], modalities=(*need.modalities, modality))


def _higher_budget(situation: _Situation) -> _Changes:
    need = situation.need
    if need.budget is None:
        return
    price = pricing.lowest_price(
        situation.index, situation.blocked, need.sessions.minutes, need.budget.currency, situation.rates
    )
    if price is not None:
        more = ceil(price - Fraction(need.budget.per_session))
        budget = need.budget.model_copy(update={"per_session": need.budget.per_session + more})
        told = money_in(Decimal(more), budget.currency, situation.texts.language)
        words = situation.texts.gettext("%(price)s more per session", price=told)
        yield situation.limited(words, budget=budget)


def _later_start(situation: _Situation) -> _Changes:
    start_by = situation.need.start_by or situation.today
    days = accepting_from(situation.index, situation.today, np.flatnonzero(situation.blocked))
    for _ in range(_STARTS_TRIED):
        if not len(days):
            return
        day = date.fromordinal(int(days.min()))
        days = days[days > day.toordinal()]
        later = (day - start_by).days
        words = situation.texts.ngettext(
            "start %(number)s day later, on %(day)s",
            "start %(number)s days later, on %(day)s",
            later,
            day=day_in(day, situation.texts.language),
        )
        yield situation.limited(words, start_by=day)


def _other_times(situation: _Situation) -> _Changes:
    need = situation.need
    blocked = np.flatnonzero(situation.blocked)
    overlaps = timetable.longest_overlap(situation.index, need, need.start_by or situation.today, blocked)
    longest = int(overlaps.max()) // 60
    minutes = longest - longest % _SESSION_STEP
    if minutes >= _SHORTEST_SESSION:
        sessions = need.sessions.model_copy(update={"minutes": minutes})
        words = situation.texts.gettext(
            "sessions of %(fewer)s instead of %(minutes)s minutes", fewer=minutes, minutes=need.sessions.minutes
        )
        shorter = Refinement(limits=LimitChanges(sessions=SessionLength(minutes=minutes)))
        yield _Change(words, need.model_copy(update={"sessions": sessions}), shorter)
    anytime = need.model_copy(update={"availability": need.availability.model_copy(update={"weekly": ()})})
    words = situation.texts.gettext("without the stated times")
    yield _Change(words, anytime, Refinement(lift=("availability",)))


def _lower_credential(situation: _Situation) -> _Changes:
    required = situation.need.requirements.min_credential_rank or 0
    for rank in reversed(range(required)):
        words = situation.texts.gettext(
            "a credential of rank %(rank)s instead of %(required)s", rank=rank, required=required
        )
        yield situation.requiring(words, min_credential_rank=rank)
    words = situation.texts.gettext("without a verified credential")
    yield situation.without(words, "min_credential_rank")


def _fewer_references(situation: _Situation) -> _Changes:
    required = situation.need.requirements.min_verified_references
    most = int(situation.index.verified_references[situation.blocked].max())
    texts = situation.texts
    if not most:
        yield situation.without(texts.gettext("without verified references"), "min_verified_references")
        return
    words = texts.ngettext(
        "%(number)s verified reference instead of %(required)s",
        "%(number)s verified references instead of %(required)s",
        most,
        required=required,
    )
    yield situation.requiring(words, min_verified_references=most)


def _excluded_again(situation: _Situation) -> _Changes:
    count = int(situation.blocked.sum())
    words = situation.texts.ngettext(
        "%(number)s excluded coach allowed again", "%(number)s excluded coaches allowed again", count
    )
    yield situation.without(words, "exclude_coaches", nothing=())


def _without_contract(situation: _Situation) -> _Changes:
    yield situation.without(situation.texts.gettext("without a framework contract"), "framework_contract")


_PROPOSALS: Mapping[ExclusionReason, Callable[[_Situation], _Changes]] = {
    "language": _another_language,
    "modality": _another_modality,
    "budget": _higher_budget,
    "start": _later_start,
    "availability": _other_times,
    "credential": _lower_credential,
    "references": _fewer_references,
    "excluded": _excluded_again,
    "contract": _without_contract,
}
"""Capacity and conflicts are the coach's own: no need can relax them."""
