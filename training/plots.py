"""Plots as SVG that stands in a page and takes its colour of text, so that it is read by day and by night."""

import io
import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from training.diagnostics import Curve, Reliability
from training.learn_to_rank import CLEAR, Floats

_INK = "#010203"
"""Stands for the page's colour of text, which matplotlib has no word for."""

BLUE, ORANGE = "#3b82c4", "#d9730d"
"""Seen on white and on black, and told apart by those who see few colours."""

_STYLE: Any = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 11,
    "text.color": _INK,
    "axes.labelcolor": _INK,
    "axes.edgecolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
}


@mpl.rc_context(_STYLE)
def reliability_plot(found: Reliability, clear_difference: float) -> str:
    """The chance of agreement that differences of score promise, and what readers say; the diagonal is perfect."""
    figure, axes = _figure(5.5, 4.5)
    axes.plot([0.5, 1], [0.5, 1], color=_INK, linestyle=":", label="as promised")
    axes.plot(found.promised, found.found, color=BLUE, marker="o", label="as readers see it")
    axes.axvline(CLEAR, color=ORANGE, linestyle="--", label=f"clear difference, {clear_difference:g}")
    axes.set(xlabel="Chance that readers agree with the order, as promised", ylabel="Share of pairs that agree")
    figure.legend(loc="outside lower center", ncols=2)
    return _svg(figure, "reliability", "How often readers agree with the order, by difference of score")


@mpl.rc_context(_STYLE)
def weights_plot(names: Sequence[str], weights: Sequence[float], drawn: Floats, prior: Sequence[float]) -> str:
    """Each facet's weight with the 95 % interval of those learned from drawn needs, and the prior's."""
    figure, axes = _rows(names)
    places = np.arange(len(names))
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    axes.hlines(places, low, high, color=BLUE, linewidth=2)
    axes.plot(weights, places, "o", color=BLUE, label="learned, with 95 % interval")
    axes.plot(prior, places, "|", color=ORANGE, markersize=12, markeredgewidth=2, label="prior")
    axes.set(xlabel="Weight")
    figure.legend(loc="outside lower center", ncols=2)
    return _svg(figure, "weights", "Weight of each facet with its interval")


@mpl.rc_context(_STYLE)
def ablation_plot(whole: float, without: Mapping[str, float]) -> str:
    """How much nDCG@5 changes when the ranker is learned without a facet."""
    figure, axes = _rows(list(without))
    changes = [value - whole for value in without.values()]
    axes.barh(np.arange(len(changes)), changes, color=[ORANGE if change < 0 else BLUE for change in changes])
    axes.axvline(0, color=_INK, linewidth=0.8)
    axes.set(xlabel=f"Change of nDCG@5 from {whole:.3f} without the facet")
    return _svg(figure, "ablation", "Change of nDCG@5 without each facet")


@mpl.rc_context(_STYLE)
def curve_plot(curves: Mapping[str, Curve], x: str, y: str, name: str) -> str:
    """Quality by size, a line a curve, with the range over choices of that size."""
    figure, axes = _figure(5.5, 3.8)
    for (label, curve), color in zip(curves.items(), (BLUE, ORANGE), strict=False):
        axes.fill_between(curve.sizes, curve.least, curve.greatest, color=color, alpha=0.2, linewidth=0)
        axes.plot(curve.sizes, curve.mean, color=color, marker="o", label=label)
    axes.set(xlabel=x, ylabel=y)
    figure.legend(loc="outside lower center", ncols=2)
    return _svg(figure, name, f"{y} by {x}")


def _figure(width: float, height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.add_subplot()


def _rows(names: Sequence[str]) -> tuple[Figure, Axes]:
    figure, axes = _figure(7, 1.2 + 0.3 * len(names))
    axes.set_yticks(np.arange(len(names)), [name.replace("_", " ") for name in names])
    axes.invert_yaxis()
    return figure, axes


def _svg(figure: Figure, name: str, what: str) -> str:
    file = io.StringIO()
    # The salt makes what parts of a plot are called by its own, and the same each time.
    with mpl.rc_context({"svg.hashsalt": name}):
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    svg = file.getvalue()
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    svg = re.sub(r'<g id="[^"]*"', "<g", svg).replace(_INK, "currentColor")
    return svg.replace("<svg", f'<svg role="img" aria-label="{escape(what)}"', 1).strip()
