"""Words in a plane."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from torchw2v.pictures.clusters import Clusters
from torchw2v.pictures.colours import look_of_cluster
from torchw2v.pictures.figure import new_figure
from torchw2v.pictures.fonts import lettering
from torchw2v.pictures.labels import label_points

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = npt.NDArray[np.generic]
_ONE_COLOUR = "tab:blue"
_RADIUS = 2.0  # points


def plane_picture(
    points: Array,
    words: Sequence[str],
    title: str = "",
    *,
    clusters: Clusters | None = None,
    directions: tuple[str, str] | None = ("first direction", "second direction"),
) -> Figure:
    """Words at their places in a plane, with labels that do not cover one another.

    Args:
        points: (N, 2).
        words: N words, the most important first: it gets the best place for its label.
        title: above the picture.
        clusters: groups of the words, shown by colour and shape, with a legend.
        directions: what the two axes are; None where they mean nothing.
    """
    figure = new_figure(8, 6)
    axes = figure.add_subplot()
    places = np.asarray(points, dtype=np.float64)
    if clusters:
        _scatter_clusters(axes, places, clusters)
        _legend(figure, axes, clusters, words)
    else:
        axes.scatter(places[:, 0], places[:, 1], s=(2 * _RADIUS) ** 2, color=_ONE_COLOUR, linewidth=0)
    axes.margins(0.04)
    if directions:
        axes.axhline(0, color="0.85", linewidth=0.8, zorder=0)
        axes.axvline(0, color="0.85", linewidth=0.8, zorder=0)
        axes.set_xlabel(directions[0])
        axes.set_ylabel(directions[1])
    else:
        axes.set_xticks([])
        axes.set_yticks([])
    if title:
        axes.set_title(title)
    label_points(figure, axes, places, words, radius=_RADIUS)
    return figure


def _scatter_clusters(axes: Axes, points: npt.NDArray[np.float64], clusters: Clusters) -> None:
    for group in range(len(clusters.central)):
        colour, marker = look_of_cluster(group)
        of_group = points[clusters.labels.numpy() == group]
        axes.scatter(of_group[:, 0], of_group[:, 1], s=(2 * _RADIUS) ** 2, color=colour, marker=marker, linewidth=0)


def _legend(figure: Figure, axes: Axes, clusters: Clusters, words: Sequence[str]) -> None:
    from matplotlib.lines import Line2D

    names = lettering([words[i] for i in clusters.central])
    handles = []
    for group, name in enumerate(names.texts):
        colour, marker = look_of_cluster(group)
        # a leading underscore would hide the entry
        handles.append(Line2D([], [], linestyle="", color=colour, marker=marker, label=f"\u200b{name}"))
    legend = figure.legend(
        handles=handles, loc="outside lower center", ncols=min(len(handles), 5), frameon=False, title="groups around"
    )
    for text in legend.get_texts():
        text.set_fontfamily(names.families)
        text.set_parse_math(False)
