"""The assignment's own small example: five words, vectors from a seed, contexts and negatives by `randint`."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable

import numpy as np

TOKENS = {"a": 0, "b": 1, "c": 2, "d": 3, "e": 4}


def dummy_vectors() -> np.ndarray:
    """Five centre vectors above five outside vectors, (10, 3), of length 1."""
    vectors = np.random.RandomState(9265).randn(10, 3)
    return vectors / np.sqrt(np.sum(vectors**2, axis=1, keepdims=True))


class DummyDataset:
    def __init__(self, randint: Callable[[int, int], int] = random.randint) -> None:
        self.randint = randint

    def sampleTokenIdx(self) -> int:  # noqa: N802
        return self.randint(0, 4)

    def getRandomContext(self, C: int) -> tuple[str, list[str]]:  # noqa: N802, N803
        words = list(TOKENS)
        return words[self.randint(0, 4)], [words[self.randint(0, 4)] for _ in range(2 * C)]


class Replayed:
    """Draws what it is told, and nothing more."""

    def __init__(self, draws: Iterable[int]) -> None:
        self.draws = list(draws)

    def sampleTokenIdx(self) -> int:  # noqa: N802
        return self.draws.pop(0)


def randint_of_python_2(low: int, high: int) -> int:
    return low + int(random.random() * (high - low + 1))
