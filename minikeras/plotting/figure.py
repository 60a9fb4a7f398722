"""How are the curves of a run drawn?"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from minikeras.extras import needs_extra
from minikeras.plotting.fonts import families_for, spelled
from minikeras.plotting.run import LARGEST, Run

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FEW = 30  # values of a curve, up to which each gets a dot
MOST_STEPS = 20  # of the learning rate; more are a slope, which its own panel shows
LONGEST = 40  # letters of a name above a panel
LOST, CHANGES = "NaN or infinite", "learning rate changes"


@dataclass(frozen=True, slots=True)
class Ground:
    """The colours on light or on dark: those of Okabe and Ito (2008), which everybody can tell
    apart, lighter on dark."""

    paper: str
    ink: str
    faint: str
    training: str
    validation: str
    best: str
    stop: str


LIGHT = Ground("#ffffff", "#222222", "#dddddd", "#0072b2", "#d55e00", "#009e73", "#cc79a7")
DARK = Ground("#16181d", "#e8e8e8", "#3a3d45", "#56b4e9", "#e69f00", "#2cc99a", "#e5a3c8")


def draw(
    run: Run, monitor: str = "val_loss", mode: str = "auto", dark: bool = False, title: str = ""
) -> Figure:
    """Return a picture of a run: a panel for each metric, and a low one for the learning rate.

    Training is a solid line, validation a dashed one; epochs count from 1. Marked are the best
    epoch of `monitor` (of its twin without `val_` where there was no validation), the end of a
    run that stopped early, where the learning rate changes, and values that are no finite numbers.

    - `mode`: whether a good score is small ("min") or large ("max"); "auto" reads it off the name.
    - `dark`: light curves on a dark ground.
    - `title`: what stands above it all.

    ValueError for a run without epochs, or a `monitor` that it does not have; ImportError without
    matplotlib. No window is opened and no setting of matplotlib changed.

    >>> figure = draw(Run([0, 1], {"loss": {0: 2.0, 1: 1.0}, "val_loss": {1: 1.5}}))
    >>> [axes.get_title() for axes in figure.axes]
    ['loss']
    """
    if not run.epochs:
        raise ValueError("there is nothing to draw: this run has no epoch yet, call fit first")
    monitored = run.monitored(monitor)
    best = run.best(monitored, mode)
    with needs_extra("plot", "a picture of a run"):
        from matplotlib import rc_context
        from matplotlib.figure import Figure

    ground, metrics = DARK if dark else LIGHT, run.metrics
    families, missing = families_for("".join((title, *run.curves)))
    columns = {1: 1, 2: 2, 4: 2}.get(len(metrics), 3)
    heights = [1.0] * math.ceil(len(metrics) / columns) + [0.45] * bool(run.rates)
    with rc_context(_settings(ground, families)):
        figure = Figure((2.2 + 3.2 * columns, 1.0 + 2.6 * sum(heights)), layout="constrained")
        grid = figure.add_gridspec(len(heights), columns, height_ratios=heights)
        for place, metric in enumerate(metrics):
            axes = figure.add_subplot(grid[divmod(place, columns)])
            axes.set_title(_short(spelled(metric, missing)), fontsize="medium")
            _draw_metric(axes, run, metric, ground)
        if run.rates:
            axes = figure.add_subplot(grid[-1, :])
            axes.set_title("learning rate", fontsize="medium")
            _draw_rates(axes, run.rates, ground.ink)
        for axes in figure.axes:
            _prepare(axes, run, ground)
        if best is not None:
            panel = figure.axes[metrics.index(monitored.removeprefix("val_"))]
            score = _drawable(run.curves[monitored][best])
            panel.plot(best + 1, score, "*", color=ground.best, markersize=12, zorder=4)
            label = f"best {_short(spelled(monitored, missing))}: epoch {best + 1}"
            _draw_lines(figure.axes, [best + 1], label, color=ground.best, linewidth=1, zorder=3)
        if run.has_stopped_early:
            end = run.epochs[-1] + 1
            label = f"stopped early: {end} of {run.planned} epochs"
            _draw_lines(figure.axes, [end], label, color=ground.stop, linewidth=3, zorder=1)
        figure.supxlabel("epoch", fontsize="medium")
        _add_legend(figure, spelled(title, missing), columns + 1)
    figure._repr_png_ = partial(_png, figure)  # type: ignore[attr-defined]  # notebooks ask for it
    return figure


def _settings(ground: Ground, families: list[str]) -> Any:
    return {
        "axes.edgecolor": ground.faint,
        "axes.facecolor": ground.paper,
        "axes.formatter.use_mathtext": False,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "figure.facecolor": ground.paper,
        "font.family": families,
        "legend.frameon": False,
        "text.color": ground.ink,
        "text.parse_math": False,  # a `$` in a name is a `$`
        "text.usetex": False,
    }


def _prepare(axes: Axes, run: Run, ground: Ground) -> None:
    from matplotlib.ticker import MaxNLocator

    first, last = min(run.epochs) + 1, max(run.epochs) + 1
    axes.set_xlim(first - 0.5, last + max(0.5, 0.03 * (last - first)))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.grid(color=ground.faint, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(labelcolor=ground.ink, color=ground.faint, labelsize="small")


def _draw_metric(axes: Axes, run: Run, metric: str, ground: Ground) -> None:
    twins = {
        "training": (metric, "-", ground.training),
        "validation": (f"val_{metric}", "--", ground.validation),
    }
    for label, (name, line, color) in twins.items():
        curve = run.curves.get(name, {})
        epochs = [epoch + 1 for epoch in curve]
        values = [_drawable(value) for value in curve.values()]
        if curve:
            dots = _dots(values)
            axes.plot(epochs, values, line, color=color, label=label, marker=".", markevery=dots)
        lost = [epoch for epoch, value in zip(epochs, values, strict=True) if math.isnan(value)]
        if lost:
            bottom = axes.get_xaxis_transform()
            axes.plot(lost, [0.04] * len(lost), "x", color=ground.ink, label=LOST, transform=bottom)
    if len(run.rate_changes) <= MOST_STEPS:
        between = [epoch + 0.5 for epoch in run.rate_changes]
        _draw_lines([axes], between, CHANGES, color=ground.ink, linewidth=1, linestyle=":")


def _draw_rates(axes: Axes, rates: Mapping[int, float], ink: str) -> None:
    low, high = min(rates.values()), max(rates.values())
    marker = "." if len(rates) == 1 else ""  # there is no line then
    epochs = [epoch + 1 for epoch in rates]
    axes.step(epochs, list(rates.values()), color=ink, where="mid", marker=marker)
    if 0 < 10 * low < high:
        axes.set_yscale("log")
        axes.yaxis.set_minor_formatter("")
    axes.yaxis.set_major_formatter("{x:g}")


def _draw_lines(panels: Iterable[Axes], epochs: Iterable[float], label: str, **style: Any) -> None:
    for axes in panels:
        for epoch in epochs:
            axes.axvline(epoch, label=label, **style)


def _add_legend(figure: Figure, title: str, columns: int) -> None:
    """Explain each kind of mark once, above all panels."""
    marks: dict[str, Artist] = {}
    for axes in figure.axes:
        handles, labels = axes.get_legend_handles_labels()
        marks |= zip(labels, handles, strict=True)
    figure.legend(marks.values(), marks, title=title, loc="outside upper center", ncols=columns)


def _drawable(value: float) -> float:
    return value if abs(value) < LARGEST else math.nan


def _dots(values: list[float]) -> list[int]:
    """Return the places where a dot is needed, because no line leads there."""
    around = zip([math.nan, *values[:-1]], [*values[1:], math.nan], strict=True)
    alone = [math.isnan(before) and math.isnan(after) for before, after in around]
    return [i for i in range(len(values)) if alone[i] or len(values) <= FEW]


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _png(figure: Figure) -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="png", facecolor=figure.get_facecolor())
    return file.getvalue()
