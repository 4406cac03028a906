"""Measures the service on this machine: `python -m benchmarks.bench`."""

import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import click

from benchmarks import report
from benchmarks.directory import Directory
from benchmarks.report import Measured
from benchmarks.serving import WORKERS, Server, serving
from benchmarks.stages import split_by_stage
from matcher.domain import Need
from matcher.log import configure_log
from matcher.matching.embedding import load_encoder
from matcher.matching.passages import split
from matcher.service import open_service
from training import judgements
from training.document import replace_block
from training.judgements import Judgements

LIMIT = 3
"""Coaches asked for, as many as HR is shown."""

WARM_UP = 8
"""Requests that are not counted, so that each worker has answered before."""


def different_needs(needs: Sequence[Need], count: int) -> Iterator[Need]:
    """The needs over and over, each time in other words throughout, so that no passage comes twice."""
    for number, need in enumerate(islice(cycle(needs), count)):
        texts = {"summary": need.summary, "outcome": need.outcome}
        yield need.model_copy(update={field: _numbered(text, number) for field, text in texts.items()})


def _numbered(text: str, number: int) -> str:
    return "\n\n".join(f"{passage} ({number})" for passage in split(text))


def _bodies(needs: Sequence[Need], limit: int) -> list[str]:
    documents = [need.model_dump(mode="json", by_alias=True, exclude_defaults=True) for need in needs]
    return [json.dumps(document | {"limit": limit}) for document in documents]


def _clients_together(server: Server, bodies: Sequence[str], key: str) -> float:
    """Shortlists a second."""
    started = perf_counter()
    with ThreadPoolExecutor(WORKERS) as clients:
        answered = list(clients.map(lambda body: server.ask(body, key), bodies))
    return len(answered) / (perf_counter() - started)


def stages(directory: Directory, needs: Sequence[Need]) -> dict[str, list[float]]:
    """Seconds of each stage for each need but the first WARM_UP, in a process of its own."""
    settings = directory.settings
    encoder = load_encoder(settings.encoder)
    service = open_service(settings, directory.engine, encoder)
    return split_by_stage(service.desk, encoder, needs, LIMIT, datetime.now(UTC), unmeasured=WARM_UP)


def measure(directory: Directory, size: int, needs: Sequence[Need], others: Sequence[Need]) -> Measured:
    """Everything with that many coaches; `needs` are asked one after another, the first WARM_UP unmeasured, and
    `others` by several clients at a time, then again."""
    load = os.getloadavg()[0]
    click.echo(f"{size} coaches: importing", err=True)
    import_rate = directory.grow_to(size)
    key, bodies = directory.new_key(), _bodies(needs, LIMIT)
    click.echo(f"{size} coaches: starting the service", err=True)
    with serving(directory.folder) as server:
        first_start = server.seconds
    with serving(directory.folder) as server:
        click.echo(f"{size} coaches: asking for {len(needs) + 2 * len(others)} shortlists", err=True)
        requests = [server.ask(body, key) for body in bodies]
        refused = [server.ask(body, key, HTTPStatus.UNPROCESSABLE_ENTITY) for body in _bodies(needs, limit=0)]
        together = _clients_together(server, _bodies(others, LIMIT), key)
        again_together = _clients_together(server, _bodies(others, LIMIT), key)
        parent, workers = server.memory()
        again = server.seconds
    click.echo(f"{size} coaches: timing the stages", err=True)
    return Measured(
        coaches=size,
        requests=requests[WARM_UP:],
        refused=refused,
        together=together,
        again_together=again_together,
        stages=stages(directory, needs),
        import_rate=import_rate,
        starts=(first_start, again),
        parent=parent,
        workers=workers,
        load=load,
    )


def measure_all(judged: Judgements, sizes: Sequence[int], requests: int) -> list[Measured]:
    """Measures a growing directory, the judged profiles alone first when their number is among the sizes."""
    every = list(different_needs(list(judged.needs.values()), 2 * requests + WARM_UP))
    needs, others = every[: requests + WARM_UP], every[requests + WARM_UP :]
    with TemporaryDirectory(prefix="bench-") as folder:
        directory = Directory(Path(folder), list(judged.coaches.values()))
        if len(judged.coaches) not in sizes:
            directory.grow_to(len(judged.coaches))
        return [measure(directory, size, needs, others) for size in sorted(set(sizes))]


@click.command()
@click.option("--coaches", "sizes", multiple=True, type=int, help="How many; may be given again. Default: 84, 10000.")
@click.option("--requests", type=click.IntRange(min=1), default=48, show_default=True, help="Counted for each size.")
@click.option("--write-readme", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Put it there too.")
def main(sizes: tuple[int, ...], requests: int, write_readme: Path | None) -> None:
    """Measure the service on this machine; a Markdown table on stdout, progress on stderr."""
    configure_log("warning")
    judged = judgements.load()
    sizes = sizes or (len(judged.coaches), 10_000)
    if min(sizes) < len(judged.coaches):
        raise click.BadParameter(f"there are {len(judged.coaches)} judged coaches, so no fewer can be measured")
    result = report.table(measure_all(judged, sizes, requests))
    click.echo(result)
    if write_readme:
        replace_block(write_readme, "bench", result)


if __name__ == "__main__":
    main()
