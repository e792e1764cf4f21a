"""The progress bar: words, words a second, time left, loss a pair, learning rate."""

from __future__ import annotations

import sys
from typing import Any

import lightning.pytorch as pl
from lightning.pytorch.callbacks import ProgressBar
from tqdm import tqdm

from torchw2v.data.batches import PairBatch
from torchw2v.training.data_module import Word2VecData
from torchw2v.training.module import Word2VecModule


class WordProgress(ProgressBar):
    """One bar over all words of all epochs.

    Args:
        refresh_seconds: between two drawings on a terminal; a log file gets a line every 10 seconds.
    """

    def __init__(self, refresh_seconds: float = 0.5) -> None:
        super().__init__()
        self.refresh_seconds = refresh_seconds if sys.stderr.isatty() else 10.0
        self._enabled = True
        self._bar: tqdm[Any] | None = None

    def disable(self) -> None:
        self._enabled = False

    def enable(self) -> None:
        self._enabled = True

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        data = trainer.datamodule  # type: ignore[attr-defined]
        assert isinstance(data, Word2VecData)
        words = len(data.corpus)
        steps = trainer.global_step - trainer.current_epoch * len(data.batches)
        done = words * trainer.current_epoch + steps * data.batches.words_per_batch
        self._bar = tqdm(
            total=words * (trainer.max_epochs or 1),
            initial=done,
            desc="training",
            unit=" words",
            unit_scale=True,
            mininterval=self.refresh_seconds,
            maxinterval=self.refresh_seconds,
            miniters=1,
            dynamic_ncols=True,
            smoothing=0.05,
            disable=not self._enabled,
        )

    def on_train_batch_end(  # type: ignore[override]
        self, trainer: pl.Trainer, pl_module: Word2VecModule, outputs: Any, batch: PairBatch, batch_idx: int
    ) -> None:
        assert self._bar is not None
        drawn = self._bar.update(batch.num_words)
        if drawn:
            # takes effect with the next drawing; asking for the loss at each step would make a GPU wait
            self._bar.set_postfix_str(
                f"epoch {trainer.current_epoch + 1}/{trainer.max_epochs}, loss {pl_module.mean_loss:.4f}, "
                f"lr {trainer.optimizers[0].param_groups[0]['lr']:.5f}",
                refresh=False,
            )

    def on_train_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self._close()

    def on_exception(self, trainer: pl.Trainer, pl_module: pl.LightningModule, exception: BaseException) -> None:
        self._close()

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
