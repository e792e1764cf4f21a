"""Pictures show what they are given, and the plane is that of the two leading singular directions."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from torchw2v import InputError
from torchw2v.pictures import (
    confusion_picture,
    leading_plane,
    picture_pixels,
    plane_picture,
    save_picture,
    weights_picture,
)

pytest.importorskip("matplotlib", reason="pictures need the package matplotlib, which is not installed")


def test_the_plane_is_that_of_the_leading_eigenvectors_of_the_covariance():
    rows = torch.randn(30, 6, generator=torch.Generator().manual_seed(0)).double() * torch.arange(1, 7)
    points = leading_plane(rows)
    centred = rows - rows.mean(0)
    values, vectors = np.linalg.eigh((centred.T @ centred / len(rows)).numpy())
    for column, direction in enumerate((vectors[:, -1], vectors[:, -2])):
        expected = centred.numpy() @ direction
        expected *= np.sign(expected[np.abs(expected).argmax()])
        np.testing.assert_allclose(points[:, column].numpy(), expected, atol=1e-12)
        assert points[:, column].var(correction=0).item() == pytest.approx(values[-1 - column])


@pytest.mark.parametrize("shape", [(5, 1), (1, 4), (3, 2)])
def test_a_plane_of_few_vectors_or_dimensions(shape):
    rows = torch.arange(float(np.prod(shape))).reshape(shape)
    points = leading_plane(rows)
    assert points.shape == (shape[0], 2)
    assert torch.allclose(torch.cdist(points, points), torch.cdist(rows, rows), atol=1e-4)


def test_a_confusion_matrix_has_its_counts_and_names():
    figure = confusion_picture(np.array([[3, 1], [0, 7]]), ["cat", "dog"], "test")
    axes = figure.axes[0]
    assert {text.get_text() for text in axes.texts} == {"3", "1", "7"}
    assert [label.get_text() for label in axes.get_yticklabels()] == ["cat", "dog"]
    assert axes.images[0].get_array().tolist() == [[0.75, 0.25], [0.0, 1.0]]


def test_weights_are_laid_out_as_images_on_one_scale():
    weight = np.arange(12.0).reshape(6, 2) - 6
    figure = weights_picture(weight, (2, 3), ["a", "b"])
    images = [axes.images[0] for axes in figure.axes if axes.images]
    assert images[1].get_array().tolist() == weight[:, 1].reshape(2, 3).tolist()
    assert {image.get_clim() for image in images} == {(-6.0, 6.0)}


def test_words_stand_at_their_places_whatever_they_are(tmp_path):
    words = ["$x^", "größe", "``"]  # the first would be an equation to matplotlib
    figure = plane_picture(np.array([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]), words, "three words")
    assert [text.get_text() for text in figure.axes[0].texts] == words
    assert picture_pixels(figure).shape[2] == 3
    path = save_picture(figure, tmp_path / "words.png")
    assert path.read_bytes().startswith(b"\x89PNG")
    svg = save_picture(figure, tmp_path / "words.SVG").read_bytes()
    assert b"<svg" in svg
    assert save_picture(figure, tmp_path / "words.SVG").read_bytes() == svg
    with pytest.raises(InputError, match=r"words.pdf: a picture ends in .png or .svg"):
        save_picture(figure, tmp_path / "words.pdf")
    with pytest.raises(InputError, match="there is no folder"):
        save_picture(figure, tmp_path / "none" / "words.png")
    assert {file.name for file in tmp_path.iterdir()} == {"words.png", "words.SVG"}


def test_without_matplotlib_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr("torchw2v.pictures.figure.find_spec", lambda name: None)
    with pytest.raises(InputError, match=r"pip install 'torchw2v\[train\]'"):
        plane_picture(np.zeros((1, 2)), ["a"])
