"""Softmax regression: ŷ = softmax(x W + b)."""

from __future__ import annotations

import torch
from torch import nn

from torchw2v.checks import positive_int
from torchw2v.nn.layers import Linear
from torchw2v.nn.mlp import MLP


class SoftmaxRegression(MLP):
    """Multinomial logistic regression: the network without a hidden layer; `MLP` says what else it does.

    Args:
        in_features: D_x.
        num_classes: D_y.
        bias: whether there is a b.
        l2: λ; `loss` has the penalty λ/2 ‖W‖², with the gradient λ W. b is not penalised.
        init_std: standard deviation of the normal values W begins with. 0, for zeros: the loss is convex and needs no
            luck, and begins at ln D_y.
        generator: for the initial values.

    Shape: x (..., D_x) -> logits (..., D_y).

    Raises:
        InputError: a size that is not a positive integer, or a negative `l2` or `init_std`.
    """

    def __init__(
        self,
        in_features: int,
        num_classes: int,
        *,
        bias: bool = True,
        l2: float = 0.0,
        init_std: float = 0.0,
        generator: torch.Generator | None = None,
    ) -> None:
        sizes = positive_int("in_features", in_features), positive_int("num_classes", num_classes)
        super().__init__(sizes, bias=bias, l2=l2, init_std=init_std, generator=generator)

    @property
    def weight(self) -> nn.Parameter:
        """W, shape (D_x, D_y)."""
        return self._layer.weight

    @property
    def bias(self) -> nn.Parameter | None:
        """b, shape (D_y,), or None."""
        return self._layer.bias

    @property
    def _layer(self) -> Linear:
        layer = self.layers[0]
        assert isinstance(layer, Linear)
        return layer

    def extra_repr(self) -> str:
        return f"l2={self.l2:g}, num_parameters={self.num_parameters}"
