"""Labels of points that do not cover one another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from torchw2v.errors import InputError
from torchw2v.pictures.figure import DOTS_AN_INCH
from torchw2v.pictures.fonts import Lettering, lettering
from torchw2v.pictures.label_places import nearest_on_boxes, place_labels

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Numbers = npt.NDArray[np.float64]

_POINTS_AN_INCH = 72
_GAP = 1.5  # points, like all lengths here
_LEADER_FROM = 5.0
_FILLED = 0.17  # share of the axes that labels may fill
_LARGER = 1.15
_TRIES = 12


def label_points(
    figure: Figure,
    axes: Axes,
    points: Numbers,
    words: Sequence[str],
    *,
    colours: Sequence[str] | None = None,
    size: float = 8,
    radius: float = 2,
) -> None:
    """Write words beside their points, none over another; the figure grows until there is room.

    A thin line leads from a word to its point where it had to go away from it. Limits and everything else that takes
    room in the figure have to be there before, as the layout is fixed here.

    Args:
        figure: with the layout "constrained".
        axes: what shows the points.
        points: (N, 2), in the coordinates of the axes.
        words: N words, the most important first.
        colours: of the words; black by default.
        size: of the letters, in points.
        radius: of the marks, in points.
    """
    if not len(words):
        return
    text = lettering(words)
    sizes = _text_sizes(figure, text, size)
    _grow_to_hold(figure, axes, float((sizes + _GAP).prod(1).sum()) / _FILLED)
    for _ in range(_TRIES):
        scale, area = _fixed_layout(figure, axes)
        places = np.asarray(axes.transData.transform(points), dtype=np.float64) / scale
        boxes = place_labels(sizes, places, area, radius=radius, gap=_GAP)
        if boxes is not None:
            break
        _resize(figure, _LARGER)
    else:
        raise InputError(f"{len(words):,} words are too many for a picture with a label each; take fewer")
    ink = colours or ["0.1"] * len(words)
    _write(axes, points, places, boxes, text, ink, size, radius)


def _write(
    axes: Axes,
    points: Numbers,
    places: Numbers,
    boxes: Numbers,
    text: Lettering,
    colours: Sequence[str],
    size: float,
    radius: float,
) -> None:
    from matplotlib.patheffects import withStroke

    halo = [withStroke(linewidth=1.6, foreground="white", alpha=0.85)]
    ends = nearest_on_boxes(boxes, places)
    away = np.hypot(*(ends - places).T)
    for i, (box, end) in enumerate(zip(boxes, ends, strict=True)):
        leader = None
        if away[i] > radius + _LEADER_FROM:
            leader = {
                "arrowstyle": "-",
                "linewidth": 0.4,
                "color": "0.55",
                "shrinkA": 0,
                "shrinkB": radius,
                "relpos": tuple((end - box[:2]) / (box[2:] - box[:2])),
            }
        axes.annotate(
            text.texts[i],
            tuple(points[i]),
            xytext=tuple(box[:2] - places[i]),
            textcoords="offset points",
            ha="left",
            va="bottom",
            fontsize=size,
            fontfamily=text.families,
            color=colours[i],
            path_effects=halo,
            parse_math=False,
            arrowprops=leader,
            zorder=3,
        )


def _text_sizes(figure: Figure, text: Lettering, size: float) -> Numbers:
    """(N, 2): width and height of each text, as it will be drawn on a screen or in a file."""
    from matplotlib.backends.backend_agg import RendererAgg

    # letters are set at whole pixels, so that a text is wider at one resolution than at another
    renderers = {dpi: RendererAgg(1, 1, dpi) for dpi in (figure.dpi, DOTS_AN_INCH)}  # type: ignore[no-untyped-call]
    sizes = np.empty((len(text.texts), 2))
    for i, label in enumerate(text.texts):
        drawn = figure.text(0, 0, label, fontsize=size, fontfamily=text.families, parse_math=False)
        boxes = [drawn.get_window_extent(renderer, dpi) for dpi, renderer in renderers.items()]
        sizes[i] = np.max([np.asarray(box.size) / dpi for box, dpi in zip(boxes, renderers, strict=True)], axis=0)
        drawn.remove()
    return sizes * _POINTS_AN_INCH


def _fixed_layout(figure: Figure, axes: Axes) -> tuple[float, Numbers]:
    """Pixels a point, and the box of the axes in points."""
    figure.set_layout_engine("constrained")
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    scale = figure.dpi / _POINTS_AN_INCH
    return scale, np.asarray(axes.bbox.extents, dtype=np.float64) / scale


def _grow_to_hold(figure: Figure, axes: Axes, needed: float) -> None:
    """Make the axes so many square points large, if they are smaller."""
    _, (left, bottom, right, top) = _fixed_layout(figure, axes)
    _resize(figure, max(1.0, float(needed / ((right - left) * (top - bottom))) ** 0.5))


def _resize(figure: Figure, factor: float) -> None:
    figure.set_size_inches(*(figure.get_size_inches() * factor))
