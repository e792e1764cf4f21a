"""What can be set about a model and its training, checked when it is set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch

from torchw2v.checks import non_negative, one_of, positive, positive_int
from torchw2v.data.sampling import NEGATIVES
from torchw2v.errors import InputError
from torchw2v.kernels.fused_pass import ARCHITECTURES, GRADIENTS, LOSSES, REDUCTIONS
from torchw2v.optim import RowSGD
from torchw2v.training.word2vec.learning_rate import Rates, default_rates
from torchw2v.vectors.combination import MATRICES


@dataclass(frozen=True)
class ModelSettings:
    """Of the model and its samples; the names are word2vec's.

    Attributes:
        architecture: "skipgram" predicts a word from each word around it, "cbow" from all of them at once.
        loss: "negative_sampling", "softmax" (over the whole vocabulary) or "hierarchical_softmax".
        embedding_dim: D.
        window: the largest radius of a window.
        num_negatives: K, of "negative_sampling" only.
        negatives: of "skipgram" with "negative_sampling" only: "per_window" draws K words for all pairs of a window,
            "per_pair" for each pair, as word2vec.c and gensim do, at several times the cost.
        sample: the subsampling threshold.
        ns_exponent: of the counts in the noise distribution, of "negative_sampling" only.
        reduce: of "cbow" only: "mean" or "sum" of the window's vectors.
        gradient: of "cbow" only: "exact", or "word2vec" for the full gradient of the mean to each word, as word2vec.c
            and gensim give it.
        learning_rate: at the start; None is what suits the model: `rates`.
        min_learning_rate: at the end; None is as far below the start as where both are None.
        vectors: what the run gives: rows of the "input" matrix, or "output", "sum" or "concatenation"; the output
            matrix of "hierarchical_softmax" has no rows of words.
    """

    architecture: str = "skipgram"
    loss: str = "negative_sampling"
    embedding_dim: int = 100
    window: int = 5
    num_negatives: int = 5
    negatives: str = "per_window"
    sample: float = 1e-3
    ns_exponent: float = 0.75
    reduce: str = "mean"
    gradient: str = "exact"
    learning_rate: float | None = None
    min_learning_rate: float | None = None
    vectors: str = "input"

    def __post_init__(self) -> None:
        one_of("model.architecture", self.architecture, ARCHITECTURES)
        one_of("model.loss", self.loss, LOSSES)
        one_of("model.negatives", self.negatives, NEGATIVES)
        one_of("model.reduce", self.reduce, REDUCTIONS)
        one_of("model.gradient", self.gradient, GRADIENTS)
        one_of("model.vectors", self.vectors, MATRICES)
        if self.loss == "hierarchical_softmax" and self.vectors != "input":
            raise InputError(
                f"model.vectors={self.vectors} needs an output matrix of words; that of hierarchical softmax is one of "
                "nodes of a tree: leave it at input"
            )
        positive_int("model.embedding_dim", self.embedding_dim)
        positive_int("model.window", self.window)
        positive_int("model.num_negatives", self.num_negatives)
        non_negative("model.sample", self.sample)
        if self.learning_rate is not None:
            positive("model.learning_rate", self.learning_rate)
        if self.min_learning_rate is not None:
            non_negative("model.min_learning_rate", self.min_learning_rate)
        start, end = self.rates
        if end > start:
            raise InputError(
                f"model.min_learning_rate is {end}, above model.learning_rate {start}: the rate can only fall"
            )

    @property
    def rates(self) -> Rates:
        """At the start and at the end."""
        default = default_rates(self.architecture, self.loss, self.reduce, self.gradient)
        start = default.start if self.learning_rate is None else self.learning_rate
        if self.min_learning_rate is not None:
            return Rates(start, self.min_learning_rate)
        return default if self.learning_rate is None else Rates(start, start * (default.end / default.start))

    def with_rates(self) -> ModelSettings:
        """The same, with the rates in place of None."""
        start, end = self.rates
        return replace(self, learning_rate=start, min_learning_rate=end)

    @property
    def is_skipgram(self) -> bool:
        return self.architecture == "skipgram"

    @property
    def negatives_drawn(self) -> int:
        return self.num_negatives if self.loss == "negative_sampling" else 0


@dataclass(frozen=True)
class EngineSettings:
    """Of engine=autograd: the steps in which a model is trained through the operations of `torchw2v.ops`.

    Attributes:
        words_per_batch: words of the corpus in one step.
        threads: of torch's operations; None leaves it to torch.
        optimizer: makes a torch optimiser from parameters and `lr`.
        sparse: sparse gradients; None where the optimiser takes them.
    """

    words_per_batch: int = 1024
    threads: int | None = 1
    optimizer: Callable[..., torch.optim.Optimizer] = RowSGD
    sparse: bool | None = None

    def __post_init__(self) -> None:
        positive_int("engine.words_per_batch", self.words_per_batch)
        if self.threads is not None:
            positive_int("engine.threads", self.threads)
        if self.sparse and not takes_sparse_gradients(self.optimizer):
            raise InputError(
                "engine.sparse=true works with RowSGD and torch's SGD, SparseAdam and Adagrad only; "
                "set engine.sparse=null"
            )

    @property
    def sparse_gradients(self) -> bool:
        return takes_sparse_gradients(self.optimizer) if self.sparse is None else self.sparse

    @property
    def takes_dense_gradients(self) -> bool:
        return getattr(self.optimizer, "func", self.optimizer) is not torch.optim.SparseAdam


@dataclass(frozen=True)
class FusedSettings:
    """Of engine=fused: the pass that samples, computes gradients and updates in one loop.

    Attributes:
        words_per_step: words of the corpus in one step of Lightning's; with one thread the result does not depend on
            it. None is enough for Lightning to cost little: 2^19, or 2^14 with the softmax.
        threads: None takes all cores. Several write to the matrices without locks, so only one gives the same bits
            again.
        words_per_batch: of model.loss="softmax" only: words of the corpus in one step of descent; None is 128.
    """

    words_per_step: int | None = None
    threads: int | None = None
    words_per_batch: int | None = None

    def __post_init__(self) -> None:
        for name in ("words_per_step", "threads", "words_per_batch"):
            if getattr(self, name) is not None:
                positive_int(f"engine.{name}", getattr(self, name))


def takes_sparse_gradients(optimizer: Any) -> bool:
    """Whether an optimiser of this class works with sparse gradients."""
    optimizer = getattr(optimizer, "func", optimizer)
    return optimizer in (RowSGD, torch.optim.SGD, torch.optim.SparseAdam, torch.optim.Adagrad)
