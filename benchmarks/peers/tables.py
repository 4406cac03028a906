"""The comparison as Markdown and as a plot."""

import os
import platform
from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from benchmarks.peers.data import FILTERS
from benchmarks.peers.measure import COUNT, Peer
from benchmarks.report import IDLE

_COLORS = ("#3b82c4", "#d9730d", "#5b8c2a", "#8a4fa3", "#b03a48", "#2a8c82", "#7a6a53", "#555555", "#c49b1a")


def table(sizes: Mapping[int, Sequence[Peer]], service: Mapping[int, str], load: float) -> str:
    """A table a number of vectors; `service` says by number of coaches how long its eligibility and retrieval take."""
    parts = [_of_size(rows, peers) for rows, peers in sizes.items()]
    own = [
        f"The service itself, {coaches:,} coaches, eligibility of each with its reasons and retrieval of all evidence, "
        f"exact, in process: **{told}** (p50 / p95 in ms)."
        for coaches, told in service.items()
    ]
    filters = "; ".join(f"*{name}*: {told}" for name, told in FILTERS.items())
    note = (
        f"p50 / p95 in ms for the {COUNT} nearest, then recall@{COUNT} against computing all, and how many rows came "
        f"back where fewer than {COUNT} did. Filters let pass: {filters}. Vectors are derived from those of judged "
        "passages, queries are those of needs. One query at a time, one thread for FAISS and NumPy as the process is "
        "set up; settings of a peer are its defaults where none is named. Ready: seconds to load and index. "
        f"{os.cpu_count()} CPUs ({platform.machine()})."
    ) + (f" **The machine was busy with other work (load {load:.1f}): times are too long.**" if load > IDLE else "")
    return "\n\n".join([*parts, *own, note])


def _of_size(rows: int, peers: Sequence[Peer]) -> str:
    header = [f"{rows:,} vectors", "computed", *FILTERS, "ready (s)", "MB"]
    lines = [header, ["---", "---", *["---:"] * (len(FILTERS) + 2)], *map(_cells, peers)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cells(peer: Peer) -> list[str]:
    if peer.search is None or peer.answered is None:
        return [peer.name, "not installed", *[""] * (len(FILTERS) + 2)]
    told = []
    for answered in peer.answered.values():
        short = f", {answered.rows:.1f} rows" if answered.rows < COUNT else ""
        times = f"{answered.milliseconds(50):.1f} / {answered.milliseconds(95):.1f}"
        told.append(f"{times}, {answered.recall:.2f}{short}")
    return [peer.name, peer.search.place, *told, f"{peer.search.build:.1f}", f"{peer.search.megabytes:.0f}"]


# So that the same measurements give the same file.
@mpl.rc_context({"svg.hashsalt": "peers", "svg.fonttype": "none"})
def plot(peers: Sequence[Peer], rows: int, file: Path) -> None:
    """Recall by time, a point a filter, in the form that the file's name ends in."""
    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    for peer, color in zip([peer for peer in peers if peer.answered], _COLORS, strict=False):
        found = list((peer.answered or {}).values())
        times = [answered.milliseconds(50) for answered in found]
        axes.plot(times, [answered.recall for answered in found], "o", color=color, label=peer.name, alpha=0.8)
    axes.set(
        xscale="log",
        xlabel="p50 of one search, ms",
        ylabel=f"recall@{COUNT}",
        ylim=(-0.03, 1.05),
        title=f"Filtered search of {rows:,} vectors, a point a filter",
    )
    axes.grid(visible=True, alpha=0.3)
    figure.legend(loc="outside right upper", frameon=False, fontsize="small")
    figure.savefig(file, metadata={"Date": None})
