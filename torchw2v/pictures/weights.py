"""The weights of a first layer as images."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from torchw2v.pictures.figure import new_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array = npt.NDArray[np.generic]
_MOST_UNITS = 100


def weights_picture(weight: Array, shape: tuple[int, int], names: Sequence[str] | None = None) -> Figure:
    """The weights into each unit of the first layer as an image: red pushes the unit up, blue down.

    One scale holds for all units; at most 100 of them are drawn.

    Shape: weight (F, H), of which the F = height · width numbers of a unit are laid out as `shape`.
    """
    units = min(weight.shape[1], _MOST_UNITS)
    columns = min(10, math.ceil(math.sqrt(units)))
    rows = math.ceil(units / columns)
    figure = new_figure(0.9 * columns + 1.0, (1.1 if names else 0.9) * rows + 0.3)
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
