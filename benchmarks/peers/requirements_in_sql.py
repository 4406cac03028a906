"""The requirements of a need as conditions in SQL, on the table that `benchmarks.peers.eligibility` makes."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from matcher.domain import ExclusionReason, Need, ReferenceRates, vocabulary
from matcher.matching import pricing, timetable
from matcher.matching.entry_columns import name_hash
from matcher.matching.index import FROM_TODAY, CoachIndex, folded

Conditions = Mapping[ExclusionReason, tuple[str, Mapping[str, Any]]]
"""For each requirement that a need states what holds of a coach who meets it, and the values in it."""


def conditions_of(index: CoachIndex, need: Need, rates: ReferenceRates, today: date) -> Conditions:
    """What `matcher.matching.eligibility.screen` holds against coaches, in SQL; but for requirements that the need does
    not state, which everybody meets."""
    start_by, required = need.start_by or today, need.requirements
    day, organisation = start_by.toordinal(), folded(need.organisation)
    minutes, found = need.sessions.minutes, dict[ExclusionReason, tuple[str, Mapping[str, Any]]]()
    found["capacity"] = "capacity >= 1", {}
    accepting = f"CASE accepting_from WHEN {FROM_TODAY} THEN %(today)s ELSE accepting_from END <= %(day)s"
    found["start"] = accepting, {"today": today.toordinal(), "day": day}
    if need.languages:
        found["language"] = (
            "languages && %(languages)s::smallint[]",
            {"languages": _places(vocabulary.LANGUAGES, need.languages)},
        )
    if need.modalities:
        found["modality"] = _modality(need)
    if need.budget:
        fees = pricing.largest_fees(index, minutes, need.budget, rates).tolist()
        found["budget"] = "fee <= (%(fees)s::bigint[])[tariff + 1]", {"fees": fees}
    if need.availability.weekly:
        long_enough = timetable.window_overlaps(index, need, start_by) >= minutes * 60
        found["availability"] = "windows && %(windows)s::integer[]", {"windows": np.flatnonzero(long_enough).tolist()}
    if required.min_credential_rank is not None:
        held = f"credentials[{required.min_credential_rank + 1}] >= %(start_by)s"
        found["credential"] = held, {"start_by": day}
    if required.min_verified_references:
        found["references"] = '"references" >= %(references)s', {"references": required.min_verified_references}
    if organisation:
        found["conflict"] = (
            "%(organisation)s::bigint <> ALL (conflicts)",
            {"organisation": _signed(name_hash(organisation))},
        )
    if required.exclude_coaches:
        found["excluded"] = "id <> ALL (%(excluded)s::text[])", {"excluded": [*required.exclude_coaches]}
    if required.framework_contract:
        found["contract"] = "%(on)s BETWEEN contract_from AND contract_until", {"on": day}
    return found


def _modality(need: Need) -> tuple[str, Mapping[str, Any]]:
    elsewhere = [modality for modality in need.modalities if modality != "in_person"]
    online, there = ([*_places(vocabulary.MODALITIES, some)] for some in (elsewhere, ["in_person"]))
    by = "modalities && %(online)s::smallint[]"
    if "in_person" not in need.modalities or not need.location:
        return by, {"online": online}
    values = {"online": online, "there": there, "city": _signed(name_hash(need.location))}
    return f"{by} OR modalities && %(there)s::smallint[] AND %(city)s::bigint = ANY (cities)", values


def _places(codes: Sequence[str], asked: Sequence[str]) -> list[int]:
    return [codes.index(code) for code in asked]


def _signed(hashed: np.uint64) -> int:
    # PostgreSQL has no unsigned numbers.
    return int(hashed.astype(np.int64))
