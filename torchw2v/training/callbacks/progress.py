"""The progress bar: how far, how fast, time left, loss, learning rate."""

from __future__ import annotations

from typing import Any

import lightning.pytorch as pl
from lightning.pytorch.callbacks import ProgressBar
from tqdm import tqdm

from torchw2v.console import is_watched
from torchw2v.training.module import TrainingModule
from torchw2v.training.stepwise_data import StepwiseData


class Progress(ProgressBar):
    """One bar over all epochs, in the unit of the data.

    Args:
        refresh_seconds: between two drawings where a person looks on; a log file gets a line every 10 seconds.
        quiet: draws nothing.
    """

    def __init__(self, refresh_seconds: float = 0.5, *, quiet: bool = False) -> None:
        super().__init__()
        self.refresh_seconds = refresh_seconds if is_watched() else 10.0
        self._enabled = not quiet
        self._bar: tqdm[Any] | None = None
        self._left_in_epoch = 0
        self._batch_size = 0

    def disable(self) -> None:
        self._enabled = False

    def enable(self) -> None:
        self._enabled = True

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        data = trainer.datamodule  # type: ignore[attr-defined]
        assert isinstance(data, StepwiseData)
        steps = trainer.global_step - trainer.current_epoch * len(data.batches)
        self._batch_size = data.batch_size
        self._left_in_epoch = data.epoch_size - steps * data.batch_size
        total = data.epoch_size * (trainer.max_epochs or 1)
        self._bar = tqdm(
            total=total,
            initial=data.epoch_size * (trainer.current_epoch + 1) - self._left_in_epoch,
            desc="training",
            unit=data.unit,
            unit_scale=True,
            mininterval=self.refresh_seconds,
            maxinterval=self.refresh_seconds,
            miniters=1,
            dynamic_ncols=True,
            smoothing=0.05,
            disable=not self._enabled,
        )

    def on_train_batch_end(  # type: ignore[override]
        self, trainer: pl.Trainer, pl_module: TrainingModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        assert self._bar is not None
        amount = min(self._batch_size, self._left_in_epoch)
        self._left_in_epoch -= amount
        if self._bar.update(amount):
            # takes effect with the next drawing; asking for the loss at each step would make a GPU wait
            self._bar.set_postfix_str(
                f"epoch {trainer.current_epoch + 1}/{trainer.max_epochs}, loss {pl_module.mean_loss:.4f}, "
                f"lr {trainer.optimizers[0].param_groups[0]['lr']:.5f}",
                refresh=False,
            )

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self._left_in_epoch = trainer.datamodule.epoch_size  # type: ignore[attr-defined]

    def on_train_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self._close()

    def on_exception(self, trainer: pl.Trainer, pl_module: pl.LightningModule, exception: BaseException) -> None:
        self._close()

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
