"""Rectifier and hyperbolic tangent, the activations beside `sigmoid`.

    relu(x) = max(x, 0)                              ∂relu/∂x = [x > 0]
    tanh(x) = (e^x − e^-x) / (e^x + e^-x)            ∂tanh/∂x = 1 − tanh²(x)

relu has no derivative at 0; it is taken to be 0 there, so that a unit which is off stays unmoved.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchw2v.ops.function import Function


class ReLUFunction(Function):
    """max(x, 0) and g ↦ g [y > 0], from the saved value y, which is positive exactly where x is.

    As y is never negative, [y > 0] is its sign: ten times faster on a CPU than to choose by a condition. The price: as
    a product with 0, an infinite g becomes nan where the unit is off.
    """

    @staticmethod
    def forward(x: Tensor) -> Tensor:
        return x.clamp(min=0)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor], output: Tensor) -> None:
        ctx.save_for_backward(output)

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> Tensor:
        y: Tensor = ctx.saved_tensors[0]
        return grad_output * y.sign()


class TanhFunction(Function):
    """tanh and g ↦ g (1 − t²), from the saved value t = tanh(x)."""

    @staticmethod
    def forward(x: Tensor) -> Tensor:
        return torch.tanh(x)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor], output: Tensor) -> None:
        ctx.save_for_backward(output)

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> Tensor:
        t: Tensor = ctx.saved_tensors[0]
        return grad_output * torch.addcmul(t.new_ones(()), t, t, value=-1)  # 1 − t·t in one pass


def relu(x: Tensor) -> Tensor:
    """Rectifier, element by element: max(x, 0). Its derivative at 0 is 0.

    Shape: any -> the same, in the dtype of `x`; values in [0, ∞).

    Raises:
        TypeError: if `x` is not a floating-point tensor.
    """
    if not torch.is_floating_point(x):
        raise TypeError(f"relu: x must be a floating-point tensor, but its dtype is {x.dtype}")
    y: Tensor = ReLUFunction.apply(x)  # type: ignore[no-untyped-call]
    return y


def tanh(x: Tensor) -> Tensor:
    """Hyperbolic tangent, element by element: (e^x − e^-x) / (e^x + e^-x) = 2σ(2x) − 1.

    Shape: any -> the same, in the dtype of `x`; values in [−1, 1].

    Raises:
        TypeError: if `x` is not a floating-point tensor.
    """
    if not torch.is_floating_point(x):
        raise TypeError(f"tanh: x must be a floating-point tensor, but its dtype is {x.dtype}")
    t: Tensor = TanhFunction.apply(x)  # type: ignore[no-untyped-call]
    return t
