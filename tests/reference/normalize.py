"""y = x / ‖x‖ of each row, and its Jacobian ∂y_i/∂x_j = [i = j]/‖x‖ − x_i x_j/‖x‖³; a row of zeros has y = 0, J = 0."""

import math

import numpy as np


def normalize_rows(x):
    y = np.zeros(x.shape)
    for row in np.ndindex(x.shape[:-1]):
        length = math.sqrt(sum(value**2 for value in x[row]))
        if length > 0:
            y[row] = [value / length for value in x[row]]
    return y


def normalize_rows_backward(x, grad_output):
    grad_x = np.zeros(x.shape)
    for row in np.ndindex(x.shape[:-1]):
        length = math.sqrt(sum(value**2 for value in x[row]))
        if length > 0:
            for i, j in np.ndindex(x.shape[-1], x.shape[-1]):
                slope = (i == j) / length - x[row][i] * x[row][j] / length**3
                grad_x[row][j] += grad_output[row][i] * slope
    return grad_x
