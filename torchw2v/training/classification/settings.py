"""What can be set about a classifier and its training, checked when it is set."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import torch

from torchw2v.checks import int_at_least, non_negative, one_of, positive, positive_int
from torchw2v.errors import InputError

ARCHITECTURES = ("mlp", "softmax_regression")
ACTIVATIONS = ("sigmoid", "tanh", "relu")
INITIALIZATIONS = ("standard", "zeros", "normal")


@dataclass(frozen=True)
class ClassifierSettings:
    """Of the network.

    Attributes:
        architecture: "mlp" or "softmax_regression".
        hidden: units of each hidden layer of "mlp".
        activation: of the hidden layers: "sigmoid", "tanh" or "relu".
        bias: of "softmax_regression"; an "mlp" has biases.
        l2: the loss has l2/2 · Σ W² added, over the weights and not the biases.
        initialization: "standard" for the layers' own, "zeros", or "normal" for normal draws of `init_std`, all weights
            first and then all biases, by NumPy's `RandomState(init_seed)`, as recipes in print have it.
        init_std: of "normal".
        init_seed: of "normal".
        learning_rate: of the optimiser.
    """

    architecture: str = "mlp"
    hidden: Sequence[int] = (100,)
    activation: str = "sigmoid"
    bias: bool = True
    l2: float = 0.0
    initialization: str = "standard"
    init_std: float = 0.1
    init_seed: int = 0
    learning_rate: float = 0.1

    def __post_init__(self) -> None:
        one_of("model.architecture", self.architecture, ARCHITECTURES)
        one_of("model.activation", self.activation, ACTIVATIONS)
        one_of("model.initialization", self.initialization, INITIALIZATIONS)
        if isinstance(self.hidden, str) or not isinstance(self.hidden, Sequence):
            raise InputError(f"model.hidden must be a list of sizes such as [256,100], not {self.hidden!r}")
        for size in self.hidden:
            positive_int("model.hidden", size)
        if not isinstance(self.bias, bool):
            raise InputError(f"model.bias must be true or false, not {self.bias!r}")
        non_negative("model.l2", self.l2)
        if self.architecture == "mlp" and self.hidden and self.initialization == "zeros":
            raise InputError(
                "model.initialization=zeros leaves all hidden units of an mlp equal for ever; take standard or normal"
            )
        positive("model.init_std", self.init_std)
        int_at_least(0, "model.init_seed", self.init_seed)
        positive("model.learning_rate", self.learning_rate)


@dataclass(frozen=True)
class MinibatchSettings:
    """Of the steps in which a classifier is trained.

    Attributes:
        batch_size: examples in one step.
        shuffle: draw another order for each epoch; otherwise that of the data.
        reduction: the loss of a batch is the "mean" or the "sum" over its examples.
        patience: stop after so many epochs without a lower validation loss; None never stops early.
        keep_best: end with the weights of the epoch with the lowest validation loss, not with the last.
        threads: of torch's operations; None leaves it to torch.
        optimizer: makes a torch optimiser from parameters and `lr`.
    """

    batch_size: int = 32
    shuffle: bool = True
    reduction: str = "mean"
    patience: int | None = 10
    keep_best: bool = True
    threads: int | None = 1
    optimizer: Callable[..., torch.optim.Optimizer] = field(default=partial(torch.optim.SGD, momentum=0.9))

    def __post_init__(self) -> None:
        positive_int("engine.batch_size", self.batch_size)
        one_of("engine.reduction", self.reduction, ("mean", "sum"))
        for name in ("patience", "threads"):
            if getattr(self, name) is not None:
                positive_int(f"engine.{name}", getattr(self, name))
        if getattr(self.optimizer, "func", self.optimizer) is torch.optim.SparseAdam:
            raise InputError("engine.optimizer: SparseAdam takes sparse gradients only, but these are dense; take Adam")
        for name in ("shuffle", "keep_best"):
            if not isinstance(getattr(self, name), bool):
                raise InputError(f"engine.{name} must be true or false, not {getattr(self, name)!r}")
