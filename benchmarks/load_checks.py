"""Whether the database holds what a load test was promised: each thing once, nothing that nobody asked for."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from matcher.service import verify_audit
from matcher.store import coaches, database
from matcher.store.tables import BatchLineRow, NeedRow, OutcomeRow, ShortlistBatchRow, ShortlistRow


@dataclass(frozen=True)
class Traffic:
    """What was asked for and what was accepted, as the portals noted it: by what it was, in the order of time."""

    lines: Mapping[str, list[dict[str, Any]]]

    @classmethod
    def read(cls, file: Path) -> "Traffic":
        """That of a file of JSON Lines."""
        lines: dict[str, list[dict[str, Any]]] = {}
        for line in file.read_text("utf-8").splitlines():
            told = json.loads(line)
            lines.setdefault(told.pop("what"), []).append(told)
        return cls(lines)

    def of(self, what: str) -> list[dict[str, Any]]:
        """All of one kind; none where nothing was noted."""
        return list(self.lines.get(what, ()))


def hours_of(engine: Engine, coach_ids: Iterable[str]) -> dict[str, float]:
    """The coaching hours of those profiles, of which each portal's change adds one."""
    with database.snapshots(engine).begin() as session:
        found = {coach_id: coaches.get(session, coach_id) for coach_id in coach_ids}
    return {coach_id: coach.experience.coaching_hours or 0 for coach_id, coach in found.items() if coach is not None}


def is_working(engine: Engine) -> bool:
    """Whether a batch has not come to its end yet."""
    with database.snapshots(engine).begin() as session:
        unfinished = select(ShortlistBatchRow.id).where(ShortlistBatchRow.finished_at.is_(None)).limit(1)
        return session.scalar(unfinished) is not None


def faults(engine: Engine, traffic: Traffic, hours_before: Mapping[str, float]) -> list[str]:
    """Everything that is not as it was promised, in words; empty when all holds."""
    with database.snapshots(engine).begin() as session:
        found = [
            *_left_open(traffic),
            *_wrong_shortlists(session, traffic),
            *_wrong_refinements(session, traffic),
            *_wrong_outcomes(session, traffic),
            *_wrong_batches(session, traffic),
        ]
    found += _wrong_profiles(traffic, hours_before, hours_of(engine, hours_before))
    verdict = verify_audit(engine)
    return found if verdict.holds else [*found, f"audit entry {verdict.broken_at} {verdict.why}"]


def _left_open(traffic: Traffic) -> Iterator[str]:
    """What was asked for and never answered; profiles may be refused, when somebody else was faster."""
    for what in ("shortlist", "refinement", "outcome", "batch"):
        asked, accepted = len(traffic.of(f"{what}.asked")), len(traffic.of(f"{what}.accepted"))
        if accepted < asked:
            yield f"{asked - accepted} of {asked} never answered: {what}"


def _wrong_shortlists(session: Session, traffic: Traffic) -> Iterator[str]:
    query = select(NeedRow.given_id, ShortlistRow.id).join(ShortlistRow, ShortlistRow.need_id == NeedRow.id)
    stored = [tuple(row) for row in session.execute(query.where(ShortlistRow.refines_id.is_(None)))]
    asked = {line["need"] for line in traffic.of("shortlist.asked")}
    asked |= {need for batch in traffic.of("batch.asked") for need in batch["needs"]}
    accepted = {(line["need"], line["shortlist"]) for line in traffic.of("shortlist.accepted")}
    yield from _differences("shortlist", [need for need, _ in stored], asked)
    yield from (f"accepted and not stored: shortlist {one}" for one in sorted(accepted - set(stored)))


def _wrong_refinements(session: Session, traffic: Traffic) -> Iterator[str]:
    query = select(ShortlistRow.refines_id, ShortlistRow.id).where(ShortlistRow.refines_id.is_not(None))
    stored = [tuple(row) for row in session.execute(query)]
    accepted = {(line["of"], line["shortlist"]) for line in traffic.of("refinement.accepted")}
    asked = {line["of"] for line in traffic.of("refinement.asked")}
    yield from _differences("refinement", [of for of, _ in stored], asked)
    yield from (f"accepted and not stored: refinement {one}" for one in sorted(accepted - set(stored)))


def _wrong_outcomes(session: Session, traffic: Traffic) -> Iterator[str]:
    query = select(OutcomeRow.shortlist_id, OutcomeRow.coach_id, OutcomeRow.event)
    stored = [tuple(row) for row in session.execute(query)]
    asked, accepted = (
        {(line["shortlist"], line["coach"], line["event"]) for line in traffic.of(what)}
        for what in ("outcome.asked", "outcome.accepted")
    )
    yield from _differences("outcome", stored, asked)
    yield from (f"accepted and not stored: outcome {one}" for one in sorted(accepted - set(stored)))


def _wrong_batches(session: Session, traffic: Traffic) -> Iterator[str]:
    query = select(BatchLineRow.given_id).where(BatchLineRow.shortlist_id.is_not(None))
    answered = list(session.scalars(query))
    asked, accepted = (
        {need for batch in traffic.of(what) for need in batch["needs"]} for what in ("batch.asked", "batch.accepted")
    )
    yield from _differences("line of a batch", answered, asked)
    yield from (f"accepted and not answered: {need} of a batch" for need in sorted(accepted - set(answered)))


def _wrong_profiles(traffic: Traffic, before: Mapping[str, float], after: Mapping[str, float]) -> Iterator[str]:
    asked, accepted = (
        Counter(line["coach"] for line in traffic.of(what)) for what in ("change.asked", "change.accepted")
    )
    for coach_id, hours in before.items():
        changes = round(after[coach_id] - hours)
        if not accepted[coach_id] <= changes <= asked[coach_id]:
            yield f"{coach_id} was changed {changes} times, {accepted[coach_id]} of {asked[coach_id]} were accepted"


def _differences(what: str, stored: Iterable[Any], asked: set[Any]) -> Iterator[str]:
    """What is stored more than once, or was never asked for."""
    for one, times in Counter(stored).items():
        if times > 1:
            yield f"stored {times} times: {what} {one}"
        if one not in asked:
            yield f"stored and never asked for: {what} {one}"
