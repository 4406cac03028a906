"""Other weights than those in use, and how their ranking compares, need by need."""

from typing import Annotated, Any

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from matcher.domain.fields import Record, ShortText

Name = Annotated[ShortText, Field(min_length=1)]


class ComparedNeed(Record):
    """One judged need by the measure: with the ranker that was in use, and with the other one."""

    need: Name
    before: float
    after: float


class Comparison(Record):
    """How two rankers did on the same judged needs: each need, the means, and the mean difference's interval."""

    measure: Name = Field(description="With its cut-off, such as nDCG@5.")
    needs: tuple[ComparedNeed, ...] = Field(min_length=1)
    before: float
    after: float
    interval: tuple[float, ...] = Field(description="Lower and upper end, of the paired difference.")

    @field_validator("interval")
    @classmethod
    def _has_two_ends(cls, interval: tuple[float, ...]) -> tuple[float, ...]:
        if len(interval) != 2 or interval[0] > interval[1]:
            raise PydanticCustomError("interval", "must be a list of the lower and the upper end")
        return interval


class Candidate(Record):
    """The document of a ranker file, whatever its format, and how the ranker compares to the one in use."""

    ranker: dict[str, Any]
    comparison: Comparison
