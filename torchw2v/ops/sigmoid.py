"""Sigmoid, its logarithm, and its derivative as a function of its value.

    σ(x) = 1 / (1 + e^-x)             ∂σ/∂x = σ(x) (1 − σ(x))
    log σ(x) = −log(1 + e^-x)         ∂ log σ/∂x = 1 − σ(x) = σ(−x)
    σ'(s) = s (1 − s), s = σ(x)       ∂σ'/∂s = 1 − 2s

No power of e may overflow into the result:

    σ(x) = 1 / (1 + e^-x)                       where e^-x = ∞, 1/∞ = 0 is right
    log σ(x) = min(x, 0) − log(1 + e^-|x|)      multiplied by e^min(x, 0) / e^min(x, 0) inside the logarithm

Both are torch's own kernels, one pass over memory where tensor operations would take five.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from torchw2v.ops.function import Function


class SigmoidFunction(Function):
    """σ and g ↦ g s(1 − s), from the saved value s = σ(x)."""

    @staticmethod
    def forward(x: Tensor) -> Tensor:
        return torch.sigmoid(x)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor], output: Tensor) -> None:
        ctx.save_for_backward(output)

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> Tensor:
        s: Tensor = ctx.saved_tensors[0]
        return grad_output * torch.addcmul(s, s, s, value=-1)  # s − s·s in one pass


class LogSigmoidFunction(Function):
    """log σ and g ↦ g σ(−x): 1 − σ(x) would round to 0 from x = 37 on in float64, σ(−x) does not."""

    @staticmethod
    def forward(x: Tensor) -> Tensor:
        return logsigmoid(x)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor], output: Tensor) -> None:
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        return grad_output * sigmoid(-x)


class SigmoidGradFunction(Function):
    """s(1 − s) and g ↦ g (1 − 2s)."""

    @staticmethod
    def forward(s: Tensor) -> Tensor:
        return s * (1 - s)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor], output: Tensor) -> None:
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> Tensor:
        s: Tensor = ctx.saved_tensors[0]
        return grad_output * (1 - 2 * s)


def sigmoid(x: Tensor) -> Tensor:
    """Logistic function, element by element: σ(x) = 1 / (1 + e^-x).

    Never overflows, and keeps its relative precision on both sides: σ(−40) is 4.2e-18, not 0.

    Shape: any -> the same, in the dtype of `x`; values in [0, 1].

    Raises:
        TypeError: if `x` is not a floating-point tensor.
    """
    if not torch.is_floating_point(x):
        raise TypeError(f"sigmoid: x must be a floating-point tensor, but its dtype is {x.dtype}")
    s: Tensor = SigmoidFunction.apply(x)  # type: ignore[no-untyped-call]
    return s


def log_sigmoid(x: Tensor) -> Tensor:
    """Logarithm of the logistic function, element by element: log σ(x) = −log(1 + e^-x), in nats.

    Never overflows, and never takes the logarithm of a rounded 0: log σ(−200) is −200.

    Shape: any -> the same, in the dtype of `x`; values in (−∞, 0].

    Raises:
        TypeError: if `x` is not a floating-point tensor.
    """
    if not torch.is_floating_point(x):
        raise TypeError(f"log_sigmoid: x must be a floating-point tensor, but its dtype is {x.dtype}")
    log_s: Tensor = LogSigmoidFunction.apply(x)  # type: ignore[no-untyped-call]
    return log_s


def sigmoid_grad(s: Tensor) -> Tensor:
    """Derivative of the logistic function where its value is s, element by element: s (1 − s).

    It takes the value, not the argument: `sigmoid_grad(sigmoid(x))` is σ'(x), and `sigmoid_grad(x)` is not.

    Shape: any -> the same, in the dtype of `s`; values in [0, ¼] for s in [0, 1].

    Raises:
        TypeError: if `s` is not a floating-point tensor.
    """
    if not torch.is_floating_point(s):
        raise TypeError(f"sigmoid_grad: s must be a floating-point tensor, but its dtype is {s.dtype}")
    slope: Tensor = SigmoidGradFunction.apply(s)  # type: ignore[no-untyped-call]
    return slope
