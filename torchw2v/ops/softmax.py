"""Softmax, its logarithm and its Jacobian.

    p_i = e^(x_i − m) / Σ_j e^(x_j − m),  m = max_j x_j      ∂L/∂x = p ∘ (g − Σ_j g_j p_j)
    log p_i = x_i − m − log Σ_j e^(x_j − m)                  ∂L/∂x = g − p Σ_j g_j
    J = ∂p/∂x = diag(p) − p pᵀ                               ∂L/∂p = diag(G) − (G + Gᵀ) p

m cancels: it is there so that no power of e overflows, and so that the largest is 1 and their sum not 0.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchw2v.ops.function import Function


class SoftmaxFunction(Function):
    """p and g ↦ p ∘ (g − Σ_j g_j p_j), from the saved value p.

    Forward is torch's own kernel, which takes m, the sum and the quotient while a row is in the cache.
    """

    @staticmethod
    def forward(x: Tensor, dim: int) -> Tensor:
        return torch.softmax(x, dim)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, int], output: Tensor) -> None:
        ctx.dim = inputs[1]
        ctx.save_for_backward(output)

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, None]:
        p: Tensor = ctx.saved_tensors[0]
        weighted = grad_output * p
        return torch.addcmul(weighted, p, weighted.sum(ctx.dim, keepdim=True), value=-1), None


class LogSoftmaxFunction(Function):
    """log p and g ↦ g − p Σ_j g_j, from the saved value log p."""

    @staticmethod
    def forward(x: Tensor, dim: int) -> Tensor:
        return torch.log_softmax(x, dim)  # one pass, as in SoftmaxFunction

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, int], output: Tensor) -> None:
        ctx.dim = inputs[1]
        ctx.save_for_backward(output)

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, None]:
        log_p: Tensor = ctx.saved_tensors[0]
        return torch.addcmul(grad_output, torch.exp(log_p), grad_output.sum(ctx.dim, keepdim=True), value=-1), None


class SoftmaxJacobianFunction(Function):
    """diag(p) − p pᵀ and G ↦ diag(G) − (G + Gᵀ) p, as a function of the value p."""

    @staticmethod
    def forward(p: Tensor) -> Tensor:
        return torch.diag_embed(p) - p[..., :, None] * p[..., None, :]

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor], output: Tensor) -> None:
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> Tensor:
        p: Tensor = ctx.saved_tensors[0]
        both = grad_output + grad_output.mT
        return grad_output.diagonal(dim1=-2, dim2=-1) - (both @ p[..., None])[..., 0]


def softmax(x: Tensor, dim: int = -1) -> Tensor:
    """Probabilities in the ratio of e^x along `dim`: p_i = e^x_i / Σ_j e^x_j.

    Adding a constant to all x along `dim` changes nothing, and no x is too large: the largest is taken off first.

    Shape: any -> the same, in the dtype of `x`; values in [0, 1] with sum 1 along `dim`. A vector is one row.

    Raises:
        TypeError: if `x` is not a floating-point tensor.
        IndexError: if `x` has no dimension `dim`.
    """
    if not torch.is_floating_point(x):
        raise TypeError(f"softmax: x must be a floating-point tensor, but its dtype is {x.dtype}")
    p: Tensor = SoftmaxFunction.apply(x, dim)  # type: ignore[no-untyped-call]
    return p


def log_softmax(x: Tensor, dim: int = -1) -> Tensor:
    """Logarithms of the probabilities of `softmax`, in nats: log p_i = x_i − log Σ_j e^x_j.

    Never takes the logarithm of a rounded 0: where p is e^-1000, log p is −1000.

    Shape: any -> the same, in the dtype of `x`; values in (−∞, 0].

    Raises:
        TypeError: if `x` is not a floating-point tensor.
        IndexError: if `x` has no dimension `dim`.
    """
    if not torch.is_floating_point(x):
        raise TypeError(f"log_softmax: x must be a floating-point tensor, but its dtype is {x.dtype}")
    log_p: Tensor = LogSoftmaxFunction.apply(x, dim)  # type: ignore[no-untyped-call]
    return log_p


def softmax_jacobian(x: Tensor) -> Tensor:
    """Jacobian of the softmax over the last dimension at the logits `x`: J_ij = ∂p_i/∂x_j = p_i ([i = j] − p_j).

    Symmetric, and each row adds up to 0. A product with it needs no matrix: J g = p ∘ (g − p·g), as in backward.

    Shape: x (..., n) -> (..., n, n), in the dtype of `x`. n classes.

    Raises:
        TypeError: if `x` is not a floating-point tensor.
        ValueError: if `x` has no dimension.
    """
    if not torch.is_floating_point(x):
        raise TypeError(f"softmax_jacobian: x must be a floating-point tensor, but its dtype is {x.dtype}")
    if x.ndim == 0:
        raise ValueError("softmax_jacobian: x must be (..., n), but its shape is ()")
    jacobian: Tensor = SoftmaxJacobianFunction.apply(softmax(x))  # type: ignore[no-untyped-call]
    return jacobian
