"""loss = −log Π_l p(turn l), and its gradients, one turn at a time; a path is a list of (inner node, code).

At a node u the path turns to code 0 with probability σ(u·v) and to code 1 with 1 − σ(u·v).
"""

import math

import numpy as np


def _probability_of_0(u, v):
    return 1 / (1 + math.exp(-u @ v))


def hierarchical_softmax_loss(input, out_embeddings, paths):
    """Return the loss of each example, shape (B,)."""
    loss = np.zeros(len(input))
    for b, (v, path) in enumerate(zip(input, paths, strict=True)):
        for node, code in path:
            p = _probability_of_0(out_embeddings[node], v)
            loss[b] -= math.log(p if code == 0 else 1 - p)
    return loss


def hierarchical_softmax_loss_backward(input, out_embeddings, paths, grad_loss):
    """Return the gradients of input and out_embeddings for the gradient (B,) of each example's loss."""
    grad_input, grad_out = np.zeros(input.shape), np.zeros(out_embeddings.shape)
    for b, (v, path) in enumerate(zip(input, paths, strict=True)):
        for node, code in path:
            p = _probability_of_0(out_embeddings[node], v)
            delta = grad_loss[b] * (p - 1 if code == 0 else p)
            grad_input[b] += delta * out_embeddings[node]
            grad_out[node] += delta * v
    return grad_input, grad_out
