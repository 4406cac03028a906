"""What the text of a need tells: the focus areas it is about, and what it wishes of the coach."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from matcher.domain import Need, WishKind, vocabulary
from matcher.domain.backgrounds import BACKGROUNDS
from matcher.matching.area_classifier import area_reading
from matcher.matching.areas import AreaReading
from matcher.matching.embedding import Encoder, Vectors
from matcher.matching.lexicon import CountedTexts
from matcher.matching.passages import Passage, need_passages
from matcher.matching.remembering_encoder import RememberingEncoder
from matcher.matching.wish_reading import ReadWish, perhaps_of_backgrounds, read_wishes

MOST_AREAS_READ = 5
"""How many focus areas are read from a text at most; a judged need states two to four."""

LEAST_SHARE = 0.1
"""An area of which the text tells less than this share of what it tells of the first is passed over."""

SAY_OF_WHOLE = 0.15
"""The power to which the probability that the need as a whole is about an area is taken. Chosen on graded pairs: lists
for a text alone get better up to 0.2, those for stated goals worse from 0.3 on, and at 0.15 both are as good as any."""

_DOUBT = 1e-3
"""Added to that probability, so that the text as a whole takes at most two thirds of what passages tell of an area."""

LEAST_KNOWN = 0.4
"""The share of a text's words that must be common ones for it to be understood. Of annotated needs in the six languages
that words were learned from all have more, the least .43; of those in Polish, Portuguese and Swedish at most .17.
Languages near to the six have as much (Catalan .47, Afrikaans .64)."""

ENOUGH_LETTERS = 30
"""So many letters of unknown words it takes to say that a text was not understood; a long name has fewer."""


@dataclass(frozen=True)
class ReadGoal:
    """A focus area that the need is about. Weights of a need's goals sum to 1."""

    area: str
    weight: float
    stated: bool
    """Whether the need names it, or it was read from the text."""
    passage: Passage | None = None
    """The passage of the need that tells most of it; of a goal that is stated only one that plainly tells of it."""
    clearness: float = 0.0
    """How much that passage tells of it, as the way of reading counts it; 0 without one."""


@dataclass(frozen=True)
class NeedReading:
    """A need with what was read from it."""

    need: Need
    passages: tuple[Passage, ...]
    goals: tuple[ReadGoal, ...]
    told: tuple[ReadGoal, ...] = ()
    """What the text tells of, whether the need states it or not; the goals themselves when it states none, and
    nothing when it states some and the text was not understood."""
    wishes: tuple[ReadWish, ...] = ()
    """What the text wishes of the coach; nothing where it was not understood."""
    understood: bool | None = None
    """Whether enough of its words are common; None without words, and where that cannot be told."""
    goals_found: bool | None = None
    """Whether a passage plainly tells of a goal that was read; None for stated goals, for a text that was
    not understood, and where that is not known."""

    @property
    def styles_wanted(self) -> tuple[str, ...]:
        """The styles wanted that count: those that the need states; when it states none, those read from its text.

        A style that the need states as one to avoid is not read as wanted.
        """
        return self.need.styles.preferred or _in_order(self.counting("style_wanted"))

    @property
    def styles_to_avoid(self) -> tuple[str, ...]:
        """The styles to avoid that count: those that the need states; when it states none, those read from its text.

        A style that the need states as wanted is not read as one to avoid.
        """
        return self.need.styles.avoid or _in_order(self.counting("style_avoid"))

    @property
    def backgrounds(self) -> tuple[ReadWish, ...]:
        """The wishes for a background that is told apart, in the order of their passages."""
        return self.counting("background")

    @property
    def background_shares(self) -> Mapping[int, float]:
        """How much of what is wished for is each background, by its place in `BACKGROUNDS`, all of them counting alike;
        sums to 1, and is empty without such a wish."""
        shares: dict[int, float] = {}
        for place, share in chain.from_iterable(wish.backgrounds for wish in self.backgrounds):
            shares[place] = shares.get(place, 0.0) + share / len(self.backgrounds)
        return dict(sorted(shares.items()))

    def counting(self, kind: WishKind) -> tuple[ReadWish, ...]:
        """The wishes of that kind that count in the score: of styles none where the need states some itself, and none
        for a style that it states as the contrary; of backgrounds those that are told apart."""
        stated, contrary = self.need.styles.preferred, self.need.styles.avoid
        if kind == "style_avoid":
            stated, contrary = contrary, stated
        own = tuple(wish for wish in self.wishes if wish.kind == kind)
        if kind == "background":
            return tuple(wish for wish in own if wish.backgrounds)
        return () if stated else tuple(wish for wish in own if wish.style not in contrary)

    def without(self, kind: WishKind) -> "NeedReading":
        """The reading of a text that wishes for nothing of that kind."""
        return replace(self, wishes=tuple(wish for wish in self.wishes if wish.kind != kind))


