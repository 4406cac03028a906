import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matcher.errors import ConfigurationError
from matcher.matching.facets import FACETS, Measured
from matcher.matching.scoring import PRIOR, RANKER, FacetWeight, Scorer, load_scorer, scorer_from

Change = Callable[[dict[str, Any]], Any]


def a_ranker(**changes: Any) -> dict[str, Any]:
    facets = [{"facet": facet, "weight": 0.1, "neutral": 0.5} for facet in reversed(FACETS)]
    return {"format": 3, "name": "mine", "encoder": None, "judgements": None, "facets": facets} | changes


def written(folder: Path, content: object) -> str:
    file = folder / "mine.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(file)


@pytest.mark.parametrize("file", [RANKER, PRIOR])
def test_a_packaged_ranker_weighs_every_facet_and_spreads_its_scores_over_one(file: str) -> None:
    path = files("matcher.matching").joinpath(file)
    scorer = load_scorer(str(path), json.loads(path.read_text())["encoder"])
    assert scorer.names == tuple(FACETS)
    assert sum(weight.weight for weight in scorer.facets) == pytest.approx(1, abs=1e-3)


def test_unnamed_the_ranker_learned_with_the_encoder_is_used_and_with_any_other_the_prior() -> None:
    learned, prior = (json.loads(files("matcher.matching").joinpath(file).read_text()) for file in (RANKER, PRIOR))
    assert load_scorer("", learned["encoder"] or "any").name == learned["name"]
    assert prior["encoder"] is None
    assert load_scorer("", "any other").name == (prior if learned["encoder"] else learned)["name"]


def test_a_ranker_file_may_list_the_facets_in_any_order_and_name_its_encoder(tmp_path: Path) -> None:
    scorer = load_scorer(written(tmp_path, a_ranker(encoder="fake")), "fake")
    assert (scorer.name, scorer.names) == ("mine", tuple(FACETS))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda ranker: ranker["facets"].pop(), "mine must weigh each of the facets"),
        (lambda ranker: ranker["facets"].append(ranker["facets"][0]), "mine must weigh each of the facets"),
        (lambda ranker: ranker["facets"][0].update(facet="charm"), "it weighs charm"),
        (lambda ranker: ranker.update(encoder="other"), "mine was made for the encoder other, not for fake"),
        (lambda ranker: ranker.update(format=1), "mine.json cannot be read.*format"),
        (lambda ranker: ranker.update(extra=1), "mine.json cannot be read.*extra"),
        (lambda ranker: ranker["facets"][0].update(weight=-0.1), "mine.json cannot be read.*facets/0/weight"),
        (lambda ranker: ranker["facets"][0].update(weight=float("nan")), "mine.json cannot be read.*facets/0/weight"),
        (lambda ranker: ranker["facets"][0].update(weight=float("inf")), "mine.json cannot be read.*facets/0/weight"),
        (lambda ranker: ranker["facets"][1].update(neutral=1.5), "mine.json cannot be read.*facets/1/neutral"),
    ],
)
def test_a_ranker_that_does_not_fit_is_refused_with_its_name_and_fault(
    tmp_path: Path, change: Change, words: str
) -> None:
    ranker = a_ranker()
    change(ranker)
    with pytest.raises(ConfigurationError, match=f"MATCHER_RANKER.*{words}"):
        load_scorer(written(tmp_path, ranker), "fake")


def test_a_ranker_from_elsewhere_is_held_to_the_same_and_told_by_its_source(tmp_path: Path) -> None:
    assert scorer_from(a_ranker(), "fake", "Here") == load_scorer(written(tmp_path, a_ranker()), "fake")
    for unfit in (None, a_ranker(name=1), a_ranker(facets=[]), a_ranker(encoder="other")):
        with pytest.raises(ConfigurationError, match=r"^Here(:| cannot be read as a ranker file)"):
            scorer_from(unfit, "fake", "Here")


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "\ufeff{}"])
def test_a_broken_ranker_file_is_refused_with_its_name(tmp_path: Path, content: str) -> None:
    with pytest.raises(ConfigurationError, match=r"mine\.json cannot be read as a ranker file"):
        load_scorer(written(tmp_path, content), "fake")


def test_a_ranker_file_that_is_not_there_is_refused_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"absent\.json cannot be read"):
        load_scorer(str(tmp_path / "absent.json"), "fake")


def test_a_score_is_the_base_and_what_each_facet_adds_and_an_unknown_value_adds_exactly_nothing() -> None:
    scorer = Scorer(
        "mine", tuple(FacetWeight(facet=f, weight=w, neutral=n) for f, w, n in [("a", 0.5, 0.2), ("b", 2, 1)])
    )
    values = scorer.values({"b": Measured(np.array([1.0, 0.5, np.nan])), "a": Measured(np.array([0.6, 0.0, np.nan]))})
    added = scorer.contributions(values)
    np.testing.assert_allclose(added, [[0.2, 0], [-0.1, -1], [0, 0]])
    assert added[2].tolist() == [0, 0]
    np.testing.assert_allclose(scorer.scores(added), [2.3, 1.0, 2.1])
    assert scorer.base == scorer.scores(added)[2]
