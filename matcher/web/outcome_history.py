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
from matcher.web import wording
from matcher.web.choices import Choice, Group

_PLAIN: Mapping[Event, str] = {
    "first_talk": "First talk asked for",
    "talk_held": "First talk held",
    "chosen": "Chosen",
    "finished": "Coaching finished",
}
_REASONS: Mapping[DeclineReason, str] = {
    "style": "the style does not suit",
    "expertise": "not the experience that is needed",
    "industry": "does not know the industry well enough",
    "price": "the price",
    "times": "no times that suit both",
    "chemistry": "the two did not get on",
    "references": "the references",
    "other": "another reason",
}
_DEGREES: Mapping[Degree, str] = {
    "fully": "Goal reached",
    "partly": "Goal reached in part",
    "not": "Goal not reached",
}
_BEST, _WORST = 5, 1
_DETAIL_OF: Mapping[str, str] = {
    **dict.fromkeys(RATINGS, "rating"),
    "declined": "reason",
    "goal_reached": "degree",
}
_RATED_BY: Mapping[Event, str] = {
    "talk_rated": "the manager",
    "talk_rated_by_coach": "the coach",
    "talk_rated_by_hr": "HR",
}


def _rated(event: Event, rating: int) -> str:
    return f"First talk rated {rating} of {_BEST} by {_RATED_BY[event]}"


def _declined(reason: DeclineReason | None) -> str:
    return f"Declined: {_REASONS[reason]}" if reason else "Declined"


_SAID_OF = {_BEST: " (best)", _WORST: " (worst)"}

CHOICES: tuple[Choice | Group, ...] = (
    Choice("first_talk", _PLAIN["first_talk"]),
    Choice("talk_held", _PLAIN["talk_held"]),
    *(
        Group(
            f"First talk, rated by {who}",
            tuple(
                Choice(f"{event}:{rating}", f"By {who}: {rating} of {_BEST}{_SAID_OF.get(rating, '')}")
                for rating in range(_BEST, _WORST - 1, -1)
            ),
        )
        for event, who in _RATED_BY.items()
    ),
    Choice("chosen", _PLAIN["chosen"]),
    Group(
        "Declined",
        (
            Choice("declined", "Declined, no reason given"),
            *(Choice(f"declined:{reason}", _declined(reason)) for reason in get_args(DeclineReason)),
        ),
    ),
    Choice("finished", _PLAIN["finished"]),
    Group("At the end", tuple(Choice(f"goal_reached:{degree}", words) for degree, words in _DEGREES.items())),
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
        return _rated(outcome.event, outcome.rating)
    if outcome.degree is not None:
        return _DEGREES[outcome.degree]
    return _declined(outcome.reason) if outcome.event == "declined" else _PLAIN[outcome.event]


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
        recorded=f"recorded by {_who(one)}, {wording.moment(one.recorded_at)}",
        event=one.outcome.event,
    )


def _who(one: RecordedOutcome) -> str:
    if one.link_id:
        return "the manager, through a link"
    return one.account or (f"{one.caller}, a program" if one.caller else "somebody")


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
            yield _part(event, len(own), " and ".join(names.get(coach_id, coach_id) for coach_id in own))


def _part(event: Event, count: int, who: str) -> str:
    talks = f"{wording.number(count)} {'talk' if count == 1 else 'talks'}"
    said: Mapping[Event, str] = {
        "first_talk": f"{talks} asked for",
        "talk_held": f"{talks} held",
        "chosen": f"{who} chosen",
        "declined": f"{wording.number(count)} declined",
        "finished": f"coaching with {who} finished",
        "goal_reached": f"goal with {who} looked back on",
    }
    return said[event]
