"""y_j = Σ_i x_i W_ij + b_j, a number at a time, and the gradients: each product passes g_j to both of its factors."""

import numpy as np


def linear(x, weight, bias):
    y = np.zeros((*x.shape[:-1], weight.shape[1]))
    for row in np.ndindex(x.shape[:-1]):
        for j in range(weight.shape[1]):
            y[row][j] = sum(x[row][i] * weight[i, j] for i in range(weight.shape[0])) + bias[j]
    return y


def linear_backward(x, weight, bias, grad_output):
    grad_x, grad_weight, grad_bias = (np.zeros(value.shape) for value in (x, weight, bias))
    for row in np.ndindex(x.shape[:-1]):
        for j in range(weight.shape[1]):
            grad_bias[j] += grad_output[row][j]
            for i in range(weight.shape[0]):
                grad_x[row][i] += grad_output[row][j] * weight[i, j]
                grad_weight[i, j] += grad_output[row][j] * x[row][i]
    return grad_x, grad_weight, grad_bias
