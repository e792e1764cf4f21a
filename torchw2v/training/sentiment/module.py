"""Softmax regression in training: a step of Lightning's is a whole descent, to the minimum for one strength."""

from __future__ import annotations

from functools import partial
from typing import Any

import torch

from torchw2v.nn import SoftmaxRegression
from torchw2v.sentences.regression import Converged, RegressionProblem, converge, converging_lbfgs
from torchw2v.training.module import TrainingModule


class SentimentModule(TrainingModule):
    """Penalised cross-entropy over all sentences at once, by L-BFGS from the weights of the strength before.

    Args:
        problem: what is fitted.
        max_iterations: of L-BFGS in one descent.
        tolerance: see `converging_lbfgs`.

    Attributes:
        ended: how the last descent ended.
    """

    if_diverged = "a vector may be of another size than all others: look at the word vectors"
    if_empty = "no strength of the penalty to try"
    shapes_follow_from = "vectors and data"
    model: SoftmaxRegression

    def __init__(self, problem: RegressionProblem, *, max_iterations: int, tolerance: float) -> None:
        make = partial(converging_lbfgs, max_iterations=max_iterations, tolerance=tolerance)
        super().__init__(problem.new_model(), make, learning_rate=1.0)
        self.automatic_optimization = False
        self.problem = problem
        self.ended: Converged | None = None

    def configure_optimizers(self) -> torch.optim.Optimizer:  # type: ignore[override]
        return self.make_optimizer(self.model.parameters(), lr=self.learning_rate)

    def on_train_start(self) -> None:
        self.problem.to(self.device)

    def training_step(self, batch: float, batch_idx: int) -> None:
        wrapped: Any = self.optimizers()  # Lightning counts its steps
        self.model.l2 = batch
        evaluate = self.problem.objective(self.model, wrapped.optimizer)
        self.ended = converge(self.model, wrapped.optimizer, evaluate, wrapped.step)
        self.on_train_epoch_start()  # the loss that is shown is that of this strength
        self.count(self.ended.loss, 1)
