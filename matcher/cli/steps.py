"""Progress bars for long work."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

_CHUNK = 1 << 20


def lines_of(file: Path) -> int:
    """How many lines a file has, a last one without a line end included."""
    lines, last = 0, b"\n"
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            lines += chunk.count(b"\n")
            last = chunk[-1:]
    return lines + (last != b"\n")


@contextmanager
def step_by_step(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error; call what it yields with the number of steps reached."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(what, total=total)
        yield lambda reached: progress.update(task, completed=reached)
        progress.update(task, completed=total)
