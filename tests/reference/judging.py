"""Rank correlation, analogies and ranks of twins as their definitions say, word by word."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np


def average_ranks(values: Sequence[float]) -> list[float]:
    """1 + how many are smaller + half of how many others are equal."""
    return [1 + sum(y < x for y in values) + (sum(y == x for y in values) - 1) / 2 for x in values]


def pearson(x: Sequence[float], y: Sequence[float]) -> float:
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    covariance = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    return covariance / math.sqrt(sum((a - mean_x) ** 2 for a in x) * sum((b - mean_y) ** 2 for b in y))


def spearman(x: Sequence[float], y: Sequence[float]) -> float:
    return pearson(average_ranks(x), average_ranks(y))


def cosine(x: np.ndarray, y: np.ndarray) -> float:
    return float(x @ y / math.sqrt(float(x @ x) * float(y @ y)))


def answer(
    words: Sequence[str], matrix: np.ndarray, question: Sequence[str], method: str, epsilon: float = 1e-6
) -> str:
    """The best word that is none of the question's, in capitals; of several forms of a word the first counts."""
    forms = {word.upper(): row for word, row in reversed(list(zip(words, matrix, strict=True)))}
    a, b, c = (forms[word.upper()] for word in question)
    asked = {word.upper() for word in question}
    best, best_score = "", -math.inf
    for word, x in zip(words, matrix, strict=True):
        if word.upper() in asked:
            continue
        toward_a, toward_b, toward_c = cosine(x, a), cosine(x, b), cosine(x, c)
        score = toward_b + toward_c - toward_a
        if method == "3cosmul":
            score = (1 + toward_b) / 2 * (1 + toward_c) / 2 / ((1 + toward_a) / 2 + epsilon)
        if score > best_score:
            best, best_score = word.upper(), score
    return best


def twin_rank(matrix: np.ndarray, word: int, twin: int) -> float:
    own = cosine(matrix[word], matrix[twin])
    others = [cosine(matrix[word], row) for i, row in enumerate(matrix) if i not in (word, twin)]
    return 1 + sum(other > own for other in others)
