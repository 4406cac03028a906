"""The order of a shortlist."""

import numpy as np

from matcher.matching.index import Floats, Ints


def best_first(scores: Floats, prices: Floats) -> Ints:
    """Places of the candidates in the order of the contract: score downwards, price upwards, then id.

    Candidates are given in the order of their ids, so their place stands for the id. A price that
    is NaN (not convertible) comes after every other.

    >>> best_first(np.array([0.5, 0.7, 0.7, 0.7]), np.array([1.0, 300.0, 250.0, np.nan])).tolist()
    [2, 1, 3, 0]
    """
    order: Ints = np.lexsort((prices, -scores))
    return order


def tied(scores: Floats) -> bool:
    """Whether two candidates have the same score, so that prices decide between them."""
    return len(np.unique(scores)) < len(scores)
