"""What speaks for a coach: one sentence a facet, each with the part of the profile that it rests on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import cast

import numpy as np

from matcher.domain import Evidence, vocabulary
from matcher.domain.vocabulary import label
from matcher.matching.entry_columns import TITLES, Credentials, References
from matcher.matching.explanation.phrasing import (
    days,
    digits,
    hours,
    in_the_text,
    listed,
    managers,
    quoted,
    read_from,
    years,
)
from matcher.matching.explanation.standing import Standing
from matcher.matching.passages import Passage
from matcher.texts import Texts

_PLAIN = 0.5
"""A background that is told less plainly adds a little, but is not spoken of as the one wished for."""

_GOOD_RATING = 4.0
"""A lower mean speaks for nobody, though few ratings may count nearly like the mean of all coaches."""


@dataclass(frozen=True)
class Reason:
    """A sentence that speaks for a coach, and what it rests on."""

    sentence: str
    evidence: tuple[Evidence, ...]


def _goals_claimed(coach: Standing) -> Reason:
    claimed, asked = coach.claimed_goals(), len(coach.goals)
    texts = coach.texts
    share = _share_of_goals(len(claimed), asked, texts)
    origin = "" if coach.goals_are_stated else texts.gettext(" read from the text")
    return Reason(
        texts.gettext(
            "Names %(goals)s among the focus areas: %(share)s%(origin)s.",
            goals=listed(claimed, texts),
            share=share,
            origin=origin,
        ),
        tuple(Evidence(facet="goals_claimed", source="focus_areas", quote=code) for code in claimed),
    )


def _share_of_goals(claimed: int, asked: int, texts: Texts) -> str:
    if claimed < asked:
        return texts.gettext("%(claimed)s of %(asked)s goals", claimed=claimed, asked=asked)
    match asked:
        case 1:
            return texts.gettext("the one goal")
        case 2:
            return texts.gettext("both goals")
        case _:
            return texts.gettext("all %(asked)s goals", asked=asked)


def _goals_evidenced(coach: Standing) -> Reason:
    best = coach.passages("goals_evidenced")[0]
    area = coach.texts.gettext(label(coach.goal_of(best).area))
    sentence = coach.texts.gettext("Speaks of %(area)s: %(words)s.", area=area, words=quoted(best, coach.texts))
    return Reason(sentence, coach.quotes("goals_evidenced"))


def _told_evidenced(coach: Standing) -> Reason | None:
    other = _not_quoted_for_a_goal(coach, "told_evidenced")
    if not other:
        return None
    words = quoted(other[0], coach.texts)
    sentence = coach.texts.gettext("Shows help with what the text tells of: %(words)s.", words=words)
    return Reason(sentence, coach.quotes("told_evidenced"))


def _not_quoted_for_a_goal(coach: Standing, facet: str) -> list[Passage]:
    """The facet's passages without the one that the reason for a goal quotes: no passage is quoted twice."""
    said = coach.passages("goals_evidenced")[:1] if coach.adds("goals_evidenced") else ()
    return [passage for passage in coach.passages(facet) if passage not in said]


def _nothing_against(_coach: Standing) -> None:
    # Nothing to be found is no reason to choose anybody.
    return None


def _level(coach: Standing) -> Reason | None:
    wanted = coach.need.level
    if wanted is None or wanted not in coach.codes("levels", vocabulary.LEVELS):
        return None
    evidence = Evidence(facet="level", source="experience/levels_coached", quote=wanted)
    coached = managers((wanted,), coach.texts)
    sentence = coach.texts.gettext("Covers the goals at this level: has coached %(managers)s.", managers=coached)
    return Reason(sentence, (evidence,))


def _leadership(coach: Standing) -> Reason:
    led = float(coach.index.facts.leadership_years[coach.row])
    evidence = Evidence(facet="leadership", source="experience/leadership_years", quote=f"{led:.10g}")
    return Reason(coach.texts.gettext("Has led people for %(years)s.", years=years(led, coach.texts)), (evidence,))


def _coaching_hours(coach: Standing) -> Reason:
    coached = float(coach.index.facts.coaching_hours[coach.row])
    evidence = Evidence(facet="coaching_hours", source="experience/coaching_hours", quote=f"{coached:.10g}")
    return Reason(coach.texts.gettext("Has coached for %(hours)s.", hours=hours(coached, coach.texts)), (evidence,))


def _references(coach: Standing) -> Reason | None:
    given = cast(References, coach.entries("references"))
    if given.rating.mean() < _GOOD_RATING:
        return None
    best = int(np.lexsort((np.arange(len(given.rating)), -given.rating, ~given.verified))[0])
    source = f"references/{best}"
    passages = coach.passages_from(source)
    quote = passages[0].text if passages else f"{given.rating[best]:g}"
    sentence = coach.texts.ngettext(
        "Former clients rate this coach %(rating)s of 5 on average (%(number)s rating, %(verified)s verified).",
        "Former clients rate this coach %(rating)s of 5 on average (%(number)s ratings, %(verified)s verified).",
        len(given.rating),
        rating=coach.texts.digits(f"{given.rating.mean():.1f}"),
        number=digits(len(given.rating), coach.texts),
        verified=int(given.verified.sum()) or coach.texts.gettext("none"),
    )
    return Reason(sentence, (Evidence(facet="references", source=source, quote=quote),))


