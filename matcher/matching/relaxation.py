"""When few coaches are left: the smallest change of each single requirement that lets more in.

Every proposal is counted by screening with the changed need, so that a side effect (another start
falls into another week; a shorter session costs less) is in the number.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil
from typing import Any

import numpy as np
from babel import Locale
from babel.dates import format_date

from matcher.domain import ExclusionReason, Need, ReferenceRates, Relaxation, vocabulary
from matcher.matching import pricing, timetable
from matcher.matching.eligibility import Eligibility, accepting_from, meets_by, screen
from matcher.matching.index import Bools, CoachIndex
from matcher.texts import IN_ENGLISH, Texts

_SESSION_STEP = 15
"""Minutes; lengths of sessions are proposed in quarters of an hour."""

_SHORTEST_SESSION = 30
"""Minutes; a shorter session is no coaching session."""

_STARTS_TRIED = 5

Proposals = Iterator[tuple[str, Need]]
"""What to change, in words, and the need so changed; the smallest change first."""


@dataclass(frozen=True)
class _Situation:
    """A need that was screened; `blocked` are the coaches that fail the requirement in question alone."""

    index: CoachIndex
    need: Need
    rates: ReferenceRates
    today: date
    blocked: Bools
    texts: Texts

    def requiring(self, **requirements: Any) -> Need:
        """The need with those of its `requirements` changed."""
        changed = self.need.requirements.model_copy(update=requirements)
        return self.need.model_copy(update={"requirements": changed})


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
    most = max(blocked, key=lambda reason: int(blocked[reason].sum()))
    if not blocked[most].any():
        return None
    situation = _Situation(index, need, rates, today, blocked[most], texts)
    return CostliestWish(most, int(blocked[most].sum()), _first_that_frees(most, situation, eligibility))


def _first_that_frees(reason: ExclusionReason, situation: _Situation, eligibility: Eligibility) -> Relaxation | None:
    before = int(eligibility.eligible.sum())
    for change, need in _PROPOSALS[reason](situation):
        after = screen(situation.index, need, situation.rates, situation.today)
        frees = int(after.eligible.sum()) - before
        if frees > 0:
            told = situation.texts.gettext("%(change)s: %(number)s more", change=change, number=frees)
            return Relaxation(reason=reason, change=told, frees=frees)
    return None


def _another_language(situation: _Situation) -> Proposals:
    blocked = situation.index.facts.languages.take(np.flatnonzero(situation.blocked))
    spoken = blocked.by_code(len(vocabulary.LANGUAGES))
    code = vocabulary.LANGUAGES[int(spoken.argmax())]
    languages = (*situation.need.languages, code)
    language = Locale(situation.texts.language).languages[code]
    yield (
        situation.texts.gettext("coaching in %(language)s as well", language=language),
        situation.need.model_copy(update={"languages": languages}),
    )


def _another_modality(situation: _Situation) -> Proposals:
    need = situation.need
    texts = situation.texts
    words = {
        "video": texts.gettext("sessions by video as well"),
        "phone": texts.gettext("sessions by phone as well"),
        "in_person": texts.gettext("sessions in person in %(city)s as well", city=need.location),
    }
    offered = meets_by(situation.index, need.location)[situation.blocked].sum(axis=0)
    for place in np.argsort(-offered, kind="stable").tolist():
        modality = vocabulary.MODALITIES[place]
        if offered[place]:
            modalities = (*need.modalities, modality)
            yield words[modality], need.model_copy(update={"modalities": modalities})


def _higher_budget(situation: _Situation) -> Proposals:
    need = situation.need
    if need.budget is None:
        return
    price = pricing.lowest_price(
        situation.index, situation.blocked, need.sessions.minutes, need.budget.currency, situation.rates
    )
    if price is not None:
        more = ceil(price - Fraction(need.budget.per_session))
        budget = need.budget.model_copy(update={"per_session": need.budget.per_session + more})
        words = situation.texts.gettext(
            "%(amount)s %(currency)s more per session", amount=more, currency=budget.currency
        )
        yield words, need.model_copy(update={"budget": budget})


def _later_start(situation: _Situation) -> Proposals:
    start_by = situation.need.start_by or situation.today
    days = np.unique(accepting_from(situation.index, situation.today)[situation.blocked]).tolist()
    for ordinal in days[:_STARTS_TRIED]:
        day = date.fromordinal(ordinal)
        later = (day - start_by).days
        words = situation.texts.ngettext(
            "start %(number)s day later, on %(day)s",
            "start %(number)s days later, on %(day)s",
            later,
            day=day_in(day, situation.texts),
        )
        yield words, situation.need.model_copy(update={"start_by": day})


def day_in(day: date, texts: Texts) -> str:
    """A date as a sentence has it: in words, but for English ones."""
    # As ever in English, where programs may read it.
    return day.isoformat() if texts == IN_ENGLISH else format_date(day, "long", texts.language)


def _other_times(situation: _Situation) -> Proposals:
    need = situation.need
    overlaps = timetable.longest_overlap(situation.index, need, need.start_by or situation.today)
    longest = int(overlaps[situation.blocked].max()) // 60
    minutes = longest - longest % _SESSION_STEP
    if minutes >= _SHORTEST_SESSION:
        sessions = need.sessions.model_copy(update={"minutes": minutes})
        words = situation.texts.gettext(
            "sessions of %(fewer)s instead of %(minutes)s minutes", fewer=minutes, minutes=need.sessions.minutes
        )
        yield words, need.model_copy(update={"sessions": sessions})
    anytime = need.availability.model_copy(update={"weekly": ()})
    yield situation.texts.gettext("without the stated times"), need.model_copy(update={"availability": anytime})


def _lower_credential(situation: _Situation) -> Proposals:
    required = situation.need.requirements.min_credential_rank or 0
    for rank in reversed(range(required)):
        words = situation.texts.gettext(
            "a credential of rank %(rank)s instead of %(required)s", rank=rank, required=required
        )
        yield words, situation.requiring(min_credential_rank=rank)
    yield situation.texts.gettext("without a verified credential"), situation.requiring(min_credential_rank=None)


def _fewer_references(situation: _Situation) -> Proposals:
    required = situation.need.requirements.min_verified_references
    most = int(situation.index.verified_references[situation.blocked].max())
    texts = situation.texts
    words = texts.ngettext(
        "%(number)s verified reference instead of %(required)s",
        "%(number)s verified references instead of %(required)s",
        most,
        required=required,
    )
    words = words if most else texts.gettext("without verified references")
    yield words, situation.requiring(min_verified_references=most)


def _excluded_again(situation: _Situation) -> Proposals:
    count = int(situation.blocked.sum())
    words = situation.texts.ngettext(
        "%(number)s excluded coach allowed again", "%(number)s excluded coaches allowed again", count
    )
    yield words, situation.requiring(exclude_coaches=())


def _without_contract(situation: _Situation) -> Proposals:
    yield situation.texts.gettext("without a framework contract"), situation.requiring(framework_contract=None)


_PROPOSALS: Mapping[ExclusionReason, Callable[[_Situation], Proposals]] = {
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
