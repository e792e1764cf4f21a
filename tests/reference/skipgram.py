"""One step of gradient descent over a batch of skip-gram pairs, pair by pair and number by number."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np


def batch_step(
    in_rows: np.ndarray,
    out_rows: np.ndarray,
    inputs: Sequence[int],
    targets: Sequence[int],
    negatives: Sequence[Sequence[int]],
    *,
    learning_rate: float,
) -> tuple[float, np.ndarray, np.ndarray]:
    """(summed loss, input rows after the step, output rows after the step); all gradients at the values before it."""
    loss, new_in, new_out = 0.0, in_rows.copy(), out_rows.copy()
    dim = in_rows.shape[1]
    for source, target, noise in zip(inputs, targets, negatives, strict=True):
        for word, label in [(target, 1.0), *((word, 0.0) for word in noise)]:
            score = sum(in_rows[source, d] * out_rows[word, d] for d in range(dim))
            probability = 1 / (1 + math.exp(-score))
            loss -= math.log(probability if label else 1 - probability)
            for d in range(dim):
                new_in[source, d] += learning_rate * (label - probability) * out_rows[word, d]
                new_out[word, d] += learning_rate * (label - probability) * in_rows[source, d]
    return loss, new_in, new_out
