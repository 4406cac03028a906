"""Codes as bits, beyond the first word of them too."""

import numpy as np

from matcher.matching.flags import Flags

VOCABULARY = [f"code {number}" for number in range(150)]


def test_the_codes_of_one_thing_are_those_that_it_has_among_all() -> None:
    rng = np.random.default_rng(5)
    chosen = [sorted(rng.choice(150, size, replace=False).tolist()) for size in (0, 1, 9, 70, 150)] + [
        [63, 64, 127, 128]
    ]
    flags = Flags.of([[VOCABULARY[place] for place in places] for places in chosen], VOCABULARY)
    assert [flags.places(row) for row in range(len(flags))] == chosen
    assert [np.flatnonzero(row).tolist() for row in flags.has(range(150))] == chosen
