"""σ(x) = 1 / (1 + e^-x) and log σ(x) = −log(1 + e^-x), for |x| < 700, where e^|x| is finite, and s(1 − s)."""

import math

import numpy as np


def sigmoid(x):
    y = np.empty(x.shape)
    for i in np.ndindex(x.shape):
        y[i] = 1 / (1 + math.exp(-x[i]))
    return y


def sigmoid_backward(x, grad_output):
    grad_x = np.empty(x.shape)
    for i in np.ndindex(x.shape):
        grad_x[i] = grad_output[i] * math.exp(-x[i]) / (1 + math.exp(-x[i])) ** 2
    return grad_x


def log_sigmoid(x):
    y = np.empty(x.shape)
    for i in np.ndindex(x.shape):
        y[i] = -math.log1p(math.exp(-x[i]))
    return y


def log_sigmoid_backward(x, grad_output):
    grad_x = np.empty(x.shape)
    for i in np.ndindex(x.shape):
        grad_x[i] = grad_output[i] / (1 + math.exp(x[i]))
    return grad_x


def sigmoid_grad(s):
    y = np.empty(s.shape)
    for i in np.ndindex(s.shape):
        y[i] = s[i] * (1 - s[i])
    return y


def sigmoid_grad_backward(s, grad_output):
    grad_s = np.empty(s.shape)
    for i in np.ndindex(s.shape):
        grad_s[i] = grad_output[i] * (1 - 2 * s[i])
    return grad_s
