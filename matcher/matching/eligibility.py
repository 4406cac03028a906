"""Who may coach at all: ten hard requirements and those that a need switches on, and for every coach left out each
one that failed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from matcher.domain import EXCLUSION_REASONS, FURTHER_REASONS, ExclusionReason, Need, ReferenceRates, vocabulary
from matcher.matching import pricing, timetable
from matcher.matching.entry_columns import name_hash
from matcher.matching.index import FROM_TODAY, Bools, CoachIndex, Ints, folded

_IN_PERSON = vocabulary.MODALITIES.index("in_person")


@dataclass(frozen=True)
class Eligibility:
    """Which requirement each coach of an index fails: shape (requirements, coaches), in the order of `reasons`.

    `reasons` are the ten of the contract, and after them those that the need switches on.
    """

    failed: Bools
    reasons: tuple[ExclusionReason, ...] = EXCLUSION_REASONS

    @cached_property
    def eligible(self) -> Bools:
        """Whether a coach fails none; shape (coaches,)."""
        eligible: Bools = ~np.logical_or.reduce(self.failed, axis=0)
        return eligible

    def counts(self) -> dict[ExclusionReason, int]:
        """How many coaches fail each requirement, all of them named; a coach may be in several counts."""
        return {reason: int(np.count_nonzero(failed)) for reason, failed in zip(self.reasons, self.failed, strict=True)}

    def reasons_of(self, row: int) -> tuple[ExclusionReason, ...]:
        """The requirements that the coach of that row fails; empty for an eligible one."""
        return tuple(reason for reason, failed in zip(self.reasons, self.failed[:, row], strict=True) if failed)

    def failing_only(self, reason: ExclusionReason) -> Bools:
        """Whether a coach fails that requirement and no other; shape (coaches,)."""
        alone: Bools = self.failed[self.reasons.index(reason)] & self._fails_one
        return alone

    @cached_property
    def _fails_one(self) -> Bools:
        number = np.add.reduce(self.failed.view(np.uint8), axis=0, dtype=np.uint8)
        found: Bools = number == 1
        return found


def screen(index: CoachIndex, need: Need, rates: ReferenceRates, today: date) -> Eligibility:
    """Every requirement of the need held against every coach.

    A requirement that the need does not state excludes nobody. Without `start_by` the need starts
    today, as does a coach without `accepting_from`.
    """
    start_by = need.start_by or today
    holds: Mapping[ExclusionReason, Bools] = {
        "language": _shares_language(index, need),
        "modality": _shares_modality(index, need),
        "budget": _is_within_budget(index, need, rates),
        "capacity": index.facts.capacity >= 1,
        "start": accepting_from(index, today) <= start_by.toordinal(),
        "availability": _has_time(index, need, start_by),
        "credential": _has_credential(index, need, start_by),
        "references": _has_references(index, need),
        "conflict": ~_has_conflict(index, need),
        "excluded": ~_is_excluded(index, need),
        "contract": _has_contract(index, start_by),
    }
    reasons = (*EXCLUSION_REASONS, *switched_on(need))
    return Eligibility(~np.stack([holds[reason] for reason in reasons]), reasons)


def switched_on(need: Need) -> tuple[ExclusionReason, ...]:
    """Which of the further requirements the need is held against."""
    asked: Mapping[ExclusionReason, bool | None] = {"contract": need.requirements.framework_contract}
    return tuple(reason for reason in FURTHER_REASONS if asked[reason])


def accepting_from(index: CoachIndex, today: date, rows: Ints | None = None) -> Ints:
    """The ordinal day from which each coach accepts managers, or each of those rows; shape (coaches,) or (rows,)."""
    said = index.facts.accepting_from if rows is None else index.facts.accepting_from[rows]
    days: Ints = np.where(said == FROM_TODAY, today.toordinal(), said)
    return days


def _everyone(index: CoachIndex) -> Bools:
    return np.ones(len(index), bool)


def _shares_language(index: CoachIndex, need: Need) -> Bools:
    if not need.languages:
        return _everyone(index)
    return index.facts.languages.any_of(map(vocabulary.LANGUAGES.index, need.languages))


def meets_by(index: CoachIndex, location: str) -> Bools:
    """By which modality a coach can meet a manager in that city; shape (coaches, vocabulary.MODALITIES).

    Nobody meets in person when the city is unknown (empty) or not among the coach's, letter for letter.
    """
    meets = index.facts.modalities.has(range(len(vocabulary.MODALITIES)))
    meets[:, _IN_PERSON] &= _is_there(index, location)
    return meets


def _is_there(index: CoachIndex, location: str) -> Bools:
    if not location:
        return ~_everyone(index)
    locations = index.columns.locations
    return locations.any_by_row(locations.entries.hash == name_hash(location))


def _shares_modality(index: CoachIndex, need: Need) -> Bools:
    if not need.modalities:
        return _everyone(index)
    wanted, known = set(map(vocabulary.MODALITIES.index, need.modalities)), index.facts.modalities
    shared = known.any_of(wanted - {_IN_PERSON})
    if _IN_PERSON in wanted:
        shared |= known.any_of([_IN_PERSON]) & _is_there(index, need.location)
    return shared


def _is_within_budget(index: CoachIndex, need: Need, rates: ReferenceRates) -> Bools:
    if need.budget is None:
        return _everyone(index)
    return pricing.within_budget(index, need.sessions.minutes, need.budget, rates)


def _has_time(index: CoachIndex, need: Need, start_by: date) -> Bools:
    if not need.availability.weekly:
        return _everyone(index)
    return timetable.overlaps_for(index, need, start_by, need.sessions.minutes * 60)


def _has_credential(index: CoachIndex, need: Need, start_by: date) -> Bools:
    rank = need.requirements.min_credential_rank
    if rank is None:
        return _everyone(index)
    held = index.columns.credentials.entries
    suffices = held.verified & (held.rank >= rank) & (held.valid_until >= start_by.toordinal())
    return index.columns.credentials.any_by_row(suffices)


def _has_references(index: CoachIndex, need: Need) -> Bools:
    return index.verified_references >= (need.requirements.min_verified_references or 0)


def _has_contract(index: CoachIndex, start_by: date) -> Bools:
    day = start_by.toordinal()
    valid: Bools = (index.facts.contract_from <= day) & (day <= index.facts.contract_until)
    return valid


def _has_conflict(index: CoachIndex, need: Need) -> Bools:
    organisation = folded(need.organisation)
    if not organisation:
        return ~_everyone(index)
    conflicts = index.columns.conflicts
    return conflicts.any_by_row(conflicts.entries.hash == name_hash(organisation))


def _is_excluded(index: CoachIndex, need: Need) -> Bools:
    excluded = ~_everyone(index)
    excluded[index.rows_of(need.requirements.exclude_coaches)] = True
    return excluded
