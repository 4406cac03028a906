"""What is kept of a profile's passages, vectors and readings alike, so that nothing is made twice."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pytest
from sqlalchemy import Engine, func, select

from matcher.domain import Coach
from matcher.matching.areas import THEMES, Strengths
from matcher.matching.embedding import Encoder, Vectors
from matcher.matching.index import Profile
from matcher.matching.passages import coach_passages
from matcher.service.profiles import embed_missing, indexed, put_coaches
from matcher.store import coaches, database
from matcher.store.tables import EmbeddingRow
from tests.factories import CountingEncoder, FakeEncoder, a_coach

NOW = datetime(2027, 1, 4, 9, 30, tzinfo=UTC)
SHARED = "I help people to hand over their work."
COACHES = [
    a_coach(id="a", bio=SHARED, approach="Step by step."),
    a_coach(id="b", bio=SHARED),
    a_coach(id="silent"),
]
TEXTS = {SHARED, "Step by step."}


class CountingAreas:
    """Reads of each theme what stands in the vector, said twice, in its place, less a third; remembers which texts it
    read."""

    def __init__(self, name: str = "first", kept: bool = True, lasts: int = 1_000_000) -> None:
        self.name, self.kept = name, kept
        self.read: list[str] = []
        self._lasts = lasts

    def of_need(self, texts: Sequence[str], vectors: Vectors) -> Strengths:
        raise AssertionError("profiles are read, not needs")

    def of_profile(self, texts: Sequence[str], vectors: Vectors) -> Strengths:
        if len(self.read) + len(texts) > self._lasts:
            raise MemoryError
        self.read += texts
        strengths: Strengths = np.tile(vectors, 2)[:, :THEMES] - np.float32(1 / 3)
        return strengths


def profiles(engine: Engine, encoder: Encoder, areas: CountingAreas, coaches_: list[Coach]) -> list[Profile]:
    with database.snapshots(engine).begin() as session:
        return indexed(session, encoder, areas, coaches_)


def rows(engine: Engine) -> int:
    with database.snapshots(engine).begin() as session:
        return session.scalar(select(func.count()).select_from(EmbeddingRow)) or 0


def test_readings_are_kept_at_import_and_not_made_again(engine: Engine) -> None:
    areas = CountingAreas()
    put_coaches(engine, FakeEncoder(), COACHES, NOW, areas=areas)
    assert sorted(areas.read) == sorted(TEXTS)
    put_coaches(engine, FakeEncoder(), [a_coach(id="c", headline=SHARED, bio="On foot.")], NOW, areas=areas)
    assert areas.read[2:] == ["On foot."]
    encoder, later = CountingEncoder(), CountingAreas()
    profiles(engine, encoder, later, COACHES)
    assert (encoder.encoded, later.read) == ([], [])


def test_what_is_kept_is_what_was_read_to_the_last_bit_passage_by_passage(engine: Engine) -> None:
    put_coaches(engine, FakeEncoder(), COACHES, NOW, areas=CountingAreas())
    for profile, coach in zip(profiles(engine, FakeEncoder(), CountingAreas(), COACHES), COACHES, strict=True):
        texts = [passage.text for passage in coach_passages(coach)]
        vectors = FakeEncoder().encode(texts)
        assert profile.coach == coach
        assert profile.themes.shape == (len(texts), THEMES)
        np.testing.assert_array_equal(profile.themes, CountingAreas().of_profile(texts, vectors))


def test_readings_that_lack_are_made_by_the_command_for_vectors_without_encoding_anything(engine: Engine) -> None:
    put_coaches(engine, FakeEncoder(), COACHES, NOW)
    encoder, areas, seen = CountingEncoder(), CountingAreas(), list[int]()
    assert embed_missing(engine, encoder, seen.append, areas=areas) == 0
    assert (encoder.encoded, sorted(areas.read), seen) == ([], sorted(TEXTS), [3])
    embed_missing(engine, encoder, areas=areas)
    profiles(engine, encoder, areas, COACHES)
    assert (encoder.encoded, len(areas.read)) == ([], 2)


def test_vectors_and_readings_that_lack_are_made_together(engine: Engine) -> None:
    put_coaches(engine, FakeEncoder(), COACHES, NOW, areas=CountingAreas())
    encoder, areas = CountingEncoder("second"), CountingAreas()
    assert embed_missing(engine, encoder, areas=areas) == 2
    assert sorted(encoder.encoded) == sorted(areas.read) == sorted(TEXTS)
    assert rows(engine) == 8


def test_changed_classifiers_read_anew_and_the_readings_of_the_old_ones_stay(engine: Engine) -> None:
    put_coaches(engine, FakeEncoder(), COACHES, NOW, areas=CountingAreas())
    encoder, second, first = CountingEncoder(), CountingAreas("second"), CountingAreas()
    embed_missing(engine, encoder, areas=second)
    assert (encoder.encoded, sorted(second.read)) == ([], sorted(TEXTS))
    for areas in (first, second):
        areas.read.clear()
        profiles(engine, encoder, areas, COACHES)
        assert areas.read == []


def test_a_reading_that_lacks_in_the_store_is_made_for_the_index(engine: Engine) -> None:
    put_coaches(engine, FakeEncoder(), COACHES, NOW, areas=CountingAreas())
    with database.sessions(engine).begin() as session:
        coaches.put(session, [a_coach(id="c", bio="On foot.")], NOW)
    encoder, areas = CountingEncoder(), CountingAreas()
    found = profiles(engine, encoder, areas, [COACHES[0], a_coach(id="c", bio="On foot.")])
    assert (encoder.encoded, areas.read) == (["On foot."], ["On foot."])
    assert found[1].themes.shape == (1, THEMES)


def test_readings_that_take_no_time_are_not_kept(engine: Engine) -> None:
    quick = CountingAreas(kept=False)
    put_coaches(engine, FakeEncoder(), COACHES, NOW, areas=quick)
    embed_missing(engine, FakeEncoder(), areas=quick)
    assert (rows(engine), quick.read) == (2, [])
    profiles(engine, FakeEncoder(), quick, COACHES)
    assert sorted(quick.read) == sorted(TEXTS)


def test_a_profile_that_cannot_be_read_is_not_stored_and_neither_are_its_vectors(engine: Engine) -> None:
    with pytest.raises(MemoryError):
        put_coaches(engine, FakeEncoder(), COACHES, NOW, areas=CountingAreas(lasts=1))
    with database.snapshots(engine).begin() as session:
        assert coaches.count(session) == 0
    assert rows(engine) == 0
