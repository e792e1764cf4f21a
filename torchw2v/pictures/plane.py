"""Words in a plane."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from torchw2v.pictures.figure import new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = npt.NDArray[np.generic]


def plane_picture(points: Array, words: Sequence[str], title: str = "") -> Figure:
    """Words at their places in a plane. Shape: points (N, 2)."""
    figure = new_figure(8, 6)
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
