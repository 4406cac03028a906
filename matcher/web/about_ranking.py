"""What a list rests on, in words: read off the ranker in use, so that it stays true when another one is used."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from matcher.domain import ExclusionReason
from matcher.matching.evaluation import Evaluation, Figure, View
from matcher.matching.explanation import FACET_LABELS
from matcher.matching.scoring import Scorer
from matcher.service import RankingFacts
from matcher.texts import Phrase
from matcher.web import wording
from matcher.web.language import gettext, said

FACTS: Mapping[str, str] = {
    "goals_claimed": Phrase("How many of the goals the coach names among the own focus areas. It is a claim."),
    "goals_evidenced": Phrase("How plainly the texts of the profile and of former clients show work on the goals."),
    "told_evidenced": Phrase("How plainly they show work on what the situation tells of besides."),
    "nothing_against": Phrase("That no passage of the profile speaks against help with a goal."),
    "background": Phrase("Whether the coach has the background that the text wishes for."),
    "level": Phrase(
        "How far both cover the goals, above all those stated as mattering most, by a coach of managers of that level; "
        "less of it for one of a level beside it, and little for one of others."
    ),
    "leadership": Phrase("For how long the coach has led people."),
    "references": Phrase("How well former clients rate the coach; checked references count more."),
    "credentials": Phrase("The highest credential that is valid at the start; a checked one counts more."),
    "coaching_hours": Phrase("How many hours the coach has coached."),
    "start_and_times": Phrase("How early the coach is free, and how much time the two have in common."),
    "style_wanted": Phrase("How many of the styles wished for the coach works in."),
    "style_to_avoid": Phrase(
        "How far both cover the goals, above all those stated as mattering most, by a coach who works in none of the "
        "styles to avoid."
    ),
    "industry": Phrase("Whether the coach knows the industry, or a related one."),
}
"""What each fact of a score means."""

REQUIREMENTS: Mapping[ExclusionReason, str] = {
    "language": Phrase("The coach speaks one of the languages asked for."),
    "modality": Phrase("The coach meets in one of the ways asked for, and in the city for sessions in person."),
    "budget": Phrase("A session costs no more than the budget."),
    "capacity": Phrase("The coach has room for a further engagement."),
    "start": Phrase("The coach is free by the start."),
    "availability": Phrase("The two have time for a session in common in a week."),
    "credential": Phrase("The coach holds the credential asked for, valid at the start."),
    "references": Phrase("The coach has as many checked references as asked for."),
    "conflict": Phrase("The coach may work for the organisation."),
    "excluded": Phrase("The need itself does not leave the coach out."),
    "contract": Phrase("The coach’s supplier has a framework contract that is valid at the start."),
}
"""What a coach must meet to be on a list at all, where the need asks for it."""

_ORIGINS = {
    "file": Phrase("The weights come from a file that this service was set up with"),
    "promoted": Phrase("The weights were compared with those before them and put in use by a person"),
    "learned": Phrase(
        "The weights start from research on what predicts the success of coaching, and were moved by pairs of "
        "coaches whom two readers graded differently"
    ),
    "research": Phrase("The weights are those that research on what predicts the success of coaching suggests"),
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
    return AboutRanking(
        shares=shares(scorer),
        uncounted=tuple(_label(weight.facet) for weight in scorer.facets if not weight.weight),
        origin=_origin(facts),
        ranker=scorer.name,
        clear_difference=wording.decimal(scorer.clear_difference, 3) if scorer.clear_difference else "",
        own_encoder=facts.own_encoder,
        figures=tuple(_figures(evaluation)) if evaluation else (),
        measured=_measured(evaluation) if evaluation else "",
        compared=_compared(facts),
    )


def _origin(facts: RankingFacts) -> str:
    told = said(_ORIGINS[facts.origin])
    if facts.promoted_at is None:
        return f"{told}."
    return gettext("%(origin)s, on %(day)s.", origin=told, day=wording.day(facts.promoted_at.date()))


def shares(scorer: Scorer) -> tuple[Share, ...]:
    """What each fact that counts makes up of the highest score, the most first; the shares shown sum to 100 %.

    Each is rounded to a tenth of a per cent so that they do: the largest remainders are rounded up.
    """
    counting = sorted((weight for weight in scorer.facets if weight.weight), key=lambda weight: -weight.weight)
    found, start = [], 0
    for weight, tenths in zip(counting, _tenths([weight.weight for weight in counting]), strict=True):
        meaning = said(FACTS.get(weight.facet, ""))
        found.append(Share(_label(weight.facet), meaning, wording.percent(tenths / 1000, 1), start / 10, tenths / 10))
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
    label = said(FACET_LABELS.get(facet, facet))
    return label[:1].upper() + label[1:]


def _figures(evaluation: Evaluation) -> Iterator[str]:
    for view in evaluation.views:
        yield _hit(view, evaluation.shown)
        yield _order(view)


def _hit(view: View, shown: int) -> str:
    when = {
        "stated": gettext("When the goals are stated"),
        "read": gettext("When the goals are read from the text alone"),
    }[view.goals]
    return gettext(
        "%(when)s: of the places on a list of %(shown)s that good choices could take, they take %(mean)s "
        "(%(between)s). "
        "Coaches drawn by lot would take %(chance)s, a careful reader’s choices, judged by another, %(reader)s.",
        when=when,
        shown=wording.number(shown),
        between=_between(view.hit),
        **_shares(view.hit),
    )


def _order(view: View) -> str:
    return gettext(
        "The order of the first five is then worth %(mean)s of the best order possible (%(between)s); by lot "
        "%(chance)s, "
        "a careful reader %(reader)s.",
        between=_between(view.order),
        **_shares(view.order),
    )


def _shares(figure: Figure) -> dict[str, str]:
    return {name: wording.percent(getattr(figure, name)) for name in ("mean", "chance", "reader")}


def _between(figure: Figure) -> str:
    low, high = wording.percent(figure.low), wording.percent(figure.high)
    return gettext("very likely between %(low)s and %(high)s", low=low, high=high)


def _measured(evaluation: Evaluation) -> str:
    needs = max(view.needs for view in evaluation.views)
    return gettext(
        "Measured on %(day)s, on %(needs)s fictional needs and %(coaches)s fictional profiles that %(readers)s "
        "automated "
        "readers graded independently. The interval holds the true mean for such needs in 95 of 100 cases.",
        day=wording.day(evaluation.measured_on),
        needs=needs,
        coaches=evaluation.coaches,
        readers=wording.number(evaluation.readers),
    )


def _compared(facts: RankingFacts) -> str:
    found = facts.comparison
    if found is None:
        return ""
    low, high = found.interval
    return gettext(
        "When these weights were made, they were compared with those in use before on %(needs)s needs by %(measure)s, "
        "which runs from 0 to 1: %(after)s against %(before)s. The difference lies very likely between %(low)s and "
        "%(high)s.",
        needs=len(found.needs),
        measure=found.measure,
        after=wording.decimal(found.after, 2),
        before=wording.decimal(found.before, 2),
        low=wording.signed(low, 2),
        high=wording.signed(high, 2),
    ).replace("-", "−")
