"""How every coach stood when a shortlist was drawn up: enough to check the answer and to say why not."""

import io
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.domain import EXCLUSION_REASONS, Contribution, ExclusionReason
from matcher.matching.ids import Ids
from matcher.matching.index import Bools, Floats, Ints
from matcher.matching.scoring import VALUE_DIGITS, Scorer, rounded


@dataclass(frozen=True)
class Assessment:
    """Which requirements each coach failed, each eligible one's values, and the scorer that weighed them.

    `failed` has shape (requirements, coaches) in the order of `reasons`; `order` gives the places of
    the eligible coaches among `ids`, best first, and the rows of `values`, shape (eligible, facets in
    the scorer's order), stand in that order, as do those of `gained`, shape (eligible, changes): how
    many places a coach would have moved up by each of `changes`, which are words that begin a sentence.
    """

    ids: Ids
    failed: Bools
    order: Ints
    values: Floats
    scorer: Scorer
    changes: tuple[str, ...]
    gained: Ints
    reasons: tuple[ExclusionReason, ...] = EXCLUSION_REASONS

    @cached_property
    def contributions(self) -> Floats:
        """What each facet adds to the score of each eligible coach, best first; shape (eligible, facets)."""
        return self.scorer.contributions(self.values)

    @cached_property
    def scores(self) -> Floats:
        """The score of each eligible coach, best first."""
        return self.scorer.scores(self.contributions)

    def first(self, number: int) -> "Assessment":
        """The same of the first `number` eligible coaches alone."""
        return replace(self, order=self.order[:number], values=self.values[:number], gained=self.gained[:number])

    def place(self, coach_id: str) -> int | None:
        """The place of a coach among all; None for one who was not there."""
        return self.ids.index(coach_id) if coach_id in self.ids else None

    def rank(self, coach_id: str) -> int | None:
        """1 for the best; None for a coach who was not there or not eligible."""
        found = np.flatnonzero(self.order == self.place(coach_id)) if coach_id in self.ids else np.empty(0)
        return int(found[0]) + 1 if len(found) else None

    def excluded_by(self, coach_id: str) -> tuple[ExclusionReason, ...]:
        """The requirements that a coach failed, in the order of the contract."""
        failed = self.failed[:, self.ids.index(coach_id)]
        return tuple(reason for reason, fails in zip(self.reasons, failed, strict=True) if fails)

    def contributions_at(self, rank: int) -> tuple[Contribution, ...]:
        """What each facet added to the score of the coach of that rank."""
        return tuple(
            # The loss by a facet that does not count would be written as -0.0.
            Contribution(facet=facet, value=None if np.isnan(value) else float(value), contribution=float(added) + 0.0)
            for facet, value, added in zip(
                self.scorer.names, self.values[rank - 1], self.contributions[rank - 1], strict=True
            )
        )

    def to_bytes(self) -> bytes:
        """The assessment as a NumPy archive without pickles; what would hardly get smaller is not compressed."""
        moved = np.flatnonzero(self.gained)
        file = io.BytesIO()
        np.savez(
            file,
            ids=self.ids.written,
            failed=np.packbits(self.failed, axis=1),
            order=self.order.astype(np.int32),
            units=_units(self.values),
            scorer=_written(self.scorer.to_document()),
            changes=_written(self.changes),
            moved=np.stack([*np.divmod(moved, len(self.changes)), self.gained.ravel()[moved]]).astype(np.int32).T,
            reasons=_written(self.reasons),
        )
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Assessment":
        """What `to_bytes` wrote, or an earlier version of it; without changes where that wrote none."""
        with np.load(io.BytesIO(_archive(data)), allow_pickle=False) as kept:
            ids = Ids(_read(kept["ids"]))
            changes = tuple(_read(kept["changes"])) if "changes" in kept else ()
            return cls(
                ids=ids,
                failed=np.unpackbits(kept["failed"], axis=1, count=len(ids)).astype(bool),
                order=kept["order"].astype(np.int64),
                values=_of_units(kept["units"]) if "units" in kept else kept["values"],
                scorer=Scorer.from_document(_read(kept["scorer"])),
                changes=changes,
                gained=_gained(kept, len(changes)),
                reasons=tuple(_read(kept["reasons"])) if "reasons" in kept else EXCLUSION_REASONS,
            )


_UNITS = 10**VALUE_DIGITS
_UNKNOWN = np.iinfo(np.uint16).max


def _units(values: Floats) -> NDArray[np.uint16]:
    """Values as whole units of their last decimal, row after row."""
    units = np.rint(values * _UNITS)
    units[np.isnan(units)] = _UNKNOWN
    return np.ascontiguousarray(units.astype(np.uint16))


def _of_units(units: NDArray[np.uint16]) -> Floats:
    return np.where(units == _UNKNOWN, np.nan, rounded(units / _UNITS))


def _gained(kept: Mapping[str, NDArray[Any]], changes: int) -> Ints:
    if "moved" not in kept:
        return kept["gained"].astype(np.int64) if "gained" in kept else np.empty((len(kept["order"]), 0), np.int64)
    gained = np.zeros((len(kept["order"]), changes), np.int64)
    candidates, of, places = kept["moved"].T
    gained[candidates, of] = places
    return gained


def _archive(data: bytes) -> bytes:
    # An earlier version compressed the archive as a whole.
    return data if data.startswith(b"PK") else zlib.decompress(data)


def _written(document: Any) -> NDArray[np.uint8]:
    return np.frombuffer(json.dumps(document).encode(), np.uint8)


def _read(written: NDArray[np.uint8]) -> Any:
    content = written.tobytes()
    return json.loads(content if content[:1] in b"[{" else zlib.decompress(content))
