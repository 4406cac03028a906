"""How much memory that was freed a process keeps for the next request, instead of giving it back to the kernel."""

import ctypes
from contextlib import suppress

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Of `mallopt` in glibc's malloc.h."""

MOST_KEPT = 128 << 20
"""Bytes that a thread keeps at most: about twice what a shortlist of 100,000 coaches takes while it is drawn up."""

LARGEST_KEPT = 32 << 20
"""Bytes of the largest array whose memory is kept; glibc allows no more."""


def keep_freed_memory() -> None:
    """Lets this process, and those that it forks, keep freed memory, up to MOST_KEPT.

    By default glibc gives it back whenever a few arrays are freed at once, and the kernel hands it out again page by
    page, each wiped, which takes longer than to fill it. Nothing happens where the C library is another one.
    """
    with suppress(OSError, AttributeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_MMAP_THRESHOLD, LARGEST_KEPT)
        mallopt(_TRIM_THRESHOLD, MOST_KEPT)
