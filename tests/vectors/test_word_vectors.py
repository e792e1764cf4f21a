"""WordVectors: neighbours by cosine, and a table that stays as it is."""

from __future__ import annotations

import pytest
import torch

from torchw2v import InputError, WordVectors

MATRIX = torch.tensor([[1.0, 0], [10, 1], [0, 2], [-3, 0], [0, 0]])
VECTORS = WordVectors("abcde", MATRIX)


def test_neighbours_are_by_angle_not_by_length():
    words = [n.word for n in VECTORS.most_similar("a", k=4)]
    assert (words[0], set(words[1:3]), words[3]) == ("b", {"c", "e"}, "d")
    assert VECTORS.most_similar("a", k=1)[0].similarity == pytest.approx(10 / 101**0.5)
    assert VECTORS.similarity("a", "d") == pytest.approx(-1)
    assert len(VECTORS.most_similar("a", k=100)) == 4
    assert VECTORS.nearest(["a", "c"], 2)[1] == VECTORS.most_similar("c", k=2)


def test_a_vector_of_zero_is_similar_to_nothing():
    assert VECTORS.similarity("a", "e") == 0


def test_it_cannot_be_changed_from_outside():
    matrix = MATRIX.clone()
    vectors = WordVectors("abcde", matrix)
    for changed in (matrix, vectors.matrix, vectors["a"]):
        changed.zero_()
    assert torch.equal(vectors.matrix, MATRIX)


@pytest.mark.parametrize("width", [2, 3, 7])
def test_memory_that_is_taken_over_is_neither_copied_nor_left_with_holes(width):
    held = torch.zeros(3000, width)
    matrix = held[:, :2]
    matrix.copy_(torch.arange(6000.0).view(-1, 2))
    vectors = WordVectors(map(str, range(3000)), matrix, copy=False)
    assert torch.equal(vectors.matrix, torch.arange(6000.0).view(-1, 2))
    assert vectors.rows().is_contiguous()
    assert vectors.rows().data_ptr() == held.data_ptr()


@pytest.mark.parametrize("matrix", [MATRIX.T.clone().T, MATRIX[::2].flip(1), MATRIX[:1].expand(5, 2)])
def test_a_matrix_of_other_strides_is_taken_over_as_well(matrix):
    expected = matrix.clone()
    assert torch.equal(WordVectors(map(str, range(len(matrix))), matrix, copy=False).matrix, expected)


def test_it_is_a_table():
    assert len(VECTORS) == 5
    assert list(VECTORS) == list("abcde")
    assert "a" in VECTORS
    assert "z" not in VECTORS
    assert torch.equal(VECTORS["b"], MATRIX[1])
    with pytest.raises(KeyError, match="'z' is not among the 5 words"):
        VECTORS["z"]


def test_rows_are_a_view_of_the_table():
    assert torch.equal(VECTORS.rows(), MATRIX)
    assert torch.equal(VECTORS.rows(1, 3), MATRIX[1:3])
    assert VECTORS.rows(3, 100).shape == (2, 2)
    assert VECTORS.rows(1).data_ptr() == VECTORS.rows()[1].data_ptr()


@pytest.mark.parametrize(
    ("words", "matrix", "message"),
    [
        ("ab", MATRIX, "2 words, but a matrix of shape"),
        ("abcda", MATRIX, "a word stands there twice"),
        ("abcde", MATRIX.long(), "floats is needed, not torch.int64"),
        ("ab", MATRIX[0], "of shape"),
    ],
)
def test_what_is_no_table(words, matrix, message):
    with pytest.raises(InputError, match=message):
        WordVectors(words, matrix)
