"""What became of shortlisted coaches, as pairs of whom one proved the better choice.

Outcomes proper (a goal reached, an engagement finished, a talk rated, a refusal for lack of fit) say how good
a coach was. A pick says as much about where the coach stood; it is corrected for that (Joachims et al. 2017)
and only adds to outcomes, never stands for them.
"""

import hashlib
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from matcher.domain import Outcome
from matcher.domain.outcome import RATINGS, DeclineReason, Degree, Event
from matcher.matching.assessment import Assessment
from matcher.store.outcomes import ShortlistOutcomes
from training.learn_to_rank import GOOD, Floats, Preferences

DEGREES: Mapping[Degree, float] = {"fully": 3.0, "partly": 2.0, "not": 0.5}
"""How good a coach was by the goal, on the scale of the readers' grades; a goal missed has other causes too."""

FINISHED = 2.0
"""The grade of a coach with whom an engagement came to its end, its goal unknown: a good choice."""

RATED_STEP = 0.5
"""What each step of a talk's rating, 1 to 5, is worth: 0 to 2, since a talk promises and achieves nothing."""

UNFIT: frozenset[DeclineReason] = frozenset({"style", "expertise", "industry", "references"})
"""Refusals that say that the coach did not fit, grade 0. Price, times and chemistry are no part of any facet."""

STRONGEST_FIRST: tuple[Event, ...] = ("goal_reached", "finished", "declined")
"""Which outcome of a coach counts: the result before the way to it, the verdict before the talk it rests on.

A talk that both sides rated is as good as the mean of their ratings: either may see what the other does not."""

CHOSEN, TALKED_TO = 1.0, 0.5
"""What a pick counts, in grades; several may be talked to, one is chosen."""

PICKS: Mapping[Event, float] = {
    "goal_reached": CHOSEN,
    "finished": CHOSEN,
    "chosen": CHOSEN,
    **dict.fromkeys(RATINGS, TALKED_TO),
    "talk_held": TALKED_TO,
    "first_talk": TALKED_TO,
}
"""The pick that an event is, or could not have come without."""

ETA = 0.5
"""A coach of rank r is looked at with a propensity of (1 / r) ** ETA. Lists of web results have 1 or so; three
coaches side by side are read more evenly, and too high a value would take chance picks of low ranks for praise."""

LARGEST_CORRECTION = 3.0
"""Corrections are clipped here (reached at rank 9), so that a few picks from far below do not decide."""

PICKS_AT_MOST = 0.5
"""What all picks together count at most, as a share of what all outcomes count."""


@dataclass(frozen=True)
class Known:
    """What is known of one coach of a shortlist: a grade by the strongest outcome, and the strength of the pick.

    `set_aside` is a coach refused for what says nothing about fit: not picked, and not passed over either.
    """

    grade: float | None = None
    pick: float = 0.0
    set_aside: bool = False

    @property
    def disappointed(self) -> bool:
        """Whether the outcome was less than that of a good choice, which takes the pick back."""
        return self.grade is not None and self.grade < GOOD


NOTHING = Known()


@dataclass(frozen=True)
class Followed:
    """A shortlist with what is known of its coaches by place, 0 for the best of `eligible`.

    `values` holds the facets' values of the coaches down to the last of whom anything is known.
    """

    id: str
    known: Mapping[int, Known]
    values: Floats
    eligible: int


@dataclass(frozen=True)
class Pair:
    """Two places of one shortlist (which is numbered), the first of them the better choice, and what that counts."""

    shortlist: int
    better: int
    worse: int
    weight: float


@dataclass(frozen=True)
class Learnable:
    """The pairs of all shortlists, from outcomes and from picks, the latter corrected for their position."""

    followed: tuple[Followed, ...]
    outcomes: tuple[Pair, ...]
    picks: tuple[Pair, ...]

    @property
    def shortlists(self) -> int:
        """From how many shortlists the pairs from outcomes are."""
        return len({pair.shortlist for pair in self.outcomes})

    def preferences(self) -> Preferences:
        """All pairs with their values; there must be pairs from outcomes. Picks count no more than PICKS_AT_MOST."""
        total, of_picks = (sum(pair.weight for pair in pairs) for pairs in (self.outcomes, self.picks))
        share = min(1.0, PICKS_AT_MOST * total / of_picks) if of_picks else 1.0
        pairs = (*self.outcomes, *self.picks)
        weights = [*(pair.weight for pair in self.outcomes), *(share * pair.weight for pair in self.picks)]
        return Preferences(
            np.stack([self.followed[pair.shortlist].values[pair.better] for pair in pairs]),
            np.stack([self.followed[pair.shortlist].values[pair.worse] for pair in pairs]),
            np.array(weights),
        )


def digest(preferences: Preferences) -> str:
    """SHA-256 of pairs and weights, in hexadecimal; the same pairs in the same order have the same."""
    parts = (preferences.better, preferences.worse, preferences.weights.round(9))
    return hashlib.sha256(b"".join(part.astype("<f8").tobytes() for part in parts)).hexdigest()


