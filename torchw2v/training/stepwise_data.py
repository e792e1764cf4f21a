"""Batches for Lightning, from the place where the run stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import lightning.pytorch as pl

from torchw2v.errors import InputError


class Batches(Protocol):
    """Batches that are functions of their epoch and number."""

    def __len__(self) -> int: ...

    def epoch(self, epoch: int, first_batch: int = 0) -> Iterator[Any]: ...


class StepwiseData(pl.LightningDataModule):
    """Data for training whose next batch follows from the number of steps made, so that a run resumes exactly.

    A subclass says what must be the same for a checkpoint to be taken up, in `identity`.

    Args:
        batches: of an epoch.
        unit: what progress is counted in.
        epoch_size: units in an epoch.
        batch_size: units in a batch, but for the last of an epoch.
    """

    def __init__(self, batches: Batches, *, unit: str, epoch_size: int, batch_size: int) -> None:
        super().__init__()
        self.batches = batches
        self.unit = unit
        self.epoch_size = epoch_size
        self.batch_size = batch_size

    def identity(self) -> dict[str, Any]:
        return {}

    def train_dataloader(self) -> _FromHere:
        return _FromHere(self)

    def state_dict(self) -> dict[str, Any]:
        return self.identity()

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.check_identity(state_dict)

    def check_identity(self, state_dict: dict[str, Any]) -> None:
        """InputError where the state of a checkpoint is that of other data."""
        for name, here in self.identity().items():
            there = state_dict.get(name)
            if there != here:
                raise InputError(
                    f"the checkpoint was made with another {name} ({there}, here {here}); "
                    "resume with the data, seed and settings of that run: its config.yaml has them"
                )


class _FromHere:
    """Iterates over the rest of the trainer's epoch: a resumed run takes up at the step after its last one.

    A batch is a function of its number, so no state has to be kept, and none can be replayed or lost.
    """

    def __init__(self, data: StepwiseData) -> None:
        self.data = data

    def __len__(self) -> int:
        return len(self.data.batches)

    def state_dict(self) -> dict[str, Any]:
        return {}  # tells Lightning that it need not warn of batches seen twice

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        pass

    def __iter__(self) -> Iterator[Any]:
        trainer = self.data.trainer
        assert trainer is not None
        done = trainer.global_step - trainer.current_epoch * len(self)
        yield from self.data.batches.epoch(trainer.current_epoch, first_batch=max(done, 0))
