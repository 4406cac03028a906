"""Compares ways to search on this machine: `python -m benchmarks.peers`."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import numpy as np

from benchmarks.bench import WARM_UP, different_needs, stages
from benchmarks.directory import Directory
from benchmarks.peers.data import Data, derived
from benchmarks.peers.measure import Peer, compare
from benchmarks.peers.tables import plot, table
from benchmarks.report import times
from matcher.log import configure_log
from matcher.matching.embedding import load_encoder
from matcher.matching.passages import coach_passages, need_passages
from training import judgements
from training.document import replace_block
from training.judgements import Judgements

SEED = 2027


def data_of(judged: Judgements, rows: int) -> Data:
    """So many vectors derived from those of the judged passages, and the needs' passages as queries."""
    encoder = load_encoder()
    passages = sorted({passage.text for coach in judged.coaches.values() for passage in coach_passages(coach)})
    asked = [need_passages(need)[0].text for need in judged.needs.values()]
    return derived(encoder.encode(passages), encoder.encode(asked), rows, np.random.default_rng(SEED))


def own_stages(judged: Judgements, coaches: int, requests: int) -> str:
    """How long the service's own eligibility and retrieval take together with that many coaches: p50 / p95 in ms."""
    needs = list(different_needs(list(judged.needs.values()), requests + WARM_UP))
    with TemporaryDirectory(prefix="bench-") as folder:
        directory = Directory(Path(folder), list(judged.coaches.values()))
        directory.grow_to(len(judged.coaches))
        directory.grow_to(coaches)
        measured = stages(directory, needs)
    return times([sum(both) for both in zip(measured["eligibility"], measured["retrieval"], strict=True)])


@click.command()
@click.option("--vectors", "sizes", multiple=True, type=click.IntRange(min=1_000), help="Default: 10000, 100000.")
@click.option("--coaches", multiple=True, type=click.IntRange(min=100), help="Of the service itself; none by default.")
@click.option("--requests", type=click.IntRange(min=1), default=24, show_default=True, help="Of the service itself.")
@click.option(
    "--write-document", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Put it there too."
)
@click.option("--plot", "picture", type=click.Path(dir_okay=False, path_type=Path), help="Of the most vectors.")
def main(
    sizes: tuple[int, ...], coaches: tuple[int, ...], requests: int, write_document: Path | None, picture: Path | None
) -> None:
    """Compare ways to search vectors under a filter; Markdown on stdout, progress on stderr."""
    configure_log("warning")
    load, judged = os.getloadavg()[0], judgements.load()
    compared: dict[int, list[Peer]] = {}
    for rows in sorted(sizes or (10_000, 100_000)):
        compared[rows] = list(compare(data_of(judged, rows)))
    result = table(compared, {size: own_stages(judged, size, requests) for size in sorted(coaches)}, load)
    click.echo(result)
    if write_document:
        replace_block(write_document, "peers", result)
    if picture:
        plot(compared[max(compared)], max(compared), picture)


if __name__ == "__main__":
    main()
