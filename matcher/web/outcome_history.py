"""What became of the coaches of a shortlist, as it is told and as it can be chosen in a form."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args

from matcher.domain import EVENTS, Event, Outcome, Shortlist
from matcher.domain.outcome import RATINGS, DeclineReason, Degree
from matcher.errors import InvalidInput, Problem
from matcher.intake import outcome_from
from matcher.store.outcomes import RecordedOutcome
from matcher.texts import Phrase
from matcher.web import wording
from matcher.web.choices import Choice, Group
from matcher.web.language import gettext, ngettext, said

_PLAIN: Mapping[Event, str] = {
    "first_talk": Phrase("First talk asked for"),
    "talk_held": Phrase("First talk held"),
    "chosen": Phrase("Chosen"),
    "finished": Phrase("Coaching finished"),
}
_REASONS: Mapping[DeclineReason, str] = {
    "style": Phrase("the style does not suit"),
    "expertise": Phrase("not the experience that is needed"),
    "industry": Phrase("does not know the industry well enough"),
    "price": Phrase("the price"),
    "times": Phrase("no times that suit both"),
    "chemistry": Phrase("the two did not get on"),
    "references": Phrase("the references"),
    "other": Phrase("another reason"),
}
_DEGREES: Mapping[Degree, str] = {
    "fully": Phrase("Goal reached"),
    "partly": Phrase("Goal reached in part"),
    "not": Phrase("Goal not reached"),
}
_BEST, _WORST = 5, 1
_DETAIL_OF: Mapping[str, str] = {
    **dict.fromkeys(RATINGS, "rating"),
    "declined": "reason",
    "goal_reached": "degree",
}
_RATED_BY: Mapping[Event, Phrase] = {
    "talk_rated": Phrase("the manager"),
    "talk_rated_by_coach": Phrase("the coach"),
    "talk_rated_by_hr": Phrase("HR"),
}


def _rated(event: Event, rating: int) -> Phrase:
    return Phrase("First talk rated %(rating)s of %(best)s by %(who)s", rating=rating, best=_BEST, who=_RATED_BY[event])


def _declined(reason: DeclineReason | None) -> Phrase:
    return Phrase("Declined: %(reason)s", reason=_REASONS[reason]) if reason else Phrase("Declined")


_SAID_OF = {_BEST: Phrase(" (best)"), _WORST: Phrase(" (worst)")}


def _chosen(rating: int, who: Phrase) -> Phrase:
    extreme = _SAID_OF.get(rating, "")
    return Phrase("By %(who)s: %(rating)s of %(best)s%(extreme)s", who=who, rating=rating, best=_BEST, extreme=extreme)


CHOICES: tuple[Choice | Group, ...] = (
    Choice("first_talk", _PLAIN["first_talk"]),
    Choice("talk_held", _PLAIN["talk_held"]),
    *(
        Group(
            Phrase("First talk, rated by %(who)s", who=who),
            tuple(Choice(f"{event}:{rating}", _chosen(rating, who)) for rating in range(_BEST, _WORST - 1, -1)),
        )
        for event, who in _RATED_BY.items()
    ),
    Choice("chosen", _PLAIN["chosen"]),
    Group(
        Phrase("Declined"),
        (
            Choice("declined", Phrase("Declined, no reason given")),
            *(Choice(f"declined:{reason}", _declined(reason)) for reason in get_args(DeclineReason)),
        ),
    ),
    Choice("finished", _PLAIN["finished"]),
    Group(Phrase("At the end"), tuple(Choice(f"goal_reached:{degree}", words) for degree, words in _DEGREES.items())),
)
"""What can be recorded of a coach, in its usual order; a value is the event and, after a colon, its detail."""


def _values(choices: Sequence[Choice | Group]) -> Iterator[str]:
    for choice in choices:
        if isinstance(choice, Group):
            yield from _values(choice.choices)
        else:
            yield choice.value


_CHOOSABLE = frozenset(_values(CHOICES))


@dataclass(frozen=True)
class Entry:
    """One outcome as it is told; `event` names it when it is taken back."""

    words: str
    day: str
    recorded: str
    event: Event


@dataclass(frozen=True)
class CoachHistory:
    """What is recorded of one coach."""

    coach_id: str
    name: str
    rank: int
    entries: tuple[Entry, ...]


def chosen_outcome(what: str, on: str, coach_id: str, today: date) -> Outcome:
    """The outcome that a form names by a value of `CHOICES` and a day, which is `today` by default.

    Raises InvalidInput with every problem, by the names `what` and `on`.
    """
    problems = [] if what in _CHOOSABLE else [Problem("/what", "must be one of those listed")]
    event, _, detail = what.partition(":") if not problems else (EVENTS[0], "", "")
    named: dict[str, Any] = {_DETAIL_OF[event]: int(detail) if detail.isdigit() else detail} if detail else {}
    try:
        outcome = outcome_from({"on": on.strip()} | named, coach_id, event, today)
    except InvalidInput as error:
        raise InvalidInput([*problems, *error.problems]) from None
    if outcome.on > today:
        problems.append(Problem("/on", "lies in the future"))
    if problems:
        raise InvalidInput(problems)
    return outcome


def told(outcome: Outcome) -> str:
    """What happened, in words."""
    if outcome.rating is not None:
        return said(_rated(outcome.event, outcome.rating))
    if outcome.degree is not None:
        return said(_DEGREES[outcome.degree])
    return said(_declined(outcome.reason) if outcome.event == "declined" else _PLAIN[outcome.event])


def histories(answer: Shortlist, recorded: Sequence[RecordedOutcome]) -> tuple[CoachHistory, ...]:
    """What is recorded of each coach shown, in their order."""
    return tuple(
        CoachHistory(
            coach.coach_id,
            coach.name,
            coach.rank,
            tuple(_entry(one) for one in recorded if one.outcome.coach_id == coach.coach_id),
        )
        for coach in answer.coaches
    )


def _entry(one: RecordedOutcome) -> Entry:
    return Entry(
        words=told(one.outcome),
        day=wording.day(one.outcome.on),
        recorded=gettext("recorded by %(who)s, %(when)s", who=_who(one), when=wording.moment(one.recorded_at)),
        event=one.outcome.event,
    )


def _who(one: RecordedOutcome) -> str:
    if one.link_id:
        return gettext("the manager, through a link")
    if one.account:
        return one.account
    return gettext("%(name)s, a program", name=one.caller) if one.caller else gettext("somebody")


def state(answer: Shortlist, recorded: Sequence[RecordedOutcome]) -> str:
    """How far the whole shortlist has come, in a sentence; empty when nothing is recorded."""
    names = {coach.coach_id: coach.name for coach in answer.coaches}
    parts = ", ".join(_parts([one.outcome for one in recorded], names))
    return f"{parts[:1].upper()}{parts[1:]}." if parts else ""


def _parts(outcomes: Sequence[Outcome], names: Mapping[str, str]) -> Iterator[str]:
    for event in EVENTS:
        # Several of one coach are told once; a talk that was rated was held.
        told_as = ("talk_held", *RATINGS) if event == "talk_held" else (event,)
        own = dict.fromkeys(outcome.coach_id for outcome in outcomes if outcome.event in told_as)
        if own and event not in RATINGS:
            yield _part(event, len(own), wording.listed([names.get(coach_id, coach_id) for coach_id in own]))


def _part(event: Event, count: int, who: str) -> str:
    number = wording.number(count)
    said_of: Mapping[Event, str] = {
        "first_talk": ngettext("%(number)s talk asked for", "%(number)s talks asked for", count, number=number),
        "talk_held": ngettext("%(number)s talk held", "%(number)s talks held", count, number=number),
        "chosen": gettext("%(who)s chosen", who=who),
        "declined": gettext("%(number)s declined", number=number),
        "finished": gettext("coaching with %(who)s finished", who=who),
        "goal_reached": gettext("goal with %(who)s looked back on", who=who),
    }
    return said_of[event]
