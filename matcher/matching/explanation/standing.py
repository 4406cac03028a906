"""One candidate as an explanation sees it: facts from the index, contributions from the scorer."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matcher.domain import Evidence, Need, vocabulary
from matcher.matching.columns import Columns
from matcher.matching.eligibility import accepting_from
from matcher.matching.facets import Candidates, Measured
from matcher.matching.flags import Flags
from matcher.matching.index import CoachIndex, Floats
from matcher.matching.passages import Passage
from matcher.matching.reading import ReadGoal
from matcher.matching.wish_reading import ReadWish
from matcher.texts import IN_ENGLISH, Texts


@dataclass(frozen=True)
class Standing:
    """A candidate, by its place among the candidates, with what was measured of all of them and what
    each facet adds to this one's score: `added`, shape (facets,), in the order of `measured`. It is told of in the
    language of `texts`."""

    candidates: Candidates
    place: int
    measured: Mapping[str, Measured]
    added: Floats
    texts: Texts = IN_ENGLISH

    @property
    def index(self) -> CoachIndex:
        """The index that the candidate stands in."""
        return self.candidates.index

    @property
    def row(self) -> int:
        """The candidate's row in the index."""
        return int(self.candidates.rows[self.place])

    @property
    def need(self) -> Need:
        """The need that is to be met."""
        return self.candidates.reading.need

    @cached_property
    def contributions(self) -> dict[str, float]:
        """What each facet adds to the score."""
        return dict(zip(self.measured, self.added.tolist(), strict=True))

    @property
    def goals(self) -> tuple[ReadGoal, ...]:
        """The goals of the need."""
        return self.candidates.reading.goals

    @property
    def goals_are_stated(self) -> bool:
        """Whether the need states its goals, rather than that they were read from its text."""
        return any(goal.stated for goal in self.goals)

    def adds(self, facet: str) -> bool:
        """Whether the facet adds to the score."""
        return self.contributions[facet] > 0

    def value(self, facet: str) -> float:
        """The facet's value, NaN when unknown."""
        return float(self.measured[facet].values[self.place])

    def is_unknown(self, facet: str) -> bool:
        """Whether the facet says nothing of this candidate."""
        return bool(np.isnan(self.value(facet)))

    def passages(self, facet: str) -> tuple[Passage, ...]:
        """The passages that the facet rests on, best first; empty for a facet that rests on facts."""
        if facet not in self._passages:
            places = self.measured[facet].passages(self.place)
            self._passages[facet] = tuple(self.index.passage(place) for place in places)
        return self._passages[facet]

    def quotes(self, facet: str) -> tuple[Evidence, ...]:
        """The facet's passages as evidence."""
        return tuple(
            Evidence(facet=facet, source=passage.source, quote=passage.text) for passage in self.passages(facet)
        )

    @cached_property
    def _passages(self) -> dict[str, tuple[Passage, ...]]:
        return {}

    def codes(self, column: str, codes: tuple[str, ...]) -> tuple[str, ...]:
        """Which codes are flagged for the candidate in a column of facts, in the vocabulary's order."""
        flags: Flags = getattr(self.index.facts, column)
        return tuple(codes[place] for place in flags.places(self.row))

    def claimed_goals(self) -> tuple[str, ...]:
        """The need's goals that the profile names among its focus areas, in the need's order."""
        claimed = self.codes("focus_areas", vocabulary.FOCUS_AREAS)
        return tuple(goal.area for goal in self.goals if goal.area in claimed)

    def goal_of(self, passage: Passage) -> ReadGoal:
        """The goal that a passage speaks of most, of those that no other passage shows more of."""
        shown = self.candidates.goals_shown
        told = [self.index.passage(int(place)) == passage for place in shown.place(self.place)]
        return self.goals[int(np.argmax(np.where(told, shown.strength[self.place], -np.inf)))]

    def background_of(self, passage: Passage) -> ReadWish:
        """The wish that is most about the background which a passage tells most of, of those that no other passage
        tells more of."""
        reading, shown = self.candidates.reading, self.candidates.backgrounds_shown
        own = [self.index.passage(int(place)) == passage for place in shown.place(self.place)]
        told = [*reading.background_shares][int(np.argmax(np.where(own, shown.strength[self.place], -np.inf)))]
        return max(reading.backgrounds, key=lambda wish: dict(wish.backgrounds).get(told, 0.0))

    def free_days_before_start(self) -> int | None:
        """How many days before the start asked for the coach accepts managers; None for one who does so today."""
        accepting = int(accepting_from(self.index, self.candidates.today, np.array([self.row]))[0])
        start = self.candidates.start_by.toordinal()
        return None if accepting <= self.candidates.today.toordinal() else start - accepting

    def entries(self, table: str) -> Columns:
        """The candidate's own entries of a ragged table: credentials, references."""
        ragged = getattr(self.index.columns, table)
        entries: Columns = ragged.take(np.array([self.row])).entries
        return entries

    def passages_from(self, source: str) -> tuple[Passage, ...]:
        """The candidate's passages that stand in that field."""
        return tuple(passage for passage in self.index.passages_of(self.row) if passage.source == source)
