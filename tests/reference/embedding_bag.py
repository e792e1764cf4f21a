"""y_b = 1/n_b Σ_{i in b} W[id_i], or the sum alone, and their gradients, one id at a time; bags are lists of ids."""

import numpy as np


def embedding_bag(weight, bags, mode):
    y = np.zeros((len(bags), weight.shape[1]))
    for b, bag in enumerate(bags):
        for word in bag:
            y[b] += weight[word] / (len(bag) if mode == "mean" else 1)
    return y


def embedding_bag_backward(weight, bags, mode, grad_output, gradient="exact"):
    """Return the gradient of weight; gradient="word2vec" forgets to divide by n."""
    grad_weight = np.zeros(weight.shape)
    for b, bag in enumerate(bags):
        n = len(bag) if mode == "mean" and gradient == "exact" else 1
        for word in bag:
            grad_weight[word] += grad_output[b] / n
    return grad_weight
