"""loss = −log σ(u_o·v) − Σ_k log σ(−u_k·v), and its gradients, one pair of words at a time."""

import math

import numpy as np


def _sigmoid(x):
    return 1 / (1 + math.exp(-x))


def negative_sampling_loss(input, target, negatives):
    """Return the loss of each example, shape (B,)."""
    loss = np.zeros(len(input))
    for b, (v, u_o) in enumerate(zip(input, target, strict=True)):
        loss[b] -= math.log(_sigmoid(u_o @ v))
        for u_k in negatives[b]:
            loss[b] -= math.log(_sigmoid(-u_k @ v))
    return loss


def negative_sampling_loss_backward(input, target, negatives, grad_loss):
    """Return the gradients of input, target and negatives for the gradient (B,) of each example's loss."""
    grad_input, grad_target, grad_negatives = (np.zeros(x.shape) for x in (input, target, negatives))
    for b, (v, u_o) in enumerate(zip(input, target, strict=True)):
        delta = grad_loss[b] * (_sigmoid(u_o @ v) - 1)
        grad_input[b] += delta * u_o
        grad_target[b] += delta * v
        for k, u_k in enumerate(negatives[b]):
            delta = grad_loss[b] * _sigmoid(u_k @ v)
            grad_input[b] += delta * u_k
            grad_negatives[b, k] += delta * v
    return grad_input, grad_target, grad_negatives
