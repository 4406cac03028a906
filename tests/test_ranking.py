import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matcher.matching.index import Floats
from matcher.matching.ranking import bands, best_first, tied

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
    assert tied(scores) == (len(set(scores)) < len(scores))


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
