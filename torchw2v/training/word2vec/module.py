"""A word2vec model in training by automatic differentiation through our ops."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from torchw2v.checks import non_negative
from torchw2v.data.batches import PairBatch, WindowBatch
from torchw2v.nn import CBOW, FullSoftmax, HierarchicalSoftmax, NegativeSampling, SkipGram
from torchw2v.training.module import TrainingModule
from torchw2v.training.word2vec.learning_rate import linear_decay

Model = SkipGram | CBOW
Loss = NegativeSampling | FullSoftmax | HierarchicalSoftmax


class Word2VecModule(TrainingModule):
    """One step for each batch; the learning rate falls in a straight line over the run.

    Args:
        model: gives vectors for the inputs of a batch: SkipGram for pairs, CBOW for windows.
        loss: compares them with the output matrix; it must add up over the samples (reduction "sum") for the learning
            rates of word2vec to mean what they mean there.
        optimizer: makes the optimiser from parameters and `lr`.
        learning_rate: at the start.
        min_learning_rate: at the end.
    """

    if_diverged = "lower model.learning_rate or engine.words_per_batch, or take the default engine.optimizer"
    if_empty = (
        "nothing to train on: no sentence has two words that are kept; a line is a sentence, so put more than "
        "one word on a line, or lower data.min_count, or set model.sample=0 to keep every word"
    )
    shapes_follow_from = "data, vocabulary and embedding_dim"
    model: Model

    def __init__(
        self,
        model: Model,
        loss: Loss,
        optimizer: Callable[..., torch.optim.Optimizer],
        *,
        learning_rate: float = 0.025,
        min_learning_rate: float = 1e-4,
    ) -> None:
        super().__init__(model, optimizer, learning_rate=learning_rate)
        self.loss = loss
        self.min_learning_rate = non_negative("min_learning_rate", min_learning_rate)

    def descent(self) -> dict[str, Any]:
        context = (self.model.reduce, self.model.gradient) if isinstance(self.model, CBOW) else ()
        return {
            "model": " ".join((type(self.model).__name__, type(self.loss).__name__, *context)),
            **super().descent(),
            "min_learning_rate": self.min_learning_rate,
        }

    def learning_rate_factor(self, step: int, steps: int) -> float:
        return linear_decay(step / steps, 1.0, self.min_learning_rate / self.learning_rate)

    def training_step(self, batch: PairBatch | WindowBatch, batch_idx: int) -> Tensor:
        vectors = self.model(*batch.model_inputs)
        noise = (batch.negatives,) if isinstance(self.loss, NegativeSampling) else ()
        loss: Tensor = self.loss(vectors, self.model.out_embeddings, batch.targets, *noise)
        self.count(loss, batch.targets.shape[0])
        return loss
