"""Whether the best coach is a good match at all, and what is missing when nobody is."""

from matcher.domain import GridGoal
from matcher.matching.explanation.labels import most_lost
from matcher.matching.explanation.reasons import listed
from matcher.matching.ranking import Ranking


def is_good_match(ranking: Ranking) -> bool | None:
    """Whether the best score is one at which every second coach is a good choice.

    None when that score is not known, or there is no candidate.
    """
    good = ranking.scorer.good_score
    return None if good is None or not len(ranking.order) else bool(ranking.scores[ranking.order[0]] >= good)


def what_is_lacking(ranking: Ranking, grid: tuple[GridGoal, ...]) -> str | None:
    """What the coaches shown lack: goals without evidence, and where the best of them loses most.

    None unless the best is no good match.
    """
    if is_good_match(ranking) is not False:
        return None
    best = ranking.order[0]
    unmet = tuple(goal.area for goal in grid if not any(cell.level in ("strong", "some") for cell in goal.cells))
    lost = most_lost(ranking.scorer.names, ranking.contributions[best])
    sentences = [f"No coach shown gives evidence of help with {listed(unmet)}."] if unmet else []
    sentences += [f"The best of them loses most by {lost}."] if lost else []
    return " ".join(sentences) or (
        f"No one thing is missing: the best coach scores {ranking.scores[best]:.3f}, and good choices begin at "
        f"{ranking.scorer.good_score:.3f}."
    )
