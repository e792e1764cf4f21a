"""Ctrl-C and SIGTERM end training after the step in hand, so that what was learnt can be kept."""

from __future__ import annotations

import signal
from types import FrameType
from typing import Any

import lightning.pytorch as pl


class StopOnSignal(pl.Callback):
    """Turn the first SIGINT or SIGTERM into the end of training; a second one acts as it always does.

    Attributes:
        received: the signal that ended training, or None.
    """

    signals = (signal.SIGINT, signal.SIGTERM)

    def __init__(self) -> None:
        self.received: signal.Signals | None = None
        self._before: dict[signal.Signals, Any] = {}

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        # here and not earlier, because Lightning installs its own handlers before
        try:
            for number in self.signals:
                self._before[number] = signal.signal(number, self._on_signal)
        except ValueError:
            pass  # not in the main thread: whoever started this thread handles signals

    def on_train_batch_end(self, trainer: pl.Trainer, *args: Any) -> None:
        if self.received is not None:
            trainer.should_stop = True

    def teardown(self, trainer: pl.Trainer, pl_module: pl.LightningModule, stage: str) -> None:
        self._restore()

    def on_exception(self, trainer: pl.Trainer, pl_module: pl.LightningModule, exception: BaseException) -> None:
        self._restore()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.received = signal.Signals(number)
        self._restore()

    def _restore(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._before.clear()
