from collections.abc import Iterable
from typing import cast

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain import ROLES
from matcher.matching.facets import FACETS, Candidates, Measured
from matcher.matching.index import Floats
from matcher.matching.ranking import Ranking, bands, best_first, ranks_among, roles, tied
from matcher.matching.scoring import load_scorer

SCORER = load_scorer("", "any encoder")
A_CANDIDATE = cast(Candidates, None)
"""Who the candidates are does not matter here."""

SCORED = st.lists(
    st.tuples(st.sampled_from([0.1, 0.5, 0.5000000001]), st.sampled_from([90.0, 200.0, np.nan])), max_size=8
)


@given(SCORED)
def test_the_order_is_score_downwards_then_price_upwards_then_id_with_unknown_prices_last(
    candidates: list[tuple[float, float]],
) -> None:
    scores, prices = np.array(candidates).reshape(-1, 2).T
    by_hand = sorted(
        range(len(scores)), key=lambda place: (-scores[place], np.nan_to_num(prices[place], nan=1e9), place)
    )
    assert best_first(scores, prices).tolist() == by_hand
    assert tied(-np.sort(-scores)) == (len(set(scores)) < len(scores))


CHANGED = st.lists(
    st.tuples(
        st.sampled_from([0.2, 0.5, 0.8]), st.sampled_from([0.2, 0.5, 0.8]), st.sampled_from([90.0, 200.0, np.nan])
    ),
    max_size=8,
)


@given(CHANGED)
def test_a_rank_with_another_score_is_that_in_the_order_where_nobody_else_has_one(
    candidates: list[tuple[float, float, float]],
) -> None:
    own, others, prices = np.array(candidates).reshape(-1, 3).T
    ranks = ranks_among(own, others, prices).tolist()
    for place, rank in enumerate(ranks):
        changed = others.copy()
        changed[place] = own[place]
        assert best_first(changed, prices)[rank - 1] == place
    assert len(ranks) == len(candidates)


@given(st.sets(st.sampled_from([*FACETS])).filter(len), st.integers(0, 2**32 - 1))
def test_scores_with_other_values_are_those_of_candidates_who_were_measured_so(facets: set[str], seed: int) -> None:
    rng = np.random.default_rng(seed)

    def measured(names: Iterable[str]) -> dict[str, Measured]:
        return {name: Measured(np.where(rng.random(9) < 0.2, np.nan, rng.random(9))) for name in names}

    before, changed = measured(FACETS), measured(sorted(facets))
    ranked = [Ranking(A_CANDIDATE, values, SCORER, np.full(9, 90.0)) for values in (before, before | changed)]
    values = {name: found.values for name, found in changed.items()}
    np.testing.assert_array_equal(ranked[0].scores_with(values), ranked[1].scores)
    assert ranked[0].first_with(values) == ranked[1].first == ranked[1].order[0]
    some = np.flatnonzero(rng.random(9) < 0.5)
    of_some = {name: own[some] for name, own in values.items()}
    np.testing.assert_array_equal(ranked[0].scores_with(of_some, some), ranked[1].scores[some])


@given(st.sampled_from([*FACETS]), st.integers(0, 2**32 - 1))
def test_whoever_reaches_a_score_by_some_value_of_a_facet_is_among_those_who_could(facet: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    before = {name: Measured(np.where(rng.random(9) < 0.2, np.nan, rng.random(9))) for name in FACETS}
    ranking = Ranking(A_CANDIDATE, before, SCORER, np.full(9, 90.0))
    for value in (0.0, rng.random(), 1.0):
        reached = ranking.scores_with({facet: np.full(9, value)})
        for least in reached:
            could = ranking.could_score(least, facet)
            assert could[reached >= least].all()
            assert value < 1 or could.tolist() == (reached >= least - 1e-9).tolist(), "and nobody else is"


SCORES = st.lists(st.floats(0, 1), max_size=30).map(lambda scores: np.array(sorted(scores, reverse=True)))


@given(SCORES, st.floats(0.001, 0.5))
def test_bands_never_decrease_and_each_begins_where_a_clear_difference_lies(scores: Floats, clear: float) -> None:
    found = [band or 0 for band in bands(scores, clear)]
    assert found == sorted(found)
    assert set(found) == set(range(1, max(found, default=0) + 1))
    best = {band: scores[found.index(band)] for band in found}
    for score, band in zip(scores, found, strict=True):
        assert best[band] - score < clear
        assert band == 1 or best[band - 1] - score >= clear


@given(SCORES)
def test_without_a_clear_difference_no_coach_has_a_band(scores: Floats) -> None:
    assert bands(scores, None) == (None,) * len(scores)


PRICES = (90.0, 170.0, 180.0, 200.0)
SHOWN = st.lists(
    st.tuples(
        st.sampled_from([0.0, 0.5, 0.75]),
        st.sampled_from([0.0, 0.3, 0.5, 1.0, np.nan]),
        st.sampled_from([*PRICES, np.nan]),
    ),
    min_size=1,
    max_size=6,
)


@given(SHOWN, st.integers(1, 6))
def test_each_role_is_true_of_the_one_coach_who_has_it(shown: list[tuple[float, float, float]], close: int) -> None:
    band_of = tuple(1 if place < close else 2 for place in range(len(shown)))
    covered, alike, prices = np.array(shown).T
    alike[0] = 1
    found = roles(band_of, covered, alike, prices)
    first_band = range(min(close, len(shown)))
    for role in ROLES:
        holders = [place for place, own in enumerate(found) if role in own]
        assert len(holders) <= (1 if len(first_band) > 1 else 0)
        for holder in holders:
            others = [place for place in first_band if place != holder]
            assert holder in first_band
            if role == "best_cover":
                assert all(covered[holder] > covered[other] for other in others)
            elif role == "different_approach":
                assert alike[holder] < 0.5 and not any(alike[other] < alike[holder] for other in others)
            else:
                assert prices[holder] <= prices[0] * 0.9 and not any(prices[o] < prices[holder] for o in others)
        if len(first_band) > 1 and not holders:
            assert role != "different_approach" or not any(alike[place] < 0.5 for place in first_band)
            assert role != "best_value" or not any(prices[place] <= prices[0] * 0.9 for place in first_band)


def test_nobody_has_a_role_when_bands_are_not_known() -> None:
    assert roles((None, None), np.array([1.0, 0.0]), np.array([1.0, 0.0]), np.array([100.0, 50.0])) == ((), ())
