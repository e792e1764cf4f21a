"""The end of a training that learns nothing any more."""

from __future__ import annotations

import math
from typing import Any

import lightning.pytorch as pl

from torchw2v.errors import InputError
from torchw2v.training.module import Word2VecModule


class StopOnDivergence(pl.Callback):
    """Raise InputError once the loss is not a number, before it is written to a checkpoint as a result."""

    def on_train_batch_end(  # type: ignore[override]
        self, trainer: pl.Trainer, pl_module: Word2VecModule, *args: Any
    ) -> None:
        # seldom, because asking for the loss makes a GPU wait
        if trainer.global_step % trainer.log_every_n_steps == 0:  # type: ignore[attr-defined]
            self._check(trainer, pl_module)

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: Word2VecModule) -> None:  # type: ignore[override]
        self._check(trainer, pl_module)

    @staticmethod
    def _check(trainer: pl.Trainer, pl_module: Word2VecModule) -> None:
        if not math.isfinite(pl_module.loss_sum.item()):
            raise InputError(
                f"training diverged: the loss is {pl_module.mean_loss} after {trainer.global_step} steps; lower "
                "model.learning_rate or engine.words_per_batch, or take the default engine.optimizer"
            )
