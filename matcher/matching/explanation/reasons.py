"""What speaks for a coach: one sentence a facet, each with the part of the profile that it rests on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import cast

import numpy as np

from matcher.domain import Evidence, WishKind, vocabulary
from matcher.domain.vocabulary import label
from matcher.matching.explanation.labels import enumerated
from matcher.matching.explanation.standing import Standing
from matcher.matching.index import Credentials, References
from matcher.matching.passages import Passage

MOST_LISTED = 6
"""How many things a sentence lists."""

_GOOD_RATING = 4.0
"""A lower mean speaks for nobody, though few ratings may count nearly like the mean of all coaches."""


@dataclass(frozen=True)
class Reason:
    """A sentence that speaks for a coach, and what it rests on."""

    sentence: str
    evidence: tuple[Evidence, ...]


def listed(codes: tuple[str, ...]) -> str:
    """Codes as a person lists what they stand for; of many the first few, and how many more.

    >>> listed(("delegation", "giving_feedback", "execution"))
    'delegation, giving feedback and execution'
    """
    named = [label(code) for code in codes]
    if len(named) > MOST_LISTED:
        named[MOST_LISTED - 1 :] = [f"{len(named) - MOST_LISTED + 1} more"]
    return enumerated(named)


def managers(levels: tuple[str, ...]) -> str:
    """Managers of those levels, in words.

    >>> managers(("middle", "senior", "executive")), managers(("executive",))
    ('middle and senior managers and executives', 'executives')
    """
    others = tuple(level for level in levels if level != "executive")
    groups = [f"{listed(others)} managers"] if others else []
    return " and ".join([*groups, "executives"] if "executive" in levels else groups)


def plural(noun: str, number: float) -> str:
    """The noun in the form that goes with that number.

    >>> plural("style", 1), plural("style", 2)
    ('style', 'styles')
    """
    return noun if number == 1 else f"{noun}s"


def counted(number: float, noun: str) -> str:
    """A number, to one decimal, with its noun.

    >>> counted(1, "year"), counted(1250.0, "hour"), counted(0.04, "year")
    ('1 year', '1,250 hours', 'less than one year')
    """
    shown = round(number, 1)
    return f"less than one {noun}" if 0 < number < 1 else f"{shown:,.10g} {plural(noun, shown)}"


def quoted(passage: Passage) -> str:
    """A passage on one line in quotation marks, with the kind of field that it stands in.

    >>> quoted(Passage("references/2", "She listens."))
    '“She listens.” (reference)'
    """
    return f"“{' '.join(passage.text.split())}” ({passage.source.split('/')[0].removesuffix('s')})"


def in_the_text(passage: Passage) -> str:
    """A passage of the need on one line in quotation marks.

    >>> in_the_text(Passage("summary", "Nobody who   lectures."))
    '“Nobody who lectures.”'
    """
    return f"“{' '.join(passage.text.split())}”"


def read_from(coach: Standing, kind: WishKind, styles: tuple[str, ...]) -> str:
    """Where the wish for, or against, those styles was read, the clearest one quoted; empty where it is stated."""
    wishes = [wish for wish in coach.candidates.reading.counting(kind) if wish.style in styles]
    if not wishes:
        return ""
    clearest = max(wishes, key=lambda wish: wish.clearness)
    return f", read from {in_the_text(clearest.passage)}"


def _goals_claimed(coach: Standing) -> Reason:
    claimed, asked = coach.claimed_goals(), len(coach.goals)
    whole = {1: "the one goal", 2: "both goals"}.get(asked, f"all {asked} goals")
    share = f"{len(claimed)} of {asked} goals" if len(claimed) < asked else whole
    origin = "" if coach.goals_are_stated else " read from the text"
    return Reason(
        f"Names {listed(claimed)} among the focus areas: {share}{origin}.",
        tuple(Evidence(facet="goals_claimed", source="focus_areas", quote=code) for code in claimed),
    )


def _goals_evidenced(coach: Standing) -> Reason:
    best = coach.passages("goals_evidenced")[0]
    return Reason(f"Speaks of {label(coach.goal_of(best).area)}: {quoted(best)}.", coach.quotes("goals_evidenced"))


def _told_evidenced(coach: Standing) -> Reason | None:
    other = _not_quoted_for_a_goal(coach, "told_evidenced")
    if not other:
        return None
    return Reason(f"Shows help with what the text tells of: {quoted(other[0])}.", coach.quotes("told_evidenced"))


def _not_quoted_for_a_goal(coach: Standing, facet: str) -> list[Passage]:
    """The facet's passages without the one that the reason for a goal quotes: no passage is quoted twice."""
    said = coach.passages("goals_evidenced")[:1] if coach.adds("goals_evidenced") else ()
    return [passage for passage in coach.passages(facet) if passage not in said]


def _nothing_against(_coach: Standing) -> None:
    # Nothing to be found is no reason to choose anybody.
    return None


def _closeness(coach: Standing) -> Reason:
    best = coach.passages("closeness")[0]
    return Reason(f"Describes something close to this situation: {quoted(best)}.", coach.quotes("closeness"))


