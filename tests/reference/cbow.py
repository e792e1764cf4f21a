"""One step of gradient descent over a batch of windows, for each kind of input and of loss, number by number."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

Gradients = tuple[float, np.ndarray, dict[int, np.ndarray]]  # loss, ∂loss/∂v, ∂loss/∂u of each row


def batch_step(
    in_rows: np.ndarray,
    out_rows: np.ndarray,
    windows: Sequence[Sequence[int]],
    losses: Sequence[Sequence[tuple[int, int]] | int],
    *,
    divide_value: bool = True,
    divide_gradient: bool = True,
    learning_rate: float,
) -> tuple[float, np.ndarray, np.ndarray]:
    """(summed loss, input rows after the step, output rows after the step); all gradients at the values before it.

    Of each window `losses` has either the word to find among all of them, or a list of (row, whether it is right) for
    logistic losses: target and negatives, or the nodes of a path. Skip-gram is windows of one word.
    """
    total, new_in, new_out = 0.0, in_rows.copy(), out_rows.copy()
    for window, wanted in zip(windows, losses, strict=True):
        v = sum(in_rows[word] for word in window) / (len(window) if divide_value else 1)
        loss, grad_v, grads_u = (
            _softmax(v, out_rows, wanted) if isinstance(wanted, int) else _logistic(v, out_rows, wanted)
        )
        total += loss
        for word in window:
            new_in[word] -= learning_rate * grad_v / (len(window) if divide_gradient else 1)
        for row, grad_u in grads_u.items():
            new_out[row] -= learning_rate * grad_u
    return total, new_in, new_out


def _softmax(v: np.ndarray, out_rows: np.ndarray, wanted: int) -> Gradients:
    powers = [math.exp(float(u @ v)) for u in out_rows]
    errors = [power / sum(powers) - (row == wanted) for row, power in enumerate(powers)]
    grad_v = sum(error * u for error, u in zip(errors, out_rows, strict=True))
    return -math.log(powers[wanted] / sum(powers)), grad_v, {row: error * v for row, error in enumerate(errors)}


def _logistic(v: np.ndarray, out_rows: np.ndarray, wanted: Sequence[tuple[int, int]]) -> Gradients:
    loss, grad_v, grads_u = 0.0, np.zeros_like(v), {}
    for row, right in wanted:
        p = 1 / (1 + math.exp(-float(out_rows[row] @ v)))
        loss -= math.log(p if right else 1 - p)
        grad_v = grad_v + (p - right) * out_rows[row]
        grads_u[row] = grads_u.get(row, 0) + (p - right) * v
    return loss, grad_v, grads_u
