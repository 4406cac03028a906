"""Whether a coach suits the wishes of the need: style, background, industry, start and times."""

import numpy as np

from matcher.domain import vocabulary
from matcher.matching import timetable
from matcher.matching.eligibility import accepting_from
from matcher.matching.facets.measured import Candidates, Measured, fewness, related, scaled
from matcher.matching.index import Floats, Ints

ROOMY_SESSIONS = 3
"""A timetable that could hold this many sessions a week leaves room to move one."""

HONEST_STYLES = 3
HONEST_INDUSTRIES = 4
"""Styles and industries that a coach may name before each counts for less."""

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
    """How near the coach's passages are to those of the need that wish for a background: for each of these the nearest
    one, averaged, on the scale of `closeness`.

    Unknown when the text wishes for none, and for a profile without text.
    """
    wished = candidates.reading.background_passages
    if not wished:
        return Measured(candidates.unknown())
    similarity = candidates.near_need.similarity[:, wished]
    values = scaled(similarity.mean(axis=1), candidates.passage_scale)
    strength = related(similarity, candidates.passage_scale)
    return Measured(values, strength, lambda candidate: candidates.near_need.places(candidate)[wished])


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
