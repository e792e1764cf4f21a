"""Empty figures, and figures as files or pixels; they need the package matplotlib."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from torchw2v.atomic import atomic_path
from torchw2v.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def new_figure(width: float, height: float) -> Figure:
    """A figure of this many inches; it belongs to no window."""
    check_pictures_can_be_drawn()
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


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
