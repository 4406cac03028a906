"""What would have changed the order: read off the assessment, or by ordering anew for a need with one wish less."""

from collections.abc import Iterator
from dataclasses import fields, replace
from itertools import islice

from matcher.domain.vocabulary import label
from matcher.matching.assessment import Assessment
from matcher.matching.explanation.reasons import listed, plural
from matcher.matching.facets import Candidates
from matcher.matching.ranking import Ranking
from matcher.matching.retrieval import Evidence

MOST_CHANGES = 2
"""How many changes are named of one coach; more would read like a task list."""

_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}
_GOALS = ("goals_claimed", "goals_evidenced", "nothing_against", "level", "style_to_avoid")
_STYLES = ("style_wanted", "style_to_avoid")


def place_in_words(rank: int) -> str:
    """A rank as an ordinal.

    >>> place_in_words(2), place_in_words(11), place_in_words(22), place_in_words(113)
    ('second', '11th', '22nd', '113th')
    """
    if rank <= len(_PLACES):
        return _PLACES[rank - 1]
    teens = rank // 10 % 10 == 1
    return f"{rank}{'th' if teens else _ENDINGS.get(rank % 10, 'th')}"


def would_change(ranking: Ranking, assessment: Assessment, rank: int) -> tuple[str, ...]:
    """What would change the place of a coach shown, in plain sentences.

    Of the first: by how much it leads, and changes of the need that would put another first. Of each
    other one: changes of the profile that would move the coach up, the smallest first. MOST_CHANGES
    at most; empty when no single one would.
    """
    if rank == 1:
        return (*_lead(assessment), *islice(_others_first(ranking), MOST_CHANGES))
    return _moves(assessment, rank, "would be {}")


def would_have_been_shown(assessment: Assessment, rank: int, shown: int) -> tuple[str, ...]:
    """Up to MOST_CHANGES changes that would have put a coach who is not shown among the first `shown`.

    Empty when no single one would, and for an assessment of an earlier version, which kept none.
    """
    return _moves(assessment, rank, "would have been {}, and so on the shortlist") if rank > shown else ()


def _moves(assessment: Assessment, rank: int, consequence: str) -> tuple[str, ...]:
    moves = zip(assessment.changes, assessment.gained[rank - 1].tolist(), strict=True)
    sentences = (
        f"{change} this coach {consequence.format(place_in_words(rank - gained))}."
        for change, gained in moves
        if gained
    )
    return tuple(islice(sentences, MOST_CHANGES))


def _lead(assessment: Assessment) -> tuple[str, ...]:
    if len(assessment.order) == 1:
        return ()
    lead = float(assessment.scores[0] - assessment.scores[1])
    if lead == 0:
        return ("Scores as much as the second, and costs less or comes first by id.",)
    return (f"Leads the second by {lead:.3f}." if round(lead, 3) else "Leads the second by less than 0.001.",)


def _others_first(ranking: Ranking) -> Iterator[str]:
    first = ranking.order[0]
    for wish, changed in (*_with_a_goal_less(ranking), *_with_no_style_to_avoid(ranking)):
        if (other := changed.order[0]) != first:
            rank = ranking.order.tolist().index(other) + 1
            yield f"Without {wish}, the coach now {place_in_words(rank)} would be first."


def _with_a_goal_less(ranking: Ranking) -> Iterator[tuple[str, Ranking]]:
    """Without the stated goal of least weight, each of those in turn; nothing for a need that states no second one."""
    candidates = ranking.candidates
    stated = candidates.reading.need.focus_areas
    if len(stated) < 2:
        return
    least = min(goal.importance for goal in stated)
    for place, goal in enumerate(stated):
        if goal.importance == least:
            less = _without_goal(candidates, place)
            yield f"{label(goal.area)} among the goals", ranking.measured_again(less, _GOALS)


def _without_goal(candidates: Candidates, place: int) -> Candidates:
    reading = candidates.reading
    kept = [other for other in range(len(reading.goals)) if other != place]
    stated = tuple(reading.need.focus_areas[other] for other in kept)
    total = sum(goal.importance for goal in stated)
    goals = tuple(
        replace(reading.goals[other], weight=goal.importance / total) for other, goal in zip(kept, stated, strict=True)
    )
    need = reading.need.model_copy(update={"focus_areas": stated})
    columns = {field.name: getattr(candidates.goals_shown, field.name)[:, kept] for field in fields(Evidence)}
    return replace(candidates, reading=replace(reading, need=need, goals=goals), goals_shown=Evidence(**columns))


def _with_no_style_to_avoid(ranking: Ranking) -> Iterator[tuple[str, Ranking]]:
    candidates = ranking.candidates
    reading = candidates.reading
    need, unwanted = reading.need, reading.styles_to_avoid
    if not unwanted:
        return
    # Styles that are stated no longer hide those that the text tells of: so it would be were the need asked anew.
    tolerant = need.model_copy(update={"styles": need.styles.model_copy(update={"avoid": ()})})
    less = replace(reading, need=tolerant) if need.styles.avoid else reading.without("style_avoid")
    origin = "" if need.styles.avoid else " that the text tells of"
    words = f"the {plural('style', len(unwanted))} to avoid{origin} ({listed(unwanted)})"
    yield words, ranking.measured_again(replace(candidates, reading=less), _STYLES)
