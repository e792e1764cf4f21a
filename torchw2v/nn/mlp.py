"""Multi-layer perceptron: linear layers with an activation between them, and a softmax at the end.

h₀ = x     h_l = f(h_{l−1} W_l + b_l)     logits = h_{n−1} W_n + b_n     ŷ = softmax(logits)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import cast

import torch
from torch import Tensor, nn

from torchw2v import functional as F
from torchw2v.checks import non_negative, positive_int
from torchw2v.errors import InputError
from torchw2v.nn.layers import Linear

_ACTIVATIONS = {"sigmoid": F.sigmoid, "tanh": F.tanh, "relu": F.relu}


class MLP(nn.Module):
    """A classifier of any depth. `MLP((D_x, H, D_y))` is h = σ(x W₁ + b₁), ŷ = softmax(h W₂ + b₂).

    With L layers it has Σ (in + 1) out parameters: (D_x + 1) H + (H + 1) D_y for two. They are in the order W₁, b₁,
    W₂, b₂, ..., here as in `pack_parameters`.

    Args:
        sizes: of the input, of each hidden layer, and of the output, the number of classes; no hidden layer makes it
            `SoftmaxRegression`.
        activation: f, "sigmoid", "tanh" or "relu".
        bias: whether the layers have a b.
        l2: λ; `loss` has the penalty λ/2 Σ_l ‖W_l‖², with the gradient λ W_l. The b_l are not penalised.
        init_std: standard deviation of the normal values each W begins with, 0 for zeros. None: uniform on
            ±√(6 / (in + out)) for sigmoid and tanh (Glorot and Bengio 2010), and normal with √(2 / in) for relu, half
            of whose outputs are 0 (He, Zhang, Ren and Sun 2015, "Delving Deep into Rectifiers", eq. 10). b is zero.
        generator: for the initial values.

    Attributes:
        layers: the `Linear` layers; `layers[0].weight` is W₁, (in, out).

    Shape: x (..., D_x) -> logits (..., D_y).

    Raises:
        InputError: fewer than two sizes, a size that is not a positive integer, another activation, or a negative
            `l2` or `init_std`.
    """

    def __init__(
        self,
        sizes: Sequence[int],
        *,
        activation: str = "sigmoid",
        bias: bool = True,
        l2: float = 0.0,
        init_std: float | None = None,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        if len(sizes) < 2:
            raise InputError(f"sizes must have at least an input and an output, not {tuple(sizes)}")
        if activation not in _ACTIVATIONS:
            raise InputError(f"activation must be one of {', '.join(map(repr, _ACTIVATIONS))}, not {activation!r}")
        self.sizes = tuple(positive_int("each of sizes", size) for size in sizes)
        self.activation = activation
        self.l2 = non_negative("l2", l2)

        def layer(in_features: int, out_features: int) -> Linear:
            rectified = init_std is None and activation == "relu"
            std = math.sqrt(2 / in_features) if rectified else init_std
            return Linear(in_features, out_features, bias=bias, init_std=std, generator=generator)

        self.layers = nn.ModuleList(layer(*pair) for pair in pairwise(self.sizes))

    def forward(self, x: Tensor) -> Tensor:
        *hidden, last = self.layers
        for layer in hidden:
            x = _ACTIVATIONS[self.activation](layer(x))
        logits: Tensor = last(x)
        return logits

    def loss(self, x: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
        """Cross-entropy of the softmax, in nats (see `functional.cross_entropy`), plus the penalty.

        The penalty comes once on top of the mean or the sum; with reduction "none" it is on top of each row's loss, so
        that their mean is that of "mean".

        Shape: x (..., D_x), target (...) classes or (..., D_y) rows of weights -> () or, with "none", (...).
        """
        loss = F.cross_entropy(self(x), target, reduction=reduction)
        return loss + self.penalty() if self.l2 else loss

    def penalty(self) -> Tensor:
        """λ/2 Σ_l ‖W_l‖², a number."""
        # not get_parameter: under torch.func.functional_call a weight is a tensor that is no parameter
        squares = [cast(Linear, layer).weight.square().sum() for layer in self.layers]
        return self.l2 / 2 * torch.stack(squares).sum()

    def probabilities(self, x: Tensor) -> Tensor:
        """softmax(logits): x (..., D_x) -> (..., D_y)."""
        return F.softmax(self(x))

    def predict(self, x: Tensor) -> Tensor:
        """The most probable class, the first of equals: x (..., D_x) -> (...) int64."""
        logits: Tensor = self(x)
        return logits.argmax(-1)

    @property
    def num_parameters(self) -> int:
        return sum(parameter.numel() for parameter in self.parameters())

    def extra_repr(self) -> str:
        return f"activation={self.activation!r}, l2={self.l2:g}, num_parameters={self.num_parameters}"
