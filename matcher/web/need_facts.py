"""A need in short: the facts that a shortlist rests on, as pairs of what and how much."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from matcher.domain import Need
from matcher.texts import Phrase
from matcher.web import wording
from matcher.web.choices import CREDENTIAL_RANKS, city, language_name, named, short, title
from matcher.web.language import gettext, inline, said
from matcher.web.week_grid import short_day_names

_IMPORTANCE = {1: Phrase("some"), 2: Phrase("important"), 3: Phrase("crucial")}


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
    yield gettext("Organisation"), need.organisation
    yield gettext("Level"), short(need.level) if need.level else ""
    yield gettext("Industry"), title(need.industry) if need.industry else ""
    yield gettext("Styles that suit"), ", ".join(map(named, need.styles.preferred))
    yield gettext("Styles to avoid"), ", ".join(map(named, need.styles.avoid))
    yield gettext("Language"), _either(map(language_name, need.languages))
    yield gettext("Meeting"), _either(map(named, need.modalities))
    yield gettext("City"), need.location
    yield gettext("Budget"), _budget(need)
    yield gettext("Ceiling"), _ceiling(need)
    yield gettext("Sessions"), _sessions(need)
    yield gettext("Start by"), _start(need, asked_on)
    yield gettext("Times"), _times(need)
    rank, references = need.requirements.min_credential_rank, need.requirements.min_verified_references
    yield gettext("Credential"), "" if rank is None else CREDENTIAL_RANKS[rank].label
    yield gettext("References"), gettext("at least %(number)s verified", number=references) if references else ""
    contract = need.requirements.framework_contract
    yield gettext("Framework contract"), gettext("valid at the start") if contract else ""


def _either(words: Iterable[str]) -> str:
    between = gettext("or")
    return f" {between} ".join(words)


def _budget(need: Need) -> str:
    if need.budget is None:
        return ""
    return gettext("%(amount)s a session", amount=wording.money(need.budget.per_session, need.budget.currency))


def _ceiling(need: Need) -> str:
    if need.budget is None or need.budget.total is None:
        return ""
    return gettext("%(amount)s for all sessions", amount=wording.money(need.budget.total, need.budget.currency))


def _start(need: Need, asked_on: date) -> str:
    if need.start_by:
        return wording.day(need.start_by)
    return gettext("%(day)s, since left open", day=wording.day(asked_on))


def _sessions(need: Need) -> str:
    number = f"{need.sessions.count} × " if need.sessions.count else ""
    rhythm = f", {inline(title(need.sessions.cadence))}" if need.sessions.cadence else ""
    minutes = gettext("%(number)s minutes", number=need.sessions.minutes)
    return f"{number}{minutes}{rhythm}"


def _times(need: Need) -> str:
    windows = need.availability.weekly
    if not windows:
        return ""
    days = short_day_names()
    spans = (f"{days[window.day]} {window.start}–{window.end}" for window in windows)
    return f"{', '.join(spans)} ({city(need.timezone or '')})"


def goals(need: Need, computed_from: str) -> tuple[GoalShown, ...]:
    """The goals that counted: those chosen, else those read from the text, as the sealed facts name them."""
    if need.focus_areas:
        return tuple(GoalShown(title(goal.area), said(_IMPORTANCE[goal.importance])) for goal in need.focus_areas)
    return tuple(
        GoalShown(title(goal["area"]), wording.percent(goal["weight"]))
        for goal in json.loads(computed_from).get("goals", ())
    )
