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
from matcher.matching import reading, recommender
from matcher.matching.area_classifier import VectorClassifier
from matcher.matching.assessment import Assessment
from matcher.matching.embedding import Encoder
from matcher.matching.reading import Reader
from matcher.matching.recommender import Recommender
from matcher.matching.word_classifier import WordClassifier
from matcher.service import Desk

P = ParamSpec("P")
R = TypeVar("R")

WHOLE = "in the process"
"""Everything but HTTP, authentication and validation."""

READING = "reading it, beyond encoding"
"""Which areas the need's text tells of, what it wishes, and how many of its words are known."""

PARTS_OF_READING = tuple(
    f"{READING}: {part}" for part in ("classifiers by words", "classifiers by meaning", "words known", "all else")
)
"""They add up to READING; the classifiers are those of areas, of wishes, and of needs as a whole."""

_REQUESTER = Requester(DEFAULT_ORGANISATION)
_RECOMMENDING = "recommending"
_SEALING = "sealing"
_TIMED = (
    (_RECOMMENDING, Recommender, "recommend"),
    ("reading", Reader, "read"),
    ("by words", WordClassifier, "probabilities"),
    ("by words", WordClassifier, "probabilities_together"),
    ("by meaning", VectorClassifier, "probabilities"),
    ("words known", reading, "is_understood"),
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
_ENCODING = "encoding"
_INSIDE = ("reading", "eligibility", "retrieval", "relaxations", "explanation")


def split_by_stage(
    desk: Desk, encoder: Encoder, needs: Sequence[Need], limit: int, now: datetime, *, unmeasured: int
) -> dict[str, list[float]]:
    """Seconds of each stage for each need, in the order in which a need passes through them, the PARTS_OF_READING, and
    WHOLE. `encoder` is the one that the desk reads with.

    The first `unmeasured` needs only warm up: one at least, since with the first more is encoded than the need.
    """
    measured = [_stages_of(desk, encoder, need, limit, now) for need in needs][unmeasured:]
    return {stage: [seconds[stage] for seconds in measured] for stage in measured[0]}


def _stages_of(desk: Desk, encoder: Encoder, need: Need, limit: int, now: datetime) -> dict[str, float]:
    with _stopwatches(encoder) as seconds:
        started = perf_counter()
        desk.draw_up(need, limit, _REQUESTER, now)
        whole = perf_counter() - started
    inside = {stage: seconds[stage] for stage in _INSIDE}
    recommending = seconds[_RECOMMENDING]
    return {
        "encoding the need": seconds[_ENCODING],
        **_reading_beyond_encoding(seconds),
        "eligibility": inside["eligibility"],
        "retrieval": inside["retrieval"],
        "facets, scoring, ranking": recommending - sum(inside.values()),
        "relaxations, when few are eligible": inside["relaxations"],
        "explanation": inside["explanation"],
        "sealing": seconds[_SEALING],
        "profiles, answer, storing": whole - recommending - seconds[_SEALING],
        WHOLE: whole,
    }


def _reading_beyond_encoding(seconds: Mapping[str, float]) -> dict[str, float]:
    beyond = seconds["reading"] - seconds[_ENCODING]
    parts = [seconds[part] for part in ("by words", "by meaning", "words known")]
    return {READING: beyond, **dict(zip(PARTS_OF_READING, [*parts, beyond - sum(parts)], strict=True))}


@contextmanager
def _stopwatches(encoder: Encoder) -> Iterator[Mapping[str, float]]:
    """Seconds spent in each of _TIMED, and in encoding, while the block runs."""
    seconds: defaultdict[str, float] = defaultdict(float)
    with ExitStack() as replaced:
        for name, owner, function in (*_TIMED, (_ENCODING, type(encoder), "encode")):
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
