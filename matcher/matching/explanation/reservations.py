"""What speaks against a coach, or is not known: one sentence a facet, or none when there is nothing."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import cast

import numpy as np

from matcher.domain import vocabulary
from matcher.domain.vocabulary import label
from matcher.matching.explanation.grid import AGAINST, STRONG
from matcher.matching.explanation.reasons import counted, in_the_text, listed, managers, plural, quoted, read_from
from matcher.matching.explanation.standing import Standing
from matcher.matching.facets.wishes import ROOMY_DAYS
from matcher.matching.index import Credentials, References
from matcher.matching.reading import ReadGoal

NOTHING_AGAINST = "Nothing in the profile speaks against this choice; a first talk has still to show whether it fits."

_CLEAR = 0.5
"""A value from here on is not spoken against."""

_LONG_ENOUGH_YEARS = 5
_ENOUGH_HOURS = 500
_GOOD_RATING = 4.5
_POOR_RATING = 4.0


def _goals_claimed(coach: Standing) -> str | None:
    claimed = coach.claimed_goals()
    missing = tuple(goal.area for goal in coach.goals if goal.area not in claimed)
    if coach.is_unknown("goals_claimed"):
        return "Names no focus areas." if coach.goals else None
    origin = "" if coach.goals_are_stated else f" ({plural('goal', len(missing))} read from the text)"
    return f"Does not name {listed(missing)} among the focus areas{origin}." if missing else None


def _goals_evidenced(coach: Standing) -> str | None:
    if coach.is_unknown("goals_evidenced"):
        return "Has no text in the profile that could show experience with the goals." if coach.goals else None
    strength = coach.candidates.goals_shown.strength[coach.place]
    weakest = coach.goals[int(np.argmin(strength))]
    if strength.min() >= STRONG or (coach.adds("goals_evidenced") and weakest == _goal_shown(coach)):
        return None
    return f"Has no passage in the profile that speaks plainly of {label(weakest.area)}."


def _goal_shown(coach: Standing) -> ReadGoal:
    """The goal that the reason for the same facet names; one sentence must not take the other back."""
    return coach.goal_of(coach.passages("goals_evidenced")[0])


def _told_evidenced(_coach: Standing) -> None:
    # The goals that are stated have a reservation of their own; what is only read does not deserve one.
    return None


def _nothing_against(coach: Standing) -> str | None:
    if coach.is_unknown("nothing_against") or coach.value("nothing_against") > 1 - AGAINST:
        return None
    against = coach.candidates.goals_shown
    goal = int(np.argmax(against.against[coach.place]))
    passage = coach.index.passage(int(against.against_place[coach.place, goal]))
    return f"Speaks against help with {label(coach.goals[goal].area)}: {quoted(passage)}."


def _closeness(coach: Standing) -> str | None:
    if coach.is_unknown("closeness") or coach.adds("closeness") or coach.value("closeness") >= _CLEAR:
        return None
    return "Describes no situation that is plainly like this one."


def _background(coach: Standing) -> str | None:
    wishes = coach.candidates.reading.backgrounds
    if coach.is_unknown("background") or coach.adds("background") or coach.value("background") >= _CLEAR:
        return None
    return f"Tells of no background that is plainly as wished for in {in_the_text(wishes[0].passage)}."


def _level(coach: Standing) -> str | None:
    if coach.need.level is None:
        return None
    coached = coach.codes("levels", vocabulary.LEVELS)
    if not coached:
        return "Does not say which levels of managers they have coached."
    if coach.need.level in coached:
        return None
    return f"Has coached {managers(coached)}, but no {managers((coach.need.level,))}, as far as the profile says."


def _leadership(coach: Standing) -> str | None:
    if coach.is_unknown("leadership"):
        return "Does not say whether they have led people themselves."
    years = float(coach.index.facts.leadership_years[coach.row])
    if years >= _LONG_ENOUGH_YEARS or coach.adds("leadership"):
        return None
    return f"Has led people for only {counted(years, 'year')}." if years else "Has not led people themselves."


def _coaching_hours(coach: Standing) -> str | None:
    if coach.is_unknown("coaching_hours"):
        return "Does not say how many hours they have coached."
    hours = float(coach.index.facts.coaching_hours[coach.row])
    if hours >= _ENOUGH_HOURS or coach.adds("coaching_hours"):
        return None
    return f"Has coached for only {counted(hours, 'hour')}." if hours else "Has no hours of coaching yet."


def _references(coach: Standing) -> str | None:
    if coach.is_unknown("references"):
        return "Has no references yet."
    given = cast(References, coach.entries("references"))
    rating, number = given.rating.mean(), len(given.rating)
    if rating < _POOR_RATING or (rating < _GOOD_RATING and not coach.adds("references")):
        return f"Former clients rate this coach only {rating:.1f} of 5 on average ({counted(number, 'rating')})."
    if not given.verified.any():
        return "No reference has been verified." if number > 1 else "The only reference has not been verified."
    return "Has only one reference." if number == 1 else None


def _credentials(coach: Standing) -> str | None:
    held = cast(Credentials, coach.entries("credentials"))
    valid = held.valid_until >= coach.candidates.start_by.toordinal()
    if not valid.any():
        return "Shows no credential that is valid on the day of the start."
    if held.verified[valid].any():
        return None
    number = valid.sum()
    return "The valid credential has not been verified." if number == 1 else "No valid credential has been verified."


def _start_and_times(coach: Standing) -> str | None:
    if coach.value("start_and_times") >= _CLEAR or coach.adds("start_and_times"):
        return None
    days = coach.free_days_before_start()
    if days is None or days >= _CLEAR * ROOMY_DAYS:
        return "Has little time in common with the manager."
    return (
        f"Is free only {counted(days, 'day')} before the start." if days else "Is not free before the day of the start."
    )


def _style_wanted(coach: Standing) -> str | None:
    wanted = coach.candidates.reading.styles_wanted
    if not wanted:
        return None
    styles = coach.codes("styles", vocabulary.STYLES)
    missing = tuple(code for code in wanted if code not in styles)
    if not styles or not missing:
        return None if styles else "Does not say in which styles they work."
    origin = read_from(coach, "style_wanted", missing)
    if len(missing) == len(wanted):
        return f"Does not name the {plural('style', len(wanted))} wanted{origin}: {listed(missing)}."
    return (
        f"Works in only {len(wanted) - len(missing)} of {len(wanted)} styles wanted{origin}, not in: {listed(missing)}."
    )


def _style_to_avoid(coach: Standing) -> str | None:
    styles, avoid = coach.codes("styles", vocabulary.STYLES), coach.candidates.reading.styles_to_avoid
    if avoid and not styles:
        return "Does not say in which styles they work."
    unwanted = tuple(code for code in styles if code in avoid)
    if not unwanted:
        return None
    origin = read_from(coach, "style_avoid", unwanted)
    return f"Works in {_a_or_some('style', unwanted)} to avoid{origin}: {listed(unwanted)}."


def _a_or_some(noun: str, words: tuple[str, ...]) -> str:
    return f"a {noun}" if len(words) == 1 else plural(noun, len(words))


def _industry(coach: Standing) -> str | None:
    wanted = coach.need.industry
    if wanted is None:
        return None
    if coach.is_unknown("industry"):
        return "Names no industries."
    if coach.value("industry") == 1:
        return None
    if coach.value("industry") > 0:
        return f"Knows a related industry, but does not name {label(wanted)} itself."
    return f"Names neither the industry ({label(wanted)}) nor a related one."


RESERVATIONS: Mapping[str, Callable[[Standing], str | None]] = MappingProxyType(
    {
        "goals_claimed": _goals_claimed,
        "goals_evidenced": _goals_evidenced,
        "told_evidenced": _told_evidenced,
        "nothing_against": _nothing_against,
        "closeness": _closeness,
        "background": _background,
        "level": _level,
        "leadership": _leadership,
        "references": _references,
        "credentials": _credentials,
        "coaching_hours": _coaching_hours,
        "start_and_times": _start_and_times,
        "style_wanted": _style_wanted,
        "style_to_avoid": _style_to_avoid,
        "industry": _industry,
    }
)
"""For each facet the sentence that may be said against a coach, from the facts it is measured on."""
