"""What can be set about a classifier of sentences, checked when it is set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from torchw2v.checks import positive, positive_int
from torchw2v.errors import InputError
from torchw2v.sentences.regression import MAX_ITERATIONS, TOLERANCE

STRENGTHS = (1.0, 0.3, 0.1, 0.03, 0.01, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5)


@dataclass(frozen=True)
class SentimentSettings:
    """Of the classifier.

    Attributes:
        vectors: a file of word vectors or the folder of a run; None or "latest" takes those of the newest run.
        l2: strengths of the penalty l2/2 · Σ W² to try; the one with the highest accuracy on dev is kept.
    """

    vectors: str | Path | None = None
    l2: Sequence[float] | float = STRENGTHS

    def __post_init__(self) -> None:
        values = [self.l2] if isinstance(self.l2, int | float) else self.l2
        if isinstance(values, str) or not isinstance(values, Sequence) or not values:
            raise InputError(f"model.l2 must be a list of numbers above 0 such as [0.1,0.01], not {self.l2!r}")
        for value in values:
            positive("model.l2", value)

    @property
    def strengths(self) -> list[float]:
        """Each once, the strongest first: the weights of one are a good beginning for the next."""
        values = [self.l2] if isinstance(self.l2, int | float) else self.l2
        return sorted({float(value) for value in values}, reverse=True)


@dataclass(frozen=True)
class ConvergenceSettings:
    """Of the descent, which goes on to the minimum.

    Attributes:
        max_iterations: of L-BFGS for one strength, after which it gives up and says so.
        tolerance: it has converged where no entry of the gradient is above this.
        threads: of torch's operations; None leaves it to torch.
    """

    max_iterations: int = MAX_ITERATIONS
    tolerance: float = TOLERANCE
    threads: int | None = 1

    def __post_init__(self) -> None:
        positive_int("engine.max_iterations", self.max_iterations)
        positive("engine.tolerance", self.tolerance)
        if self.threads is not None:
            positive_int("engine.threads", self.threads)
