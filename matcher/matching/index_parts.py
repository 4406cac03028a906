"""An index in parts, one after another in the order of ids: so that all of it can be gone through in little memory."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from matcher.matching.index import CoachIndex

A_PART = 5_000
"""Coaches of a part, but for those that were added to it."""


def parts(index: CoachIndex, first: int = 0, size: int = A_PART) -> Iterator[CoachIndex]:
    """The coaches from that row on, so many a part; no part for nobody."""
    for begin in range(first, len(index), size):
        yield index.between(begin, min(begin + size, len(index)))


def changed_parts(
    index: CoachIndex, changes: Iterable[tuple[Sequence[str], CoachIndex]], size: int = A_PART
) -> Iterator[CoachIndex]:
    """The parts of an index after changes, each of which says, as `CoachIndex.changed` is told, which ids, one at
    least, are as in another index now, or are gone; ids rise within each and from each to the next. `size` as A_PART.
    """
    taken = 0
    for ids, put in changes:
        # No id comes between that one and the same with the least character added.
        end, told, of_put = index.first_from(ids[-1] + "\0"), 0, 0
        for first in range(taken, max(end, taken + 1), size):
            stop = min(first + size, end)
            is_last = stop == end
            until = len(ids) if is_last else bisect_left(ids, index.id_of(stop))
            put_until = len(put) if is_last else put.first_from(index.id_of(stop))
            yield index.between(first, stop).changed(ids[told:until], put.between(of_put, put_until))
            told, of_put = until, put_until
        taken = end
    yield from parts(index, taken, size)
