"""Measurements as a Markdown table."""

import os
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.serving import Memory
from benchmarks.stages import WHOLE

IDLE = 0.5
"""Load average up to which a machine counts as having nothing else to do."""


@dataclass(frozen=True)
class Measured:
    """What was measured with one number of coaches; times in seconds."""

    coaches: int
    requests: Sequence[float]
    """One after another, over HTTP."""
    refused: Sequence[float]
    """The same needs, each refused for its limit alone: all but the shortlist itself."""
    together: float
    """Shortlists a second for as many clients as there are workers, of texts that never came before."""
    again_together: float
    """The same of texts that came just before, to one worker or another."""
    stages: Mapping[str, Sequence[float]]
    import_rate: float
    """Profiles a second."""
    starts: tuple[float, float]
    """From the start of the process to ready: the first time with this database, and again."""
    parent: Memory
    workers: Sequence[Memory]
    load: float
    """The load average of the minute before."""


def times(seconds: Sequence[float]) -> str:
    """Their median and 95th percentile, in milliseconds."""
    median, slow = np.percentile(seconds, [50, 95]) * 1000
    return f"{median:.1f} / {slow:.1f}"


def _rows(stages: Sequence[str]) -> dict[str, Callable[[Measured], str]]:
    """What stands in each row, by its title."""

    def of_stage(stage: str) -> Callable[[Measured], str]:
        return lambda measured: times(measured.stages[stage])

    return {
        "**one shortlist through HTTP**": lambda measured: f"**{times(measured.requests)}**",
        **{f"- {stage}": of_stage(stage) for stage in stages if stage != WHOLE},
        "- HTTP, key, validation": lambda measured: times(measured.refused),
        "shortlists a second, a client a worker, new texts / known ones": lambda measured: (
            f"{measured.together:.1f} / {measured.again_together:.1f}"
        ),
        "import, profiles a second": lambda measured: f"{measured.import_rate:.3g}",
        "start to ready, first / again (s)": lambda measured: " / ".join(f"{start:.1f}" for start in measured.starts),
        "memory of a worker, PSS / RSS (MB)": lambda measured: _memory(measured.workers),
        "memory of parent and workers, PSS (MB)": _all,
    }


def _memory(workers: Sequence[Memory]) -> str:
    largest = max(workers, key=lambda worker: worker.proportional)
    return f"{largest.proportional:.0f} / {largest.resident:.0f}"


def _all(measured: Measured) -> str:
    return f"{sum(memory.proportional for memory in [measured.parent, *measured.workers]):.0f}"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def table(sizes: Sequence[Measured]) -> str:
    """A column for each number of coaches, of which there is one at least, and how to read it."""
    header = ["p50 / p95 in ms, where nothing else is said", *(f"{measured.coaches:,} coaches" for measured in sizes)]
    rows = [[title, *(cell(measured) for measured in sizes)] for title, cell in _rows(list(sizes[0].stages)).items()]
    return "\n".join(map(_line, [header, ["---", *["---:"] * len(sizes)], *rows])) + "\n\n" + _note(sizes)


def _note(sizes: Sequence[Measured]) -> str:
    # The load before a later size is this program's own.
    measured, load = sizes[0], sizes[0].load
    return (
        f"{len(measured.requests)} requests of one client, each another need, after a warm-up; {len(measured.workers)} "
        f"workers; {os.cpu_count()} CPUs ({platform.machine()}), Python {platform.python_version()}. "
        "Stages are timed in a process of their own, so they add up only nearly. The first import is of judged "
        "profiles, whose texts are encoded; further ones are generated of texts whose vectors are known. Times "
        "depend on the machine; compare them only with others of the same one."
    ) + (f" **The machine was busy with other work (load {load:.1f}): times are too long.**" if load > IDLE else "")
