"""A network of linear layers with an activation between them, trained on summed cross-entropy, one example at a time.

Parameters are one vector: W₁, b₁, W₂, b₂, ..., each W (in, out) row by row.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

ACTIVATIONS = {
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2),
    "tanh": (np.tanh, lambda z: 1 / np.cosh(z) ** 2),
    "relu": (lambda z: z * (z > 0), lambda z: 1.0 * (z > 0)),
}


def split(flat: np.ndarray, sizes: Sequence[int]) -> list[tuple[np.ndarray, np.ndarray]]:
    layers, place = [], 0
    for i in range(len(sizes) - 1):
        end = place + sizes[i] * sizes[i + 1]
        layers.append((flat[place:end].reshape(sizes[i], sizes[i + 1]), flat[end : end + sizes[i + 1]]))
        place = end + sizes[i + 1]
    assert place == len(flat)
    return layers


def cost_and_gradient(
    flat: np.ndarray, sizes: Sequence[int], activation: str, data: np.ndarray, labels: np.ndarray
) -> tuple[float, np.ndarray]:
    """Cost and gradient for data (N, D_x) and labels (N, D_y), summed over the N examples."""
    f, slope = ACTIVATIONS[activation]
    layers = split(flat, sizes)
    cost, gradient = 0.0, np.zeros(len(flat))
    grads = split(gradient, sizes)  # views
    for x, y in zip(data, labels, strict=True):
        inputs, sums = [x], []
        for weight, bias in layers:
            sums.append(inputs[-1] @ weight + bias)
            inputs.append(f(sums[-1]))
        p = np.exp(sums[-1]) / np.exp(sums[-1]).sum()
        cost -= (y * np.log(p)).sum()
        delta = p - y
        for i in reversed(range(len(layers))):
            grads[i][0][:] += np.outer(inputs[i], delta)
            grads[i][1][:] += delta
            if i:
                delta = (layers[i][0] @ delta) * slope(sums[i - 1])
    return cost, gradient