def _level(coach: Standing) -> Reason | None:
    wanted = coach.need.level
    if wanted is None or wanted not in coach.codes("levels", vocabulary.LEVELS):
        return None
    evidence = Evidence(facet="level", source="experience/levels_coached", quote=wanted)
    return Reason(f"Covers the goals at this level: has coached {managers((wanted,))}.", (evidence,))


def _leadership(coach: Standing) -> Reason:
    years = float(coach.index.facts.leadership_years[coach.row])
    evidence = Evidence(facet="leadership", source="experience/leadership_years", quote=f"{years:.10g}")
    return Reason(f"Has led people for {counted(years, 'year')}.", (evidence,))


def _coaching_hours(coach: Standing) -> Reason:
    hours = float(coach.index.facts.coaching_hours[coach.row])
    evidence = Evidence(facet="coaching_hours", source="experience/coaching_hours", quote=f"{hours:.10g}")
    return Reason(f"Has coached for {counted(hours, 'hour')}.", (evidence,))


def _references(coach: Standing) -> Reason | None:
    given = cast(References, coach.entries("references"))
    if given.rating.mean() < _GOOD_RATING:
        return None
    best = int(np.lexsort((np.arange(len(given.rating)), -given.rating, ~given.verified))[0])
    source = f"references/{best}"
    passages = coach.passages_from(source)
    quote = passages[0].text if passages else f"{given.rating[best]:g}"
    return Reason(
        f"Former clients rate this coach {given.rating.mean():.1f} of 5 on average "
        f"({counted(len(given.rating), 'rating')}, {int(given.verified.sum()) or 'none'} verified).",
        (Evidence(facet="references", source=source, quote=quote),),
    )


def _credentials(coach: Standing) -> Reason:
    held = cast(Credentials, coach.entries("credentials"))
    valid = held.valid_until >= coach.candidates.start_by.toordinal()
    best = int(np.argmax(np.where(valid, (held.rank + 1) * np.where(held.verified, 2, 1), 0)))
    checked = "verified" if held.verified[best] else "not verified"
    _, _, level = held.title[best].partition(" ")
    evidence = Evidence(facet="credentials", source=f"credentials/{best}/level", quote=level)
    return Reason(f"Holds the credential {held.title[best]} ({checked}), valid on the day of the start.", (evidence,))


def _start_and_times(coach: Standing) -> Reason:
    days = coach.free_days_before_start()
    start = "now" if days is None else f"{counted(days, 'day')} before the start" if days else "on the day of the start"
    times = ", with time in common with the manager" if coach.need.availability.weekly else ""
    return Reason(f"Is free {start}{times}.", ())


def _background(coach: Standing) -> Reason | None:
    other = _not_quoted_for_a_goal(coach, "background")
    if not other:
        return None
    wish = coach.background_of(other[0])
    return Reason(
        f"Tells of a background as wished for in {in_the_text(wish.passage)}: {quoted(other[0])}.",
        coach.quotes("background"),
    )


def _style_wanted(coach: Standing) -> Reason:
    wanted = coach.candidates.reading.styles_wanted
    shared = tuple(code for code in coach.codes("styles", vocabulary.STYLES) if code in wanted)
    share = f"{len(shared)} of {len(wanted)}" if len(shared) < len(wanted) else "the"
    return Reason(
        f"Works in {share} {plural('style', len(wanted))} wanted{read_from(coach, 'style_wanted', shared)}: "
        f"{listed(shared)}.",
        tuple(Evidence(facet="style_wanted", source="styles", quote=code) for code in shared),
    )


def _style_to_avoid(coach: Standing) -> Reason | None:
    styles, unwanted = coach.codes("styles", vocabulary.STYLES), coach.candidates.reading.styles_to_avoid
    if not (styles and unwanted):
        return None
    return Reason(
        f"Covers the goals in other styles than the {plural('one', len(unwanted))} to avoid"
        f"{read_from(coach, 'style_avoid', unwanted)} ({listed(unwanted)}): {listed(styles)}.",
        tuple(Evidence(facet="style_to_avoid", source="styles", quote=code) for code in styles),
    )


def _industry(coach: Standing) -> Reason:
    known = coach.codes("industries", vocabulary.INDUSTRIES)
    wanted = str(coach.need.industry)
    related = tuple(code for code in known if vocabulary.INDUSTRY_GROUP[code] == vocabulary.INDUSTRY_GROUP[wanted])
    shown = (wanted,) if wanted in known else related
    known_as = "the industry" if wanted in known else "a related industry" if len(shown) == 1 else "related industries"
    return Reason(
        f"Knows {known_as}: {listed(shown)}.",
        tuple(Evidence(facet="industry", source="industries", quote=code) for code in shown),
    )


REASONS: Mapping[str, Callable[[Standing], Reason | None]] = MappingProxyType(
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
"""For each facet the sentence that may be said when it adds to a score; None for facts that speak for nobody."""
