"""How vectors are kept and compared: nearly as they are, and to the last bit in whatever company."""

from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from matcher.errors import ConfigurationError
from matcher.matching import vector_form as forms
from matcher.matching.areas import THEMES
from matcher.matching.index import CoachIndex, Profile
from matcher.matching.vector_form import AsEncoded, Directions, Products, vector_form
from tests.factories import FakeEncoder, a_coach
from tests.judged_world import packaged_encoder
from training import directions

RNG = np.random.default_rng(5)


def unit(count: int, dimension: int = 48, told_apart: int = 12) -> np.ndarray:
    """Unit vectors that lie nearly in a few directions."""
    vectors = RNG.normal(size=(count, told_apart)) @ RNG.normal(size=(told_apart, dimension))
    vectors += 0.01 * RNG.normal(size=vectors.shape)
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


VECTORS, QUERIES = unit(500), unit(7)
FORM = directions.most_telling(VECTORS, 12)


def alike(form: Directions | AsEncoded, vectors: np.ndarray, queries: np.ndarray) -> np.ndarray:
    products = form.products(form.kept(vectors), queries)
    found: np.ndarray = products.whole * products.unit
    return found


def test_likeness_in_few_directions_of_8_bits_is_nearly_that_of_the_vectors() -> None:
    vectors, queries = VECTORS[:50], VECTORS[50:60]
    np.testing.assert_allclose(alike(FORM, vectors, queries), queries @ vectors.T, atol=0.03)
    np.testing.assert_allclose(alike(AsEncoded(48), vectors, queries), queries @ vectors.T, atol=1e-6)
    assert FORM.kept(vectors).nbytes == vectors.nbytes / 16


@pytest.mark.parametrize("form", [FORM, AsEncoded(48)])
def test_likeness_depends_on_the_two_vectors_alone(form: Directions | AsEncoded) -> None:
    together = alike(form, VECTORS, QUERIES)
    for query in range(len(QUERIES)):
        np.testing.assert_array_equal(alike(form, VECTORS, QUERIES[query : query + 1])[0], together[query])
    for place in (0, 17, 499):
        np.testing.assert_array_equal(alike(form, VECTORS[place : place + 1], QUERIES)[:, 0], together[:, place])


def test_products_are_whole_numbers_that_no_processor_adds_up_wrongly() -> None:
    kept, queries = np.array([[255] * 12, [0] * 12], np.uint8), np.ones((1, 48), np.float32)
    form = Directions(np.full((48, 12), 0.125, np.float32))
    products = form.products(kept, queries)
    assert products.whole.tolist() == [[127 * forms.LARGEST * 12, -128 * forms.LARGEST * 12]]
    # Two products are added in 16 bits where there are no instructions for more.
    assert 255 * forms.LARGEST * 2 < 2**15


@pytest.mark.parametrize("form", [FORM, AsEncoded(48)])
def test_nothing_is_like_nothing(form: Directions | AsEncoded) -> None:
    assert form.products(form.nothing, QUERIES).whole.shape == (7, 0)
    assert form.products(form.kept(VECTORS), QUERIES[:0]).whole.shape == (0, 500)
    zeros = form.products(form.kept(VECTORS), np.zeros((1, 48), np.float32))
    assert not (zeros.whole * zeros.unit).any()


@pytest.mark.parametrize("form", [FORM, AsEncoded(48)])
def test_an_index_of_nobody_takes_coaches_in_either_form(form: Directions | AsEncoded) -> None:
    coach = a_coach(bio="I led a plant.")
    areas = np.zeros((1, THEMES), np.float32)
    index = CoachIndex.build([], form).updated({coach.id: Profile(coach, VECTORS[:1], areas)})
    assert (len(index), index.passages_of(0)[0].text) == (1, "I led a plant.")
    assert len(index.updated({coach.id: None})) == 0


def test_the_packaged_directions_are_of_the_packaged_encoder_and_others_keep_their_vectors() -> None:
    assert isinstance(vector_form(packaged_encoder()), Directions)
    assert vector_form(FakeEncoder(16)) == AsEncoded(16)


def test_files_are_made_and_read_as_they_are(tmp_path: Path) -> None:
    encoder = FakeEncoder(48)
    (tmp_path / forms.DIRECTIONS).write_bytes(forms.to_bytes(FORM, encoder.name))
    read = vector_form(encoder, tmp_path)
    assert (read.name, read.kept(VECTORS).tolist()) == (FORM.name, FORM.kept(VECTORS).tolist())
    assert files("matcher.matching").joinpath(forms.PRODUCTS).read_bytes() == directions.product()
    (tmp_path / forms.DIRECTIONS).write_bytes(b"broken")
    with pytest.raises(ConfigurationError, match=r"directions\.npz"):
        vector_form(encoder, tmp_path)


def test_whole_numbers_reach_a_likeness_where_their_exact_values_do() -> None:
    whole = np.array([[-500_000, -1, 0, 1, 84, 85, 86, 500_000]], np.int32)
    for unit in (1e-15, 0.01, 0.0099, 1e9):
        reached = Products(whole, np.array([[unit]])).reach(0.85)
        assert reached[0].tolist() == [number >= 0.85 / unit for number in whole[0].tolist()]
    assert Products(whole / 100, np.ones((1, 1))).reach(0.85)[0].tolist() == [False] * 5 + [True] * 3
