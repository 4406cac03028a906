"""Profiles and needs with the grades that readers gave: what rankers are measured and trained on."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from statistics import fmean
from typing import Annotated

from pydantic import Field, TypeAdapter

from matcher.domain import Coach, Need, ReferenceRates
from matcher.intake import coach_from, need_from, read_json

JUDGED = Path(__file__).resolve().parents[1] / "fixtures" / "judged"
"""The set that comes with the source."""

JUDGED_ON = date(2026, 12, 1)
"""The day on which judged needs are asked: after the last reference, before the first start."""

JUDGED_RATES = ReferenceRates(
    source="rates fixed for the judged set",
    date=JUDGED_ON,
    per_euro={
        "EUR": Fraction(1),
        "GBP": Fraction("0.87"),
        "USD": Fraction("1.16"),
        "CHF": Fraction("0.93"),
        "PLN": Fraction("4.25"),
        "SEK": Fraction("10.9"),
        "CAD": Fraction("1.62"),
        "INR": Fraction(103),
        "SGD": Fraction("1.51"),
        "AUD": Fraction("1.77"),
    },
)
"""Who is eligible was settled with these, so they hold whatever today's are."""

_FILES = ("coaches.jsonl", "needs.jsonl", "grades.json")

Grades = Mapping[str, Mapping[str, Annotated[int, Field(ge=0, le=3)]]]
"""Need id -> coach id -> grade 0 to 3."""

READERS = TypeAdapter(Mapping[str, Grades])


@dataclass(frozen=True)
class Judgements:
    """Coaches and needs by id, and what each reader graded; `digest` is the SHA-256 of the files."""

    coaches: Mapping[str, Coach]
    needs: Mapping[str, Need]
    readers: Mapping[str, Grades]
    digest: str

    @cached_property
    def gains(self) -> Mapping[str, Mapping[str, float]]:
        """For every need the mean grade of each eligible coach over the readers, both by id."""
        first, *others = self.readers.values()
        return {
            need: {coach: fmean([grade, *(other[need][coach] for other in others)]) for coach, grade in grades.items()}
            for need, grades in first.items()
        }


def load(folder: Path = JUDGED) -> Judgements:
    """The judged set of a folder: `coaches.jsonl`, `needs.jsonl` and `grades.json` (reader -> need -> coach -> grade).

    Raises FileNotFoundError when one is absent, MatcherError for a profile or need that cannot be read
    or breaks the contract, and ValueError when a grade is not 0 to 3, readers did not grade the same
    pairs, or a pair is of an unknown coach or need.
    """
    content = {name: (folder / name).read_bytes() for name in _FILES}
    coaches = [coach_from(document) for document in _documents(content["coaches.jsonl"])]
    needs = [need_from(document) for document in _documents(content["needs.jsonl"])]
    judgements = Judgements(
        coaches={coach.id: coach for coach in coaches},
        needs={need.id: need for need in needs if need.id is not None},
        readers=READERS.validate_json(content["grades.json"]),
        digest=hashlib.sha256(b"".join(hashlib.sha256(content[name]).digest() for name in _FILES)).hexdigest(),
    )
    _check_pairs(judgements)
    return judgements


def _documents(lines: bytes) -> Iterator[object]:
    return (read_json(line) for line in lines.splitlines() if line.strip())


def _check_pairs(judgements: Judgements) -> None:
    pairs = [
        {(need, coach) for need, grades in reader.items() for coach in grades} for reader in judgements.readers.values()
    ]
    if not pairs or any(graded != pairs[0] for graded in pairs):
        raise ValueError("grades.json: every reader must grade the same pairs of need and coach")
    unknown = {need for need, _ in pairs[0]} - judgements.needs.keys()
    unknown |= {coach for _, coach in pairs[0]} - judgements.coaches.keys()
    if unknown:
        raise ValueError(
            f"grades.json: graded, but neither a coach nor a need of the set: {', '.join(sorted(unknown))}"
        )
