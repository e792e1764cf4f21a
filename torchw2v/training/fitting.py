"""One fit of Lightning's trainer, with what every training here shares around it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import lightning.pytorch as pl
import torch

from torchw2v.checks import positive_int
from torchw2v.errors import InputError
from torchw2v.training.callbacks import Aside, LastCheckpoint, Progress, StopOnFailure, StopOnSignal, Stopwatch
from torchw2v.training.module import TrainingModule
from torchw2v.training.run_folder import LAST_CHECKPOINT, read_checkpoint
from torchw2v.training.stepwise_data import StepwiseData

MakeTrainer = Callable[[list[pl.Callback]], pl.Trainer]


class Fit:
    """A trainer with progress, checkpoints and an end by signal; made before the data, to refuse bad settings at once.

    Args:
        folder: of the run; None keeps no checkpoint.
        make_trainer: gives the trainer for these callbacks.
        callbacks: of this kind of training.
        resume: a checkpoint to go on from.
        quiet: draws no bar.

    Attributes:
        trainer: Lightning's.
        seconds: by phase; `timed` adds one, `training` those of training and of what callbacks did aside.
        stopped_by: the name of the signal that ended training early, or None.

    Raises:
        InputError: settings of the trainer that do not fit, or no checkpoint.
    """

    def __init__(
        self,
        folder: Path | None,
        make_trainer: MakeTrainer,
        callbacks: Sequence[pl.Callback] = (),
        *,
        resume: Path | None = None,
        quiet: bool = False,
    ) -> None:
        self.resume = resume
        self._state = read_checkpoint(resume) if resume else None
        self.steps_done = int(self._state["global_step"]) if self._state else 0
        self.seconds: dict[str, float] = {}
        self.stopped_by: str | None = None
        self._stop, self._stopwatch = StopOnSignal(writes=folder is not None), Stopwatch()
        shared = [self._stop, self._stopwatch, *callbacks, Progress(quiet=quiet), StopOnFailure()]
        self._checkpoints = [LastCheckpoint(folder / LAST_CHECKPOINT)] if folder else []
        self._asides = [callback for callback in (*callbacks, *self._checkpoints) if isinstance(callback, Aside)]
        self.trainer = make_trainer([*shared, *self._checkpoints])
        _check_trainer(self.trainer)

    @contextmanager
    def timed(self, phase: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[phase] = time.perf_counter() - start

    @contextmanager
    def training(self, module: TrainingModule, data: StepwiseData, *, threads: int | None) -> Iterator[None]:
        """Train, then let the body write what was learnt: no signal cuts that short.

        Raises:
            InputError: there is nothing left to do, or training failed in a way that the user can mend.
        """
        if self._state is not None:  # Lightning does it, too, but "nothing left to do" means this very run
            module.on_load_checkpoint(self._state)
            data.check_identity(self._state.get(type(data).__qualname__, {}))
        steps = len(data.batches)
        if 0 < self.trainer.max_steps <= self.steps_done:
            raise InputError(
                f"{self.resume}: has nothing left to do; set trainer.max_steps above {self.steps_done}, or to -1"
            )
        if self.steps_done >= steps * (self.trainer.max_epochs or 0):
            raise InputError(
                f"{self.resume}: has nothing left to do; set trainer.max_epochs above {self.steps_done // steps}"
            )
        with self._stop:
            with _threads(threads):
                self.trainer.fit(module, datamodule=data, ckpt_path=self.resume, weights_only=True)
            asides = {"checkpoints": 0.0} | {aside.phase: aside.seconds for aside in self._asides}
            self.seconds |= asides
            self.seconds["training"] = self._stopwatch.seconds - sum(asides.values())
            if self._stop.received and not self._is_complete(steps):
                self.stopped_by = self._stop.received.name
            self._stop.listen()
            yield

    def _is_complete(self, steps_of_epoch: int) -> bool:
        """Whether training came to its end; a signal in the last step finds nothing left to stop."""
        trainer = self.trainer
        return trainer.global_step >= steps_of_epoch * (trainer.max_epochs or 0) or (
            0 < trainer.max_steps <= trainer.global_step
        )

    def written(self, paths: Sequence[Path]) -> list[Path]:
        """The paths, and that of the checkpoint if there is one."""
        return [*paths, *(checkpoint.path for checkpoint in self._checkpoints if checkpoint.path.exists())]


def _check_trainer(trainer: pl.Trainer) -> None:
    positive_int("trainer.max_epochs", trainer.max_epochs)
    positive_int("trainer.log_every_n_steps", trainer.log_every_n_steps)  # type: ignore[attr-defined]
    if trainer.max_steps != -1:
        positive_int("trainer.max_steps", trainer.max_steps)
    if trainer.world_size > 1:
        raise InputError(f"trainer: {trainer.world_size} processes were asked for, but only one is supported so far")
    if trainer.accumulate_grad_batches != 1:
        raise InputError("trainer.accumulate_grad_batches must be 1: set the size of a batch in engine instead")


@contextmanager
def _threads(number: int | None) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(number or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)
