"""The end of a training that learns nothing, before its vectors are written as if it had."""

from __future__ import annotations

import math
from typing import Any

import lightning.pytorch as pl

from torchw2v.errors import InputError
from torchw2v.training.module import TrainingModule


class StopOnFailure(pl.Callback):
    """Raise InputError where the loss is no sensible number, or where the first epoch had no example."""

    def on_train_batch_end(  # type: ignore[override]
        self, trainer: pl.Trainer, pl_module: TrainingModule, *args: Any
    ) -> None:
        # seldom, because asking for the loss makes a GPU wait
        if trainer.global_step % trainer.log_every_n_steps == 0:  # type: ignore[attr-defined]
            check_loss(trainer, pl_module)

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: TrainingModule) -> None:  # type: ignore[override]
        check_loss(trainer, pl_module)
        # the first epoch alone: a small corpus may have an epoch in which nothing is drawn
        if pl_module.num_examples == 0 and trainer.current_epoch == 0 and trainer.ckpt_path is None:
            raise InputError(pl_module.if_empty)


def check_loss(trainer: pl.Trainer, pl_module: TrainingModule) -> None:
    """InputError if the loss of the epoch is not a number, or far above that of knowing nothing."""
    if not math.isfinite(pl_module.loss_sum.item()) or pl_module.mean_loss > pl_module.highest_loss:
        raise InputError(
            f"training diverged: the loss is {pl_module.mean_loss} after {trainer.global_step} steps; "
            f"{pl_module.if_diverged}"
        )
