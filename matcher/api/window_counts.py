"""Counts requests in one process, for Flask-Limiter; the storage of `limits` that does so starts a thread with nearly
each of them."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from heapq import heappop, heappush
from threading import Lock

from limits.storage import Storage

SCHEME = "windows"

MOST = 50_000
"""Keys that are counted at a time, some 20 MB of them; with more, those go first whose windows end next."""


@dataclass
class _Window:
    ends: float
    count: int = 0


class WindowCounts(Storage):
    """How often each key came since its window began, for limits of fixed windows; nothing of one that is over stays.

    Times are seconds since 1970.
    """

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 - as `limits` declares it

    def __init__(
        self,
        uri: str | None = None,
        wrap_exceptions: bool = False,
        clock: Callable[[], float] = time.time,
        **_: float | str | bool,
    ) -> None:
        super().__init__(uri, wrap_exceptions=wrap_exceptions)
        self._clock = clock
        self._windows: dict[str, _Window] = {}
        self._ends: list[tuple[float, str]] = []
        self._lock = Lock()

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        """What tells that counting failed: nothing does."""
        return ()

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Counts so many more of a key and answers how many there are; its window ends `expiry` seconds after the
        first of them."""
        now = self._clock()
        with self._lock:
            self._drop(now)
            if key not in self._windows:
                self._windows[key] = _Window(now + expiry)
                heappush(self._ends, (now + expiry, key))
            window = self._windows[key]
            window.count += amount
            return window.count

    def _drop(self, now: float) -> None:
        """Lets go of the windows that are over, and of the next one to be where there are MOST."""
        while self._ends and (self._ends[0][0] <= now or len(self._ends) >= MOST):
            ends, key = heappop(self._ends)
            # One that was cleared may have begun anew.
            if key in self._windows and self._windows[key].ends == ends:
                del self._windows[key]

    def get(self, key: str) -> int:
        """How often the key came in its window; 0 without one."""
        window = self._windows.get(key)
        return 0 if window is None or window.ends <= self._clock() else window.count

    def get_expiry(self, key: str) -> float:
        """When the window of the key ends; now without one."""
        window = self._windows.get(key)
        return self._clock() if window is None else window.ends

    def check(self) -> bool:
        """Whether requests can be counted, as they always can."""
        return True

    def reset(self) -> int:
        """Forgets all keys, and answers how many they were."""
        with self._lock:
            number = len(self._windows)
            self._windows.clear()
            self._ends.clear()
        return number

    def clear(self, key: str) -> None:
        """Forgets one key."""
        with self._lock:
            self._windows.pop(key, None)
