"""Functions of one array, as the assignment calls them."""
# ruff: noqa: N802

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from torchw2v import functional as F
from torchw2v.cs224n.arrays import array, tensor


def softmax(x: ArrayLike) -> Any:
    """Softmax of each row: e^x_i / Σ_j e^x_j. A vector is one row. Shape: (..., n) -> the same, a new array."""
    return array(F.softmax(tensor(x)))


def sigmoid(x: ArrayLike) -> Any:
    """1 / (1 + e^-x), element by element. Shape: any -> the same; a number gives a number."""
    return array(F.sigmoid(tensor(x)))


def sigmoid_grad(s: ArrayLike) -> Any:
    """s(1 − s): the derivative of the sigmoid where its *value* is s. Shape: any -> the same."""
    return array(F.sigmoid_grad(tensor(s)))


def normalizeRows(x: ArrayLike) -> Any:
    """Each row divided by its length, x / ‖x‖₂; a row of zeros stays one. Shape: (..., D) -> the same, a new array."""
    return array(F.normalize_rows(tensor(x)))
