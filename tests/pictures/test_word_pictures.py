"""Pictures of words: groups in a plane, the graph of neighbours, lengths; and curves of a training."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchw2v import InputError, WordVectors
from torchw2v.pictures import (
    curves_picture,
    neighbour_graph_picture,
    norms_picture,
    picture_pixels,
    with_neighbours,
    words_picture,
)
from torchw2v.pictures.graph_layout import spring_layout

pytest.importorskip("matplotlib", reason="pictures need the package matplotlib, which is not installed")

WORDS = [f"{group}{i}" for i in range(20) for group in "abc"]  # three groups of twenty
MATRIX = torch.eye(3).repeat(20, 1).repeat_interleave(2, 1)
VECTORS = WordVectors(WORDS, MATRIX + 0.2 * torch.randn(60, 6, generator=torch.Generator().manual_seed(0)))


def test_words_are_coloured_by_their_groups_and_the_legend_names_them():
    figure = words_picture(VECTORS, clusters=3, title="groups")
    dots = figure.axes[0].collections
    assert [len(dot.get_offsets()) for dot in dots] == [20, 20, 20]
    assert len({tuple(dot.get_facecolor()[0]) for dot in dots}) == 3
    names = {text.get_text().lstrip("\u200b")[0] for text in figure.legends[0].get_texts()}
    assert names == {"a", "b", "c"}
    assert {text.get_text() for text in figure.axes[0].texts} == set(VECTORS.words)
    assert not words_picture(VECTORS, ["a0", "b0"], clusters=1).legends
    with pytest.raises(KeyError, match="'z' is not"):
        words_picture(VECTORS, ["z"])
    with pytest.raises(InputError, match="'a0' is to be drawn twice"):
        words_picture(VECTORS, ["a0", "a0"])


def test_the_graph_joins_each_word_with_its_nearest():
    figure = neighbour_graph_picture(VECTORS, ["a0", "b3"], k=3)
    axes = figure.axes[0]
    nodes = with_neighbours(VECTORS, ["a0", "b3"], 3)
    assert [text.get_text() for text in axes.texts] == nodes
    places = {tuple(place): word for place, word in zip(axes.collections[1].get_offsets(), nodes, strict=True)}
    drawn = {frozenset(places[tuple(end)] for end in line) for line in axes.collections[0].get_segments()}
    nearest = dict(zip(nodes, VECTORS.nearest(nodes, 3), strict=True))
    assert drawn == {frozenset((word, n.word)) for word in nodes for n in nearest[word] if n.word in nodes}
    assert {frozenset(("a0", n.word)) for n in nearest["a0"]} <= drawn


def test_springs_bring_what_is_joined_together():
    edges = np.array([[0, 1], [1, 2], [0, 2], [3, 4], [4, 5], [3, 5]])
    places = spring_layout(edges, np.zeros((6, 2)))
    distances = np.hypot(*(places[:, None] - places[None]).T)
    joined = distances[tuple(edges.T)]
    assert joined.min() > 0.1
    assert joined.mean() < 0.7 * distances[:3, 3:].mean()
    np.testing.assert_array_equal(places, spring_layout(edges, np.zeros((6, 2))))
    assert spring_layout(np.empty((0, 2), dtype=np.int64), np.ones((1, 2))).tolist() == [[0, 0]]


def test_curves_have_a_panel_each():
    figure = curves_picture({"loss": ([1, 2, 3], [3.0, float("nan"), 1.0]), "_$rate": ([1, 3], [0.1, 0.05])})
    assert [axes.get_ylabel() for axes in figure.axes] == ["loss", "_$rate"]
    np.testing.assert_array_equal(figure.axes[0].lines[0].get_ydata(), [3, np.nan, 1])
    picture_pixels(figure)
    with pytest.raises(InputError, match="'loss' has 2 steps, but 1 values"):
        curves_picture({"loss": ([1, 2], [1.0])})
    with pytest.raises(InputError, match="no curve"):
        curves_picture({})


def test_lengths_name_the_words_that_stand_out():
    ranks = torch.arange(1, 501.0)
    lengths = ranks.pow(-0.3) * torch.exp(0.05 * torch.randn(500, generator=torch.Generator().manual_seed(0)))
    lengths[[7, 300]] *= torch.tensor([0.3, 3.0])
    lengths[400] = 0  # has no place on a logarithmic axis
    vectors = WordVectors((f"w{i}" for i in range(500)), lengths[:, None])
    axes = norms_picture(vectors, outliers=6).axes[0]
    assert {"w7", "w300"} < {text.get_text() for text in axes.texts}
    assert len(axes.collections[0].get_offsets()) == 499
    x, y = axes.lines[0].get_data()
    np.testing.assert_allclose(y, x**-0.3, rtol=0.05)
    by_count = norms_picture(vectors, counts=list(range(1000, 500, -1)), outliers=0)
    assert by_count.axes[0].collections[0].get_offsets()[0][0] == 1000
    with pytest.raises(InputError, match="500 counts of at least 1 are needed"):
        norms_picture(vectors, counts=[1])
