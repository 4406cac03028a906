"""Why a coach is on a shortlist, and why another is not: read off the contributions, nothing else."""

from dataclasses import dataclass
from itertools import islice

from matcher.domain import Evidence, ExclusionReason
from matcher.matching.assessment import Assessment
from matcher.matching.explanation.counterfactuals import would_have_been_shown
from matcher.matching.explanation.labels import FACET_LABELS, most_lost
from matcher.matching.explanation.reasons import REASONS
from matcher.matching.explanation.reservations import NOTHING_AGAINST, RESERVATIONS
from matcher.matching.explanation.standing import Standing
from matcher.matching.facets.suited import SUITS, shares_of_coverage
from matcher.texts import IN_ENGLISH, Phrase, Texts

__all__ = ["FACET_LABELS", "Explained", "Standing", "explain", "why_not"]

MOST_REASONS = 3

EXCLUSIONS: dict[ExclusionReason, str] = {
    "language": Phrase("Speaks none of the languages asked for."),
    "modality": Phrase("Cannot meet in any of the ways asked for."),
    "budget": Phrase("Costs more per session than the budget allows, or in a currency without a reference rate."),
    "capacity": Phrase("Has no capacity for a further engagement."),
    "start": Phrase("Is not free by the day of the start."),
    "availability": Phrase("Has no time in common with the manager that is long enough for a session."),
    "credential": Phrase("Has no verified credential of the rank asked for that is valid on the day of the start."),
    "references": Phrase("Has fewer verified references than asked for."),
    "conflict": Phrase("May not work for this organisation."),
    "excluded": Phrase("Is among the coaches that the need excludes."),
    "contract": Phrase("Has no framework contract that is valid on the day of the start."),
}


@dataclass(frozen=True)
class Explained:
    """Why a coach is recommended, what speaks against it, and the passages that this rests on."""

    reasons: tuple[str, ...]
    reservation: str
    evidence: tuple[Evidence, ...]


def explain(coach: Standing) -> Explained:
    """Up to three reasons, of the facets on which most of the score rests, in that order; and one reservation.

    The evidence of the reasons comes first, then the passages of other facets that add to the score.
    """
    strongest = _strongest(coach)
    reasons = ((facet, reason) for facet in strongest if (reason := REASONS[facet](coach)) is not None)
    stated = dict(islice(reasons, MOST_REASONS))
    evidence = [entry for reason in stated.values() for entry in reason.evidence]
    evidence += [quote for facet in strongest if facet not in stated for quote in coach.quotes(facet)]
    return Explained(tuple(reason.sentence for reason in stated.values()), _reservation(coach), tuple(evidence))


def _strongest(coach: Standing) -> list[str]:
    """The facets that add to the score, those first on which most of it rests: what covers the goals counts with its
    share of what the coverage adds, so that whoever is said to cover them is quoted for it."""
    added, shares = coach.contributions, shares_of_coverage(coach.candidates, coach.place)
    by_coverage = sum(max(added[facet], 0.0) for facet in SUITS)
    return sorted(filter(coach.adds, added), key=lambda facet: -added[facet] - by_coverage * shares.get(facet, 0.0))


def _reservation(coach: Standing) -> str:
    """Of the facet that takes most away and has something to say against the coach."""
    added = coach.contributions
    sentences = (RESERVATIONS[facet](coach) for facet in sorted(added, key=lambda facet: added[facet]))
    return next((sentence for sentence in sentences if sentence is not None), coach.texts.said(NOTHING_AGAINST))


def why_not(assessment: Assessment, coach_id: str, shown: int, texts: Texts = IN_ENGLISH) -> tuple[str, ...]:
    """In plain sentences why that coach is, or is not, among the first `shown`; from the record alone.

    Raises ValueError for a coach who is not in the record.
    """
    excluded_by = assessment.excluded_by(coach_id)
    if excluded_by:
        return tuple(texts.said(EXCLUSIONS[reason]) for reason in excluded_by)
    rank = assessment.rank(coach_id) or 0
    standing = texts.gettext("Ranks %(rank)s of %(all)s eligible coaches.", rank=rank, all=len(assessment.order))
    if rank <= shown:
        on_it = texts.gettext("Is on the shortlist.")
        return (f"{standing} {on_it}",)
    compared = _comparison(assessment, rank, shown, texts)
    return (standing, compared, *would_have_been_shown(assessment, rank, shown, texts))


def _comparison(assessment: Assessment, rank: int, shown: int, texts: Texts) -> str:
    """Where the coach of that rank loses most against the last one shown."""
    behind = assessment.scores[shown - 1] - assessment.scores[rank - 1]
    difference = assessment.contributions[rank - 1] - assessment.contributions[shown - 1]
    lost = most_lost(assessment.scorer.names, difference, texts)
    if behind == 0 or not lost:
        return texts.gettext(
            "Scores as much as the last coach shown (rank %(rank)s), who costs less or comes first by id.", rank=shown
        )
    return texts.gettext(
        "Is %(behind)s behind the last coach shown (rank %(rank)s), mostly by %(lost)s.",
        behind=texts.digits(f"{behind:.3f}"),
        rank=shown,
        lost=lost,
    )
