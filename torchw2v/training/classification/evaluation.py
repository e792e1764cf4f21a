"""How good a classifier is on examples that it has not seen."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from torchw2v import functional as F

_AT_ONCE = 8192


@dataclass(frozen=True)
class Evaluation:
    """Of a classifier on some examples.

    Attributes:
        loss: cross-entropy in nats an example.
        confusion: (C, C) int64, how many examples of each class (row) were taken for each class (column).
    """

    loss: float
    confusion: Tensor

    @property
    def accuracy(self) -> float:
        """The share of the examples that were right."""
        return self.confusion.trace().item() / max(int(self.confusion.sum()), 1)

    @property
    def recalls(self) -> list[float]:
        """The share of each class that was right; nan for a class without an example."""
        return (self.confusion.diagonal().double() / self.confusion.sum(1)).tolist()


@torch.no_grad()
def evaluate(model: nn.Module, inputs: Tensor, labels: Tensor, num_classes: int) -> Evaluation:
    """Loss and confusion matrix of a model that gives logits. Shape: inputs (N, F), labels (N,)."""
    device = next(model.parameters()).device
    loss = 0.0
    confusion = torch.zeros(num_classes * num_classes, dtype=torch.int64)
    for start in range(0, len(labels), _AT_ONCE):
        x, y = inputs[start : start + _AT_ONCE], labels[start : start + _AT_ONCE]
        logits = model(x.to(device)).cpu()
        loss += F.cross_entropy(logits.double(), y, reduction="sum").item()
        confusion += torch.bincount(y * num_classes + logits.argmax(-1), minlength=num_classes * num_classes)
    return Evaluation(loss / max(len(labels), 1), confusion.reshape(num_classes, num_classes))
