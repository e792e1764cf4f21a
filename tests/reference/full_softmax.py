"""loss = −log(e^(u_o·v) / Σ_j e^(u_j·v)), and its gradients, one word at a time."""

import math

import numpy as np


def _probabilities(v, out_embeddings):
    powers = [math.exp(u @ v) for u in out_embeddings]
    return [power / sum(powers) for power in powers]


def full_softmax_loss(input, out_embeddings, targets):
    """Return the loss of each example, shape (B,)."""
    loss = [-math.log(_probabilities(v, out_embeddings)[o]) for v, o in zip(input, targets, strict=True)]
    return np.array(loss).reshape(len(input))


def full_softmax_loss_backward(input, out_embeddings, targets, grad_loss):
    """Return the gradients of input and out_embeddings for the gradient (B,) of each example's loss."""
    grad_input, grad_out = np.zeros(input.shape), np.zeros(out_embeddings.shape)
    for b, v in enumerate(input):
        for j, p in enumerate(_probabilities(v, out_embeddings)):
            delta = grad_loss[b] * (p - 1 if j == targets[b] else p)
            grad_input[b] += delta * out_embeddings[j]
            grad_out[j] += delta * v
    return grad_input, grad_out
