"""Simple rankers to measure the service against; each sees the whole profile and the whole need."""

from collections.abc import Callable, Collection, Mapping, Sequence

import bm25s
import numpy as np

from matcher.domain import Coach, Need
from matcher.domain.vocabulary import label
from matcher.matching.embedding import Encoder, Vectors
from matcher.matching.passages import coach_passages, need_passages
from training.metrics import Values

Ranker = Callable[[Need, Sequence[str]], Values]
"""Scores of those coaches (ids) for a need, higher is better; shape (coaches,)."""


def _labels(codes: Collection[str]) -> str:
    return ", ".join(label(code) for code in codes)


def _goal_labels(need: Need) -> list[str]:
    return [label(goal.area) for goal in need.focus_areas]


def profile_text(coach: Coach) -> str:
    """All that a profile says, but for the name: texts first, then its tags as words."""
    experience = coach.experience.roles_held
    texts = [coach.headline, coach.bio, coach.approach, *(reference.text for reference in coach.references)]
    tags = [_labels(codes) for codes in (coach.focus_areas, coach.styles, coach.industries)]
    return "\n".join([*texts, *tags, *coach.methods, *experience])


def need_text(need: Need) -> str:
    """All that a need says: summary, outcome, and its goals as words."""
    return "\n".join(filter(None, [need.summary, need.outcome, ", ".join(_goal_labels(need))]))


def any_order(need: Need, coach_ids: Sequence[str]) -> Values:
    """Everybody the same; under measures that average over ties, the expected value of a random order."""
    return np.zeros(len(coach_ids))


def tags_only(coaches: Mapping[str, Coach]) -> Ranker:
    """The share of the need's goals, by importance, that a coach has among the focus areas.

    0 for everybody when the need names no goal.
    """

    def score(need: Need, coach_ids: Sequence[str]) -> Values:
        whole = sum(goal.importance for goal in need.focus_areas) or 1
        covered = [
            sum(goal.importance for goal in need.focus_areas if goal.area in coaches[coach].focus_areas)
            for coach in coach_ids
        ]
        return np.array(covered, np.float64) / whole

    return score


def _words(texts: Sequence[str]) -> list[list[str]]:
    """Without a stop list, since the texts are in several languages."""
    words: list[list[str]] = bm25s.tokenize(list(texts), stopwords=None, return_ids=False, show_progress=False)
    return words


def bm25(coaches: Mapping[str, Coach]) -> Ranker:
    """Okapi BM25 (as in Lucene; k1 = 1.5, b = 0.75) of the need's words in the profiles' texts."""
    place = {coach: row for row, coach in enumerate(coaches)}
    index = bm25s.BM25(k1=1.5, b=0.75, method="lucene")
    index.index(_words([profile_text(coach) for coach in coaches.values()]), show_progress=False)

    def score(need: Need, coach_ids: Sequence[str]) -> Values:
        scores = index.get_scores(_words([need_text(need)])[0])
        return np.asarray(scores[[place[coach] for coach in coach_ids]], np.float64)

    return score


def one_vector(coaches: Mapping[str, Coach], encoder: Encoder) -> Ranker:
    """Cosine of one vector of the need's text and one of the profile's.

    An encoder reads the beginning of a longer text only, all-MiniLM-L6-v2 256 word pieces.
    """
    vectors = dict(zip(coaches, encoder.encode([profile_text(coach) for coach in coaches.values()]), strict=True))

    def score(need: Need, coach_ids: Sequence[str]) -> Values:
        wanted = encoder.encode([need_text(need)])[0]
        return np.array([vectors[coach] @ wanted for coach in coach_ids], np.float64)

    return score


def _best_cosines(wanted: Vectors, offered: Vectors) -> float:
    """The highest cosine of each wanted vector with one on offer, on average; -1 where none is on offer."""
    return float((wanted @ offered.T).max(axis=1, initial=-1).mean())


def _on_offer(coach: Coach, encoder: Encoder) -> Vectors:
    tags = [_labels(coach.focus_areas)] if coach.focus_areas else []
    return encoder.encode([*(passage.text for passage in coach_passages(coach)), *tags])


def max_sim(coaches: Mapping[str, Coach], encoder: Encoder) -> Ranker:
    """MaxSim over passages (as in ColBERT, Khattab & Zaharia 2020, with passages in place of words).

    On offer are a profile's passages and one line that names its focus areas. Each passage of the
    need, and each goal, meets its best; the mean over passages and the mean over goals count half
    each, or the one alone when the need lacks the other.
    """
    offered = {coach.id: _on_offer(coach, encoder) for coach in coaches.values()}

    def score(need: Need, coach_ids: Sequence[str]) -> Values:
        texts = [passage.text for passage in need_passages(need)]
        halves = [encoder.encode(half) for half in (texts, _goal_labels(need)) if half]
        return np.array([np.mean([_best_cosines(half, offered[coach]) for half in halves]) for coach in coach_ids])

    return score
