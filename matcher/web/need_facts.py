"""A need in short: the facts that a shortlist rests on, as pairs of what and how much."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from matcher.domain import Need
from matcher.domain.vocabulary import label
from matcher.web import wording
from matcher.web.choices import CREDENTIAL_RANKS, ENGLISH, title
from matcher.web.week_grid import DAY_NAMES

_IMPORTANCE = {1: "some", 2: "important", 3: "crucial"}


@dataclass(frozen=True)
class GoalShown:
    """A goal as it is shown; `weight` says how much it counts, in words."""

    label: str
    weight: str


def facts(need: Need, asked_on: date) -> tuple[tuple[str, str], ...]:
    """What was asked for, without the texts and the goals.

    Nothing for what was left open, but for the start: it is then the day of the request, and rules coaches out.
    """
    return tuple((name, text[:1].upper() + text[1:]) for name, text in _all_facts(need, asked_on) if text)


def _all_facts(need: Need, asked_on: date) -> Iterator[tuple[str, str]]:
    yield "Organisation", need.organisation
    yield "Level", title(need.level).split(":")[0] if need.level else ""
    yield "Industry", title(need.industry) if need.industry else ""
    yield "Styles that suit", ", ".join(map(label, need.styles.preferred))
    yield "Styles to avoid", ", ".join(map(label, need.styles.avoid))
    yield "Language", " or ".join(ENGLISH.languages[code] for code in need.languages)
    yield "Meeting", " or ".join(map(label, need.modalities))
    yield "City", need.location
    yield "Budget", f"{wording.money(need.budget.per_session, need.budget.currency)} a session" if need.budget else ""
    yield "Ceiling", _ceiling(need)
    yield "Sessions", _sessions(need)
    yield "Start by", wording.day(need.start_by) if need.start_by else f"{wording.day(asked_on)}, since left open"
    yield "Times", _times(need)
    rank, references = need.requirements.min_credential_rank, need.requirements.min_verified_references
    yield "Credential", "" if rank is None else CREDENTIAL_RANKS[rank].label
    yield "References", f"at least {references} verified" if references else ""
    yield "Framework contract", "valid at the start" if need.requirements.framework_contract else ""


def _ceiling(need: Need) -> str:
    if need.budget is None or need.budget.total is None:
        return ""
    return f"{wording.money(need.budget.total, need.budget.currency)} for all sessions"


def _sessions(need: Need) -> str:
    number = f"{need.sessions.count} × " if need.sessions.count else ""
    rhythm = f", {title(need.sessions.cadence).lower()}" if need.sessions.cadence else ""
    return f"{number}{need.sessions.minutes} minutes{rhythm}"


def _times(need: Need) -> str:
    windows = need.availability.weekly
    if not windows:
        return ""
    spans = (f"{DAY_NAMES[window.day][:3]} {window.start}–{window.end}" for window in windows)
    return f"{', '.join(spans)} ({need.timezone})"


def goals(need: Need, computed_from: str) -> tuple[GoalShown, ...]:
    """The goals that counted: those chosen, else those read from the text, as the sealed facts name them."""
    if need.focus_areas:
        return tuple(GoalShown(title(goal.area), _IMPORTANCE[goal.importance]) for goal in need.focus_areas)
    return tuple(
        GoalShown(title(goal["area"]), f"{goal['weight']:.0%}") for goal in json.loads(computed_from).get("goals", ())
    )