def known_of(outcomes: Iterable[Outcome]) -> Known:
    """What the outcomes of one coach say; of a choice and a refusal the later one counts, which took the other back,
    and on one day the refusal."""
    by_event = {outcome.event: outcome for outcome in outcomes}
    if {"chosen", "declined"} <= by_event.keys():
        del by_event["declined" if by_event["chosen"].on > by_event["declined"].on else "chosen"]
    grades = [_grade(by_event[event]) for event in STRONGEST_FIRST if event in by_event]
    grades.append(_grade_of_talk([by_event[event] for event in RATINGS if event in by_event]))
    pick = max((PICKS.get(event, 0.0) for event in by_event), default=0.0)
    return Known(
        grade=next((grade for grade in grades if grade is not None), None),
        pick=pick,
        set_aside=pick == 0 and "declined" in by_event and by_event["declined"].reason not in UNFIT,
    )


def _grade(outcome: Outcome) -> float | None:
    """None for a refusal that says nothing about fit, also one without a reason."""
    if outcome.degree is not None:
        return DEGREES[outcome.degree]
    if outcome.event == "declined":
        return 0.0 if outcome.reason in UNFIT else None
    return FINISHED


def _grade_of_talk(ratings: Sequence[Outcome]) -> float | None:
    """None for a talk that nobody rated."""
    if not ratings:
        return None
    return RATED_STEP * (sum(outcome.rating or 1 for outcome in ratings) / len(ratings) - 1)


def follow(found: ShortlistOutcomes, facets: Sequence[str]) -> Followed | None:
    """A shortlist with what became of its coaches, its values in the order of `facets`.

    None when it was made with other facets.
    """
    assessment = Assessment.from_bytes(found.shortlist.assessment)
    names = assessment.scorer.names
    if sorted(names) != sorted(facets):
        return None
    by_coach: defaultdict[str, list[Outcome]] = defaultdict(list)
    for outcome in found.outcomes:
        by_coach[outcome.coach_id].append(outcome)
    known = {rank - 1: known_of(outcomes) for coach, outcomes in by_coach.items() if (rank := assessment.rank(coach))}
    columns = [names.index(facet) for facet in facets]
    values = assessment.values[: max(known, default=-1) + 1, columns]
    return Followed(found.shortlist.id, dict(sorted(known.items())), values, len(assessment.order))


def pairs_of(followed: Iterable[Followed]) -> Learnable:
    """All pairs, the shortlists by id."""
    by_id = tuple(sorted(followed, key=lambda one: one.id))
    outcomes = [pair for number, one in enumerate(by_id) for pair in _by_outcome(number, one)]
    return Learnable(by_id, tuple(outcomes), tuple(_by_pick(by_id)))


def _by_outcome(number: int, one: Followed) -> Iterator[Pair]:
    """A coach of whom an outcome is known counts as much beside many such as beside one."""
    grades = {place: known.grade for place, known in one.known.items() if known.grade is not None}
    for better, worse in permutations(grades, 2):
        if grades[better] > grades[worse]:
            yield Pair(number, better, worse, (grades[better] - grades[worse]) / (len(grades) - 1))


def _by_pick(followed: Sequence[Followed]) -> Iterator[Pair]:
    """Picks over coaches who were shown before: above in a list, to the left on the page.

    Whether one shown later was looked at is unknown. Chance picks too go now and then to a coach below, and then
    seem to speak against those above. So what counts is only by how much such picks of one rank over another
    outweigh those that went the other way, both corrected.
    """
    counted = _counted(followed)
    for number, one in enumerate(followed):
        for picked in one.known:
            over = _picked_over(one, picked, range(picked))
            for other, strength in over.items():
                excess = 1 - counted[other, picked] / counted[picked, other]
                if excess > 0:
                    yield Pair(number, picked, other, strength * correction(picked + 1) * excess / len(over))


def _counted(followed: Sequence[Followed]) -> Mapping[tuple[int, int], float]:
    """What the picks of one place over another count together, corrected; 0 where there are none.

    How many coaches were shown is not asked, since the answer tells of the manager: all that were eligible count
    as shown, down to the last place that was ever picked, which makes the less of picks from far below.
    """
    depth = max((place + 1 for one in followed for place, known in one.known.items() if known.pick), default=0)
    counted: defaultdict[tuple[int, int], float] = defaultdict(float)
    for one in followed:
        for picked in one.known:
            for other, strength in _picked_over(one, picked, range(min(depth, one.eligible))).items():
                counted[picked, other] += strength * correction(picked + 1)
    return counted


def correction(rank: int) -> float:
    """What a pick at that rank counts for one at the first: the inverse of the propensity, clipped.

    >>> correction(4), correction(100)
    (2.0, 3.0)
    """
    return min(math.pow(rank, ETA), LARGEST_CORRECTION)


def _picked_over(one: Followed, place: int, others: Iterable[int]) -> dict[int, float]:
    """Over whom of others that coach was picked, and how strongly.

    Not over one of whom an outcome is known too, since what became of both says more.
    """
    picked, over = one.known[place], {}
    for other in others:
        known = one.known.get(other, NOTHING)
        both_graded = picked.grade is not None and known.grade is not None
        if picked.pick > known.pick and not (picked.disappointed or known.set_aside or both_graded):
            over[other] = picked.pick - known.pick
    return over
