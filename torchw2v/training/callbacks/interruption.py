"""Ctrl-C and SIGTERM end training after the step in hand, so that what was learnt can be kept."""

from __future__ import annotations

import signal
import sys
import threading
from types import FrameType
from typing import Any

import lightning.pytorch as pl

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopOnSignal(pl.Callback):
    """Turn the first SIGINT or SIGTERM into the end of training; a second one gives up at once.

    A context around `fit` and around what is written after it, which a signal must not cut short either.

    Args:
        writes: whether results and checkpoints are written, for the words that tell of it.

    Attributes:
        received: the first signal, or None.
    """

    def __init__(self, *, writes: bool = True) -> None:
        self._writes = writes
        self.received: signal.Signals | None = None
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> StopOnSignal:
        if threading.current_thread() is threading.main_thread():  # no other may handle signals
            self._before = {number: signal.getsignal(number) for number in _SIGNALS}
        return self

    def __exit__(self, *exception: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def listen(self) -> None:
        """Take the signals over; Lightning puts handlers of its own in place where `fit` begins and ends."""
        for number in self._before:
            signal.signal(number, self._on_signal)

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        self.listen()

    def on_train_batch_end(self, trainer: pl.Trainer, *args: Any) -> None:
        if self.received is not None:
            trainer.should_stop = True

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self.received is not None:
            kept = "; what the last checkpoint holds is kept" if self._writes else ""
            print(f"\ntorchw2v: given up{kept}", file=sys.stderr)
            raise SystemExit(128 + number)
        self.received = signal.Signals(number)
        then = ", then writing the results" if self._writes else ""
        print(f"\ntorchw2v: stopping after this step{then}; again to give up", file=sys.stderr)
