"""The layer that networks are made of."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from torchw2v import functional as F
from torchw2v.checks import non_negative, positive_int


class Linear(nn.Module):
    """x W + b: see `functional.linear`.

    `weight` is (in, out), as in the equation; that of `torch.nn.Linear` is its transpose.

    Args:
        in_features: numbers in a row of x.
        out_features: numbers in a row of the result.
        bias: whether there is a b.
        init_std: standard deviation of the normal values W begins with, 0 for zeros. None: uniform on
            ±√(6 / (in + out)), which neither swells nor shrinks what passes forward and backward (Glorot and Bengio
            2010, "Understanding the difficulty of training deep feedforward neural networks", eq. 16).
        generator: for the initial values.

    Attributes:
        weight: (in, out) parameter.
        bias: (out,) parameter, zero at first, or None.

    Shape: x (..., in) -> (..., out).

    Raises:
        InputError: a size that is not a positive integer, or a negative `init_std`.
    """

    bias: nn.Parameter | None

    def __init__(
        self,
        in_features: int,
        out_features: int,
        *,
        bias: bool = True,
        init_std: float | None = None,
        generator: torch.Generator | None = None,
    ) -> None:
        super().__init__()
        self.in_features = positive_int("in_features", in_features)
        self.out_features = positive_int("out_features", out_features)
        self.init_std = None if init_std is None else non_negative("init_std", init_std)
        self.weight = nn.Parameter(torch.empty(self.in_features, self.out_features))
        self.bias = nn.Parameter(torch.empty(self.out_features)) if bias else None
        self.reset_parameters(generator)

    def reset_parameters(self, generator: torch.Generator | None = None) -> None:
        if self.init_std is None:
            bound = math.sqrt(6 / (self.in_features + self.out_features))
            nn.init.uniform_(self.weight, -bound, bound, generator=generator)
        elif self.init_std == 0:
            nn.init.zeros_(self.weight)  # draws nothing
        else:
            nn.init.normal_(self.weight, std=self.init_std, generator=generator)
        if self.bias is not None:
            nn.init.zeros_(self.bias)

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight, self.bias)

    def extra_repr(self) -> str:
        return f"{self.in_features}, {self.out_features}, bias={self.bias is not None}"
