"""Whether the best coach is a good match at all, and what is missing when nobody is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from matcher.domain import GridGoal
from matcher.matching.areas import WHOLE
from matcher.matching.explanation.labels import in_words, losses
from matcher.matching.explanation.phrasing import listed
from matcher.matching.facets import FACETS
from matcher.matching.facets.suited import SUITS, UNKNOWN_SUITS
from matcher.matching.ranking import Ranking
from matcher.texts import IN_ENGLISH, Texts

MOST_NAMED = 3
"""How many things are named as missing; a longer list tells nobody what to look for."""

LEAST_SHARE = 1 / MOST_NAMED
"""The share of what is missing that a thing must make up to be named: as many as are named at most then make up for
all of it, while with as many smaller ones the best coach would still be no good match."""


@dataclass(frozen=True)
class _Missing:
    """A goal, or a facet, and how much of the score is missing for want of it."""

    code: str
    amount: float
    is_goal: bool


def is_good_match(ranking: Ranking) -> bool | None:
    """Whether the best score is one at which every second coach is a good choice.

    None when that score is not known, or there is no candidate.
    """
    good = ranking.scorer.good_score
    return None if good is None or not len(ranking.order) else bool(ranking.scores[ranking.order[0]] >= good)


def what_is_lacking(ranking: Ranking, grid: tuple[GridGoal, ...], texts: Texts = IN_ENGLISH) -> str | None:
    """What the coaches shown lack: goals without evidence and facets that take from the score of the best, of both
    those that make up at least LEAST_SHARE of what is missing, and of these the MOST_NAMED largest.

    None unless the best is no good match.
    """
    good = ranking.scorer.good_score
    if good is None or is_good_match(ranking) is not False:
        return None
    short = good - float(ranking.scores[ranking.order[0]])
    unmet = _unmet(ranking, grid)
    named = _named(unmet, _lost(ranking, _said_by_goals(ranking) if unmet else frozenset()), short)
    goals = tuple(one.code for one in named if one.is_goal)
    lost = [(one.code, -one.amount) for one in named if not one.is_goal]
    missing = texts.digits(f"{short:.3f}")
    sentences = []
    if goals:
        named_goals = listed(goals, texts)
        sentences.append(texts.gettext("No coach shown gives evidence of help with %(goals)s.", goals=named_goals))
    if lost:
        sentences.append(
            texts.gettext(
                "The best coach is %(short)s short of a good choice and loses most by %(lost)s.",
                short=missing,
                lost=in_words(lost, texts),
            )
        )
    return " ".join(sentences) or texts.gettext(
        "No one thing is missing, but a little of everything: the best coach is %(short)s short of a good choice.",
        short=missing,
    )


def _unmet(ranking: Ranking, grid: tuple[GridGoal, ...]) -> list[_Missing]:
    """The goals of which no coach shown gives evidence, with what one passage that is wholly about it would add."""
    return [
        _Missing(goal.area, _worth(ranking, place), is_goal=True)
        for place, goal in enumerate(grid)
        if not any(cell.level in ("strong", "some") for cell in goal.cells)
    ]


def _worth(ranking: Ranking, goal: int) -> float:
    """What the score of the best coach would gain by a passage that is wholly about that one of the goals."""
    first = ranking.order[:1]
    best = ranking.candidates.some(first)
    more = replace(best, goals_shown=best.goals_shown.with_more(goal, 1 / WHOLE))
    values = {facet: more.of(FACETS[facet]).values for facet in ("goals_evidenced", *SUITS)}
    return float((ranking.scores_with(values, first) - ranking.scores[first])[0])


def _said_by_goals(ranking: Ranking) -> frozenset[str]:
    """The facets that take from the best coach's score for want of evidence alone, which unmet goals stand for."""
    candidates, best = ranking.candidates, ranking.order[0]
    suited = {facet for facet, suits in SUITS.items() if candidates.of(suits)[best] >= UNKNOWN_SUITS}
    return frozenset({"goals_evidenced"} | suited)


def _lost(ranking: Ranking, passed_over: frozenset[str]) -> list[_Missing]:
    """The facets that take from the score of the best coach, but those."""
    lost = losses(ranking.scorer.names, ranking.contributions[ranking.order[0]])
    return [_Missing(facet, -amount, is_goal=False) for facet, amount in lost if facet not in passed_over]


def _named(unmet: Sequence[_Missing], lost: Sequence[_Missing], short: float) -> list[_Missing]:
    """What is large beside all that is missing, the largest first."""
    # Where the score is short by a hair, every loss is large beside that; it must be so beside the others too.
    least = LEAST_SHARE * max(short, sum(one.amount for one in lost))
    return sorted((one for one in (*unmet, *lost) if one.amount >= least), key=lambda one: -one.amount)[:MOST_NAMED]
