"""The assignment's descent: 50 windows a step, all from the same matrices, in float64."""

from __future__ import annotations

from typing import Any

import lightning.pytorch as pl
import torch
from torch import Tensor

from torchw2v.cs224n import WindowBatch, initial_vectors
from torchw2v.nn import NegativeSampling, SkipGram
from torchw2v.training.cs224n.settings import AssignmentSettings
from torchw2v.training.module import TrainingModule


class AssignmentModule(TrainingModule):
    """Cost of a step: the mean over its windows of the sum over the words of the context.

    The centre word is the input and each word of the context a target, as the assignment has it.

    Args:
        vocab_size: V.
        settings: of the model.
        anneal_every: the learning rate is halved after so many steps.
    """

    model: SkipGram

    def __init__(self, vocab_size: int, settings: AssignmentSettings, *, anneal_every: int) -> None:
        model = SkipGram(vocab_size, settings.embedding_dim, sparse=True).double()
        start = torch.from_numpy(initial_vectors(vocab_size, settings.embedding_dim, seed=settings.init_seed))
        with torch.no_grad():
            model.in_embeddings.copy_(start[:vocab_size])
            model.out_embeddings.copy_(start[vocab_size:])
        super().__init__(model, torch.optim.SGD, learning_rate=settings.learning_rate)
        self.loss = NegativeSampling(reduction="sum", sparse=True)
        self.anneal_every = anneal_every

    def descent(self) -> dict[str, Any]:
        return super().descent() | {"anneal_every": self.anneal_every}

    def learning_rate_factor(self, step: int, steps: int) -> float:
        return 0.5 ** (step // self.anneal_every)

    def training_step(self, batch: WindowBatch, batch_idx: int) -> Tensor:
        vectors = self.model(batch.centers)
        total: Tensor = self.loss(vectors, self.model.out_embeddings, batch.targets, batch.negatives)
        cost = total / batch.num_windows
        self.count(cost, 1)
        return cost


class SmoothedCost(pl.Callback):
    """The cost as the assignment prints it: every few steps, 0.95 of the last figure and 0.05 of the cost then.

    Attributes:
        figures: by the number of the step, counted from 1.
    """

    def __init__(self, print_every: int) -> None:
        self.print_every = print_every
        self.figures: dict[int, float] = {}

    def on_train_batch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule, outputs: Any, *args: Any) -> None:
        step = trainer.global_step
        if step % self.print_every == 0:
            cost = outputs["loss"].item()
            before = self.figures.get(step - self.print_every)
            self.figures[step] = cost if before is None else 0.95 * before + 0.05 * cost
            for logger in trainer.loggers:
                logger.log_metrics({"train/smoothed_cost": self.figures[step], "train/cost": cost}, step=step)

    def state_dict(self) -> dict[str, Any]:
        last = max(self.figures, default=None)
        return {"last": None if last is None else [last, self.figures[last]]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        if state_dict["last"]:
            step, figure = state_dict["last"]
            self.figures = {step: figure}
