"""What a coach can change about a profile, and how far each change would move whom up.

Each change is measured of all candidates at once whom it could bring anywhere, by what their facets measure with; but
each candidate is ranked as if nobody else had made it.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from matcher.domain.vocabulary import credential_rank
from matcher.matching.columns import ints
from matcher.matching.eligibility import accepting_from
from matcher.matching.facets import FACETS, Candidates
from matcher.matching.facets.credibility import (
    ENOUGH_COACHING_HOURS,
    best_credential,
    credential_worth,
    mean_rating,
    ratings_of,
)
from matcher.matching.facets.measured import saturating
from matcher.matching.facets.wishes import ROOMY_DAYS, free_from
from matcher.matching.index import CoachIndex, Floats, Ints
from matcher.matching.ranking import Ranking, in_turn, ranks_among
from matcher.texts import Phrase

MORE_HOURS = 250
"""About a year's work of a coach with five or six sessions a week."""

BEST_RATING = 5.0

_BODY, _LEVEL = "ICF", "PCC"


@dataclass(frozen=True)
class Change:
    """One change of a profile, in words that begin a sentence, and the facet that it moves.

    `own` gives that facet's value of each candidate who makes the change, `others` that of each when
    one other candidate makes it; None for a facet that measures each coach without the others.
    """

    words: Phrase
    facet: str
    own: Callable[[Candidates], Floats]
    others: Callable[[Candidates], Floats] | None = None


@dataclass(frozen=True)
class _Others:
    """The scores of all candidates when one other candidate makes a change, also as `in_turn` has them."""

    scores: Floats
    standing: Floats

    def least(self, shown: int) -> float:
        """The lowest with which one would be among the first so many."""
        return float(-self.standing[shown - 1]) if shown <= len(self.standing) else -np.inf


def places_gained(ranking: Ranking, shown: int) -> Ints:
    """How many places each candidate, best first, would move up by each of CHANGES; shape (candidates, changes).

    0 also where the change cannot be made, where a smaller one of the same facet moves as far, and where
    one who is not among the first `shown` would not come there.
    """
    ranks = np.empty(len(ranking.order), np.int64)
    ranks[ranking.order] = np.arange(1, len(ranks) + 1)
    others = [_others(change, ranking) for change in CHANGES]
    could = ranks <= shown
    for change, them in zip(CHANGES, others, strict=True):
        could |= ranking.could_score(them.least(shown), change.facet)
    # Of many thousands these are a few, so that only they are measured and ranked anew.
    places = np.flatnonzero(could)
    few, now = ranking.candidates.some(places), ranks[places]
    furthest = {change.facet: np.zeros(len(places), np.int64) for change in CHANGES}
    gained = np.zeros((len(ranks), len(CHANGES)), np.int64)
    for number, (change, them) in enumerate(zip(CHANGES, others, strict=True)):
        own = ranking.scores_with({change.facet: change.own(few)}, places)
        at = np.flatnonzero((now <= shown) | (own >= them.least(shown)))
        after = now.copy()
        after[at] = ranks_among(own[at], them.scores, ranking.prices, places[at], them.standing)
        gain, before = np.where((now <= shown) | (after <= shown), now - after, 0), furthest[change.facet]
        gained[now - 1, number] = np.where(gain > before, gain, 0)
        furthest[change.facet] = np.maximum(before, gain)
    return gained


def _others(change: Change, ranking: Ranking) -> _Others:
    if not change.others:
        return _Others(ranking.scores, ranking.standing)
    scores = ranking.scores_with({change.facet: change.others(ranking.candidates)})
    return _Others(scores, in_turn(scores))


def _credentials_verified(candidates: Candidates) -> Floats:
    return best_credential(candidates, verified=True)


def _credential_gained(candidates: Candidates) -> Floats:
    gained = credential_worth(ints([credential_rank(_BODY, _LEVEL)]), np.ones(1, bool))
    return np.maximum(candidates.of(FACETS["credentials"]).values, gained)


def _references_verified(candidates: Candidates) -> Floats:
    return ratings_of(candidates, verified=True).on_scale(mean_rating(candidates.index))


def _reference_gained(candidates: Candidates) -> Floats:
    return candidates.of(ratings_of).with_one_more(BEST_RATING).on_scale(_mean_with_one_more(candidates.index))


def _others_when_a_reference_is_gained(candidates: Candidates) -> Floats:
    return candidates.of(ratings_of).on_scale(_mean_with_one_more(candidates.index))


def _mean_with_one_more(index: CoachIndex) -> float:
    return (index.sum_of_ratings + BEST_RATING) / (len(index.columns.references.entries.rating) + 1)


def _free_earlier(candidates: Candidates) -> Floats:
    accepting = accepting_from(candidates.index, candidates.today, candidates.rows)
    return free_from(candidates, np.maximum(accepting - ROOMY_DAYS, candidates.today.toordinal()))


def _more_hours(candidates: Candidates) -> Floats:
    hours = candidates.index.facts.coaching_hours[candidates.rows]
    return saturating(hours + MORE_HOURS, ENOUGH_COACHING_HOURS)


CHANGES: tuple[Change, ...] = (
    Change(Phrase("With every credential verified"), "credentials", _credentials_verified),
    Change(Phrase("With every reference verified"), "references", _references_verified),
    Change(
        Phrase("With one more verified reference, rated %(rating)s,", rating=f"{BEST_RATING:g}"),
        "references",
        _reference_gained,
        _others_when_a_reference_is_gained,
    ),
    Change(
        Phrase("If free %(days)s days earlier, or else at once,", days=ROOMY_DAYS), "start_and_times", _free_earlier
    ),
    Change(Phrase("With %(hours)s more hours of coaching", hours=MORE_HOURS), "coaching_hours", _more_hours),
    Change(Phrase("With a verified %(title)s", title=f"{_BODY} {_LEVEL}"), "credentials", _credential_gained),
)
"""What a coach can really change, the smallest first: what needs no more than a check, then what needs
one client, another date, a year of work, and training."""
