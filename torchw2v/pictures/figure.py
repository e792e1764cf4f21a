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


SUFFIXES = (".png", ".svg")
DOTS_AN_INCH = 150


def new_figure(width: float, height: float) -> Figure:
    """A figure of this many inches; it belongs to no window."""
    check_pictures_can_be_drawn()
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def save_picture(figure: Figure, path: str | Path) -> Path:
    """Write a figure as a file that appears whole; the same figure gives the same bytes.

    Raises:
        InputError: a suffix that is neither .png nor .svg, or no such folder.
    """
    from matplotlib import rc_context

    path = Path(path).expanduser()
    check_is_picture(path)
    if not path.absolute().parent.is_dir():
        raise InputError(f"{path}: there is no folder {path.parent}")
    form = path.suffix.lower()[1:]
    # of what is not drawn from the figure an SVG file has a date, and names of its own for its parts
    with atomic_path(path) as temporary, rc_context({"svg.hashsalt": "torchw2v"}):
        figure.savefig(temporary, format=form, dpi=DOTS_AN_INCH, metadata={"Date": None} if form == "svg" else None)
    return path


def check_is_picture(path: str | Path) -> None:
    """InputError where the suffix of a path names no kind of picture."""
    if Path(path).suffix.lower() not in SUFFIXES:
        raise InputError(f"{path}: a picture ends in {' or '.join(SUFFIXES)}")


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
