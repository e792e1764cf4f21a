"""What every training here shares: the loss of the epoch so far, an optimiser, checkpoints that fit this run only."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import lightning.pytorch as pl
import torch
from lightning.pytorch.utilities.types import OptimizerLRSchedulerConfig
from torch import Tensor, nn

from torchw2v.checks import positive
from torchw2v.errors import InputError


class TrainingModule(pl.LightningModule):
    """A model and its descent; a subclass has `training_step`, which calls `count`.

    Args:
        model: what is trained.
        optimizer: makes the optimiser from parameters and `lr`.
        learning_rate: at the start; `learning_rate_factor` says how it goes on.

    Attributes:
        if_diverged: what to do where the loss is not a number, or above `highest_loss`.
        highest_loss: nats an example that no training goes through which learns anything.
        if_empty: what to do where an epoch had no example.
        shapes_follow_from: what the shapes of the parameters depend on.
    """

    if_diverged = "lower model.learning_rate"
    highest_loss = math.inf
    if_empty = "nothing to train on"
    shapes_follow_from = "data and model"

    def __init__(
        self, model: nn.Module, optimizer: Callable[..., torch.optim.Optimizer], *, learning_rate: float
    ) -> None:
        super().__init__()
        self.model = model
        self.make_optimizer = optimizer
        self.learning_rate = positive("learning_rate", learning_rate)
        # of the epoch; float64, because a float32 sum stops growing
        self.loss_sum: Tensor
        self.register_buffer("loss_sum", torch.zeros((), dtype=torch.float64), persistent=False)
        self.num_examples = 0

    def learning_rate_factor(self, step: int, steps: int) -> float:
        """What the learning rate is multiplied with at a step of a run of `steps` steps."""
        return 1.0

    def descent(self) -> dict[str, Any]:
        """What Lightning restores from a checkpoint whatever the configuration says, so that it must be the same."""
        optimizer = getattr(self.make_optimizer, "func", self.make_optimizer)
        return {
            "optimizer": getattr(optimizer, "__qualname__", repr(optimizer)),
            "optimizer settings": repr(sorted(getattr(self.make_optimizer, "keywords", {}).items())),
            "learning_rate": self.learning_rate,
        }

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        checkpoint["descent"] = self.descent()

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        for name, here in self.descent().items():
            there = checkpoint.get("descent", {}).get(name)
            if there != here:
                raise InputError(
                    f"the checkpoint was made with another {name} ({there}, here {here}); resume with that of the run"
                )
        for name, here in self.state_dict().items():
            there = checkpoint["state_dict"].get(name)
            if there is None or there.shape != here.shape:
                shape = None if there is None else tuple(there.shape)
                raise InputError(
                    f"the checkpoint of the run to resume has {name} of shape {shape}, here it is {tuple(here.shape)}; "
                    f"resume with the {self.shapes_follow_from} of that run: its config.yaml has them"
                )

    def on_train_epoch_start(self) -> None:
        self.loss_sum.zero_()
        self.num_examples = 0

    def count(self, loss: Tensor | float, num_examples: int) -> None:
        """Add the summed loss of some examples to that of the epoch."""
        self.loss_sum += loss.detach() if isinstance(loss, Tensor) else loss
        self.num_examples += num_examples

    @property
    def mean_loss(self) -> float:
        """Nats an example over the epoch so far; nan before the first one."""
        return self.loss_sum.item() / self.num_examples if self.num_examples else float("nan")

    def configure_optimizers(self) -> OptimizerLRSchedulerConfig:
        try:
            optimizer = self.make_optimizer(self.model.parameters(), lr=self.learning_rate)
        except (TypeError, ValueError) as error:
            unknown = re.search(r"unexpected keyword argument '(\w+)'", str(error))
            remedy = f"; take it away with '~engine.optimizer.{unknown[1]}'" if unknown else ""
            raise InputError(f"engine.optimizer: {error}{remedy}") from None
        steps = int(self.trainer.estimated_stepping_batches)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: self.learning_rate_factor(step, steps))
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}
