"""What training measured: scalars for TensorBoard, totals for `metrics.json`."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import lightning.pytorch as pl

from torchw2v.training.word2vec.curves import Curves, Point
from torchw2v.training.word2vec.module import Seen, Word2VecModule


class _Totals(NamedTuple):
    time: float
    words: int
    loss: float
    examples: int


class Word2VecMetrics(pl.Callback):
    """Logs loss, learning rate and speed as the trainer's `log_every_n_steps` says, and keeps the totals.

    Args:
        clock: the seconds that speed is measured in.

    Attributes:
        seen: what was trained on.
        epoch_losses: nats an example, by epoch; the last may be of a part of one, and so may the first of a run that
            was resumed.
        curves: what was logged, step by step.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self.seen = Seen()
        self.epoch_losses: list[float] = []
        self.curves = Curves()
        self._logged = _Totals(0.0, 0, 0.0, 0)

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self._logged = _Totals(self._clock(), 0, 0.0, 0)

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self._logged = self._logged._replace(loss=0.0, examples=0)

    def on_train_batch_end(  # type: ignore[override]
        self, trainer: pl.Trainer, pl_module: Word2VecModule, *args: Any
    ) -> None:
        self.seen = pl_module.seen
        if trainer.global_step % trainer.log_every_n_steps == 0:  # type: ignore[attr-defined]
            now = _Totals(self._clock(), self.seen.words, pl_module.loss_sum.item(), pl_module.num_examples)
            before, self._logged = self._logged, now
            examples = now.examples - before.examples
            point = Point(
                step=trainer.global_step,
                loss=(now.loss - before.loss) / examples if examples else math.nan,
                learning_rate=trainer.optimizers[0].param_groups[0]["lr"],
                words_per_second=(now.words - before.words) / (now.time - before.time),
            )
            self.curves.append(point)
            values = {f"train/{name}": value for name, value in point._asdict().items() if name != "step"}
            if not examples:
                del values["train/loss"]
            self._log(trainer, values)

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: Word2VecModule) -> None:  # type: ignore[override]
        self.epoch_losses.append(pl_module.mean_loss)
        self._log(trainer, {"epoch/loss": pl_module.mean_loss, "epoch/number": trainer.current_epoch + 1})

    def summary(self, seconds: float) -> dict[str, Any]:
        """The totals, for `metrics.json`; training took so many seconds."""
        return {
            "words": self.seen.words,
            "kept_words": self.seen.kept,
            "examples": self.seen.examples,
            "words_per_second": self.seen.words / seconds if seconds else 0.0,
            "kept_words_per_second": self.seen.kept / seconds if seconds else 0.0,
            "epoch_losses": self.epoch_losses,
        }

    @staticmethod
    def _log(trainer: pl.Trainer, values: dict[str, float]) -> None:
        for logger in trainer.loggers:
            logger.log_metrics(values, step=trainer.global_step)
