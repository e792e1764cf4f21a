"""p_i = e^x_i / Σ_j e^x_j over the last dimension, for |x| < 700, and ∂p_i/∂x_j = p_i (1 − p_i) or −p_i p_j."""

import math

import numpy as np


def softmax(x):
    p = np.empty(x.shape)
    for row in np.ndindex(x.shape[:-1]):
        total = sum(math.exp(value) for value in x[row])
        p[row] = [math.exp(value) / total for value in x[row]]
    return p


def softmax_jacobian(x):
    p = softmax(x)
    n = x.shape[-1]
    jacobian = np.empty((*x.shape, n))
    for row in np.ndindex(x.shape[:-1]):
        for i in range(n):
            for j in range(n):
                jacobian[row][i, j] = p[row][i] * (1 - p[row][i]) if i == j else -p[row][i] * p[row][j]
    return jacobian


def softmax_backward(x, grad_output):
    jacobian = softmax_jacobian(x)
    return np.einsum("...i,...ij->...j", grad_output, jacobian)


def log_softmax(x):
    log_p = np.empty(x.shape)
    for row in np.ndindex(x.shape[:-1]):
        log_p[row] = x[row] - math.log(sum(math.exp(value) for value in x[row]))
    return log_p


def log_softmax_backward(x, grad_output):
    """∂ log p_i/∂x_j = (∂p_i/∂x_j) / p_i."""
    return softmax_backward(x, grad_output / softmax(x))


def softmax_jacobian_backward(x, grad_output):
    """∂²p_i/∂x_j∂x_k = p_i (([i = k] − p_k) ([i = j] − p_j) − p_j ([j = k] − p_k))."""
    p = softmax(x)
    n = x.shape[-1]
    grad_x = np.zeros(x.shape)
    for row in np.ndindex(x.shape[:-1]):
        q = p[row]
        for i, j, k in np.ndindex(n, n, n):
            second = q[i] * (((i == k) - q[k]) * ((i == j) - q[j]) - q[j] * ((j == k) - q[k]))
            grad_x[row][k] += grad_output[row][i, j] * second
    return grad_x
