"""What speaks against a coach, or is not known: one sentence a facet, or none when there is nothing."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import cast

import numpy as np

from matcher.domain import vocabulary
from matcher.domain.vocabulary import label
from matcher.matching.entry_columns import Credentials, References
from matcher.matching.explanation.grid import AGAINST, STRONG
from matcher.matching.explanation.phrasing import days, hours, in_the_text, listed, managers, quoted, read_from, years
from matcher.matching.explanation.standing import Standing
from matcher.matching.facets.wishes import ROOMY_DAYS
from matcher.matching.reading import ReadGoal
from matcher.texts import Phrase

NOTHING_AGAINST = Phrase(
    "Nothing in the profile speaks against this choice; a first talk has still to show whether it fits."
)

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
        return coach.texts.gettext("Names no focus areas.") if coach.goals else None
    if not missing:
        return None
    named = listed(missing, coach.texts)
    if coach.goals_are_stated:
        return coach.texts.gettext("Does not name %(goals)s among the focus areas.", goals=named)
    return coach.texts.ngettext(
        "Does not name %(goals)s among the focus areas (goal read from the text).",
        "Does not name %(goals)s among the focus areas (goals read from the text).",
        len(missing),
        goals=named,
    )


def _goals_evidenced(coach: Standing) -> str | None:
    if coach.is_unknown("goals_evidenced"):
        return (
            coach.texts.gettext("Has no text in the profile that could show experience with the goals.")
            if coach.goals
            else None
        )
    strength = coach.candidates.goals_shown.strength[coach.place]
    weakest = coach.goals[int(np.argmin(strength))]
    if strength.min() >= STRONG or (coach.adds("goals_evidenced") and weakest == _goal_shown(coach)):
        return None
    area = coach.texts.gettext(label(weakest.area))
    return coach.texts.gettext("Has no passage in the profile that speaks plainly of %(area)s.", area=area)


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
    passage = coach.index.passage(int(against.against_place(coach.place)[goal]))
    area, words = coach.texts.gettext(label(coach.goals[goal].area)), quoted(passage, coach.texts)
    return coach.texts.gettext("Speaks against help with %(area)s: %(words)s.", area=area, words=words)


def _background(coach: Standing) -> str | None:
    if coach.is_unknown("background") or coach.adds("background") or coach.value("background") >= _CLEAR:
        return None
    wish = in_the_text(coach.candidates.reading.backgrounds[0].passage, coach.texts)
    return coach.texts.gettext("Tells of no background that is plainly as wished for in %(wish)s.", wish=wish)


def _level(coach: Standing) -> str | None:
    if coach.need.level is None:
        return None
    coached = coach.codes("levels", vocabulary.LEVELS)
    if not coached:
        return coach.texts.gettext("Does not say which levels of managers they have coached.")
    if coach.need.level in coached:
        return None
    return coach.texts.gettext(
        "Has coached %(coached)s, but no %(asked)s, as far as the profile says.",
        coached=managers(coached, coach.texts),
        asked=managers((coach.need.level,), coach.texts),
    )


def _leadership(coach: Standing) -> str | None:
    if coach.is_unknown("leadership"):
        return coach.texts.gettext("Does not say whether they have led people themselves.")
    led = float(coach.index.facts.leadership_years[coach.row])
    if led >= _LONG_ENOUGH_YEARS or coach.adds("leadership"):
        return None
    if not led:
        return coach.texts.gettext("Has not led people themselves.")
    return coach.texts.gettext("Has led people for only %(years)s.", years=years(led, coach.texts))


def _coaching_hours(coach: Standing) -> str | None:
    if coach.is_unknown("coaching_hours"):
        return coach.texts.gettext("Does not say how many hours they have coached.")
    coached = float(coach.index.facts.coaching_hours[coach.row])
    if coached >= _ENOUGH_HOURS or coach.adds("coaching_hours"):
        return None
    if not coached:
        return coach.texts.gettext("Has no hours of coaching yet.")
    return coach.texts.gettext("Has coached for only %(hours)s.", hours=hours(coached, coach.texts))


def _references(coach: Standing) -> str | None:
    if coach.is_unknown("references"):
        return coach.texts.gettext("Has no references yet.")
    given = cast(References, coach.entries("references"))
    rating, number = given.rating.mean(), len(given.rating)
    if rating < _POOR_RATING or (rating < _GOOD_RATING and not coach.adds("references")):
        return coach.texts.ngettext(
            "Former clients rate this coach only %(rating)s of 5 on average (%(number)s rating).",
            "Former clients rate this coach only %(rating)s of 5 on average (%(number)s ratings).",
            number,
            rating=coach.texts.digits(f"{rating:.1f}"),
        )
    if not given.verified.any():
        return (
            coach.texts.gettext("No reference has been verified.")
            if number > 1
            else coach.texts.gettext("The only reference has not been verified.")
        )
    return coach.texts.gettext("Has only one reference.") if number == 1 else None


def _credentials(coach: Standing) -> str | None:
    held = cast(Credentials, coach.entries("credentials"))
    valid = held.valid_until >= coach.candidates.start_by.toordinal()
    if not valid.any():
        return coach.texts.gettext("Shows no credential that is valid on the day of the start.")
    if held.verified[valid].any():
        return None
    number = valid.sum()
    return (
        coach.texts.gettext("The valid credential has not been verified.")
        if number == 1
        else coach.texts.gettext("No valid credential has been verified.")
    )


def _start_and_times(coach: Standing) -> str | None:
    if coach.value("start_and_times") >= _CLEAR or coach.adds("start_and_times"):
        return None
    before = coach.free_days_before_start()
    if before is None or before >= _CLEAR * ROOMY_DAYS:
        return coach.texts.gettext("Has little time in common with the manager.")
    if not before:
        return coach.texts.gettext("Is not free before the day of the start.")
    return coach.texts.gettext("Is free only %(days)s before the start.", days=days(before, coach.texts))


def _style_wanted(coach: Standing) -> str | None:
    wanted = coach.candidates.reading.styles_wanted
    if not wanted:
        return None
    styles = coach.codes("styles", vocabulary.STYLES)
    missing = tuple(code for code in wanted if code not in styles)
    if not styles or not missing:
        return None if styles else coach.texts.gettext("Does not say in which styles they work.")
    origin = read_from(coach, "style_wanted", missing)
    if len(missing) == len(wanted):
        return coach.texts.ngettext(
            "Does not name the style wanted%(origin)s: %(styles)s.",
            "Does not name the styles wanted%(origin)s: %(styles)s.",
            len(wanted),
            origin=origin,
            styles=listed(missing, coach.texts),
        )
    return coach.texts.gettext(
        "Works in only %(shared)s of %(wanted)s styles wanted%(origin)s, not in: %(styles)s.",
        shared=len(wanted) - len(missing),
        wanted=len(wanted),
        origin=origin,
        styles=listed(missing, coach.texts),
    )


def _style_to_avoid(coach: Standing) -> str | None:
    styles, avoid = coach.codes("styles", vocabulary.STYLES), coach.candidates.reading.styles_to_avoid
    if avoid and not styles:
        return coach.texts.gettext("Does not say in which styles they work.")
    unwanted = tuple(code for code in styles if code in avoid)
    if not unwanted:
        return None
    origin = read_from(coach, "style_avoid", unwanted)
    return coach.texts.ngettext(
        "Works in a style to avoid%(origin)s: %(styles)s.",
        "Works in styles to avoid%(origin)s: %(styles)s.",
        len(unwanted),
        origin=origin,
        styles=listed(unwanted, coach.texts),
    )


def _industry(coach: Standing) -> str | None:
    wanted = coach.need.industry
    if wanted is None:
        return None
    if coach.is_unknown("industry"):
        return coach.texts.gettext("Names no industries.")
    if coach.value("industry") == 1:
        return None
    if coach.value("industry") > 0:
        return coach.texts.gettext(
            "Knows a related industry, but does not name %(industry)s itself.",
            industry=coach.texts.gettext(label(wanted)),
        )
    return coach.texts.gettext(
        "Names neither the industry (%(industry)s) nor a related one.", industry=coach.texts.gettext(label(wanted))
    )


RESERVATIONS: Mapping[str, Callable[[Standing], str | None]] = MappingProxyType(
    {
        "goals_claimed": _goals_claimed,
        "goals_evidenced": _goals_evidenced,
        "told_evidenced": _told_evidenced,
        "nothing_against": _nothing_against,
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
