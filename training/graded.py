"""Graded pairs of annotated profiles and needs: what the ranker learns from, apart from what measures it."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from matcher.domain import Need
from matcher.intake import coach_from, need_from
from matcher.matching.index import CoachIndex
from matcher.matching.reading import Reader
from matcher.matching.scoring import Scorer
from training.annotations import FILES
from training.judgements import READERS, Judgements
from training.learn_to_rank import Graded, graded_pairs, joined

GRADES = "graded/grades.json"


def documents(folder: Path) -> set[str]:
    """The ids of all graded profiles and needs of a folder; empty without graded pairs."""
    file = folder / GRADES
    if not file.exists():
        return set()
    readers = READERS.validate_json(file.read_bytes())
    pairs = [pair for reader in readers.values() for pair in reader.items()]
    return {need for need, _ in pairs} | {coach for _, grades in pairs for coach in grades}


def load(folder: Path) -> Judgements:
    """The graded pairs with their profiles and needs, which stand among the annotated ones."""
    graded = documents(folder)
    content = (folder / GRADES).read_bytes()
    coaches = [coach_from(line) for line in _graded_lines(folder / FILES["coaches"], "evidence", graded)]
    needs = [need_from(line) for line in _graded_lines(folder / FILES["needs"], "reads", graded)]
    return Judgements(
        coaches={coach.id: coach for coach in coaches},
        needs={str(need.id): need for need in needs},
        readers=READERS.validate_json(content),
        digest=hashlib.sha256(content).hexdigest(),
    )


def as_they_are(judgements: Judgements) -> list[Need]:
    """The needs that were graded, by id."""
    return [judgements.needs[need] for need in sorted(judgements.gains)]


def text_only(judgements: Judgements) -> list[Need]:
    """The same needs as if nobody had stated a goal."""
    return [need.model_copy(update={"focus_areas": ()}) for need in as_they_are(judgements)]


def measured(judgements: Judgements, index: CoachIndex, reader: Reader, scorer: Scorer) -> Graded:
    """The facet values and grades of every graded pair, with stated goals first, then again without; the second
    half of the needs are the first as if nobody had stated a goal."""
    readers = list(judgements.readers.values())
    views = (as_they_are(judgements), text_only(judgements))
    return joined([graded_pairs(needs, readers, index, reader, scorer=scorer) for needs in views])


def _graded_lines(file: Path, marks: str, graded: set[str]) -> Iterable[dict[str, object]]:
    lines = (json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip())
    return [{key: value for key, value in line.items() if key != marks} for line in lines if line["id"] in graded]
