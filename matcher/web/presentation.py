"""A sealed shortlist as it is shown: every text ready, so that the template only lays it out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from matcher.domain import ROLES, Evidence, ExclusionReason, Need, Price, Role, Shortlist, ShortlistedCoach
from matcher.matching.assessment import Assessment
from matcher.matching.explanation import FACET_LABELS
from matcher.matching.ranking import bands
from matcher.service.sealing import language_of
from matcher.store.shortlists import SealedShortlist
from matcher.texts import Phrase
from matcher.web import how_many, need_facts, offer_shown, wording
from matcher.web.bars import Bar, Stretch, stretch_of, sum_bars
from matcher.web.choices import named
from matcher.web.goal_table import GoalRow, goal_rows
from matcher.web.language import gettext, ngettext, other_than_page, said
from matcher.web.need_facts import GoalShown
from matcher.web.offer_shown import Line
from matcher.web.text_read import ReadRow, read_rows

_TEXTS = ("headline", "bio", "approach", "references")

_CODES = ("focus_areas", "styles", "industries", "experience/levels_coached")

ROLE_MEANINGS: Mapping[Role, tuple[str, str]] = {
    "best_cover": (
        Phrase("Covers most"),
        Phrase("Shows evidence of more of the goals, by what they count, than the others that cannot be told apart."),
    ),
    "different_approach": (
        Phrase("Another approach"),
        Phrase("Shares less than half of the coaching styles with the first."),
    ),
    "best_value": (
        Phrase("Best value"),
        Phrase(
            "Costs at least %(share)s less a session than the first of those that cannot be told apart.",
            share=Phrase("%(number)s%%", number=10),
        ),
    ),
}
"""What each role is called, and what that means."""

FELL_AWAY: Mapping[ExclusionReason, str] = {
    "language": Phrase("without any of the languages asked for"),
    "modality": Phrase("unable to meet in the ways asked for"),
    "budget": Phrase("above the budget"),
    "capacity": Phrase("without room for a further engagement"),
    "start": Phrase("not free by the start"),
    "availability": Phrase("without enough time in common with the manager"),
    "credential": Phrase("without the credential asked for"),
    "references": Phrase("with fewer verified references than asked for"),
    "conflict": Phrase("not free to work for this organisation"),
    "excluded": Phrase("left out by the need itself"),
    "contract": Phrase("without a framework contract valid at the start"),
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
    offer: tuple[Line, ...]
    over_ceiling: str
    grounds: tuple[Ground, ...]
    roles: tuple[str, ...]
    lang: str
    """The language of the sentences, where the page is in another one; else empty."""

    @property
    def score(self) -> str:
        """The score, rounded as the sum of the bars is."""
        return self.bars[-1].amount


@dataclass(frozen=True)
class Band:
    """Neighbours in the order, with a note on them; empty where it is not known who can be told apart."""

    note: str
    cards: tuple[CoachCard, ...]


@dataclass(frozen=True)
class ShortlistPage:
    """All that the page of a shortlist says."""

    answer: Shortlist
    title: str
    standing: str
    facts: tuple[tuple[str, str], ...]
    goals: tuple[GoalShown, ...]
    read_note: str
    read_rows: tuple[ReadRow, ...]
    bands: tuple[Band, ...]
    roles: tuple[tuple[str, str], ...]
    with_moves: bool
    alike_not_shown: str
    clear_difference: str
    goal_rows: tuple[GoalRow, ...]
    unmeasured: tuple[str, ...]
    stretch: Stretch
    fell_away: tuple[tuple[int, str], ...]
    rate_source: str
    rate_date: str
    created: str
    lang: str
    """The language of the sentences, where the page is in another one; else empty."""

    @property
    def cards(self) -> tuple[CoachCard, ...]:
        """Those of all bands, in the order of the shortlist."""
        return tuple(card for band in self.bands for card in band.cards)


def present(answer: Shortlist, sealed: SealedShortlist) -> ShortlistPage:
    """The page of a shortlist, from the seal alone."""
    assessment = Assessment.from_bytes(sealed.assessment)
    unknown = _unmeasured(answer.coaches)
    lang = other_than_page(language_of(sealed))
    stretch = stretch_of(answer.coaches)
    return ShortlistPage(
        answer=answer,
        title=title(answer.need),
        standing=how_many.standing(answer, len(assessment.ids)),
        facts=need_facts.facts(answer.need, answer.created_at.date()),
        goals=need_facts.goals(answer.need, sealed.facts),
        read_note=(answer.reading and answer.reading.note) or "",
        read_rows=read_rows(answer),
        bands=tuple(_bands([_card(coach, answer.need, stretch, unknown, lang) for coach in answer.coaches])),
        roles=tuple(_meanings(answer)),
        with_moves=any(coach.would_change for coach in answer.coaches),
        alike_not_shown=_alike_not_shown(answer, assessment),
        clear_difference=_clear_difference(answer, assessment.scorer.clear_difference),
        goal_rows=goal_rows(answer),
        unmeasured=tuple(said(FACET_LABELS.get(facet, facet)) for facet in unknown),
        stretch=stretch,
        fell_away=tuple(
            sorted(
                ((count, said(FELL_AWAY[reason])) for reason, count in answer.excluded_counts.items() if count),
                reverse=True,
            )
        ),
        rate_source=wording.rate_source(answer.reference_rate.source) if answer.reference_rate else "",
        rate_date=wording.day(answer.reference_rate.date) if answer.reference_rate else "",
        created=wording.moment(answer.created_at),
        lang=lang,
    )


def title(need: Need) -> str:
    """What a shortlist is called: after the role, without the name of anybody."""
    return need.role[:1].upper() + need.role[1:] if need.role else gettext("A manager")


def _meanings(answer: Shortlist) -> Iterator[tuple[str, str]]:
    for role in ROLES:
        if any(role in coach.roles for coach in answer.coaches):
            name, meaning = ROLE_MEANINGS[role]
            yield said(name), said(meaning)


def _unmeasured(coaches: Sequence[ShortlistedCoach]) -> tuple[str, ...]:
    """The facets of which nothing is known for any of the coaches: mostly what was not asked for."""
    measured = {entry.facet for coach in coaches for entry in coach.contributions if entry.value is not None}
    ranked = (entry.facet for coach in coaches[:1] for entry in coach.contributions)
    return tuple(facet for facet in ranked if facet not in measured)


def _card(coach: ShortlistedCoach, need: Need, stretch: Stretch, left_out: Sequence[str], lang: str) -> CoachCard:
    price, in_all = _prices(coach.price, need)
    return CoachCard(
        coach=coach,
        bars=sum_bars(coach.base, coach.contributions, stretch, left_out),
        price=price,
        price_in_all=in_all,
        offer=offer_shown.lines(coach.offer) if coach.offer else (),
        over_ceiling=offer_shown.over_ceiling(coach.offer) if coach.offer else "",
        grounds=tuple(_grounds(coach.evidence)),
        roles=tuple(said(ROLE_MEANINGS[role][0]) for role in coach.roles),
        lang=lang,
    )


def _bands(cards: Sequence[CoachCard]) -> Iterator[Band]:
    for band, together in groupby(cards, lambda card: card.coach.band):
        own = tuple(together)
        yield Band(_band_note(band, len(own), others=len(cards) > len(own)) if band else "", own)


def _band_note(band: int, coaches: int, others: bool) -> str:
    alike = (
        gettext("These %(number)s cannot honestly be told apart.", number=how_many.few(coaches)) if coaches > 1 else ""
    )
    if band == 1:
        return alike or (gettext("Clearly ahead of the others.") if others else "")
    behind = gettext("Clearly behind the first.")
    return f"{behind} {alike}".strip()


def _alike_not_shown(answer: Shortlist, assessment: Assessment) -> str:
    """How many coaches cannot be told apart from the last one shown, and are not shown; empty for none."""
    best = answer.coaches[: answer.best_shown]
    last = best[-1].band if best else None
    if last is None:
        return ""
    alike = bands(assessment.scores, assessment.scorer.clear_difference).count(last)
    further = alike - sum(coach.band == last for coach in answer.coaches)
    told = ngettext("%(number)s more coach", "%(number)s more coaches", further, number=wording.decimal(further))
    return told if further else ""


def _clear_difference(answer: Shortlist, difference: float | None) -> str:
    """The least difference that is clear, where some coach has a band."""
    banded = any(coach.band for coach in answer.coaches)
    return wording.decimal(difference, 3) if banded and difference else ""


def _prices(price: Price | None, need: Need) -> tuple[str, str]:
    if price is None:
        return gettext("Price not known"), ""
    session = gettext(
        "%(price)s for %(minutes)s minutes",
        price=wording.money(price.per_session, price.currency),
        minutes=need.sessions.minutes,
    )
    if price.in_budget_currency is not None and need.budget is not None:
        converted = Decimal(round(price.in_budget_currency))
        about = gettext("about %(price)s", price=wording.money(converted, need.budget.currency))
        session += f" ({about})"
    if price.engagement is None:
        return session, ""
    whole = ngettext(
        "%(price)s for %(number)s session",
        "%(price)s for %(number)s sessions",
        need.sessions.count or 0,
        price=wording.money(price.engagement, price.currency),
    )
    return session, whole


def _grounds(evidence: Sequence[Evidence]) -> Iterator[Ground]:
    for facet, entries in groupby(evidence, lambda entry: entry.facet):
        yield Ground(said(FACET_LABELS.get(facet, facet)), tuple(map(_quote, entries)))


def _quote(entry: Evidence) -> Quote:
    words = named(entry.quote) if entry.source in _CODES else entry.quote
    # A reference without a text is quoted by its rating.
    is_passage = entry.source.split("/")[0] in _TEXTS and not entry.quote.replace(".", "").isdigit()
    return Quote(words, wording.place(entry.source), is_passage)
