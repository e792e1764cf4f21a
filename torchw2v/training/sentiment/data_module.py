"""The strengths of the penalty that are tried, one a step, on features that stay the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from torchw2v.sentences.regression import RegressionProblem
from torchw2v.training.stepwise_data import StepwiseData


class Strengths:
    """A batch is a strength; one epoch is all of them."""

    def __init__(self, strengths: Sequence[float]) -> None:
        self.strengths = strengths

    def __len__(self) -> int:
        return len(self.strengths)

    def epoch(self, epoch: int, first_batch: int = 0) -> Iterator[float]:
        yield from self.strengths[first_batch:]


class SentimentData(StepwiseData):
    """What is fitted, and with which strengths."""

    def __init__(self, problem: RegressionProblem, strengths: Sequence[float]) -> None:
        super().__init__(Strengths(strengths), unit=" fits", epoch_size=len(strengths), batch_size=1)
        self.problem = problem
        self.strengths = strengths

    def identity(self) -> dict[str, Any]:
        digest = hashlib.sha256(self.problem.labels.cpu().numpy().tobytes())
        digest.update(self.problem.inputs.cpu().contiguous().numpy().data)
        return {"features or labels": digest.hexdigest(), "model.l2": list(self.strengths)}
