"""What would have changed the order: read off the assessment, or by ordering anew for a need with one wish less."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

import numpy as np

from matcher.domain.vocabulary import label
from matcher.matching.assessment import Assessment
from matcher.matching.explanation.changes import CHANGES
from matcher.matching.explanation.phrasing import listed
from matcher.matching.facets import FACETS, Candidates
from matcher.matching.facets.suited import at_level, avoids_none, coverage
from matcher.matching.ranking import Ranking
from matcher.texts import IN_ENGLISH, Phrase, Texts

MOST_CHANGES = 2
"""How many changes are named of one coach; more would read like a task list."""

_PLACES = (
    Phrase("first"),
    Phrase("second"),
    Phrase("third"),
    Phrase("fourth"),
    Phrase("fifth"),
    Phrase("sixth"),
    Phrase("seventh"),
    Phrase("eighth"),
    Phrase("ninth"),
    Phrase("tenth"),
)
_LATER = {
    1: Phrase("%(rank)sst").message,
    2: Phrase("%(rank)snd").message,
    3: Phrase("%(rank)srd").message,
}
_GOALS = ("goals_claimed", "goals_evidenced", "nothing_against", "level", "style_to_avoid")
_STYLES = ("style_wanted", "style_to_avoid")


def place_in_words(rank: int, texts: Texts = IN_ENGLISH) -> str:
    """A rank as an ordinal.

    >>> place_in_words(2), place_in_words(11), place_in_words(22), place_in_words(113)
    ('second', '11th', '22nd', '113th')
    """
    if rank <= len(_PLACES):
        return texts.said(_PLACES[rank - 1])
    teens = rank // 10 % 10 == 1
    if teens or rank % 10 not in _LATER:
        return texts.gettext("%(rank)sth", rank=rank)
    return texts.gettext(_LATER[rank % 10], rank=rank)


def would_change(ranking: Ranking, assessment: Assessment, rank: int, texts: Texts = IN_ENGLISH) -> tuple[str, ...]:
    """What would change the place of a coach shown, in plain sentences.

    Of the first: by how much it leads, and changes of the need that would put another first. Of each
    other one: changes of the profile that would move the coach up, the smallest first. MOST_CHANGES
    at most; empty when no single one would.
    """
    if rank == 1:
        return (*_lead(assessment, texts), *islice(_others_first(ranking, texts), MOST_CHANGES))
    return _moves(assessment, rank, _WOULD_BE, texts)


def would_have_been_shown(assessment: Assessment, rank: int, shown: int, texts: Texts = IN_ENGLISH) -> tuple[str, ...]:
    """Up to MOST_CHANGES changes that would have put a coach who is not shown among the first `shown`.

    Empty when no single one would, and for an assessment of an earlier version, which kept none.
    """
    return _moves(assessment, rank, _WOULD_HAVE_BEEN, texts) if rank > shown else ()


_WOULD_BE = Phrase("%(change)s this coach would be %(place)s.").message
_WOULD_HAVE_BEEN = Phrase("%(change)s this coach would have been %(place)s, and so on the shortlist.").message


def _moves(assessment: Assessment, rank: int, consequence: str, texts: Texts) -> tuple[str, ...]:
    moves = zip(assessment.changes, assessment.gained[rank - 1].tolist(), strict=True)
    sentences = (
        texts.gettext(consequence, change=_told(change, texts), place=place_in_words(rank - gained, texts))
        for change, gained in moves
        if gained
    )
    return tuple(islice(sentences, MOST_CHANGES))


def _told(change: str, texts: Texts) -> str:
    """A change as an assessment keeps it, which is in English; one of an earlier version stays so."""
    return next((texts.said(known.words) for known in CHANGES if known.words == change), change)


def _lead(assessment: Assessment, texts: Texts) -> tuple[str, ...]:
    if len(assessment.order) == 1:
        return ()
    lead = float(assessment.scores[0] - assessment.scores[1])
    if lead == 0:
        return (texts.gettext("Scores as much as the second, and costs less or comes first by id."),)
    if not round(lead, 3):
        return (texts.gettext("Leads the second by less than %(least)s.", least=texts.digits("0.001")),)
    return (texts.gettext("Leads the second by %(lead)s.", lead=texts.digits(f"{lead:.3f}")),)


def _others_first(ranking: Ranking, texts: Texts) -> Iterator[str]:
    first = ranking.first
    for wish, other in (*_with_a_goal_less(ranking, texts), *_with_no_style_to_avoid(ranking, texts)):
        if other != first:
            rank = int(np.flatnonzero(ranking.order == other)[0]) + 1
            place = place_in_words(rank, texts)
            yield texts.gettext("Without %(wish)s, the coach now %(place)s would be first.", wish=wish, place=place)


def _with_a_goal_less(ranking: Ranking, texts: Texts) -> Iterator[tuple[str, int]]:
    """Who is first without the stated goal of least weight, each of those in turn; nothing for a need that states no
    second one."""
    candidates = ranking.candidates
    stated = candidates.reading.need.focus_areas
    if len(stated) < 2:
        return
    least = min(goal.importance for goal in stated)
    for place, goal in enumerate(stated):
        if goal.importance == least:
            less = _without_goal(candidates, place)
            wish = texts.gettext("%(area)s among the goals", area=texts.gettext(label(goal.area)))
            yield wish, _first_when(ranking, less, _GOALS)


def _first_when(ranking: Ranking, candidates: Candidates, facets: Sequence[str]) -> int:
    """Who is first among those candidates, who differ from the ranked ones in nothing but what those facets measure."""
    return ranking.first_with({facet: candidates.of(FACETS[facet]).values for facet in facets})


def _without_goal(candidates: Candidates, place: int) -> Candidates:
    reading = candidates.reading
    kept = [other for other in range(len(reading.goals)) if other != place]
    stated = tuple(reading.need.focus_areas[other] for other in kept)
    total = sum(goal.importance for goal in stated)
    goals = tuple(
        replace(reading.goals[other], weight=goal.importance / total) for other, goal in zip(kept, stated, strict=True)
    )
    need = reading.need.model_copy(update={"focus_areas": stated})
    goals_shown = candidates.goals_shown.only(kept)
    same = (at_level, avoids_none, FACETS["told_evidenced"])
    return candidates.but(same, reading=replace(reading, need=need, goals=goals), goals_shown=goals_shown)


def _with_no_style_to_avoid(ranking: Ranking, texts: Texts) -> Iterator[tuple[str, int]]:
    candidates = ranking.candidates
    reading = candidates.reading
    need, unwanted = reading.need, reading.styles_to_avoid
    if not unwanted:
        return
    # Styles that are stated no longer hide those that the text tells of: so it would be were the need asked anew.
    tolerant = need.model_copy(update={"styles": need.styles.model_copy(update={"avoid": ()})})
    less = replace(reading, need=tolerant) if need.styles.avoid else reading.without("style_avoid")
    origin = "" if need.styles.avoid else texts.gettext(" that the text tells of")
    words = texts.ngettext(
        "the style to avoid%(origin)s (%(styles)s)",
        "the styles to avoid%(origin)s (%(styles)s)",
        len(unwanted),
        origin=origin,
        styles=listed(unwanted, texts),
    )
    yield words, _first_when(ranking, candidates.but([coverage], reading=less), _STYLES)
