"""A classifier in training by automatic differentiation through our ops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from torchw2v import functional as F
from torchw2v.data.labelled_batches import LabelledBatch
from torchw2v.nn import MLP
from torchw2v.training.module import TrainingModule


class ClassifierModule(TrainingModule):
    """Cross-entropy of softmax, with the model's own penalty on its weights.

    Logged after each epoch: the loss of validation and the share of its examples that the model gets right. The loss
    that is counted and logged is without the penalty, so that figures compare.

    Args:
        model: gives logits.
        optimizer: makes the optimiser from parameters and `lr`.
        learning_rate: of all steps.
        reduction: "mean" or "sum" over the examples of a batch.
    """

    if_diverged = "lower model.learning_rate"
    model: MLP

    def __init__(
        self,
        model: MLP,
        optimizer: Callable[..., torch.optim.Optimizer],
        *,
        learning_rate: float,
        reduction: str = "mean",
    ) -> None:
        super().__init__(model, optimizer, learning_rate=learning_rate)
        self.reduction = reduction
        self.correct = self.seen = 0
        self.validation_loss = 0.0

    def descent(self) -> dict[str, Any]:
        network = self.model
        model = f"{type(network).__name__} {list(network.sizes)}, {network.activation}, l2 {network.l2:g}"
        return {"model": model, **super().descent(), "reduction": self.reduction}

    def training_step(self, batch: LabelledBatch, batch_idx: int) -> Tensor:
        loss = F.cross_entropy(self.model(batch.inputs), batch.labels, reduction=self.reduction)
        n = batch.labels.shape[0]
        self.count(loss * n if self.reduction == "mean" else loss, n)
        total: Tensor = loss + self.model.penalty()
        return total

    def on_validation_epoch_start(self) -> None:
        self.correct = self.seen = 0
        self.validation_loss = 0.0

    def validation_step(self, batch: LabelledBatch, batch_idx: int) -> None:
        logits = self.model(batch.inputs)
        self.validation_loss += F.cross_entropy(logits, batch.labels, reduction="sum").item()
        self.correct += int((logits.argmax(-1) == batch.labels).sum())
        self.seen += batch.labels.shape[0]

    def on_validation_epoch_end(self) -> None:
        # for callbacks alone: what is logged is logged in one place, in metrics.py
        self.log("val/loss", torch.tensor(self.validation_loss / self.seen, dtype=torch.float64), logger=False)
        self.log("val/accuracy", torch.tensor(self.correct / self.seen, dtype=torch.float64), logger=False)
