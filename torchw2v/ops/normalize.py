"""Row normalisation: each row becomes a vector of length 1 in its direction.

    n = ‖x‖₂     y = x / n          ∂n/∂x = y     ∂L/∂x = (g − y ⟨y, g⟩) / n

The gradient is g without its part along y: making x longer changes nothing. A row of zeros has no direction; with
n = ∞ in the place of its length, y and its gradient are 0.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchw2v.ops.function import Function


class NormalizeRowsFunction(Function):
    """y, and the lengths n, which are an output so that backward, which uses them, differentiates a second time."""

    @staticmethod
    def forward(x: Tensor) -> tuple[Tensor, Tensor]:
        largest = x.abs().amax(-1, keepdim=True)
        largest = torch.where(largest == 0, 1, largest)
        scaled = x / largest  # so that no square overflows, and not all squares vanish
        length = torch.linalg.vector_norm(scaled, dim=-1, keepdim=True)
        length = torch.where(length == 0, torch.inf, length)
        return scaled / length, largest * length

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor], output: tuple[Tensor, Tensor]) -> None:
        ctx.save_for_backward(*output)

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor, grad_length: Tensor) -> Tensor:
        y, length = ctx.saved_tensors
        along = (y * grad_output).sum(-1, keepdim=True)
        grad_x: Tensor = (grad_output - y * along) / length + y * grad_length
        return grad_x


def normalize_rows(x: Tensor) -> Tensor:
    """Rows of length 1 in the direction of the rows of `x`: x / ‖x‖₂ over the last dimension.

    A row of zeros stays zero, and so is its gradient. The length is found without overflow or underflow: a row of
    1e200 or of 1e-200 is normalised as any other.

    Shape: (..., D) -> the same, in the dtype of `x`.

    Raises:
        TypeError: if `x` is not a floating-point tensor.
        ValueError: if `x` has no dimension.
    """
    if not torch.is_floating_point(x):
        raise TypeError(f"normalize_rows: x must be a floating-point tensor, but its dtype is {x.dtype}")
    if x.ndim == 0:
        raise ValueError("normalize_rows: x must be (..., D), but its shape is ()")
    if x.shape[-1] == 0:
        return x.clone()
    # 1,024 entries of 3,000 have a length of 96,000, where float16 ends at 65,504.
    wide = x.float() if x.dtype in (torch.float16, torch.bfloat16) else x
    y: Tensor
    y, _ = NormalizeRowsFunction.apply(wide)  # type: ignore[no-untyped-call]
    return y if wide is x else y.to(x.dtype)
