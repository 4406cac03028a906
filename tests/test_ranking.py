import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matcher.matching.ranking import best_first, tied

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
