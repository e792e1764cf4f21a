"""A word2vec model in training by automatic differentiation through our ops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import lightning.pytorch as pl
import torch
from lightning.pytorch.utilities.types import OptimizerLRSchedulerConfig
from torch import Tensor

from torchw2v.checks import non_negative, positive
from torchw2v.data.batches import PairBatch
from torchw2v.errors import InputError
from torchw2v.nn import NegativeSampling, SkipGram
from torchw2v.optim import RowSGD
from torchw2v.training.learning_rate import linear_decay


class Word2VecModule(pl.LightningModule):
    """One step for each batch; the learning rate falls in a straight line over the run.

    Args:
        model: gives vectors for inputs.
        loss: compares them with the output matrix; it must add up over the pairs (reduction "sum") for the learning
            rates of word2vec to mean what they mean there.
        optimizer: makes the optimiser from parameters and `lr`.
        learning_rate: at the start.
        min_learning_rate: at the end.
    """

    def __init__(
        self,
        model: SkipGram,
        loss: NegativeSampling,
        optimizer: Callable[..., torch.optim.Optimizer],
        *,
        learning_rate: float = 0.025,
        min_learning_rate: float = 1e-4,
    ) -> None:
        super().__init__()
        self.model = model
        self.loss = loss
        self.make_optimizer = optimizer
        self.learning_rate = positive("learning_rate", learning_rate)
        self.min_learning_rate = non_negative("min_learning_rate", min_learning_rate)
        # of the epoch; float64, because a float32 sum stops growing
        self.loss_sum: Tensor
        self.register_buffer("loss_sum", torch.zeros((), dtype=torch.float64), persistent=False)
        self.num_pairs = 0

    def _descent(self) -> dict[str, Any]:
        """What Lightning restores from a checkpoint, whatever the configuration says."""
        optimizer = getattr(self.make_optimizer, "func", self.make_optimizer)
        return {
            "optimizer": getattr(optimizer, "__qualname__", repr(optimizer)),
            "optimizer settings": repr(sorted(getattr(self.make_optimizer, "keywords", {}).items())),
            "learning_rate": self.learning_rate,
            "min_learning_rate": self.min_learning_rate,
        }

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        checkpoint["descent"] = self._descent()

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        for name, here in self._descent().items():
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
                    f"the checkpoint has {name} of shape {shape}, but here it is {tuple(here.shape)}; "
                    "resume with the data, vocabulary and embedding_dim of that run: its config.yaml has them"
                )

    def on_train_epoch_start(self) -> None:
        self.loss_sum.zero_()
        self.num_pairs = 0

    def training_step(self, batch: PairBatch, batch_idx: int) -> Tensor:
        vectors = self.model(batch.inputs)
        loss: Tensor = self.loss(vectors, self.model.out_embeddings, batch.targets, batch.negatives)
        self.loss_sum += loss.detach()
        self.num_pairs += batch.inputs.shape[0]
        return loss

    @property
    def mean_loss(self) -> float:
        """Nats a pair over the epoch so far; nan before the first pair."""
        return self.loss_sum.item() / self.num_pairs if self.num_pairs else float("nan")

    def configure_optimizers(self) -> OptimizerLRSchedulerConfig:
        try:
            optimizer = self.make_optimizer(self.model.parameters(), lr=self.learning_rate)
        except (TypeError, ValueError) as error:
            raise InputError(f"engine.optimizer: {error}") from None
        steps = self.trainer.estimated_stepping_batches

        def factor(step: int) -> float:
            return linear_decay(step / steps, 1.0, self.min_learning_rate / self.learning_rate)

        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}


def takes_sparse_gradients(optimizer: Any) -> bool:
    """Whether an optimiser of this class works with sparse gradients."""
    optimizer = getattr(optimizer, "func", optimizer)
    return optimizer in (RowSGD, torch.optim.SGD, torch.optim.SparseAdam, torch.optim.Adagrad)
