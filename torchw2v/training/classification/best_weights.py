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
        step: after which these weights were; None before the first validation.
        loss: of validation with them.
    """

    def __init__(self) -> None:
        self.step: int | None = None
        self.loss = math.inf
        self._weights: dict[str, Tensor] = {}

    def on_validation_end(self, trainer: pl.Trainer, pl_module: ClassifierModule) -> None:  # type: ignore[override]
        loss = trainer.callback_metrics["val/loss"].item()
        if loss < self.loss and not trainer.sanity_checking:
            self.step, self.loss = trainer.global_step, loss
            self._weights = {name: x.detach().cpu().clone() for name, x in pl_module.model.state_dict().items()}

    def restore(self, pl_module: ClassifierModule) -> None:
        if self._weights:
            pl_module.model.load_state_dict(self._weights)

    def state_dict(self) -> dict[str, Any]:
        return {"step": self.step, "loss": self.loss, "weights": self._weights}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.step, self.loss, self._weights = (state_dict[name] for name in ("step", "loss", "weights"))
