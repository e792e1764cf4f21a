"""Labels: none covers another, none leaves the figure, and a label that is alone stands beside its point."""

from __future__ import annotations

import numpy as np
import pytest

from torchw2v.pictures import picture_pixels, plane_picture, save_picture
from torchw2v.pictures.label_places import place_labels

matplotlib = pytest.importorskip("matplotlib", reason="pictures need the package matplotlib, which is not installed")


def boxes_of_texts(figure):
    """(N, 4), in inches: left, bottom, right, top of every label, measured as it is drawn."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.text import Text

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    # without its line, which is part of the box of an annotation
    boxes = [Text.get_window_extent(text, canvas.get_renderer()).extents for text in figure.axes[0].texts]
    return np.array(boxes) / figure.dpi


def overlaps(boxes):
    return [
        (i, j)
        for i, (left, bottom, right, top) in enumerate(boxes)
        for j, other in enumerate(boxes[:i])
        if left < other[2] and other[0] < right and bottom < other[3] and other[1] < top
    ]


@pytest.mark.parametrize("spread", [0.0, 0.1])
def test_three_hundred_labels_keep_apart_and_inside(spread):
    """All at one place, and in three clouds."""
    generator = np.random.default_rng(0)
    words = [generator.choice(["of", "word", "词语", "neighbourhood", "größe"]) + str(i) for i in range(296)]
    words += ["x" * 100, "W" * 32, "$\\alpha", "の" * 20]
    centres = generator.normal(size=(3, 2))[generator.integers(0, 3, len(words))] if spread else 0
    points = centres + spread * generator.normal(size=(len(words), 2))
    figure = plane_picture(points, words)
    boxes = boxes_of_texts(figure)
    assert len(boxes) == len(words)
    assert overlaps(boxes) == []
    assert (boxes[:, :2] >= 0).all()
    assert (boxes[:, 2:] <= figure.get_size_inches()).all()
    # the file has other pixels, and the same places
    figure.set_dpi(150)
    assert overlaps(boxes_of_texts(figure)) == []


def test_few_labels_need_no_larger_figure_and_lie_beside_their_points():
    figure = plane_picture(np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 0.0]]), ["one", "two", "three"])
    assert figure.get_size_inches().tolist() == [8, 6]
    for text in figure.axes[0].texts:
        assert text.arrow_patch is None
        assert np.abs(text.xyann).max() < 40


def test_a_label_goes_to_the_nearest_free_place():
    # a label as wide as two, around a point at the middle; the second of two has to go elsewhere
    sizes, points = np.array([[2.0, 1.0], [2.0, 1.0]]), np.array([[5.0, 5.0], [5.0, 5.0]])
    boxes = place_labels(sizes, points, np.array([0.0, 0, 10, 10]), radius=0.1, gap=0.1)
    assert overlaps(boxes) == []
    distances = np.hypot(*(np.clip(points, boxes[:, :2], boxes[:, 2:]) - points).T)
    assert distances == pytest.approx([0.2, 0.2], abs=0.1)
    np.testing.assert_allclose(boxes[:, 2:] - boxes[:, :2], sizes)


def test_points_are_kept_free_where_there_is_room():
    points = np.array([[5.0, 5.0], [6.5, 5.6], [6.5, 5.0], [6.5, 4.4]])
    sizes = np.array([[2.0, 1.0]] * 4)
    boxes = place_labels(sizes, points, np.array([0.0, 0, 12, 12]), radius=0.1, gap=0.05)
    for box in boxes:
        covered = (points + 0.1 > box[:2]).all(1) & (points - 0.1 < box[2:]).all(1)
        assert not covered.any()
    # and covered where there is none
    sizes = np.array([[2.0, 1.0], [0.1, 0.1]])
    tight = place_labels(sizes, points[[0, 2]], np.array([4.0, 4.3, 9.0, 5.7]), radius=0.4, gap=0.05)
    assert tight is not None
    assert tight[0, 0] < 6.5 < tight[0, 2]


def test_where_there_is_no_room_it_says_so():
    sizes = np.array([[2.0, 1.0]] * 3)
    assert place_labels(sizes, np.ones((3, 2)), np.array([0.0, 0, 2.1, 2.1]), radius=0.1, gap=0.1) is None


def test_characters_that_no_font_has_are_boxes_and_no_warnings(tmp_path):
    words = ["\U0001f9ff", "ꙮ", "\ue000", "a\nb", "", "_hidden"]
    figure = plane_picture(np.random.default_rng(0).normal(size=(len(words), 2)), words)
    assert figure.axes[0].texts[2].get_text() == "□"
    assert figure.axes[0].texts[3].get_text() == "a□b"
    assert picture_pixels(figure).shape[2] == 3
    save_picture(figure, tmp_path / "words.svg")
