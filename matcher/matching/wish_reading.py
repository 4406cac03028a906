"""What a need's text wishes of the coach: styles wanted, styles to avoid, and a background, each with its passage."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.domain import WishKind, vocabulary
from matcher.matching.backgrounds import Backgrounds, wished
from matcher.matching.passages import Passage

WANTED, TO_AVOID = 0, len(vocabulary.STYLES)
"""Where the classes of the styles wanted and of those to avoid begin; each in the vocabulary's order."""

BACKGROUND = 2 * len(vocabulary.STYLES)
NO_WISH = BACKGROUND + 1
"""The class of a passage that wishes for nothing of the coach; it comes last."""

CLEAR_STYLE = 0.4
"""How clearly a passage must wish for a style, or against it, for that to be read: of what is read so from annotated
needs that nothing was learned from, more than four in five are marked there. A style that is misread costs a good coach
places."""

CLEAR_BACKGROUND = 0.4
"""The same for a background."""

PERHAPS_BACKGROUND, PLAINLY = 0.1, 0.5
"""A passage that wishes for something else too tells less clearly of a wish for a background. From PERHAPS_BACKGROUND
on it is read as one all the same, if it tells PLAINLY of wishes, all of them together, and of backgrounds, all of them
together: so 12 instead of 10 are read of 13 such passages of annotated needs that nothing was learned from, and no more
of the 751 others."""

Ints = NDArray[np.int64]

Wishes = NDArray[np.float32]
"""How clearly each passage states each class of wish, in [0, 1]; shape (passages, NO_WISH)."""


@dataclass(frozen=True)
class ReadWish:
    """A wish about the coach that was read from a passage of the need; `style` is None for a background."""

    kind: WishKind
    style: str | None
    clearness: float
    """In [0, 1]; it orders wishes and is not calibrated."""
    passage: Passage
    backgrounds: tuple[tuple[int, float], ...] = ()
    """Which backgrounds it is about, by their places in `BACKGROUNDS`, with their shares, which sum to 1; none for a
    style, and for a background that is not told apart."""


def class_of_wish(kind: str, code: str) -> int | None:
    """The class of what is marked as of that kind, of a style with its code; None for what is no wish.

    >>> class_of_wish("style_avoid", vocabulary.STYLES[1]), class_of_wish("background", "has run a school")
    (11, 20)
    """
    if kind == "background":
        return BACKGROUND
    first = {"style_wanted": WANTED, "style_avoid": TO_AVOID}.get(kind)
    return None if first is None else first + vocabulary.STYLES.index(code)


def perhaps_of_backgrounds(wishes: Wishes) -> Ints:
    """Where the passages stand of which it takes what they tell of backgrounds to read what they wish for."""
    places: Ints = np.flatnonzero(wishes[:, BACKGROUND] >= PERHAPS_BACKGROUND)
    return places


def read_wishes(wishes: Wishes, backgrounds: Backgrounds, passages: Sequence[Passage]) -> tuple[ReadWish, ...]:
    """The wishes that are clear, in the order of the passages: each style once, as wanted or as to be avoided,
    whichever is clearer, from its clearest passage; and a background from every passage that wishes for one.

    `backgrounds` tells what the passages tell of them, where `perhaps_of_backgrounds` asks for it, shape
    (passages, BACKGROUNDS). Empty without passages.
    """
    if not passages:
        return ()
    found = [one for number in range(len(vocabulary.STYLES)) if (one := _style(wishes, number))]
    found += [
        (place, BACKGROUND)
        for place in perhaps_of_backgrounds(wishes).tolist()
        if _is_for_background(wishes[place], backgrounds[place])
    ]
    return tuple(
        _read(passages[place], one, float(wishes[place, one]), backgrounds[place]) for place, one in sorted(found)
    )


def _is_for_background(wishes: Wishes, backgrounds: Backgrounds) -> bool:
    """Of one passage, shapes (NO_WISH,) and (BACKGROUNDS,)."""
    return bool(wishes[BACKGROUND] >= CLEAR_BACKGROUND or min(wishes.sum(), backgrounds.sum()) >= PLAINLY)


def _style(wishes: Wishes, number: int) -> tuple[int, int] | None:
    """The passage and the class by which a style is read; None where no passage is clear."""
    classes = [WANTED + number, TO_AVOID + number]
    place, which = divmod(int(wishes[:, classes].argmax()), len(classes))
    return (place, classes[which]) if wishes[place, classes[which]] >= CLEAR_STYLE else None


def _read(passage: Passage, one: int, clearness: float, backgrounds: Backgrounds) -> ReadWish:
    if one == BACKGROUND:
        return ReadWish("background", None, clearness, passage, wished(backgrounds))
    kind: WishKind = "style_avoid" if one >= TO_AVOID else "style_wanted"
    return ReadWish(kind, vocabulary.STYLES[one % len(vocabulary.STYLES)], clearness, passage)
