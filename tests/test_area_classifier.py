"""Reading focus areas with classifiers whose answers are known by construction, and refusing broken ones."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matcher.domain.vocabulary import FOCUS_AREAS
from matcher.errors import ConfigurationError
from matcher.matching.area_classifier import CARD, COEFFICIENTS, AreaClassifier, ClassifiedAreas, area_reading
from matcher.matching.areas import AreaReading, SentenceAreas
from matcher.matching.index import CoachIndex, Profile
from matcher.matching.passages import coach_passages
from matcher.matching.reading import Reader
from matcher.matching.recommender import Recommender
from matcher.matching.scoring import load_scorer
from tests.factories import FakeEncoder, a_coach, a_need
from training.judgements import JUDGED_ON, JUDGED_RATES

ENCODER = FakeEncoder(64)
AREAS = {"delegation": "bravo", "boundaries": "charlie"}
SENTENCES = (np.eye(len(FOCUS_AREAS), 64, dtype=np.float32),) * 2


def coefficients(steep: float = 8) -> np.ndarray:
    """A passage whose only word is that of an area is about it, any other about none."""
    rows = np.zeros((len(FOCUS_AREAS) + 1, ENCODER.dimension + 1))
    rows[:-1, -1] = -steep
    for area, word in AREAS.items():
        rows[FOCUS_AREAS.index(area), ENCODER.axis(word)] = 2 * steep
    return rows


def written(folder: Path, content: bytes | None = None, **changes: Any) -> Path:
    if content is None:
        np.savez(folder / COEFFICIENTS, need=coefficients(), profile=coefficients())
    else:
        (folder / COEFFICIENTS).write_bytes(content)
    digest = hashlib.sha256((folder / COEFFICIENTS).read_bytes()).hexdigest()
    card = {"format": 1, "name": "tiny", "encoder": "fake", "areas": FOCUS_AREAS, "coefficients_sha256": digest}
    (folder / CARD).write_text(json.dumps(card | changes))
    return folder


@pytest.fixture
def areas(tmp_path: Path) -> AreaReading:
    return area_reading("fake", SENTENCES, written(tmp_path))


def a_recommender(areas: AreaReading, *bios: str) -> Recommender:
    coaches = [a_coach(id=f"c{place}", bio=bio) for place, bio in enumerate(bios)]
    vectors = [ENCODER.encode([passage.text for passage in coach_passages(coach)]) for coach in coaches]
    profiles = [Profile(coach, own, areas.of_profile(own)) for coach, own in zip(coaches, vectors, strict=True)]
    index = CoachIndex.build(profiles, ENCODER.dimension)
    return Recommender(index, Reader(ENCODER, areas), load_scorer("", "fake"), JUDGED_RATES)


def test_probabilities_are_the_softmax_of_the_logits() -> None:
    rows = np.array([[0.5, 1.0, 0.25], [-1.0, 0.5, 0.0], [0.0, 0.0, 0.0]])
    vectors = np.array([[0.0, 0.5], [-1.0, 0.25]], np.float32)
    odds = np.exp([[0.75, 0.25, 0.0], [0.0, 1.125, 0.0]])
    found = AreaClassifier.rounded(rows).probabilities(vectors)
    np.testing.assert_allclose(found, (odds / odds.sum(axis=1, keepdims=True))[:, :2], rtol=1e-6)
    assert AreaClassifier.rounded(rows).probabilities(vectors[:0]).shape == (0, 2)


def test_equal_passages_have_equal_probabilities_to_the_last_bit_wherever_they_stand() -> None:
    rng = np.random.default_rng(3)
    classifier = AreaClassifier.rounded(rng.normal(scale=9, size=(43, 385)))
    vectors = rng.normal(scale=0.05, size=(5003, 384)).astype(np.float32)
    vectors[::7] = vectors[0]
    together = classifier.probabilities(vectors)
    assert (together[::7] == together[0]).all()
    for rows in (slice(1, 2), slice(4000, 4100)):
        np.testing.assert_array_equal(classifier.probabilities(vectors[rows]), together[rows])


def test_goals_are_the_areas_told_each_with_the_passage_it_was_read_from(areas: AreaReading) -> None:
    need = a_need(summary="Bravo bravo bravo bravo bravo bravo.\n\nBravo, bravo bravo bravo bravo.", outcome="Charlie.")
    goals = Reader(ENCODER, areas).read(need).goals
    assert [(goal.area, goal.stated, goal.passage and goal.passage.source) for goal in goals] == [
        ("delegation", False, "summary"),
        ("boundaries", False, "outcome"),
    ]
    assert [goal.weight for goal in goals] == pytest.approx([2 / 3, 1 / 3], abs=0.01)
    assert Reader(ENCODER, areas).read(a_need(summary="Echo foxtrot.")).goals != goals


def test_evidence_is_quoted_where_it_is_shown_and_unrelated_passages_are_not(areas: AreaReading) -> None:
    need = a_need(summary="", focus_areas=[{"area": "delegation"}])
    told, other = "Bravo bravo bravo bravo bravo bravo.", "Golf hotel india juliett kilo lima."
    found = a_recommender(areas, other, f"{other}\n\n{told}").recommend(need, 2, JUDGED_ON)
    values = {
        shown.coach_id: next(entry.value for entry in shown.contributions if entry.facet == "goals_evidenced")
        for shown in found.coaches
    }
    assert values["c1"] == pytest.approx(1, abs=0.03)
    assert values["c0"] == pytest.approx(0, abs=0.03)
    quotes = [(s.coach_id, e.quote) for s in found.coaches for e in s.evidence if e.facet == "goals_evidenced"]
    assert quotes == [("c1", told)]


def test_with_another_encoder_areas_are_read_by_the_sentences_about_them(tmp_path: Path) -> None:
    folder = written(tmp_path, encoder="another")
    assert isinstance(area_reading("fake", SENTENCES, folder), SentenceAreas)
    assert isinstance(area_reading("another", SENTENCES, folder), ClassifiedAreas)


def npz(**arrays: np.ndarray) -> bytes:
    from io import BytesIO  # noqa: PLC0415

    file = BytesIO()
    np.savez(file, **arrays)  # type: ignore[arg-type]
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "changes", "why"),
    [
        (None, {"format": 2}, "no model card"),
        (None, {"areas": FOCUS_AREAS[1:]}, "other focus areas"),
        (None, {"coefficients_sha256": "0"}, "not the file"),
        (b"no archive", {}, "does not hold the arrays"),
        (npz(need=coefficients()), {}, "does not hold the arrays"),
        (npz(need=coefficients(), profile=coefficients()[1:]), {}, "finite numbers of shape"),
        (npz(need=coefficients(), profile=coefficients() * np.nan), {}, "finite numbers of shape"),
        (npz(need=coefficients(), profile=np.array([None])), {}, "does not hold the arrays"),
    ],
)
def test_broken_files_are_refused_with_the_reason(
    tmp_path: Path, content: bytes | None, changes: dict[str, Any], why: str
) -> None:
    with pytest.raises(ConfigurationError, match=why):
        area_reading("fake", SENTENCES, written(tmp_path, content, **changes))


@pytest.mark.parametrize("missing", [CARD, COEFFICIENTS])
def test_a_missing_file_is_refused(tmp_path: Path, missing: str) -> None:
    (written(tmp_path) / missing).unlink()
    with pytest.raises(ConfigurationError, match="missing"):
        area_reading("fake", SENTENCES, tmp_path)
