"""Whether a coach suits the wishes of the need: style, background, industry, start and times."""

import numpy as np

from matcher.domain import vocabulary
from matcher.matching import timetable
from matcher.matching.areas import WHOLE
from matcher.matching.eligibility import accepting_from
from matcher.matching.facets.measured import Candidates, Measured, fewness
from matcher.matching.index import Floats, Ints

ROOMY_SESSIONS = 3
"""A timetable that could hold this many sessions a week leaves room to move one."""

HONEST_STYLES = 3
HONEST_INDUSTRIES = 4
"""Styles and industries that a coach may name before each counts for less."""

WHOLE_BACKGROUND = 0.5
"""As much as passages need to show of a background together, less than of an area: the same passage tells of several,
which share what it tells. Chosen on wishes of annotated needs, for which it was judged which coaches meet them."""

LEAST_QUOTED = 0.25
"""How clearly a background must be shown for the passage that tells most of it to be quoted."""

ROOMY_DAYS = 30
"""A coach free this long before the start asked for leaves room for a first talk."""


def style_wanted(candidates: Candidates) -> Measured:
    """The share of the styles wanted that the coach works in; less of it for one who names more than
    HONEST_STYLES. Unknown when either names none.

    Styles wanted are those that the need states; when it states none, those read from its text.
    """
    wanted = candidates.reading.styles_wanted
    if not wanted:
        return Measured(candidates.unknown())
    styles = candidates.flags("styles")
    number = styles.number()
    share = styles.has([vocabulary.STYLES.index(style) for style in wanted]).mean(axis=1)
    return Measured(np.where(number > 0, share * fewness(number, HONEST_STYLES), np.nan))


def background(candidates: Candidates) -> Measured:
    """How clearly the profile tells of each background that the need's text wishes for, averaged by its shares.

    Unknown when the text wishes for none that is told apart, and for a profile without text.
    """
    shares = np.array([*candidates.reading.background_shares.values()])
    if not len(shares):
        return Measured(candidates.unknown())
    shown = np.minimum(candidates.backgrounds_shown.strength * (WHOLE / WHOLE_BACKGROUND), 1.0)

    def telling(candidate: int) -> Floats:
        own = shown[candidate]
        return np.where(own >= LEAST_QUOTED, own * shares, 0)

    # At most 1, whatever the shares add up to in the last bit.
    values = np.minimum((shown * shares).sum(axis=1), 1.0)
    return Measured(values, telling, candidates.backgrounds_shown.place)


def industry(candidates: Candidates) -> Measured:
    """1 for a coach who knows the industry, 1/2 for one who knows a related one (same group), else 0; less of
    it for one who names more than HONEST_INDUSTRIES.

    Unknown when the need or the profile names none.
    """
    wanted = candidates.reading.need.industry
    if wanted is None:
        return Measured(candidates.unknown())
    known, group = candidates.flags("industries"), vocabulary.INDUSTRY_GROUP[wanted]
    related = [place for place, code in enumerate(vocabulary.INDUSTRIES) if vocabulary.INDUSTRY_GROUP[code] == group]
    values = np.where(known.any_of([vocabulary.INDUSTRIES.index(wanted)]), 1.0, 0.5 * known.any_of(related))
    number = known.number()
    return Measured(np.where(number > 0, values * fewness(number, HONEST_INDUSTRIES), np.nan))


def start_and_times(candidates: Candidates) -> Measured:
    """How early the coach is free, and how much room the timetables of both leave; the mean of the two.

    The first alone when the need states no times. It is 1 for a coach who is free today, however soon
    the start, or ROOMY_DAYS before it.
    """
    return Measured(free_from(candidates, accepting_from(candidates.index, candidates.today, candidates.rows)))


def free_from(candidates: Candidates, accepting: Ints) -> Floats:
    """The values of `start_and_times`, did the candidates accept managers from those ordinal days; shape
    (candidates,)."""
    days_before = np.clip((candidates.start_by.toordinal() - accepting) / ROOMY_DAYS, 0.0, 1.0)
    start = np.where(accepting <= candidates.today.toordinal(), 1.0, days_before)
    if not candidates.reading.need.availability.weekly:
        return start
    return (start + candidates.of(_room)) / 2


def _room(candidates: Candidates) -> Floats:
    """How much room the timetables of both leave, as a share of ROOMY_SESSIONS a week."""
    need = candidates.reading.need
    common = timetable.total_overlap(candidates.index, need, candidates.start_by, candidates.rows)
    room: Floats = np.clip(common / (ROOMY_SESSIONS * need.sessions.minutes * 60), 0.0, 1.0)
    return room
