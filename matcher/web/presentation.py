"""A sealed shortlist as it is shown: every text ready, so that the template only lays it out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from matcher.domain import Evidence, ExclusionReason, Need, Price, Shortlist, ShortlistedCoach
from matcher.domain.vocabulary import label
from matcher.matching.assessment import Assessment
from matcher.matching.explanation import FACET_LABELS
from matcher.store.shortlists import SealedShortlist
from matcher.web import need_facts, wording
from matcher.web.bars import Bar, Stretch, stretch_of, sum_bars
from matcher.web.need_facts import GoalShown

_TEXTS = ("headline", "bio", "approach", "references")
_CODES = ("focus_areas", "styles", "industries", "experience/levels_coached")
_NUMBERS = ("no", "one", "two", "three")

FELL_AWAY: Mapping[ExclusionReason, str] = {
    "language": "without any of the languages asked for",
    "modality": "unable to meet in the ways asked for",
    "budget": "above the budget",
    "capacity": "without room for a further engagement",
    "start": "not free by the start",
    "availability": "without enough time in common with the manager",
    "credential": "without the credential asked for",
    "references": "with fewer verified references than asked for",
    "conflict": "not free to work for this organisation",
    "excluded": "left out by the need itself",
}
"""What is said of those that fail each requirement, be it one coach or many."""


@dataclass(frozen=True)
class Quote:
    """Words of a profile and where they stand; `is_passage` tells a text from a mere fact."""

    words: str
    place: str
    is_passage: bool


@dataclass(frozen=True)
class Ground:
    """What one facet rests on."""

    facet: str
    quotes: tuple[Quote, ...]


@dataclass(frozen=True)
class CoachCard:
    """One coach of a shortlist."""

    coach: ShortlistedCoach
    bars: tuple[Bar, ...]
    price: str
    price_in_all: str
    grounds: tuple[Ground, ...]

    @property
    def score(self) -> str:
        """The score, rounded as the sum of the bars is."""
        return self.bars[-1].amount


@dataclass(frozen=True)
class ShortlistPage:
    """All that the page of a shortlist says."""

    answer: Shortlist
    title: str
    standing: str
    facts: tuple[tuple[str, str], ...]
    goals: tuple[GoalShown, ...]
    cards: tuple[CoachCard, ...]
    unmeasured: tuple[str, ...]
    stretch: Stretch
    fell_away: tuple[tuple[int, str], ...]
    rate_date: str
    created: str


def present(answer: Shortlist, sealed: SealedShortlist) -> ShortlistPage:
    """The page of a shortlist, from the seal alone."""
    candidates = len(Assessment.from_bytes(sealed.assessment).ids)
    unknown = _unmeasured(answer.coaches)
    stretch = stretch_of(answer.coaches)
    return ShortlistPage(
        answer=answer,
        title=title(answer.need),
        standing=_standing(answer, candidates),
        facts=need_facts.facts(answer.need, answer.created_at.date()),
        goals=need_facts.goals(answer.need, sealed.facts),
        cards=tuple(_card(coach, answer.need, stretch, unknown) for coach in answer.coaches),
        unmeasured=tuple(FACET_LABELS.get(facet, facet) for facet in unknown),
        stretch=stretch,
        fell_away=tuple(
            sorted(
                ((count, FELL_AWAY[reason]) for reason, count in answer.excluded_counts.items() if count), reverse=True
            )
        ),
        rate_date=wording.day(answer.reference_rate.date) if answer.reference_rate else "",
        created=wording.moment(answer.created_at),
    )


def title(need: Need) -> str:
    """What a shortlist is called: after the role, without the name of anybody."""
    return need.role[:1].upper() + need.role[1:] if need.role else "A manager"


def _standing(answer: Shortlist, candidates: int) -> str:
    if not candidates:
        return "There are no coaches in the directory yet."
    directory = wording.counted(candidates, "coach", "coaches")
    if not answer.eligible_count:
        return f"None of the {directory} in the directory meets every requirement."
    meets = "meets" if answer.eligible_count == 1 else "meet"
    shown = len(answer.coaches)
    found = f"{answer.eligible_count} of {directory} in the directory {meets} every requirement."
    if answer.eligible_count == shown:
        return found
    number = _NUMBERS[shown] if shown < len(_NUMBERS) else str(shown)
    return f"{found} These are the {number} that fit best."


def _unmeasured(coaches: Sequence[ShortlistedCoach]) -> tuple[str, ...]:
    """The facets of which nothing is known for any of the coaches: mostly what was not asked for."""
    measured = {entry.facet for coach in coaches for entry in coach.contributions if entry.value is not None}
    ranked = (entry.facet for coach in coaches[:1] for entry in coach.contributions)
    return tuple(facet for facet in ranked if facet not in measured)


def _card(coach: ShortlistedCoach, need: Need, stretch: Stretch, left_out: Sequence[str]) -> CoachCard:
    price, in_all = _prices(coach.price, need)
    return CoachCard(
        coach=coach,
        bars=sum_bars(coach.base, coach.contributions, stretch, left_out),
        price=price,
        price_in_all=in_all,
        grounds=tuple(_grounds(coach.evidence)),
    )


def _prices(price: Price | None, need: Need) -> tuple[str, str]:
    if price is None:
        return "Price not known", ""
    session = f"{wording.money(price.per_session, price.currency)} for {need.sessions.minutes} minutes"
    if price.in_budget_currency is not None and need.budget is not None:
        converted = Decimal(round(price.in_budget_currency))
        session += f" (about {wording.money(converted, need.budget.currency)})"
    if price.engagement is None:
        return session, ""
    sessions = wording.counted(need.sessions.count or 0, "session", "sessions")
    return session, f"{wording.money(price.engagement, price.currency)} for {sessions}"


def _grounds(evidence: Sequence[Evidence]) -> Iterator[Ground]:
    for facet, entries in groupby(evidence, lambda entry: entry.facet):
        yield Ground(FACET_LABELS.get(facet, facet), tuple(map(_quote, entries)))


def _quote(entry: Evidence) -> Quote:
    words = label(entry.quote) if entry.source in _CODES else entry.quote
    # A reference without a text is quoted by its rating.
    is_passage = entry.source.split("/")[0] in _TEXTS and not entry.quote.replace(".", "").isdigit()
    return Quote(words, wording.place(entry.source), is_passage)
