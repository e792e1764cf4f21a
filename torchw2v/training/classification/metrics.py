"""What training measured after each epoch, for TensorBoard and `metrics.json`."""

from __future__ import annotations

from typing import Any

import lightning.pytorch as pl

from torchw2v.training.classification.module import ClassifierModule


class ClassifierMetrics(pl.Callback):
    """Losses and accuracy by epoch.

    Attributes:
        train_losses: nats an example, by epoch, each example at the step at which it was trained on.
        val_losses: nats an example, after each epoch.
        val_accuracies: share of the validation examples that were right, after each epoch.
    """

    def __init__(self) -> None:
        self.train_losses: list[float] = []
        self.val_losses: list[float] = []
        self.val_accuracies: list[float] = []

    def on_validation_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        if trainer.sanity_checking:
            return
        loss, accuracy = (trainer.callback_metrics[f"val/{name}"].item() for name in ("loss", "accuracy"))
        self.val_losses.append(loss)
        self.val_accuracies.append(accuracy)
        self._log(trainer, {"val/loss": loss, "val/accuracy": accuracy})

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: ClassifierModule) -> None:  # type: ignore[override]
        self.train_losses.append(pl_module.mean_loss)
        self._log(trainer, {"train/loss": pl_module.mean_loss, "epoch/number": trainer.current_epoch + 1.0})

    def summary(self) -> dict[str, Any]:
        """The curves, for `metrics.json`."""
        return {
            "train_losses": self.train_losses,
            "val_losses": self.val_losses,
            "val_accuracies": self.val_accuracies,
        }

    @staticmethod
    def _log(trainer: pl.Trainer, values: dict[str, float]) -> None:
        for logger in trainer.loggers:
            logger.log_metrics(values, step=trainer.global_step)