class Reader:
    """Reads needs with one encoder; made once, since it loads the classifiers.

    Areas are read by `areas`; by default by the packaged classifiers where they were trained on this
    encoder, else by likeness to two sentences about each.
    """

    def __init__(self, encoder: Encoder, areas: AreaReading | None = None) -> None:
        self._encoder = encoder
        self.areas = areas or area_reading(encoder)

    def ahead(self, needs: Iterable[Need]) -> "Reader":
        """A reader that has encoded the texts of those needs, all at once; it reads no differently, only faster."""
        texts = [passage.text for need in needs for passage in need_passages(need)]
        reader = copy(self)
        reader._encoder = RememberingEncoder(self._encoder)
        reader._encoder.encode(texts)
        return reader

    def read(self, need: Need, passed_over: Collection[str] = ()) -> NeedReading:
        """What the need tells. Goals are those stated; when none is, those read from the text.

        `passed_over` are areas and styles that are not meant, whatever the text tells; they are not read from it.
        """
        passages = need_passages(need)
        texts = CountedTexts(passage.text for passage in passages)
        vectors = self._encoder.encode(texts)
        told = read_goals(self.areas, passages, texts, vectors, passed_over)
        understood = is_understood(self.areas, texts)
        if understood is False and need.focus_areas:
            told = ()  # Noise must not count beside goals that are stated.
        return NeedReading(
            need,
            passages,
            goals=self._stated(need, told if understood else ()) or told,
            told=told,
            wishes=() if understood is False else self._wishes(passages, texts, vectors, passed_over),
            understood=understood,
            goals_found=any(map(self.is_plain, told)) if understood and not need.focus_areas else None,
        )

    def _wishes(
        self, passages: tuple[Passage, ...], texts: Sequence[str], vectors: Vectors, passed_over: Collection[str]
    ) -> tuple[ReadWish, ...]:
        wishes = self.areas.wishes(texts, vectors)
        asked = perhaps_of_backgrounds(wishes)
        backgrounds = np.zeros((len(passages), len(BACKGROUNDS)), np.float32)
        backgrounds[asked] = self.areas.backgrounds([texts[place] for place in asked], vectors[asked])
        found = read_wishes(wishes, backgrounds, passages)
        return tuple(wish for wish in found if wish.style not in passed_over)

    def _stated(self, need: Need, told: tuple[ReadGoal, ...]) -> tuple[ReadGoal, ...]:
        total = sum(goal.importance for goal in need.focus_areas)
        plain = {goal.area: goal for goal in told if self.is_plain(goal)}
        stated = (ReadGoal(goal.area, goal.importance / total, stated=True) for goal in need.focus_areas)
        return tuple(
            replace(goal, passage=plain[goal.area].passage, clearness=plain[goal.area].clearness)
            if goal.area in plain
            else goal
            for goal in stated
        )

    def is_plain(self, goal: ReadGoal) -> bool:
        """Whether some passage plainly tells of that goal; never, where it is not known what is plain."""
        return self.areas.clear is not None and goal.clearness >= self.areas.clear


def _in_order(wishes: tuple[ReadWish, ...]) -> tuple[str, ...]:
    read = {wish.style for wish in wishes}
    return tuple(style for style in vocabulary.STYLES if style in read)


def is_understood(areas: AreaReading, texts: Sequence[str]) -> bool | None:
    """Whether at least LEAST_KNOWN of the words of these texts are common, or too few words are unknown to say that
    they are not. None without a word, and for a way of reading that knows no words."""
    known = areas.words_known(" ".join(texts))
    if known is None or not known.common + known.rare:
        return None
    return known.share >= LEAST_KNOWN or known.unknown_letters < ENOUGH_LETTERS


def read_goals(
    areas: AreaReading,
    passages: tuple[Passage, ...],
    texts: Sequence[str],
    vectors: Vectors,
    passed_over: Collection[str] = (),
) -> tuple[ReadGoal, ...]:
    """The areas that a need's passages tell most of, at most MOST_AREAS_READ, by weight downwards; `texts` and
    `vectors` are theirs.

    An area's weight goes by how much all passages tell of it together, and to a lesser degree by how likely the text
    as a whole is about it: a sentence by itself may tell of several areas, and the others show which one is meant.
    Empty without passages, or when they tell of none but those passed over.
    """
    if not passages:
        return ()
    strengths = areas.of_need(texts, vectors).astype(np.float64)
    told = np.maximum(strengths.sum(axis=0), 0)
    told *= (areas.of_whole(texts).astype(np.float64) + _DOUBT) ** SAY_OF_WHOLE
    told[[place for place, area in enumerate(vocabulary.FOCUS_AREAS) if area in passed_over]] = 0
    most = [
        area for area in np.argsort(-told, kind="stable")[:MOST_AREAS_READ] if told[area] > LEAST_SHARE * told.max()
    ]
    total = told[most].sum()
    return tuple(
        ReadGoal(
            area=vocabulary.FOCUS_AREAS[area],
            weight=float(told[area] / total),
            stated=False,
            passage=passages[int(np.argmax(strengths[:, area]))],
            clearness=float(strengths[:, area].max()),
        )
        for area in most
    )
