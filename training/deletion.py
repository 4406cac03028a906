"""Whether a passage matters as much as the score says: what it adds by the formulas, and without it.

A profile shows an area as far as the MOST_PASSAGES passages that tell most of it do together, up to WHOLE.
Without one of these the next best takes its place. How far the goals are covered, as far as the coach suits, is
the root of a weighted mean of what is named and shown. So what a passage is said to add to a
facet that rests on texts is its weight times the facet's value over all passages less that over the
others, both worked out here from what each passage tells, not by the code that ranks.
"""

from dataclasses import dataclass

import numpy as np

from matcher.domain import Need
from matcher.domain.vocabulary import FOCUS_AREAS
from matcher.matching.areas import MOST_PASSAGES, WHOLE
from matcher.matching.copies import WordsOfNeed
from matcher.matching.evidence import UNIT
from matcher.matching.facets import Candidates
from matcher.matching.facets.goals import HONEST_CLAIMS, goals_claimed, goals_evidenced
from matcher.matching.facets.measured import fewness
from matcher.matching.facets.suited import CLAIMED, ENOUGH_SHOWN, EVIDENCED, HELD_BACK, NAMED, SUITS, TOLD
from matcher.matching.facets.wishes import WHOLE_BACKGROUND
from matcher.matching.index import Floats, Profile
from matcher.matching.passages import Passage
from matcher.matching.reading import ReadGoal
from matcher.matching.scoring import rounded
from training.metrics import SHOWN
from training.what_if import WhatIf

_SHOWN_PARTS = ((EVIDENCED, "goals_evidenced"), (TOLD, "told_evidenced"))


@dataclass(frozen=True)
class Deletion:
    """A passage of a coach shown for a need: what it is said to add to the score by facet, and how far the
    score falls when it is taken out of the profile."""

    need: str
    coach: str
    passage: Passage
    said: dict[str, float]
    fall: float

    @property
    def error(self) -> float:
        """By how much the fall is not what was said."""
        return abs(self.fall - sum(self.said.values()))


def deletions(world: WhatIf, need: Need, shown: int = SHOWN) -> list[Deletion]:
    """For each coach shown the deletion of the passage that most shows the need's goals; none for a coach of
    whom no passage shows any."""
    candidates = world.candidates(need)
    best, before = goals_evidenced(candidates), world.standing(candidates)
    found = []
    for candidate in before.best[:shown].tolist():
        for place in best.passages(candidate)[:1]:
            coach = world.judged.coaches[before.ids[candidate]]
            passage = candidates.index.passage(place)
            own = place - int(candidates.index.columns.spans.start[candidates.rows[candidate]])
            after = world.standing(world.candidates(need, [without(world.profile(coach), own)]))
            fall = float(before.scores[candidate] - after.scores[candidate])
            said = said_to_add(world, candidates, candidate, place)
            found.append(Deletion(str(need.id), coach.id, passage, said, fall))
    return found


def without(profile: Profile, place: int) -> Profile:
    """What an index would take in of the coach without the passage at that place, all others as they are."""
    passages = profile.passages or ()
    return Profile(
        profile.coach,
        np.delete(profile.themes, place, axis=0),
        passages[:place] + passages[place + 1 :],
    )


def said_to_add(world: WhatIf, candidates: Candidates, candidate: int, place: int) -> dict[str, float]:
    """What the passage at that place adds to a candidate's score, by facet; 0 for a facet that is unknown."""
    own = candidates.index.columns.spans.places(candidates.rows[candidate : candidate + 1])
    store = candidates.index.store
    themes = store.column("themes", own).astype(np.float64)
    kept = own != place
    neutral = {facet.facet: facet.neutral for facet in world.scorer.facets}
    weights = {facet.facet: facet.weight for facet in world.scorer.facets}
    asked = WordsOfNeed([passage.text for passage in candidates.reading.passages])
    themes[asked.copied(store.column("sampled", own))] = 0.0
    whole, rest = (
        _rounded(_with_coverage(candidates, candidate, themes[part], _values(candidates, themes[part])))
        for part in (np.ones_like(kept), kept)
    )
    return {
        facet: weights[facet] * (whole[facet] - rest.get(facet, neutral[facet])) for facet in whole if facet in weights
    }


def _rounded(values: dict[str, float]) -> dict[str, float]:
    """As the service weighs them."""
    digits = rounded(np.array([*values.values()], np.float64)).tolist()
    return dict(zip(values, digits, strict=True))


def _values(candidates: Candidates, themes: Floats) -> dict[str, float]:
    """The facets that are known, of passages that tell so many units of each theme, shape (passages, themes)."""
    reading = candidates.reading
    if not len(themes):
        return {}
    values = {}
    if reading.goals:
        of_goals = themes[:, [FOCUS_AREAS.index(goal.area) for goal in reading.goals]]
        values["goals_evidenced"] = _shown(themes, reading.goals)
        values["nothing_against"] = 1.0 - float(np.maximum(-of_goals, 0).max()) / UNIT
    if reading.told and reading.need.focus_areas:
        values["told_evidenced"] = _shown(themes, reading.told)
    if wished := reading.background_shares:
        values["background"] = min(
            sum(
                share * _together(themes[:, len(FOCUS_AREAS) + place], WHOLE_BACKGROUND)
                for place, share in wished.items()
            ),
            1.0,
        )
    return values


def _with_coverage(
    candidates: Candidates, candidate: int, themes: Floats, values: dict[str, float]
) -> dict[str, float]:
    """The same with the facets that count how far the goals are covered, if that is known."""
    claimed = float(goals_claimed(candidates).values[candidate])
    if np.isnan(claimed) and "goals_evidenced" not in values:
        return values
    shown = sum(part * values.get(facet, 0.0) for part, facet in _SHOWN_PARTS)
    covered = float(np.sqrt(CLAIMED * np.nan_to_num(claimed) + shown))
    covered *= _as_far_as_the_foremost_are_shown(candidates, candidate, themes)
    return values | {facet: covered * float(suits(candidates)[candidate]) for facet, suits in SUITS.items()}


def _as_far_as_the_foremost_are_shown(candidates: Candidates, candidate: int, themes: Floats) -> float:
    """What the coverage is multiplied by."""
    goals = candidates.reading.goals
    if not candidates.reading.need.focus_areas:
        return 1.0
    most, claimed = max(goal.weight for goal in goals), candidates.flags("focus_areas")
    counting = NAMED * float(fewness(claimed.number(), HONEST_CLAIMS)[candidate])
    shown = []
    for place in (FOCUS_AREAS.index(goal.area) for goal in goals if goal.weight == most):
        named = bool(claimed.has([place])[candidate, 0])
        shown.append(max(_together(themes[:, place], WHOLE) if len(themes) else 0.0, counting * named))
    return 1 - HELD_BACK * (1 - min(max(shown) / ENOUGH_SHOWN, 1))


def _shown(themes: Floats, goals: tuple[ReadGoal, ...]) -> float:
    """The weighted mean over the goals of what the passages that tell most of each show together."""
    total = 0.0
    for goal in goals:
        total += goal.weight * _together(themes[:, FOCUS_AREAS.index(goal.area)], WHOLE)
    return min(total, 1.0)


def _together(told: Floats, whole: float) -> float:
    """What the passages that tell most of one theme show of it together, as a share of the whole."""
    return min(float(np.sort(np.maximum(told, 0.0))[-MOST_PASSAGES:].sum()) / (whole * UNIT), 1.0)
