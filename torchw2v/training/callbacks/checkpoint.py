"""The state of training on disk, so that a run can be taken up again."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import lightning.pytorch as pl
from lightning.pytorch.callbacks import Checkpoint
from lightning.pytorch.utilities import rank_zero_warn

from torchw2v.atomic import atomic_path
from torchw2v.checks import non_negative, positive
from torchw2v.training.callbacks.failure import check_loss
from torchw2v.training.module import TrainingModule


class LastCheckpoint(Checkpoint):
    """Keep one checkpoint: where training ends or is stopped early, after an epoch, and every few minutes.

    Args:
        path: the file, replaced as a whole each time.
        every_minutes: between two of them inside an epoch.
        epoch_seconds: the least time between two of them after epochs, of which a second may see several.

    Attributes:
        seconds: that writing took.
    """

    phase = "checkpoints"

    def __init__(self, path: str | Path, every_minutes: float = 15.0, epoch_seconds: float = 30.0) -> None:
        self.path = Path(path)
        self.every_seconds = 60 * positive("every_minutes", every_minutes)
        self.epoch_seconds = non_negative("epoch_seconds", epoch_seconds)
        self.seconds = 0.0
        self._saved_at = 0.0

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self._saved_at = time.monotonic()

    def on_train_batch_end(  # type: ignore[override]
        self, trainer: pl.Trainer, pl_module: TrainingModule, *args: Any
    ) -> None:
        # inside the epoch: at its end Lightning would count a part as the whole
        due = time.monotonic() - self._saved_at > self.every_seconds
        if (due or _stops(trainer)) and not _is_last_batch(trainer):
            check_loss(trainer, pl_module)
            self._save(trainer)

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        due = time.monotonic() - self._saved_at >= self.epoch_seconds
        ends = _stops(trainer) or trainer.current_epoch + 1 == trainer.max_epochs
        if (due or ends) and _is_last_batch(trainer):
            self._save(trainer)

    def _save(self, trainer: pl.Trainer) -> None:
        begin = time.monotonic()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with atomic_path(self.path) as temporary:
                trainer.save_checkpoint(temporary, weights_only=False)
        except (OSError, RuntimeError) as error:  # torch reports a full disk as a RuntimeError
            reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
            rank_zero_warn(f"{self.path}: no checkpoint could be written, training goes on: {reason}")
        self._saved_at = time.monotonic()
        self.seconds += self._saved_at - begin


def _stops(trainer: pl.Trainer) -> bool:
    return trainer.should_stop or 0 <= trainer.max_steps <= trainer.global_step


def _is_last_batch(trainer: pl.Trainer) -> bool:
    return trainer.fit_loop.epoch_loop.batch_progress.is_last_batch
