"""Threads that share the parts of one piece of work with whoever asks for it, where cores are idle."""

import os
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import cache
from typing import TypeVar

Part = TypeVar("Part")
Done = TypeVar("Done")


class ThreadTeam:
    """The calling thread and helpers beside it, each of whom takes the next part that is left.

    So the caller waits for no helper that has not begun: with all of them busy it does the parts itself. It pays for
    parts that let go of Python's lock, as those of ONNX Runtime and NumPy on large arrays do. Helpers are kept, since
    to start them takes as long as a short text; they are started when they are first needed, and anew after a fork.
    """

    def __init__(self, size: int | None = None) -> None:
        """`size` counts the caller; by default there are as many as the process may use cores."""
        self._helpers = (size or len(os.sched_getaffinity(0))) - 1
        self._pool: ThreadPoolExecutor | None = None
        self._process = 0

    def each(self, work: Callable[[Part], Done], parts: Sequence[Part]) -> list[Done]:
        """What the work makes of each part, in their order; parts are begun in that order too.

        Raises what the work raised of the first part of which it did, and begins no further part then. Where no thread
        is to be had the caller does all parts, some of them perhaps for the second time.
        """
        helpers = min(self._helpers, len(parts) - 1)
        if helpers < 1:
            return [work(part) for part in parts]
        left, done, failed = deque(enumerate(parts)), dict[int, Done](), dict[int, Exception]()

        def take_parts() -> None:
            while left:
                try:
                    place, part = left.popleft()
                except IndexError:  # Another one took the last.
                    return
                try:
                    done[place] = work(part)
                except Exception as error:
                    # Of those that fail the first is always begun, since all before it were.
                    failed[place] = error
                    left.clear()

        begun, alone = list[Future[None]](), False
        try:
            begun.extend(self._started().submit(take_parts) for _ in range(helpers))
            take_parts()
        except RuntimeError:
            # Of `submit`, which may have queued it all the same; what it then takes is not waited for.
            alone = True
        finally:
            left.clear()
            running = [helper for helper in begun if not helper.cancel()]
            wait(running)
        if alone:
            return [work(part) for part in parts]
        for helper in running:
            helper.result()
        if failed:
            raise failed.pop(min(failed))
        return [done[place] for place in range(len(parts))]

    def _started(self) -> ThreadPoolExecutor:
        if self._pool is None or self._process != os.getpid():
            # Threads do not survive a fork.
            self._pool, self._process = ThreadPoolExecutor(self._helpers, "helper"), os.getpid()
        return self._pool


@cache
def team() -> ThreadTeam:
    """The team of this process, which all share who have something to share."""
    return ThreadTeam()
