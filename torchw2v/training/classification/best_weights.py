"""The weights of the epoch that was best on validation."""

from __future__ import annotations

import math
from typing import Any

import lightning.pytorch as pl
from torch import Tensor

from torchw2v.training.classification.module import ClassifierModule


class BestWeights(pl.Callback):
    """Remember the weights with the lowest validation loss; `restore` puts them back.

    Attributes:
        epoch: of these weights, counted from 1; None before the first validation.
    """

    def __init__(self) -> None:
        self.epoch: int | None = None
        self._loss = math.inf
        self._weights: dict[str, Tensor] = {}

    def on_validation_end(self, trainer: pl.Trainer, pl_module: ClassifierModule) -> None:  # type: ignore[override]
        loss = trainer.callback_metrics["val/loss"].item()
        if loss < self._loss:
            self.epoch, self._loss = trainer.current_epoch + 1, loss
            self._weights = {name: x.detach().cpu().clone() for name, x in pl_module.model.state_dict().items()}

    def restore(self, pl_module: ClassifierModule) -> None:
        if self._weights:
            pl_module.model.load_state_dict(self._weights)

    def state_dict(self) -> dict[str, Any]:
        return {"epoch": self.epoch, "loss": self._loss, "weights": self._weights}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.epoch, self._loss, self._weights = (state_dict[name] for name in ("epoch", "loss", "weights"))
