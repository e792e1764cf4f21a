"""Linear layer: a row of inputs becomes a row of outputs.

    Y = X W + b          ∂L/∂X = G Wᵀ          ∂L/∂W = Xᵀ G          ∂L/∂b = Σ_rows G

G = ∂L/∂Y. Each W_ij serves every row of the batch, so its gradients add up: that is the product Xᵀ G.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from torchw2v.ops.arguments import check_one_dtype
from torchw2v.ops.function import Function


class LinearFunction(Function):
    """X W + b, and the three gradients that are asked for."""

    @staticmethod
    def forward(x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        return torch.nn.functional.linear(x, weight.mT, bias)  # adds the bias while it multiplies

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, Tensor, Tensor | None], output: Tensor) -> None:
        ctx.save_for_backward(*inputs[:2])

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor | None, Tensor | None, Tensor | None]:
        # Under autocast g is in fewer bits than x and W; torch multiplies in those of g, too.
        x, weight = (saved.to(grad_output.dtype) for saved in ctx.saved_tensors)
        grad_rows = _rows(grad_output)
        grad_x = grad_output @ weight.mT if ctx.needs_input_grad[0] else None
        grad_weight = _rows(x).mT @ grad_rows if ctx.needs_input_grad[1] else None
        grad_bias = grad_rows.sum(0) if ctx.needs_input_grad[2] else None
        return grad_x, grad_weight, grad_bias


def _rows(x: Tensor) -> Tensor:
    """(..., D) -> (N, D)."""
    return x.reshape(math.prod(x.shape[:-1]), x.shape[-1])


def linear(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Rows times a matrix, plus a row: x W + b.

    `weight` is (D_in, D_out), as the equation has it; that of `torch.nn.functional.linear` is its transpose.

    Shape: x (..., D_in), weight (D_in, D_out), bias (D_out,) or None -> (..., D_out), in the dtype of `x`.

    Raises:
        TypeError: if the arguments are not floating-point tensors, or, without autocast, not of one dtype.
        ValueError: if the shapes do not fit.
    """
    for name, value in (("x", x), ("weight", weight), ("bias", bias)):
        if value is not None and not torch.is_floating_point(value):
            raise TypeError(f"linear: {name} must be a floating-point tensor, but its dtype is {value.dtype}")
    mixed = x.dtype != weight.dtype or (bias is not None and x.dtype != bias.dtype)
    if mixed and not torch.is_autocast_enabled(x.device.type):  # which would make them of one dtype
        check_one_dtype("linear", x=x, weight=weight, **({} if bias is None else {"bias": bias}))
    if x.ndim == 0 or weight.ndim != 2 or x.shape[-1] != weight.shape[0]:
        raise ValueError(
            "linear: x must be (..., D_in) and weight (D_in, D_out),"
            f" but their shapes are {tuple(x.shape)} and {tuple(weight.shape)}"
        )
    if bias is not None and bias.shape != weight.shape[1:]:
        raise ValueError(
            "linear: weight must be (D_in, D_out) and bias (D_out,),"
            f" but their shapes are {tuple(weight.shape)} and {tuple(bias.shape)}"
        )
    y: Tensor = LinearFunction.apply(x, weight, bias)  # type: ignore[no-untyped-call]
    return y
