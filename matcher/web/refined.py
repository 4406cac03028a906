"""What a refinement changed, and the shortlists that belong together, every text ready."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from matcher.domain import DroppedCoach, Moved, Shortlist
from matcher.service import ChainedShortlist
from matcher.store.shortlists import ChainedAnswer
from matcher.texts import Phrase
from matcher.web import left_out, need_facts, outcome_history, wording
from matcher.web.choices import title
from matcher.web.language import gettext, ngettext, said
from matcher.web.live_line import can_do

IMPORTANCE = {1: Phrase("of some importance"), 2: Phrase("important"), 3: Phrase("crucial")}


@dataclass(frozen=True)
class MoveShown:
    """One coach who moved: how, and why."""

    name: str
    how: str
    direction: str
    """up, down, in or out."""
    why: tuple[str, ...]


@dataclass(frozen=True)
class ListShown:
    """One of the lists that belong together."""

    id: str
    number: int
    drawn_up: str
    changes: tuple[str, ...]
    refines: int | None
    state: str
    is_this: bool


@dataclass(frozen=True)
class DroppedShown:
    """A coach who was dropped."""

    coach_id: str
    name: str
    why: str


@dataclass(frozen=True)
class Refined:
    """What the page of a shortlist says of refinements; of a first list that nobody refined, almost nothing."""

    before: str
    first: str
    changes: tuple[str, ...]
    moves: tuple[MoveShown, ...]
    count: str
    note: str
    out: tuple[str, ...]
    dropped: tuple[DroppedShown, ...]
    lists: tuple[ListShown, ...]
    lang: str
    """The language in which the list says why, where the page is in another one; else empty."""

    @property
    def announced(self) -> str:
        """What is read out once the list was exchanged."""
        if not self.before:
            return ""
        number = len(self.moves)
        moved = ngettext("%(number)s coach moved.", "%(number)s coaches moved.", number) if number else ""
        nobody = gettext("Nobody moved.")
        drawn = gettext("The list was drawn up anew.")
        return f"{drawn} {self.count} {moved or nobody}"


def refined(answer: Shortlist, chained: Sequence[ChainedShortlist], lang: str) -> Refined:
    """The refinements that a shortlist came from and led to."""
    answers = {one.kept.id: Shortlist.model_validate_json(one.kept.answer) for one in chained}
    # Who was dropped before the first of the lists is on none of them.
    names = dict(left_out.names_of({dropped.coach_id for one in answers.values() for dropped in one.dropped}))
    names |= {coach.coach_id: coach.name for one in answers.values() for coach in one.coaches}
    before = answers.get(answer.refines or "")
    return Refined(
        before=before.id if before else "",
        first=chained[0].kept.id,
        changes=tuple(_changes(before, answer, names)) if before else (),
        moves=tuple(map(_move, answer.moved)),
        count=_count(answer, before),
        note=_note(answer, before),
        out=tuple(
            names.get(one, one) for one in answer.pinned if one not in {shown.coach_id for shown in answer.coaches}
        ),
        dropped=tuple(_dropped(one, names) for one in answer.dropped),
        lists=tuple(_lists(answer, chained, answers, names)),
        lang=lang,
    )


def _move(moved: Moved) -> MoveShown:
    old, new = moved.before, moved.to
    if new is None:
        how, direction = gettext("is out; was at %(rank)s", rank=old) if old else gettext("is out"), "out"
    elif old is None:
        how, direction = gettext("came in at %(rank)s", rank=new), "in"
    else:
        direction = "up" if new < old else "down"
        ranks = {"before": old, "now": new}
        rose, fell = (
            gettext("rose from %(before)s to %(now)s", **ranks),
            gettext("fell from %(before)s to %(now)s", **ranks),
        )
        how = rose if new < old else fell
    return MoveShown(moved.name, how, direction, moved.why)


def _count(answer: Shortlist, before: Shortlist | None) -> str:
    count = answer.eligible_count
    if before is None or before.eligible_count == count:
        return can_do(count)
    can = ngettext("%(number)s coach", "%(number)s coaches", count, number=wording.decimal(count))
    could = wording.decimal(before.eligible_count)
    return gettext("%(coaches)s can do this; %(before)s could before.", coaches=can, before=could)


def _note(answer: Shortlist, before: Shortlist | None) -> str:
    if before is None or before.model == answer.model:
        return ""
    return gettext("Profiles or the ranking have changed since the list before, so some of this may come from there.")


def _dropped(one: DroppedCoach, names: Mapping[str, str]) -> DroppedShown:
    return DroppedShown(one.coach_id, names.get(one.coach_id, one.coach_id), left_out.why_dropped(one))


def _lists(
    answer: Shortlist,
    chained: Sequence[ChainedShortlist],
    answers: Mapping[str, Shortlist],
    names: Mapping[str, str],
) -> Iterator[ListShown]:
    numbers = {one.kept.id: number for number, one in enumerate(chained, start=1)}
    for one in chained:
        kept, own = one.kept, answers[one.kept.id]
        before = answers.get(kept.refines_id or "")
        yield ListShown(
            id=kept.id,
            number=numbers[kept.id],
            drawn_up=_drawn_up(kept),
            changes=tuple(_changes(before, own, names)) if before else (),
            refines=numbers.get(kept.refines_id or ""),
            state=outcome_history.state(own, one.recorded),
            is_this=kept.id == answer.id,
        )


def _drawn_up(kept: ChainedAnswer) -> str:
    when = wording.moment(kept.created_at)
    return gettext("%(when)s, by %(who)s", when=when, who=kept.account) if kept.account else when


def _changes(before: Shortlist, after: Shortlist, names: Mapping[str, str]) -> Iterator[str]:
    """What the one list asks for that the other one did not, in short sentences without an end."""
    old, new = {one.coach_id: one for one in before.dropped}, {one.coach_id: one for one in after.dropped}
    for one in after.dropped:
        if old.get(one.coach_id) != one:
            name = names.get(one.coach_id, one.coach_id)
            yield gettext("Dropped %(name)s: %(why)s", name=name, why=_dropped(one, names).why)
    yield from (gettext("Brought back %(name)s", name=names.get(one, one)) for one in old if one not in new)
    yield from (
        gettext("Pinned %(name)s", name=names.get(one, one)) for one in after.pinned if one not in before.pinned
    )
    yield from (
        gettext("Unpinned %(name)s", name=names.get(one, one))
        for one in before.pinned
        if one not in {*after.pinned, *new}
    )
    unnamed = {*before.need.requirements.exclude_coaches} - {*after.need.requirements.exclude_coaches, *old}
    if unnamed:
        number = len(unnamed)
        yield ngettext("%(number)s excluded coach allowed again", "%(number)s excluded coaches allowed again", number)
    yield from _changed_goals(before, after)
    yield from _changed_facts(before, after)


def _changed_goals(before: Shortlist, after: Shortlist) -> Iterator[str]:
    old = {goal.area: goal.importance for goal in before.need.focus_areas}
    new = {goal.area: goal.importance for goal in after.need.focus_areas}
    counted = {goal.area for goal in after.grid}
    for area, importance in new.items():
        if old.get(area) != importance:
            now = said(IMPORTANCE[importance])
            if area in old:
                now = gettext("%(now)s, was %(before)s", now=now, before=said(IMPORTANCE[old[area]]))
            yield f"{title(area)}: {now}"
    for goal in before.grid:
        if goal.area not in counted:
            yield gettext("%(goal)s: no goal any more", goal=title(goal.area))


def _changed_facts(before: Shortlist, after: Shortlist) -> Iterator[str]:
    old = dict(need_facts.facts(before.need, before.created_at.date()))
    new = dict(need_facts.facts(after.need, after.created_at.date()))
    for name in {**old, **new}:
        if old.get(name) != new.get(name):
            now, before_that = (facts.get(name) or gettext("open") for facts in (new, old))
            yield gettext("%(fact)s: %(now)s (was %(before)s)", fact=name, now=now, before=before_that)
