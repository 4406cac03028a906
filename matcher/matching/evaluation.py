"""How good the packaged ranking is: the main figures of its evaluation, kept with it (`evaluation.json`).

`make evaluate` writes the file. Its figures are of one encoder, one reading of areas and one set of weights, and say
nothing of any other.
"""

import hashlib
import json
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict

from matcher.matching.scoring import Scorer

EVALUATION = "evaluation.json"


class Figure(BaseModel):
    """The service's mean over needs with the interval that holds it, and two means to set it against.

    `chance` is that of coaches in any order, `reader` that of one careful reader's order by another's grades.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    mean: float
    low: float
    high: float
    chance: float
    reader: float


class View(BaseModel):
    """What was measured on the judged needs, with their goals stated or by their text alone.

    `hit` is the share of the places of a list that a good coach could have, and had (`shown` places); `order` is how
    near the order of the first five comes to the best possible (nDCG@5). Both run from 0 to 1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    goals: Literal["stated", "read"]
    needs: int
    hit: Figure
    order: Figure


class Evaluation(BaseModel):
    """The figures, the day on which they were measured, and all that they hold for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1]
    measured_on: date
    encoder: str
    areas: str
    ranker: str
    weights_sha256: str
    judgements: str
    coaches: int
    readers: int
    shown: int
    views: tuple[View, ...]

    def holds_for(self, encoder: str, areas: str, scorer: Scorer) -> bool:
        """Whether a ranking with that encoder, reading of areas and scorer is the one that was measured."""
        own = (self.encoder, self.areas, self.ranker, self.weights_sha256)
        return own == (encoder, areas, scorer.name, weights_sha256(scorer))


def weights_sha256(scorer: Scorer) -> str:
    """The hash of what each facet counts, since two rankers may have one name."""
    weights = [weight.model_dump() for weight in scorer.facets]
    return hashlib.sha256(json.dumps(weights, sort_keys=True).encode()).hexdigest()


@cache
def packaged_evaluation() -> Evaluation:
    """The figures that come with the package."""
    return Evaluation.model_validate_json(files("matcher.matching").joinpath(EVALUATION).read_bytes())
