"""Who stands elsewhere in a refined shortlist than in the one before, and why; read off the two records alone."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from matcher.domain import DROPPED_FOR, Coach, DroppedCoach, Moved, Need, Price
from matcher.domain.vocabulary import label
from matcher.matching.assessment import Assessment
from matcher.matching.explanation.admission import Terms, admitted, shut_out
from matcher.matching.explanation.labels import FACET_LABELS, enumerated, in_words
from matcher.texts import IN_ENGLISH, Texts

MOST_NAMED = 2
"""How many facets, goals or coaches one sentence names."""

_LEAST_SAID = 0.0005
"""A smaller difference would be told as 0.000."""


@dataclass(frozen=True)
class Standings:
    """How coaches stood in one shortlist: what was asked for and counted, and of those shown prices and profiles.

    `goals` has the weight of each goal; `day` is that of the start, and `edition` names the directory as it was.
    """

    edition: str
    need: Need
    goals: Mapping[str, float]
    assessment: Assessment
    day: date
    prices: Mapping[str, Price | None]
    profiles: Mapping[str, Coach]

    @cached_property
    def ranks(self) -> Mapping[str, int]:
        """The rank of each eligible coach."""
        ids = self.assessment.ids
        return {ids[place]: rank for rank, place in enumerate(self.assessment.order.tolist(), start=1)}

    def added(self, coach_id: str) -> Mapping[str, float]:
        """What each facet adds to the score of an eligible coach."""
        added = self.assessment.contributions[self.ranks[coach_id] - 1]
        return dict(zip(self.assessment.scorer.names, added.tolist(), strict=True))


def moves(
    before: Standings,
    after: Standings,
    names: Mapping[str, str],
    dropped: Collection[DroppedCoach],
    texts: Texts = IN_ENGLISH,
) -> tuple[Moved, ...]:
    """The coaches shown before or after whose rank is another one, or who are eligible no more or only now.

    In the order of the ranks now, those who are out last, by their ranks before. Empty when nobody moved.
    """
    shown = {*before.prices, *after.prices}
    both = _Both(before, after, names, {one.coach_id: one for one in dropped}, texts)
    moved = [coach_id for coach_id in shown if before.ranks.get(coach_id) != after.ranks.get(coach_id)]
    last = len(after.ranks) + 1
    moved.sort(key=lambda coach_id: (after.ranks.get(coach_id, last), before.ranks.get(coach_id, 0), coach_id))
    return tuple(both.moved(coach_id) for coach_id in moved)


@dataclass(frozen=True)
class _Both:
    before: Standings
    after: Standings
    names: Mapping[str, str]
    dropped: Mapping[str, DroppedCoach]
    texts: Texts

    def moved(self, coach_id: str) -> Moved:
        """One coach who moved."""
        return Moved(
            coach_id=coach_id,
            name=self.names[coach_id],
            before=self.before.ranks.get(coach_id),
            to=self.after.ranks.get(coach_id),
            why=tuple(self._why(coach_id)),
        )

    def _why(self, coach_id: str) -> Iterator[str]:
        if coach_id not in self.after.ranks:
            yield from self._out(coach_id)
        elif coach_id in self.before.ranks:
            yield from self._elsewhere(coach_id)
        else:
            yield from self._in(coach_id)

    def _out(self, coach_id: str) -> Iterator[str]:
        if coach_id in self.dropped:
            reason = self.texts.said(DROPPED_FOR[self.dropped[coach_id].reason])
            yield self.texts.gettext("Was dropped: %(reason)s.", reason=reason)
        elif self.after.assessment.place(coach_id) is None:
            yield self.texts.gettext("Is not in the directory any more.")
        else:
            terms = self._terms(coach_id, self.before)
            yield from (shut_out(reason, terms, self.texts) for reason in self.after.assessment.excluded_by(coach_id))

    def _in(self, coach_id: str) -> Iterator[str]:
        if self.before.assessment.place(coach_id) is None:
            yield self.texts.gettext("Was not in the directory when the list before was drawn up.")
            return
        terms = self._terms(coach_id, self.after)
        yield from (admitted(reason, terms, self.texts) for reason in self.before.assessment.excluded_by(coach_id))

    def _terms(self, coach_id: str, shown_in: Standings) -> Terms:
        """What is asked for now, with price and profile where they are known to be those of now."""
        is_known = shown_in is self.after or self.before.edition == self.after.edition
        price, profile = shown_in.prices.get(coach_id), shown_in.profiles.get(coach_id)
        priced_in = shown_in.need.budget.currency if shown_in.need.budget else ""
        return Terms(self.after.need, self.after.day, priced_in, *((price, profile) if is_known else (None, None)))

    def _elsewhere(self, coach_id: str) -> Iterator[str]:
        """Of a coach who was eligible and is: who was passed or passes, and by what; who ahead left or came."""
        old, new = self.before.ranks, self.after.ranks
        ahead_before = {other for other, rank in old.items() if rank < old[coach_id]}
        ahead_now = {other for other, rank in new.items() if rank < new[coach_id]}
        passed = sorted((ahead_before - ahead_now) & new.keys(), key=lambda other: old[other])
        passing = sorted((ahead_now - ahead_before) & old.keys(), key=lambda other: new[other])
        if passed or passing:
            yield from self._weights()
        if passed:
            difference = self._difference(coach_id, passed, 1)
            yield self.texts.gettext("Passed %(who)s%(difference)s.", who=self._who(passed), difference=difference)
        if passing:
            difference = self._difference(coach_id, passing, -1)
            who = self._who(passing)
            yield self.texts.gettext("Was passed by %(who)s%(difference)s.", who=who, difference=difference)
        if gone := sorted(ahead_before - new.keys(), key=lambda other: old[other]):
            yield self.texts.ngettext(
                "%(who)s, who was ahead, is out.",
                "%(who)s, who were ahead, are out.",
                len(gone),
                who=self._who(gone, begins=True),
            )
        if come := sorted(ahead_now - old.keys(), key=lambda other: new[other]):
            yield self.texts.ngettext(
                "%(who)s, who was out, is ahead.",
                "%(who)s, who were out, are ahead.",
                len(come),
                who=self._who(come, begins=True),
            )

    def _weights(self) -> Iterator[str]:
        """The goals whose weight changed most, with both weights."""
        old, new = self.before.goals, self.after.goals
        changed = [area for area in {**old, **new} if round(old.get(area, 0), 2) != round(new.get(area, 0), 2)]
        changed.sort(key=lambda area: -abs(new.get(area, 0) - old.get(area, 0)))
        for area in changed[:MOST_NAMED]:
            yield self._weight(area)

    def _weight(self, area: str) -> str:
        texts, name = self.texts, self.texts.gettext(label(area))
        before, now = (self._share(goals.get(area, 0)) for goals in (self.before.goals, self.after.goals))
        if area not in self.after.goals:
            return texts.gettext("“%(goal)s” is no goal any more; it counted %(before)s.", goal=name, before=before)
        if area not in self.before.goals:
            return texts.gettext("“%(goal)s” is a goal now and counts %(now)s.", goal=name, now=now)
        return texts.gettext("“%(goal)s” counts %(now)s now, %(before)s before.", goal=name, now=now, before=before)

    def _share(self, weight: float) -> str:
        return self.texts.gettext("%(number)s%%", number=f"{weight * 100:.0f}")

    def _difference(self, coach_id: str, others: Sequence[str], sign: int) -> str:
        """By which facets the coach gained (`sign` 1) or lost (-1) against those others, on average; those that did
        most, with how much. Empty where no facet did, as when prices decide between equal scores."""
        own = self._change(coach_id)
        theirs = [self._change(other) for other in others]
        gained = {facet: own[facet] - sum(their[facet] for their in theirs) / len(theirs) for facet in own}
        most = sorted((facet for facet in gained if facet in FACET_LABELS), key=lambda facet: -sign * gained[facet])
        told = [(facet, gained[facet]) for facet in most[:MOST_NAMED] if sign * gained[facet] >= _LEAST_SAID]
        if not told:
            return ""
        facets = in_words(told, self.texts)
        if sign > 0:
            return self.texts.gettext(": gained on them by %(facets)s", facets=facets)
        return self.texts.gettext(": lost to them by %(facets)s", facets=facets)

    def _change(self, coach_id: str) -> Mapping[str, float]:
        """How much more each facet adds now to the score of a coach who was eligible and is."""
        old, new = self.before.added(coach_id), self.after.added(coach_id)
        return {facet: new.get(facet, 0.0) - old.get(facet, 0.0) for facet in FACET_LABELS if facet in {**old, **new}}

    def _who(self, coach_ids: Sequence[str], begins: bool = False) -> str:
        """Coaches by name where all names are known and few; else how many."""
        if len(coach_ids) <= MOST_NAMED and all(coach_id in self.names for coach_id in coach_ids):
            return enumerated([self.names[coach_id] for coach_id in coach_ids], self.texts)
        if len(coach_ids) == 1:
            return self.texts.gettext("A coach not shown") if begins else self.texts.gettext("a coach not shown")
        return self.texts.ngettext("%(number)s coach", "%(number)s coaches", len(coach_ids))
