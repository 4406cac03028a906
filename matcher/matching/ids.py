"""The ids of all coaches as every record of a shortlist holds them."""

import json
import zlib
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

_QUICKLY = 1
"""Ids get hardly smaller by more work, which for a million of them takes seconds."""


class Ids(tuple[str, ...]):
    """Ids that are the same in every record until coaches come or go."""

    @cached_property
    def written(self) -> NDArray[np.uint8]:
        """The ids as compressed JSON, worked out once."""
        return np.frombuffer(zlib.compress(json.dumps(self).encode(), _QUICKLY), np.uint8)
