"""Averages of word vectors, and the penalised loss of softmax regression, as loops."""

import math

import numpy as np


def average(vectors, sentence):
    """`vectors` is a dict from word to a list of numbers."""
    dim = len(next(iter(vectors.values())))
    total, n = [0.0] * dim, 0
    for word in sentence:
        if word in vectors:
            n += 1
            for d in range(dim):
                total[d] += float(vectors[word][d])
    return np.array([x / n for x in total] if n else total)


def gradient_of_loss(features, labels, weight, bias, l2):
    """1/N Σ −log p + λ/2 ‖W‖²: the loss, and its gradient by W and b."""
    n, dim = features.shape
    grad_weight, grad_bias, loss = l2 * weight, np.zeros(len(bias)), l2 / 2 * float((weight**2).sum())
    for x, y in zip(features, labels, strict=True):
        scores = [sum(x[d] * weight[d, c] for d in range(dim)) + bias[c] for c in range(len(bias))]
        top = max(scores)
        total = sum(math.exp(s - top) for s in scores)
        loss += (math.log(total) + top - scores[y]) / n
        for c in range(len(bias)):
            delta = (math.exp(scores[c] - top) / total - (c == y)) / n
            grad_bias[c] += delta
            for d in range(dim):
                grad_weight[d, c] += delta * x[d]
    return loss, grad_weight, grad_bias
