"""Where the time of a shortlist goes: the stages of the service, timed in this process with the real encoder."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import wraps
from time import perf_counter
from typing import ParamSpec, TypeVar
from unittest.mock import patch

from matcher.domain import DEFAULT_ORGANISATION, Need, Requester
from matcher.matching import recommender
from matcher.matching.assessment import Assessment
from matcher.matching.reading import Reader
from matcher.matching.recommender import Recommender
from matcher.service import Desk

P = ParamSpec("P")
R = TypeVar("R")

WHOLE = "in the process"
"""Everything but HTTP, authentication and validation."""

_REQUESTER = Requester(DEFAULT_ORGANISATION)
_RECOMMENDING = "recommending"
_SEALING = "sealing"
_TIMED = (
    (_RECOMMENDING, Recommender, "recommend"),
    ("reading", Reader, "read"),
    ("eligibility", recommender, "screen"),
    ("relaxations", recommender, "relaxations"),
    ("retrieval", recommender, "retrieve"),
    ("explanation", recommender, "explain"),
    ("explanation", recommender, "needs_by_coach"),
    ("explanation", recommender, "what_is_lacking"),
    ("explanation", recommender, "places_gained"),
    ("explanation", recommender, "would_change"),
    (_SEALING, Assessment, "to_bytes"),
)
_INSIDE = ("reading", "eligibility", "retrieval", "relaxations", "explanation")


def split_by_stage(
    desk: Desk, needs: Sequence[Need], limit: int, now: datetime, unmeasured: int = 0
) -> dict[str, list[float]]:
    """Seconds of each stage for each need, in the order in which a need passes through them, and WHOLE.

    The first `unmeasured` needs only warm up.
    """
    measured = [_stages_of(desk, need, limit, now) for need in needs][unmeasured:]
    return {stage: [seconds[stage] for seconds in measured] for stage in measured[0]}


def _stages_of(desk: Desk, need: Need, limit: int, now: datetime) -> dict[str, float]:
    with _stopwatches() as seconds:
        started = perf_counter()
        desk.draw_up(need, limit, _REQUESTER, now)
        whole = perf_counter() - started
    inside = {stage: seconds[stage] for stage in _INSIDE}
    recommending = seconds[_RECOMMENDING]
    return {
        "reading (encoding the need)": inside["reading"],
        "eligibility": inside["eligibility"],
        "retrieval": inside["retrieval"],
        "facets, scoring, ranking": recommending - sum(inside.values()),
        "relaxations, when few are eligible": inside["relaxations"],
        "explanation": inside["explanation"],
        "sealing (compressing the assessment)": seconds[_SEALING],
        "profiles, answer, storing": whole - recommending - seconds[_SEALING],
        WHOLE: whole,
    }


@contextmanager
def _stopwatches() -> Iterator[Mapping[str, float]]:
    """Seconds spent in each of _TIMED while the block runs."""
    seconds: defaultdict[str, float] = defaultdict(float)
    with ExitStack() as replaced:
        for name, owner, function in _TIMED:
            replaced.enter_context(patch.object(owner, function, _timed(name, getattr(owner, function), seconds)))
        yield seconds


def _timed(name: str, function: Callable[P, R], seconds: defaultdict[str, float]) -> Callable[P, R]:
    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        started = perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            seconds[name] += perf_counter() - started

    return run
