"""A gradient check as a picture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from torchw2v.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from torchw2v.gradcheck.differences import GradientEntry
    from torchw2v.gradcheck.report import GradientReport

RIGHT, WRONG, GREY = "#2c7fb8", "#d7301f", "#888888"
_FLOOR = 1e-16  # differences of zero stand here on the logarithmic axis
_NAMES = 30  # more parameters than this are not drawn one a line


def plot_report(report: GradientReport) -> Figure:
    """Left, analytic against numeric: right gradients lie on the diagonal. Right, the differences by parameter.

    Raises:
        InputError: matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure  # not pyplot: no window, and nothing to close
    except ImportError as error:
        raise InputError("report.plot() needs matplotlib: pip install matplotlib; print(report) does not") from error
    names = sorted(report.shapes, key=lambda name: -_largest(report.of(name)))[:_NAMES]
    figure = Figure(figsize=(11, max(4.2, 1.6 + 0.3 * len(names))), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.25))
    _draw_values(left, report)
    _draw_differences(right, report, list(report.shapes) if len(names) == len(report.shapes) else names)
    verdict = f"{len(report.failures):,} of {len(report.entries):,} wrong" if report.failures else "all right"
    figure.suptitle(
        f"Gradients: {verdict}", x=0.01, ha="left", weight="bold", color=WRONG if report.failures else "black"
    )
    return figure


def _draw_values(axes: Axes, report: GradientReport) -> None:
    for wrong in (False, True):
        points = [
            (entry.numeric, entry.analytic)
            for entry in report.entries
            if _is_wrong(entry, report) == wrong and math.isfinite(entry.difference)
        ]
        if points:
            x, y = np.array(points).T
            axes.plot(x, y, **_marker(wrong), label=f"{'wrong' if wrong else 'right'} ({len(points):,})")
    axes.axline((0, 0), slope=1, color=GREY, linewidth=1, zorder=0)
    largest = max((abs(v) for e in report.entries for v in (e.numeric, e.analytic) if math.isfinite(v)), default=0.0)
    reach = 1.1 * largest or 1.0
    axes.set(
        xlim=(-reach, reach),
        ylim=(-reach, reach),
        aspect="equal",
        xlabel="numeric: central difference",
        ylabel="analytic: the gradient checked",
    )
    axes.legend(frameon=False, loc="upper left", handletextpad=0.2)
    axes.spines[["top", "right"]].set_visible(False)


def _draw_differences(axes: Axes, report: GradientReport, names: list[str]) -> None:
    draws = np.random.default_rng(0)
    missing = []
    for line, name in enumerate(names):
        for wrong in (False, True):
            entries = [entry for entry in report.of(name) if _is_wrong(entry, report) == wrong]
            finite = [max(entry.difference, _FLOOR) for entry in entries if math.isfinite(entry.difference)]
            if finite:
                spread = draws.uniform(-0.28, 0.28, len(finite)) if len(finite) > 1 else np.zeros(1)
                axes.plot(finite, line + spread, **_marker(wrong))
            if len(finite) < len(entries):
                missing.append((line, len(entries) - len(finite)))
    axes.set_xscale("log")
    axes.axvline(report.tolerance, color=GREY, linewidth=1, zorder=0)
    low, high = axes.get_xlim()
    low, high = max(low, _FLOOR / 3), max(high, 10 * report.tolerance)
    axes.set(
        xlim=(low, high), ylim=(len(names) - 0.4, -0.6), xlabel="|numeric − analytic| / max(1, |numeric|, |analytic|)"
    )
    axes.text(report.tolerance, 1.01, "tolerance", color=GREY, ha="center", transform=axes.get_xaxis_transform())
    for line, number in missing:
        axes.text(high, line, f"{number:,} not finite ", color=WRONG, ha="right", va="center")
    axes.set_yticks(range(len(names)), [f"{name}  {_shape(report.shapes[name])}" for name in names])
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", color="#eeeeee")
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    if len(names) < len(report.shapes):
        axes.set_title(f"the worst {len(names)} of {len(report.shapes)} parameters", loc="right", fontsize="medium")


def _marker(wrong: bool) -> dict[str, Any]:
    return {
        "linestyle": "",
        "marker": "x" if wrong else "o",
        "markersize": 5 if wrong else 4,
        "alpha": 0.9 if wrong else 0.5,
        "markeredgewidth": 1.2 if wrong else 0,
        "color": WRONG if wrong else RIGHT,
        "zorder": 3 if wrong else 2,
    }


def _is_wrong(entry: GradientEntry, report: GradientReport) -> bool:
    return not entry.difference <= report.tolerance


def _largest(entries: tuple[GradientEntry, ...]) -> float:
    return max((math.inf if math.isnan(e.difference) else e.difference for e in entries), default=0.0)


def _shape(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "number"
