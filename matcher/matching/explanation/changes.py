"""What a coach can change about a profile, and how far each change would move whom up.

Each change is made to the columns of all candidates at once and measured by the facet itself; but
each candidate is ranked as if nobody else had made it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from matcher.domain.vocabulary import credential_rank
from matcher.matching.columns import Entries, Ragged, ints, numbers, objects
from matcher.matching.eligibility import accepting_from
from matcher.matching.facets import FACETS, Candidates
from matcher.matching.facets.credibility import rated
from matcher.matching.facets.wishes import ROOMY_DAYS
from matcher.matching.index import UNLIMITED, Credentials, Floats, Ints, References
from matcher.matching.ranking import Ranking, ranks_among
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


def places_gained(ranking: Ranking, shown: int) -> Ints:
    """How many places each candidate would move up by each of CHANGES; shape (candidates, changes).

    0 also where the change cannot be made, where a smaller one of the same facet moves as far, and where
    one who is not among the first `shown` would not come there.
    """
    ranks = ranks_among(ranking.scores, ranking.scores, ranking.prices)
    furthest = {change.facet: np.zeros(len(ranks), np.int64) for change in CHANGES}
    gained = []
    for change in CHANGES:
        gain = ranks - _ranks_after(change, ranking)
        counts = (gain > furthest[change.facet]) & ((ranks <= shown) | (ranks - gain <= shown))
        gained.append(np.where(counts, gain, 0))
        furthest[change.facet] = np.maximum(furthest[change.facet], gain)
    return np.stack(gained, axis=1)


def _ranks_after(change: Change, ranking: Ranking) -> Ints:
    own = ranking.with_values(change.facet, change.own(ranking.candidates))
    others = ranking.with_values(change.facet, change.others(ranking.candidates)) if change.others else ranking
    return ranks_among(own.scores, others.scores, ranking.prices)


def _measured_with(candidates: Candidates, facet: str, **tables: Any) -> Floats:
    """The facet's values if those were the tables of the index."""
    return FACETS[facet](replace(candidates, index=replace(candidates.index, **tables))).values


def _verified(table: Ragged[Any]) -> Ragged[Any]:
    return replace(table, entries=replace(table.entries, verified=np.ones_like(table.entries.verified)))


def _one_more(table: Ragged[Entries], entry: Entries) -> Ragged[Entries]:
    """The table with the one entry added to each row, after its own."""
    rows = np.arange(len(table.counts))
    entries = type(entry).concatenate([table.entries, entry.take(np.zeros_like(rows))])
    return Ragged(table.counts + 1, entries.take(np.argsort(np.concatenate([table.owner, rows]), kind="stable")))


def _credentials_verified(candidates: Candidates) -> Floats:
    return _measured_with(candidates, "credentials", credentials=_verified(candidates.index.credentials))


def _credential_gained(candidates: Candidates) -> Floats:
    gained = Credentials(
        title=objects([f"{_BODY} {_LEVEL}"]),
        rank=ints([credential_rank(_BODY, _LEVEL)]),
        valid_until=ints([UNLIMITED]),
        verified=np.ones(1, bool),
    )
    return _measured_with(candidates, "credentials", credentials=_one_more(candidates.index.credentials, gained))


def _references_verified(candidates: Candidates) -> Floats:
    return _measured_with(candidates, "references", references=_verified(candidates.index.references))


def _reference_gained(candidates: Candidates) -> Floats:
    index, today = candidates.index, candidates.today.toordinal()
    gained = References(rating=numbers([BEST_RATING]), verified=np.ones(1, bool), date=ints([today]))
    changed = replace(index, references=_one_more(index.references, gained))
    return rated(replace(candidates, index=changed), _mean_with_one_more(candidates))


def _others_when_a_reference_is_gained(candidates: Candidates) -> Floats:
    return rated(candidates, _mean_with_one_more(candidates))


def _mean_with_one_more(candidates: Candidates) -> float:
    ratings = candidates.index.references.entries.rating
    return float((ratings.sum() + BEST_RATING) / (len(ratings) + 1))


def _free_earlier(candidates: Candidates) -> Floats:
    accepting, today = accepting_from(candidates.index, candidates.today), candidates.today.toordinal()
    facts = replace(candidates.index.facts, accepting_from=np.maximum(accepting - ROOMY_DAYS, today))
    return _measured_with(candidates, "start_and_times", facts=facts)


def _more_hours(candidates: Candidates) -> Floats:
    facts = replace(candidates.index.facts, coaching_hours=candidates.index.facts.coaching_hours + MORE_HOURS)
    return _measured_with(candidates, "coaching_hours", facts=facts)


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
