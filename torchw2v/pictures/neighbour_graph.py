"""Words and their nearest neighbours as a graph."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from torchw2v.checks import positive_int
from torchw2v.pictures.figure import new_figure
from torchw2v.pictures.graph_layout import spring_layout
from torchw2v.pictures.labels import label_points
from torchw2v.pictures.projections import leading_plane
from torchw2v.pictures.rows_of_words import unit_rows_of
from torchw2v.pictures.word_choice import with_neighbours
from torchw2v.vectors import WordVectors

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_ASKED, _FOUND = "#cc6677", "#88ccee"


def neighbour_graph_picture(vectors: WordVectors, words: Sequence[str], k: int = 6, title: str = "") -> Figure:
    """Words with lines to their k nearest by cosine, and the lines among those; the darker a line, the nearer.

    A line is there if either of its words is one of the k nearest of the other in the whole vocabulary.

    Raises:
        InputError: no word, one given twice, or k below one.
        KeyError: a word that has no vector.
    """
    positive_int("k", k)
    unit_rows_of(vectors, words)
    nodes = with_neighbours(vectors, words, k)
    number = {word: i for i, word in enumerate(nodes)}
    cosines: dict[tuple[int, int], float] = {}
    for word, nearest in zip(nodes, vectors.nearest(nodes, k), strict=True):
        for neighbour in nearest:
            if neighbour.word in number:
                first, second = sorted((number[word], number[neighbour.word]))
                cosines[first, second] = neighbour.similarity
    edges = np.array(sorted(cosines), dtype=np.int64).reshape(-1, 2)
    places = spring_layout(edges, leading_plane(unit_rows_of(vectors, nodes)).numpy())

    figure = new_figure(8, 6.5)
    axes = figure.add_subplot()
    axes.set_axis_off()
    _draw_lines(axes, places[edges], np.array([cosines[i, j] for i, j in edges.tolist()]))
    asked = np.arange(len(nodes)) < len(words)
    marks = [_ASKED if is_asked else _FOUND for is_asked in asked]
    axes.scatter(places[:, 0], places[:, 1], s=np.where(asked, 36, 14), color=marks, linewidth=0, zorder=2)
    axes.margins(0.06)
    if title:
        axes.set_title(title)
    colours = ["#882255" if is_asked else "0.15" for is_asked in asked]
    label_points(figure, axes, places, nodes, colours=colours, radius=3)
    return figure


def _draw_lines(axes: Axes, lines: npt.NDArray[np.float64], cosines: npt.NDArray[np.float64]) -> None:
    from matplotlib.collections import LineCollection

    spread = np.ptp(cosines) if len(cosines) else 0.0
    nearness = (cosines - cosines.min()) / spread if spread else np.ones(len(cosines))
    axes.add_collection(
        LineCollection(list(lines), colors=[str(0.85 - 0.5 * near) for near in nearness], linewidths=0.8, zorder=1)
    )
