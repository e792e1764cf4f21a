"""What training measured: scalars for TensorBoard, totals for `metrics.json`."""

from __future__ import annotations

import time
from typing import Any, NamedTuple

import lightning.pytorch as pl

from torchw2v.data.batches import PairBatch, WindowBatch
from torchw2v.training.word2vec.module import Word2VecModule


class _Totals(NamedTuple):
    time: float
    words: int
    loss: float
    examples: int


class Word2VecMetrics(pl.Callback):
    """Counts words and examples, and logs loss, learning rate and speed as the trainer's `log_every_n_steps` says.

    Attributes:
        num_words: words of the corpus trained on.
        num_kept: of these, the words kept by vocabulary and subsampling.
        num_examples: pairs or windows trained on.
        epoch_losses: nats an example, by epoch; the last may be of a part of one.
    """

    def __init__(self) -> None:
        self.num_words = self.num_kept = self.num_examples = 0
        self.epoch_losses: list[float] = []
        self._logged = _Totals(0.0, 0, 0.0, 0)

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self._logged = _Totals(time.perf_counter(), self.num_words, 0.0, 0)

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self._logged = self._logged._replace(loss=0.0, examples=0)

    def on_train_batch_end(  # type: ignore[override]
        self,
        trainer: pl.Trainer,
        pl_module: Word2VecModule,
        outputs: Any,
        batch: PairBatch | WindowBatch,
        batch_idx: int,
    ) -> None:
        self.num_words += batch.num_words
        self.num_kept += batch.num_kept
        self.num_examples += batch.targets.shape[0]
        if trainer.global_step % trainer.log_every_n_steps == 0:  # type: ignore[attr-defined]
            now = _Totals(time.perf_counter(), self.num_words, pl_module.loss_sum.item(), pl_module.num_examples)
            before, self._logged = self._logged, now
            values = {
                "train/learning_rate": trainer.optimizers[0].param_groups[0]["lr"],
                "train/words_per_second": (now.words - before.words) / (now.time - before.time),
            }
            if now.examples > before.examples:
                values["train/loss"] = (now.loss - before.loss) / (now.examples - before.examples)
            self._log(trainer, values)

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: Word2VecModule) -> None:  # type: ignore[override]
        self.epoch_losses.append(pl_module.mean_loss)
        self._log(trainer, {"epoch/loss": pl_module.mean_loss, "epoch/number": trainer.current_epoch + 1})

    def summary(self, seconds: float) -> dict[str, Any]:
        """The totals, for `metrics.json`; training took so many seconds."""
        return {
            "words": self.num_words,
            "kept_words": self.num_kept,
            "examples": self.num_examples,
            "words_per_second": self.num_words / seconds if seconds else 0.0,
            "kept_words_per_second": self.num_kept / seconds if seconds else 0.0,
            "epoch_losses": self.epoch_losses,
        }

    @staticmethod
    def _log(trainer: pl.Trainer, values: dict[str, float]) -> None:
        for logger in trainer.loggers:
            logger.log_metrics(values, step=trainer.global_step)
