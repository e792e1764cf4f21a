"""What can be set about a model and its training, checked when it is set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import torch

from torchw2v.checks import non_negative, positive, positive_int
from torchw2v.errors import InputError
from torchw2v.optim import RowSGD
from torchw2v.training.module import takes_sparse_gradients

Settings = TypeVar("Settings", "ModelSettings", "EngineSettings")


@dataclass(frozen=True)
class ModelSettings:
    """Of the model and its samples; the names and defaults are word2vec's."""

    embedding_dim: int = 100
    window: int = 5
    num_negatives: int = 5
    sample: float = 1e-3
    ns_exponent: float = 0.75
    learning_rate: float = 0.025
    min_learning_rate: float = 1e-4

    def __post_init__(self) -> None:
        positive_int("model.embedding_dim", self.embedding_dim)
        positive_int("model.window", self.window)
        positive_int("model.num_negatives", self.num_negatives)
        non_negative("model.sample", self.sample)
        positive("model.learning_rate", self.learning_rate)
        if non_negative("model.min_learning_rate", self.min_learning_rate) > self.learning_rate:
            raise InputError(
                f"model.min_learning_rate is {self.min_learning_rate}, above model.learning_rate "
                f"{self.learning_rate}: the rate can only fall"
            )


@dataclass(frozen=True)
class EngineSettings:
    """Of the steps in which a model is trained.

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


def read_settings(kind: type[Settings], group: str, choices: Mapping[str, Any]) -> Settings:
    """Settings of one kind from a group of a configuration, but for its `name`.

    Raises:
        InputError: a key that is no setting.
    """
    names: list[str] = [field.name for field in fields(kind)]
    for key in choices:
        if key not in (*names, "name"):
            raise InputError(f"{group}.{key} is no setting; there are {', '.join(names)}")
    return kind(**{name: choices[name] for name in names if name in choices})
