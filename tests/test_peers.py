"""The comparison with other ways to search, on few vectors."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from benchmarks.peers import measure
from benchmarks.peers.data import Data, derived, recall
from benchmarks.peers.measure import Peer, answers, compare
from benchmarks.peers.postgresql import pgvector_search
from benchmarks.peers.searches import Search, numpy_search
from benchmarks.peers.tables import plot, table
from matcher.matching.embedding import Vectors


@pytest.fixture(scope="module")
def data() -> Data:
    rng = np.random.default_rng(7)
    passages, queries = (_of_length_one(rng.normal(size=(count, 24)).astype(np.float32)) for count in (40, 6))
    return derived(passages, queries, 1_000, rng)


def _of_length_one(vectors: Vectors) -> Vectors:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_derived_vectors_have_length_one_and_none_is_another(data: Data) -> None:
    assert np.linalg.norm(data.vectors, axis=1) == pytest.approx(1, abs=1e-5)
    likeness = data.vectors @ data.vectors.T
    np.fill_diagonal(likeness, 0)
    assert likeness.max() < 0.9999


def test_filters_agree_with_the_queries_are_opposed_to_them_or_neither(data: Data) -> None:
    likeness = data.vectors @ data.queries.mean(axis=0)
    mean = {name: likeness[passing].mean() for name, passing in data.passing.items()}
    assert mean["opposed"] < min(mean["few"], mean["several"]) <= max(mean["few"], mean["several"]) < mean["agreeing"]
    assert [data.passing[name].mean() for name in ("several", "agreeing", "opposed")] == pytest.approx(
        [0.17] * 3, abs=0.05
    )


def test_recall_is_the_share_of_the_right_rows_that_were_found() -> None:
    assert recall([1, 2, 9], np.array([1, 2, 3, 4])) == 0.5
    assert recall([], np.array([], np.int64)) == 1.0


@pytest.mark.parametrize("opened", [numpy_search, pgvector_search])
def test_exact_searches_find_all_that_pass_the_filter(opened: object, data: Data, tmp_path: Path) -> None:
    with opened(data, tmp_path) as searches:  # type: ignore[operator]
        exact = answers(searches[0], data)
        assert {name: (found.recall, found.rows) for name, found in exact.items()} == {
            name: (1.0, min(10, passing.sum())) for name, passing in data.passing.items()
        }
        others = [answers(search, data) for search in searches[1:]]
        assert all(0 < found.recall <= 1 for answered in others for found in answered.values())


@contextmanager
def _forgetful(data: Data, _folder: Path) -> Iterator[list[Search]]:
    yield [
        Search(
            "forgets all but the first",
            "in process",
            1.5,
            2,
            lambda query, passing, count: data.nearest(query, passing, 1).tolist(),
        )
    ]


@contextmanager
def _absent(_data: Data, _folder: Path) -> Iterator[list[Search]]:
    raise ModuleNotFoundError
    yield []


def test_the_table_says_what_is_lost_and_who_is_not_installed(
    data: Data, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measure, "PEERS", {"Forgetful": _forgetful, "Absent": _absent})
    peers: list[Peer] = list(compare(data))
    told = table({len(data): peers}, {10_000: "5.0 / 6.0"}, 0.1)
    assert "| 1,000 vectors |" in told
    assert ", 0.10, 1.0 rows |" in told
    assert "| Absent | not installed |" in told
    assert "10,000 coaches" in told and "**5.0 / 6.0**" in told
    plot(peers, len(data), tmp_path / "plot.svg")
    assert "forgets all but the first" in (tmp_path / "plot.svg").read_text("utf-8")
