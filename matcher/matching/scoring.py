"""The additive scorer: what each facet counts, read from a ranker file."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import accumulate
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from matcher.errors import ConfigurationError
from matcher.matching.facets import FACETS, Measured
from matcher.matching.index import Floats

RANKER, PRIOR = "ranker.json", "prior.json"
"""The packaged rankers: learned from graded pairs, and as research suggests."""


VALUE_DIGITS = 4
"""Decimals of a facet's value; more would say nothing, and records of shortlists four times as large."""


class MadeForAnotherEncoder(ConfigurationError):
    """A ranker whose weights were learned with other vectors."""


class FacetWeight(BaseModel):
    """What one facet counts; `neutral` is the value at which it neither adds nor takes away."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    facet: str
    weight: Annotated[float, Field(ge=0)]
    neutral: Annotated[float, Field(ge=0, le=1)]


class RankerFile(BaseModel):
    """The form of a ranker file. `encoder` null: the weights hold for any; `judgements` null: a prior.

    `clear_difference` is the difference of two scores from which on nine in ten careful readers see the
    two coaches in the same order, `good_score` the score of a need's best coach at which every second one is a
    good choice to them; null while nobody has measured them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    format: Literal[3]
    name: str
    encoder: str | None
    judgements: str | None
    clear_difference: Annotated[float, Field(gt=0)] | None = None
    good_score: float | None = None
    facets: tuple[FacetWeight, ...]


@dataclass(frozen=True)
class Scorer:
    """Scores by `base + sum of weight x (value - neutral)`; an unknown value adds nothing.

    So a coach of whom a fact is unknown is treated like an average one, neither rewarded nor punished.
    """

    name: str
    facets: tuple[FacetWeight, ...]
    clear_difference: float | None = None
    """See `RankerFile`."""
    good_score: float | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The facets, in the order of the columns of values and contributions."""
        return tuple(weight.facet for weight in self.facets)

    @cached_property
    def base(self) -> float:
        """The score of a coach who is neutral in, or unknown on, every facet."""
        return float(sum(weight.weight * weight.neutral for weight in self.facets))

    def to_document(self) -> dict[str, Any]:
        """The weights as JSON can hold them."""
        return {
            "name": self.name,
            "facets": [weight.model_dump() for weight in self.facets],
            "clear_difference": self.clear_difference,
            "good_score": self.good_score,
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> "Scorer":
        """The scorer that `to_document` wrote."""
        facets = tuple(FacetWeight(**weight) for weight in document["facets"])
        return cls(document["name"], facets, document.get("clear_difference"), document.get("good_score"))

    def values(self, measured: Mapping[str, Measured]) -> Floats:
        """The facets' values side by side, in the scorer's order, to VALUE_DIGITS; shape (candidates, facets)."""
        # Facet after facet in memory, which is the order in which they are weighed and added.
        values = np.stack([measured[weight.facet].values for weight in self.facets])
        return rounded(values, out=values).T

    def contributions(self, values: Floats) -> Floats:
        """What each facet adds to each score; both of shape (candidates, facets). 0 for an unknown value."""
        return np.stack([self.contribution(column, values[:, column]) for column in range(len(self.facets))]).T

    def contribution(self, column: int, values: Floats) -> Floats:
        """What the facet of that column adds; both of shape (candidates,)."""
        facet = self.facets[column]
        return np.where(np.isnan(values), 0.0, facet.weight * (values - facet.neutral))

    def scores(self, contributions: Floats) -> Floats:
        """The base plus the sum of the contributions, added one after another; shape (candidates,)."""
        return self.base + self.sums(contributions)[-1]

    def sums(self, contributions: Floats) -> list[Floats]:
        """The sums of the first none, one, two ... of all contributions, each of shape (candidates,)."""
        return [*accumulate(contributions.T, initial=np.zeros(len(contributions)))]


def rounded(values: Floats, out: Floats | None = None) -> Floats:
    """Values of facets as they are weighed; in the array `out`, if one is given.

    >>> rounded(np.array([0.123449, np.nan]))
    array([0.1234,    nan])
    """
    return np.round(values, VALUE_DIGITS, out=out)


def _first_problem(error: ValidationError) -> str:
    first = error.errors()[0]
    return f": {'/'.join(map(str, first['loc']))}: {first['msg']}"


def load_scorer(file: str, encoder: str) -> Scorer:
    """The scorer of that ranker file; for an empty name the packaged one if it was learned with that encoder,
    else the prior, whose weights hold for any.

    Raises ConfigurationError when the file is missing or broken, names other facets than this
    version has, or was made for another encoder.
    """
    if file:
        return _loaded(Path(file), encoder)
    learned, prior = (files("matcher.matching").joinpath(name) for name in (RANKER, PRIOR))
    with suppress(MadeForAnotherEncoder):
        return _loaded(learned, encoder)
    return _loaded(prior, encoder)


def _loaded(file: Traversable, encoder: str) -> Scorer:
    source = f"MATCHER_RANKER: {file}"
    try:
        document = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{source} cannot be read as a ranker file.") from error
    return scorer_from(document, encoder, source)


def scorer_from(document: object, encoder: str, source: str) -> Scorer:
    """The scorer that the document in a ranker file describes; messages begin with `source`, where it comes from.

    Raises ConfigurationError when it is of another form, names other facets than this version has, or was made for
    another encoder.
    """
    try:
        ranker = RankerFile.model_validate(document)
    except ValidationError as error:
        raise ConfigurationError(f"{source} cannot be read as a ranker file{_first_problem(error)}.") from error
    named = [weight.facet for weight in ranker.facets]
    if sorted(named) != sorted(FACETS):
        raise ConfigurationError(
            f"{source}: {ranker.name} must weigh each of the facets {', '.join(FACETS)} once; it weighs "
            f"{', '.join(named)}."
        )
    if ranker.encoder not in (None, encoder):
        raise MadeForAnotherEncoder(
            f"{source}: {ranker.name} was made for the encoder {ranker.encoder}, not for {encoder}."
        )
    facets = tuple(sorted(ranker.facets, key=lambda weight: list(FACETS).index(weight.facet)))
    return Scorer(ranker.name, facets, ranker.clear_difference, ranker.good_score)
