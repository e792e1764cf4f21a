"""Cross-entropy of the softmax: the loss of a row of logits x against a row of weights y, or against one class.

    p = softmax(x)     loss = −Σ_i y_i log p_i     ∂loss/∂x = p Σ_i y_i − y     ∂loss/∂y = −log p

If y is a distribution, Σ y = 1 and the gradient is p − y. A class o is the distribution y_i = [i = o]:

    loss = −log p_o     ∂loss/∂x_i = p_i − [i = o]

Shapes: ... batch, C classes.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchw2v.ops.function import Function
from torchw2v.ops.reduction import check_reduction, reduced


class CrossEntropyFunction(Function):
    """Loss of each row against its class o.

    Backward computes p again, in one pass of torch's kernel over the logits: keeping it from forward would take the
    memory of a second matrix of logits for no gain in time.
    """

    @staticmethod
    def forward(logits: Tensor, target: Tensor) -> Tensor:
        log_p = torch.log_softmax(logits, -1).reshape(target.numel(), logits.shape[-1])
        # This kernel picks −log p_o and, unlike gather, refuses a class out of range with an IndexError. It ignores one
        # number, and no class may be it: the least integer, which nan becomes as one, is taken for the next.
        classes = target.flatten().clamp(min=_IGNORED + 1)
        loss = torch.nn.functional.nll_loss(log_p, classes, reduction="none", ignore_index=_IGNORED)
        return loss.reshape(target.shape)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, Tensor], output: Tensor) -> None:
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx: Any, grad_loss: Tensor) -> tuple[Tensor, None]:
        logits, target = ctx.saved_tensors
        # Times ones, because under vmap adding in place requires g to be batched when the classes are.
        grad_row = (grad_loss * torch.ones_like(target, dtype=grad_loss.dtype))[..., None]
        return (torch.softmax(logits, -1) * grad_row).scatter_add_(-1, target[..., None], -grad_row), None


class SoftCrossEntropyFunction(Function):
    """Loss of each row against its row of weights y."""

    @staticmethod
    def forward(logits: Tensor, target: Tensor) -> Tensor:
        return -(target * torch.log_softmax(logits, -1)).sum(-1)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, Tensor], output: Tensor) -> None:
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx: Any, grad_loss: Tensor) -> tuple[Tensor | None, Tensor | None]:
        logits, target = ctx.saved_tensors
        grad_logits = grad_target = None
        if ctx.needs_input_grad[0]:
            grad_row = grad_loss[..., None]
            total = target.sum(-1, keepdim=True) * grad_row
            grad_logits = torch.addcmul(torch.softmax(logits, -1) * total, target, grad_row, value=-1)
        if ctx.needs_input_grad[1]:
            grad_target = -torch.log_softmax(logits, -1) * grad_loss[..., None]
        return grad_logits, grad_target


_IGNORED = -(1 << 63)
_INDEX_DTYPES = (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64)


def cross_entropy(logits: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """Cross-entropy of softmax(logits), in nats: −Σ_i y_i log p_i, or −log p_o for a class o.

    Softmax and logarithm are one step, so that logits of any size cost what they should: with p_o = e^-1000 the loss
    is 1000. The classes are the last dimension; `torch.nn.functional.cross_entropy` has them in the second.

    Shape: logits (..., C); target (...) classes, or (..., C) rows of weights -> () or, with reduction "none", (...).
    ... batch, C classes.

    Args:
        logits: x, any finite numbers; −∞ gives a class the probability 0, against which only classes can be compared:
            with rows of weights, 0 · ∞ is nan.
        target: integers in [0, C); or floating-point rows y, which may have any sum (then the gradient is p Σy − y) and
            any sign, and get the gradient −log p if they want one.
        reduction: "mean" over the rows (nan for none, as in `torch.nn.functional`), "sum", or "none" for the loss of
            each row.

    Raises:
        TypeError: if `logits` is not a floating-point tensor, or `target` holds neither integers nor floating-point
            numbers.
        ValueError: if the shapes do not fit, or `reduction` is not one of the three.
        IndexError: if a class is outside [0, C). On CUDA it is a device-side assertion, because looking at the classes
            here would make the CPU wait for the GPU.
    """
    if not torch.is_floating_point(logits):
        raise TypeError(f"cross_entropy: logits must be a floating-point tensor, but its dtype is {logits.dtype}")
    rows = torch.is_floating_point(target)
    if not rows and target.dtype not in _INDEX_DTYPES:
        raise TypeError(
            "cross_entropy: target must hold integers (classes) or floating-point numbers (rows of weights),"
            f" but its dtype is {target.dtype}"
        )
    if logits.ndim == 0 or target.shape != (logits.shape if rows else logits.shape[:-1]):
        raise ValueError(
            "cross_entropy: logits must be (..., C) and target (...) integers or (..., C) floating-point numbers,"
            f" but their shapes are {tuple(logits.shape)} and {tuple(target.shape)},"
            f" and the dtype of target is {target.dtype}"
        )
    check_reduction("cross_entropy", reduction)
    function = SoftCrossEntropyFunction if rows else CrossEntropyFunction
    loss: Tensor = function.apply(logits, target if rows else target.long())  # type: ignore[no-untyped-call]
    return reduced(loss, reduction)
