"""Pictures of what was learnt, for a file or for TensorBoard; they need the package matplotlib."""

from __future__ import annotations

import math
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from torchw2v.atomic import atomic_path
from torchw2v.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = npt.NDArray[np.generic]
_MOST_UNITS = 100
_LARGEST = 12  # inches
_MOST_NUMBERS_IN_CELLS = 20


def confusion_picture(confusion: Array, names: Sequence[str], title: str = "") -> Figure:
    """A confusion matrix: a row for each true class, a column for each predicted one.

    The colour is the share of the true class, the number in a cell the count. Shape: confusion (C, C).
    """
    counts = np.asarray(confusion, dtype=np.int64)
    shares = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    size = min(max(3.5, 0.45 * len(names) + 1.5), _LARGEST)
    figure = _figure(size + 0.8, size)
    axes = figure.add_subplot()
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    figure.colorbar(image, ax=axes, label="share of the true class", fraction=0.046)
    axes.set_xticks(range(len(names)), names, rotation=90 if max(map(len, names), default=0) > 2 else 0)
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel("predicted")
    axes.set_ylabel("true")
    if title:
        axes.set_title(title)
    if len(names) <= _MOST_NUMBERS_IN_CELLS:
        for row, column in zip(*np.nonzero(counts), strict=True):
            colour = "white" if shares[row, column] > 0.5 else "black"
            axes.text(column, row, str(counts[row, column]), ha="center", va="center", color=colour, fontsize=8)
    return figure


def weights_picture(weight: Array, shape: tuple[int, int], names: Sequence[str] | None = None) -> Figure:
    """The weights into each unit of the first layer as an image: red pushes the unit up, blue down.

    One scale holds for all units; at most 100 of them are drawn.

    Shape: weight (F, H), of which the F = height · width numbers of a unit are laid out as `shape`.
    """
    units = min(weight.shape[1], _MOST_UNITS)
    columns = min(10, math.ceil(math.sqrt(units)))
    rows = math.ceil(units / columns)
    figure = _figure(0.9 * columns + 1.0, (1.1 if names else 0.9) * rows + 0.3)
    grid = figure.subplots(rows, columns, squeeze=False)
    limit = float(np.abs(weight).max()) or 1.0
    for axes in grid.flat:
        axes.set_axis_off()
    for unit, axes in zip(range(units), grid.flat, strict=False):
        image = axes.imshow(weight[:, unit].reshape(shape), cmap="RdBu_r", vmin=-limit, vmax=limit)
        if names:
            axes.set_title(names[unit], fontsize=8)
    figure.colorbar(image, ax=list(grid.flat), fraction=0.03)
    return figure


def plane_picture(points: Array, words: Sequence[str], title: str = "") -> Figure:
    """Words at their places in a plane. Shape: points (N, 2)."""
    figure = _figure(8, 6)
    axes = figure.add_subplot()
    axes.axhline(0, color="0.85", linewidth=0.8, zorder=0)
    axes.axvline(0, color="0.85", linewidth=0.8, zorder=0)
    axes.scatter(points[:, 0], points[:, 1], s=8, color="tab:blue")
    for word, (x, y) in zip(words, points, strict=True):
        axes.annotate(
            word, (float(x), float(y)), xytext=(3, 3), textcoords="offset points", fontsize=9, parse_math=False
        )
    axes.set_xlabel("first direction")
    axes.set_ylabel("second direction")
    axes.margins(0.12)
    if title:
        axes.set_title(title)
    return figure


def save_picture(figure: Figure, path: str | Path) -> Path:
    """Write a figure as a PNG file that appears whole."""
    with atomic_path(Path(path)) as temporary:
        figure.savefig(temporary, format="png", dpi=150)
    return Path(path)


def picture_pixels(figure: Figure) -> npt.NDArray[np.uint8]:
    """The pixels of a figure. Shape: -> (height, width, 3)."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    pixels: npt.NDArray[np.uint8] = np.asarray(canvas.buffer_rgba())[..., :3].copy()
    return pixels


def check_pictures_can_be_drawn() -> None:
    """InputError where matplotlib is missing: better known before a training that ends with pictures."""
    if find_spec("matplotlib") is None:
        raise InputError("pictures need the package matplotlib: pip install 'torchw2v[train]'")


def _figure(width: float, height: float) -> Figure:
    check_pictures_can_be_drawn()
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")
