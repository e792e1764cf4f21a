"""A word2vec model in training, whatever the engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor

from torchw2v.checks import non_negative
from torchw2v.nn import CBOW
from torchw2v.training.module import TrainingModule
from torchw2v.training.word2vec.network import Network
from torchw2v.vectors import combine_matrices


class Seen(NamedTuple):
    """What was trained on since the run began or was resumed.

    Attributes:
        words: of the corpus.
        kept: of these, the words kept by vocabulary and subsampling.
        examples: pairs or windows.
    """

    words: int = 0
    kept: int = 0
    examples: int = 0


class Word2VecModule(TrainingModule):
    """A network and the line on which its learning rate falls; a subclass has `training_step`, which calls `see`.

    Args:
        model: the network.
        loss: its name.
        optimizer: makes the optimiser.
        learning_rate: at the start.
        min_learning_rate: at the end.

    Attributes:
        seen: see `Seen`.
    """

    engine: str
    if_empty = (
        "nothing to train on: no sentence has two words that are kept; a line is a sentence, so put more than "
        "one word on a line, or lower data.min_count, or set model.sample=0 to keep every word"
    )
    shapes_follow_from = "data, vocabulary and embedding_dim"
    model: Network

    def __init__(
        self,
        model: Network,
        loss: str,
        optimizer: Callable[..., torch.optim.Optimizer],
        *,
        learning_rate: float,
        min_learning_rate: float,
    ) -> None:
        super().__init__(model, optimizer, learning_rate=learning_rate)
        self.min_learning_rate = non_negative("min_learning_rate", min_learning_rate)
        self.seen = Seen()
        self._loss_name = loss

    def descent(self) -> dict[str, Any]:
        context = (self.model.reduce, self.model.gradient) if isinstance(self.model, CBOW) else ()
        return {
            "engine": self.engine,
            "model": " ".join((type(self.model).__name__, self._loss_name, *context)),
            **super().descent(),
            "min_learning_rate": self.min_learning_rate,
        }

    def vectors(self, which: str = "input") -> Tensor:
        """(V, D) or, concatenated, (V, 2D), the vectors of the words as they are, to be read only."""
        return combine_matrices(self.model.in_embeddings.detach(), self.model.out_embeddings.detach(), which)

    def give_away(self, which: str = "input") -> Tensor:
        """(V, D) or, concatenated, (V, 2D), the vectors of the words; the module is of no use after it.

        The rows of one matrix are in the memory they were trained in.

        Lightning's trainer and its optimiser still hold the parameters, so they are left without rows.
        """
        matrices = (self.model.in_embeddings.detach().cpu(), self.model.out_embeddings.detach().cpu())
        vectors = combine_matrices(*matrices, which)
        for matrix in (self.model.in_embeddings, self.model.out_embeddings):
            matrix.data = matrix.data[:0].clone()
        return vectors

    def see(self, loss: Tensor | float, *, words: int, kept: int, examples: int) -> None:
        """Add a step's summed loss and what it trained on."""
        self.count(loss, examples)
        self.seen = Seen(self.seen.words + words, self.seen.kept + kept, self.seen.examples + examples)
