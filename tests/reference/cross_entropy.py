"""loss = −Σ_i y_i log p_i, p = softmax(x), of rows x and y, and the gradients: the chain rule through each log p_i."""

import math

import numpy as np


def cross_entropy(logits, target):
    """Return the loss of each row, shape (...)."""
    loss = np.zeros(logits.shape[:-1])
    for row in np.ndindex(loss.shape):
        total = sum(math.exp(x) for x in logits[row])
        for x, y in zip(logits[row], target[row], strict=True):
            loss[row] -= y * math.log(math.exp(x) / total)
    return loss


def cross_entropy_backward(logits, target, grad_loss):
    """Return the gradients of logits and target for the gradient (...) of each row's loss."""
    grad_logits, grad_target = np.zeros(logits.shape), np.zeros(logits.shape)
    for row in np.ndindex(grad_loss.shape):
        total = sum(math.exp(x) for x in logits[row])
        p = [math.exp(x) / total for x in logits[row]]
        for i, y in enumerate(target[row]):
            grad_target[row][i] = -grad_loss[row] * math.log(p[i])
            for j in range(len(p)):  # ∂ log p_i/∂x_j = [i = j] − p_j
                grad_logits[row][j] -= grad_loss[row] * y * ((i == j) - p[j])
    return grad_logits, grad_target


def one_hot(classes, num_classes):
    rows = np.zeros((*classes.shape, num_classes))
    for row in np.ndindex(classes.shape):
        rows[row][classes[row]] = 1
    return rows
