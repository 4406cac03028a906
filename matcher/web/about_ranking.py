"""What a list rests on, in words: read off the ranker in use, so that it stays true when another one is used."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from matcher.domain import ExclusionReason
from matcher.matching.evaluation import Evaluation, Figure, View
from matcher.matching.explanation import FACET_LABELS
from matcher.matching.scoring import Scorer
from matcher.service import RankingFacts
from matcher.web import wording

FACTS: Mapping[str, str] = {
    "goals_claimed": "How many of the goals the coach names among the own focus areas. It is a claim.",
    "goals_evidenced": "How plainly the texts of the profile and of former clients show work on the goals.",
    "told_evidenced": "How plainly they show work on what the situation tells of besides.",
    "nothing_against": "That no passage of the profile speaks against help with a goal.",
    "closeness": "Whether the coach describes something close to the manager’s situation.",
    "background": "Whether the coach has the background that the text wishes for.",
    "level": "How far both cover the goals, by a coach who has coached managers of that level.",
    "leadership": "For how long the coach has led people.",
    "references": "How well former clients rate the coach; checked references count more.",
    "credentials": "The highest credential that is valid at the start; a checked one counts more.",
    "coaching_hours": "How many hours the coach has coached.",
    "start_and_times": "How early the coach is free, and how much time the two have in common.",
    "style_wanted": "How many of the styles wished for the coach works in.",
    "style_to_avoid": "How far both cover the goals, by a coach who works in none of the styles to avoid.",
    "industry": "Whether the coach knows the industry, or a related one.",
}
"""What each fact of a score means."""

REQUIREMENTS: Mapping[ExclusionReason, str] = {
    "language": "The coach speaks one of the languages asked for.",
    "modality": "The coach meets in one of the ways asked for, and in the city for sessions in person.",
    "budget": "A session costs no more than the budget.",
    "capacity": "The coach has room for a further engagement.",
    "start": "The coach is free by the start.",
    "availability": "The two have time for a session in common in a week.",
    "credential": "The coach holds the credential asked for, valid at the start.",
    "references": "The coach has as many checked references as asked for.",
    "conflict": "The coach may work for the organisation.",
    "excluded": "The need itself does not leave the coach out.",
    "contract": "The coach’s supplier has a framework contract that is valid at the start.",
}
"""What a coach must meet to be on a list at all, where the need asks for it."""

NEVER_USED = ("name", "gender", "age", "photo", "nationality")

_ORIGINS = {
    "file": "The weights come from a file that this service was set up with",
    "promoted": "The weights were compared with those before them and put in use by a person",
    "learned": "The weights start from research on what predicts the success of coaching, and were moved by pairs of "
    "coaches whom two readers graded differently",
    "research": "The weights are those that research on what predicts the success of coaching suggests",
}
_TENTHS = 1000


@dataclass(frozen=True)
class Share:
    """What one fact counts: its share of the highest score, with where its bar begins; both in hundredths."""

    label: str
    meaning: str
    percent: str
    start: float
    width: float


@dataclass(frozen=True)
class AboutRanking:
    """All that the page says."""

    shares: tuple[Share, ...]
    uncounted: tuple[str, ...]
    origin: str
    ranker: str
    clear_difference: str
    own_encoder: bool
    figures: tuple[str, ...]
    measured: str
    compared: str


def present(facts: RankingFacts) -> AboutRanking:
    """The page on the ranking in use."""
    scorer, evaluation = facts.scorer, facts.evaluation
    when = f", on {wording.day(facts.promoted_at.date())}" if facts.promoted_at else ""
    return AboutRanking(
        shares=shares(scorer),
        uncounted=tuple(_label(weight.facet) for weight in scorer.facets if not weight.weight),
        origin=f"{_ORIGINS[facts.origin]}{when}.",
        ranker=scorer.name,
        clear_difference=f"{scorer.clear_difference:.3f}" if scorer.clear_difference else "",
        own_encoder=facts.own_encoder,
        figures=tuple(_figures(evaluation)) if evaluation else (),
        measured=_measured(evaluation) if evaluation else "",
        compared=_compared(facts),
    )


def shares(scorer: Scorer) -> tuple[Share, ...]:
    """What each fact that counts makes up of the highest score, the most first; the shares shown sum to 100 %.

    Each is rounded to a tenth of a per cent so that they do: the largest remainders are rounded up.
    """
    counting = sorted((weight for weight in scorer.facets if weight.weight), key=lambda weight: -weight.weight)
    found, start = [], 0
    for weight, tenths in zip(counting, _tenths([weight.weight for weight in counting]), strict=True):
        meaning = FACTS.get(weight.facet, "")
        found.append(Share(_label(weight.facet), meaning, f"{tenths / 10:.1f} %", start / 10, tenths / 10))
        start += tenths
    return tuple(found)


def _tenths(weights: Sequence[float]) -> list[int]:
    exact = [weight / sum(weights) * _TENTHS for weight in weights]
    whole = [int(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda place: whole[place] - exact[place])
    for place in by_remainder[: _TENTHS - sum(whole)]:
        whole[place] += 1
    return whole


def _label(facet: str) -> str:
    label = FACET_LABELS.get(facet, facet)
    return label[:1].upper() + label[1:]


def _figures(evaluation: Evaluation) -> Iterator[str]:
    for view in evaluation.views:
        yield _hit(view, evaluation.shown)
        yield _order(view)


def _hit(view: View, shown: int) -> str:
    when = {
        "stated": "When the goals are stated",
        "read": "When the goals are read from the text alone",
    }[view.goals]
    return (
        f"{when}: of the places on a list of {wording.number(shown)} that good choices could take, they take "
        f"{_percent(view.hit.mean)} ({_between(view.hit)}). Coaches drawn by lot would take "
        f"{_percent(view.hit.chance)}, a careful reader’s choices, judged by another, {_percent(view.hit.reader)}."
    )


def _order(view: View) -> str:
    order = view.order
    return (
        f"The order of the first five is then worth {_percent(order.mean)} of the best order possible "
        f"({_between(order)}); by lot {_percent(order.chance)}, a careful reader {_percent(order.reader)}."
    )


def _between(figure: Figure) -> str:
    return f"very likely between {_percent(figure.low)} and {_percent(figure.high)}"


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"


def _measured(evaluation: Evaluation) -> str:
    needs = max(view.needs for view in evaluation.views)
    return (
        f"Measured on {wording.day(evaluation.measured_on)}, on {needs} fictional needs and {evaluation.coaches} "
        f"fictional profiles that {wording.number(evaluation.readers)} automated readers graded independently. The "
        "interval holds the true mean for such needs in 95 of 100 cases."
    )


def _compared(facts: RankingFacts) -> str:
    found = facts.comparison
    if found is None:
        return ""
    low, high = found.interval
    return (
        f"When these weights were made, they were compared with those in use before on {len(found.needs)} needs by "
        f"{found.measure}, which runs from 0 to 1: {found.after:.2f} against {found.before:.2f}. The difference lies "
        f"very likely between {low:+.2f} and {high:+.2f}."
    ).replace("-", "−")