def _credentials(coach: Standing) -> Reason:
    held = cast(Credentials, coach.entries("credentials"))
    valid = held.valid_until >= coach.candidates.start_by.toordinal()
    best = int(np.argmax(np.where(valid, (held.rank + 1) * np.where(held.verified, 2, 1), 0)))
    checked = coach.texts.gettext("verified") if held.verified[best] else coach.texts.gettext("not verified")
    title = TITLES[held.title[best]]
    _, _, level = title.partition(" ")
    evidence = Evidence(facet="credentials", source=f"credentials/{best}/level", quote=level)
    sentence = coach.texts.gettext(
        "Holds the credential %(title)s (%(checked)s), valid on the day of the start.",
        title=title,
        checked=checked,
    )
    return Reason(sentence, (evidence,))


def _start_and_times(coach: Standing) -> Reason:
    times = coach.texts.gettext(", with time in common with the manager") if coach.need.availability.weekly else ""
    return Reason(coach.texts.gettext("Is free %(start)s%(times)s.", start=_free(coach), times=times), ())


def _free(coach: Standing) -> str:
    before = coach.free_days_before_start()
    if before is None:
        return coach.texts.gettext("now")
    if before:
        return coach.texts.gettext("%(days)s before the start", days=days(before, coach.texts))
    return coach.texts.gettext("on the day of the start")


def _background(coach: Standing) -> Reason | None:
    other = _not_quoted_for_a_goal(coach, "background")
    if not other or coach.value("background") < _PLAIN:
        return None
    wish = coach.background_of(other[0])
    sentence = coach.texts.gettext(
        "Tells of a background as wished for in %(wish)s: %(words)s.",
        wish=in_the_text(wish.passage, coach.texts),
        words=quoted(other[0], coach.texts),
    )
    return Reason(sentence, coach.quotes("background"))


def _style_wanted(coach: Standing) -> Reason:
    wanted = coach.candidates.reading.styles_wanted
    shared = tuple(code for code in coach.codes("styles", vocabulary.STYLES) if code in wanted)
    texts = coach.texts
    told = {"origin": read_from(coach, "style_wanted", shared), "styles": listed(shared, texts)}
    return Reason(
        texts.ngettext(
            "Works in the style wanted%(origin)s: %(styles)s.",
            "Works in the styles wanted%(origin)s: %(styles)s.",
            len(wanted),
            **told,
        )
        if len(shared) == len(wanted)
        else texts.gettext(
            "Works in %(shared)s of %(wanted)s styles wanted%(origin)s: %(styles)s.",
            shared=len(shared),
            wanted=len(wanted),
            **told,
        ),
        tuple(Evidence(facet="style_wanted", source="styles", quote=code) for code in shared),
    )


def _style_to_avoid(coach: Standing) -> Reason | None:
    styles, unwanted = coach.codes("styles", vocabulary.STYLES), coach.candidates.reading.styles_to_avoid
    if not (styles and unwanted):
        return None
    return Reason(
        coach.texts.ngettext(
            "Covers the goals in other styles than the one to avoid%(origin)s (%(unwanted)s): %(styles)s.",
            "Covers the goals in other styles than the ones to avoid%(origin)s (%(unwanted)s): %(styles)s.",
            len(unwanted),
            origin=read_from(coach, "style_avoid", unwanted),
            unwanted=listed(unwanted, coach.texts),
            styles=listed(styles, coach.texts),
        ),
        tuple(Evidence(facet="style_to_avoid", source="styles", quote=code) for code in styles),
    )


def _industry(coach: Standing) -> Reason:
    known = coach.codes("industries", vocabulary.INDUSTRIES)
    wanted = str(coach.need.industry)
    related = tuple(code for code in known if vocabulary.INDUSTRY_GROUP[code] == vocabulary.INDUSTRY_GROUP[wanted])
    shown = (wanted,) if wanted in known else related
    named = listed(shown, coach.texts)
    return Reason(
        coach.texts.gettext("Knows the industry: %(industries)s.", industries=named)
        if wanted in known
        else coach.texts.ngettext(
            "Knows a related industry: %(industries)s.",
            "Knows related industries: %(industries)s.",
            len(shown),
            industries=named,
        ),
        tuple(Evidence(facet="industry", source="industries", quote=code) for code in shown),
    )


REASONS: Mapping[str, Callable[[Standing], Reason | None]] = MappingProxyType(
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
"""For each facet the sentence that may be said when it adds to a score; None for facts that speak for nobody."""
