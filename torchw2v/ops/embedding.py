"""Embedding: the rows of a matrix, picked by id.

    y_i = W[id_i]          ∂L/∂W[r] = Σ_{i : id_i = r} g_i

A row picked twice is used twice, so its gradients add up.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchw2v.ops.arguments import check_ids
from torchw2v.ops.function import Function


class EmbeddingFunction(Function):
    """Row gather, and the addition of the rows of the gradient back to where they came from."""

    @staticmethod
    def forward(weight: Tensor, ids: Tensor, sparse: bool) -> Tensor:
        # Three times faster than weight[ids] on a CPU, and a negative id is an error, not a row from the end.
        return weight.index_select(0, ids.flatten()).reshape(*ids.shape, weight.shape[1])

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, Tensor, bool], output: Tensor) -> None:
        weight, ids, ctx.sparse = inputs
        ctx.weight_shape = weight.shape
        ctx.save_for_backward(ids)

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, None, None]:
        (ids,) = ctx.saved_tensors
        ids = ids.flatten()
        grad_rows = grad_output.reshape(ids.shape[0], ctx.weight_shape[1])
        return add_rows(ctx.weight_shape, ids, grad_rows, ctx.sparse), None, None


def add_rows(shape: torch.Size, ids: Tensor, rows: Tensor, sparse: bool) -> Tensor:
    """Zeros of `shape` (V, D) to which rows[i] is added at row ids[i]; `sparse` only lists them."""
    if sparse:
        return torch.sparse_coo_tensor(ids[None], rows, shape, check_invariants=False)
    # Under vmap these zeros are batched when either operand is, as adding in place requires.
    zero = rows.new_zeros(()) + ids.new_zeros(())
    return zero.new_zeros(shape).index_add_(0, ids, rows)


def embedding(weight: Tensor, ids: Tensor, *, sparse: bool = False) -> Tensor:
    """Rows of `weight` picked by `ids`: y_i = W[id_i].

    Shape: weight (V, D), ids (...) -> (..., D), in the dtype of `weight`. V vocabulary, D dimension.

    Args:
        weight: the embedding matrix.
        ids: int32 or int64, in [0, V).
        sparse: give `weight` a sparse, uncoalesced gradient that holds only the picked rows, which costs no
            pass over the V rows. `torch.optim.SGD`, `Adagrad` and `SparseAdam` take it; `torch.compile` and
            `torch.func.vmap` do not.

    Raises:
        TypeError: if `weight` is not a floating-point tensor, or `ids` is neither int32 nor int64.
        ValueError: if `weight` is not a matrix.
        IndexError: if an id is outside [0, V). On CUDA it is a device-side assertion, because looking at the
            ids here would make the CPU wait for the GPU.
    """
    if not torch.is_floating_point(weight):
        raise TypeError(f"embedding: weight must be a floating-point tensor, but its dtype is {weight.dtype}")
    check_ids("embedding", "ids", ids)
    if weight.ndim != 2:
        raise ValueError(
            f"embedding: weight must be a (V, D) matrix, but its shape is {tuple(weight.shape)}"
            f" (the shape of ids is {tuple(ids.shape)})"
        )
    rows: Tensor = EmbeddingFunction.apply(weight, ids, sparse)  # type: ignore[no-untyped-call]
    return rows
