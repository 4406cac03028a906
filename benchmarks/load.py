"""Holds the service under mixed traffic for a while and says whether anything broke, was lost or grew: `make load`."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import click

from benchmarks import load_checks
from benchmarks.directory import Directory
from benchmarks.load_checks import Traffic
from benchmarks.serving import HOST, Memory, Server, serving
from matcher.log import configure_log
from training import judgements

GROWTH = 0.05
"""By how much of itself the memory of the workers may grow after the warm-up."""

_LONGEST_WARM_UP = 300
_LONGEST_WAIT_FOR_BATCHES = 300
_LONGEST_END = 240
"""Seconds after which portals are stopped that are still at what they began in time."""

_LOOK_EVERY = 5
_NEEDS = Path(judgements.__file__).parents[1] / "fixtures" / "judged" / "needs.jsonl"
_SHARED_COACHES = [f"g{number:05}" for number in range(1, 41)]


@dataclass(frozen=True)
class Plan:
    """How long, how many portals, and after how many seconds each time a worker is killed (0: none is)."""

    seconds: int
    portals: int
    seed: int
    kill_every: int

    @property
    def warm_up(self) -> int:
        """Seconds after which memory should have stopped to grow."""
        return min(_LONGEST_WARM_UP, self.seconds // 3)

    @property
    def window(self) -> int:
        """Seconds over which memory is looked at, since it is not the same at any two moments."""
        return max(6 * _LOOK_EVERY, self.seconds // 10)


@dataclass
class Seen:
    """What was seen from beside: the memory of all workers, by seconds since the start, and kills."""

    memory: list[tuple[float, list[Memory]]] = field(default_factory=list)
    kills: int = 0

    def between(self, first: float, last: float, kind: str) -> float:
        """The median of the megabytes of that kind seen in that time, of all workers together; 0 where nothing was."""
        seen = [workers for moment, workers in self.memory if first <= moment <= last]
        sums: list[float] = [sum(getattr(worker, kind) for worker in workers) for workers in seen]
        return median(sums or [0])


def run(directory: Directory, plan: Plan) -> list[str]:
    """Everything that did not hold; prints what was measured. The directory must be filled."""
    folder, engine = directory.folder, directory.engine
    keys = [directory.new_key() for _ in range(plan.portals)]
    hours = load_checks.hours_of(engine, _SHARED_COACHES)
    with serving(folder) as server:
        click.echo(f"ready after {server.seconds:.0f} s; {plan.portals} portals for {plan.seconds} s", err=True)
        with (
            (folder / "locust.log").open("wb") as log,
            subprocess.Popen(
                _locust(folder, server, plan), env=_told_to_portals(folder, keys, plan), stdout=log, stderr=log
            ) as locust,
        ):
            seen = _watched(locust, server, plan)
        _wait_for_batches(directory)
    traffic = Traffic.read(folder / "traffic.jsonl")
    routes = _rows(folder, "stats")
    click.echo(_table(routes))
    _tell_counts(traffic)
    return [*_failed(routes, folder), *_grown(seen, plan), *load_checks.faults(engine, traffic, hours)]


def _locust(folder: Path, server: Server, plan: Plan) -> list[str]:
    words = ["-m", "locust", "-f", str(Path(__file__).with_name("load_traffic.py")), "--headless", "--only-summary"]
    words += [
        "--users",
        str(plan.portals),
        "--spawn-rate",
        str(plan.portals),
        "--run-time",
        f"{plan.seconds + _LONGEST_END}s",
    ]
    words += ["--host", f"http://{HOST}:{server.port}", "--csv", str(folder / "locust")]
    return [sys.executable, *words]


def _told_to_portals(folder: Path, keys: Sequence[str], plan: Plan) -> dict[str, str]:
    return os.environ | {
        "LOAD_SEED": str(plan.seed),
        "LOAD_SECONDS": str(plan.seconds),
        "LOAD_KEYS": json.dumps(keys),
        "LOAD_KILLS": str(int(plan.kill_every > 0)),
        "LOAD_NEEDS": str(_NEEDS),
        "LOAD_RECORD": str(folder / "traffic.jsonl"),
    }


def _watched(locust: "subprocess.Popen[bytes]", server: Server, plan: Plan) -> Seen:
    """What is seen while the portals are there; kills a worker whenever the plan says so, one after the other."""
    seen, started = Seen(), time.monotonic()
    while locust.poll() is None:
        time.sleep(_LOOK_EVERY)
        moment = time.monotonic() - started
        if plan.kill_every and moment < plan.seconds and moment >= (seen.kills + 1) * plan.kill_every:
            workers = server.workers()
            os.kill(workers[seen.kills % len(workers)], signal.SIGKILL)
            seen.kills += 1
        elif not plan.kill_every and moment <= plan.seconds:
            seen.memory.append((moment, server.memory()[1]))
    return seen


def _wait_for_batches(directory: Directory) -> None:
    until = time.monotonic() + _LONGEST_WAIT_FOR_BATCHES
    while load_checks.is_working(directory.engine) and time.monotonic() < until:
        time.sleep(_LOOK_EVERY)


def _table(routes: Sequence[dict[str, str]]) -> str:
    columns = ("Name", "Request Count", "Failure Count", "50%", "99%", "Max Response Time")
    head = [
        "| request | number | failed | p50 (ms) | p99 (ms) | most (ms) |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    rows = [[route[name] for name in columns] for route in routes]
    return "\n".join(head + [f"| {' | '.join([*row[:-1], f'{float(row[-1]):.0f}'])} |" for row in rows])


def _tell_counts(traffic: Traffic) -> None:
    kinds = ("shortlist", "refinement", "outcome", "change", "batch")
    told = [f"{len(traffic.of(f'{kind}.accepted'))} of {len(traffic.of(f'{kind}.asked'))} {kind}" for kind in kinds]
    click.echo(f"accepted: {', '.join(told)}")


def _failed(routes: Sequence[dict[str, str]], folder: Path) -> list[str]:
    said = [f"{one['Occurrences']} times: {one['Name']}: {one['Error']}" for one in _rows(folder, "failures")]
    said += [f"{one['Count']} times: the portal failed: {one['Message']}" for one in _rows(folder, "exceptions")]
    return said if routes and int(routes[-1]["Request Count"]) else [*said, "nothing was asked"]


def _rows(folder: Path, what: str) -> list[dict[str, str]]:
    """What Locust has written of one kind."""
    with (folder / f"locust_{what}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _grown(seen: Seen, plan: Plan) -> list[str]:
    if plan.kill_every:
        click.echo(f"{seen.kills} workers killed; memory is not looked at, since they begin anew")
        return [] if seen.kills else ["no worker was killed"]
    last = plan.seconds - plan.window
    starts = [*range(plan.warm_up, max(plan.warm_up + 1, last - plan.window), plan.window), last]
    course = {
        kind: [seen.between(start, start + plan.window, kind) for start in starts] for kind in ("resident", "anonymous")
    }
    for kind, megabytes in course.items():
        click.echo(
            f"{kind} memory of the workers after the warm-up (MB): {', '.join(f'{one:.0f}' for one in megabytes)}"
        )
    # Pages of the index's files stay in memory for as long as nobody else needs it, so they tell of no leak.
    before, after = course["anonymous"][0], course["anonymous"][-1]
    within = 0 < after <= before * (1 + GROWTH)
    return [] if within else [f"memory went from {before:.0f} to {after:.0f} MB, more than {GROWTH:.0%}"]


@click.command()
@click.option("--minutes", type=click.FloatRange(min=0.5), default=4, show_default=True, help="For how long.")
@click.option("--portals", type=click.IntRange(min=1), default=6, show_default=True, help="Callers at a time.")
@click.option("--coaches", type=click.IntRange(min=200), default=10_000, show_default=True, help="In the directory.")
@click.option("--kill", type=click.IntRange(min=0), default=0, help="Kill a worker every so many seconds; 0: none.")
@click.option("--seed", type=int, default=2027, show_default=True, help="Of the order of requests.")
@click.option("--keep", type=click.Path(path_type=Path), help="Work in that folder, and leave everything there.")
def main(*, minutes: float, portals: int, coaches: int, kill: int, seed: int, keep: Path | None) -> None:
    """Load the service on this machine; figures on stdout, what did not hold at the end, with exit status 1."""
    configure_log("warning")
    with TemporaryDirectory(prefix="load-") as temporary:
        folder = keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        directory = Directory(folder, list(judgements.load().coaches.values()))
        click.echo(f"{coaches} coaches: importing", err=True)
        for size in (len(directory.judged), coaches):
            directory.grow_to(size)
        wrong = run(directory, Plan(round(minutes * 60), portals, seed, kill))
    for one in wrong:
        click.echo(f"WRONG: {one}")
    click.echo("Everything held." if not wrong else f"{len(wrong)} things did not hold.")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
