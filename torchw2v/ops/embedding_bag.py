"""Embedding mean and sum: the rows of a matrix, picked by id and put together bag by bag.

    y_b = 1/n_b Σ_{i in bag b} W[id_i]          ∂L/∂W[r] = Σ_b Σ_{i in bag b : id_i = r} g_b / n_b

n_b is the number of ids in bag b; the sum has no 1/n_b, in value and gradient. A row picked twice is used twice, so its
gradients add up.

word2vec.c gives every row of the window g_b where g_b / n_b would be right: `gradient="word2vec"`.

Shapes: B bags, N ids in all of them, V vocabulary, D dimension.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import embedding_bag

from torchw2v.ops.arguments import check_ids, readable
from torchw2v.ops.embedding import add_rows
from torchw2v.ops.function import Function


class EmbeddingBagFunction(Function):
    """Gather and reduce, and the addition of each bag's gradient to the rows that were in it."""

    @staticmethod
    def forward(weight: Tensor, ids: Tensor, offsets: Tensor, mean: bool, full: bool, sparse: bool) -> Tensor:
        compiling = torch.compiler.is_compiling()
        if compiling or not any(map(torch._C._functorch.is_batchedtensor, (weight, ids, offsets))):
            # One pass that never stores the N rows: twice as fast as the lines below, but vmap would loop over it.
            return embedding_bag(ids, weight, offsets, mode="mean" if mean else "sum")
        rows = weight.index_select(0, ids)  # (N, D)
        zero = rows.new_zeros(()) + offsets.new_zeros(())  # under vmap batched when either is
        sums = zero.new_zeros(offsets.shape[0], weight.shape[1]).index_add_(0, _bag_of_each(ids, offsets), rows)
        return sums / _sizes(ids, offsets).to(sums.dtype) if mean else sums

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
        weight, ids, offsets, mean, full, ctx.sparse = inputs
        ctx.weight_shape = weight.shape
        ctx.divides = mean and not full
        ctx.save_for_backward(ids, offsets)

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor | None, ...]:
        ids, offsets = ctx.saved_tensors
        if ctx.divides:
            grad_output = grad_output / _sizes(ids, offsets).to(grad_output.dtype)
        grad_rows = grad_output.index_select(0, _bag_of_each(ids, offsets))  # (N, D)
        return add_rows(ctx.weight_shape, ids, grad_rows, ctx.sparse), None, None, None, None, None


def _sizes(ids: Tensor, offsets: Tensor) -> Tensor:
    """n, shape (B, 1): the number of ids in each bag; 1 for an empty one, whose sum is 0 whatever it is divided by."""
    ends = torch.cat((offsets[1:], torch.full_like(offsets[:1], ids.shape[0])))
    return (ends - offsets).clamp(min=1)[:, None]


def _bag_of_each(ids: Tensor, offsets: Tensor) -> Tensor:
    """The bag of each id, shape (N,): how many bags begin at or before its place, less one."""
    begins = offsets.new_zeros(ids.shape[0] + 1).index_add_(0, offsets, torch.ones_like(offsets))
    return begins.cumsum(0)[:-1] - 1


def embedding_mean(
    weight: Tensor,
    ids: Tensor,
    offsets: Tensor | None = None,
    *,
    gradient: str = "exact",
    empty: str = "error",
    sparse: bool = False,
) -> Tensor:
    """Mean of the rows of `weight` in each bag: y_b = 1/n_b Σ_{i in bag b} W[id_i], the input of CBOW.

    Shape: weight (V, D), ids (B, C), or (N,) with offsets (B,) -> (B, D), in the dtype of `weight`. V vocabulary,
    D dimension, B bags, C ids in each of them, N ids in all of them.

    Args:
        weight: the embedding matrix.
        ids: int32 or int64, in [0, V); all of a matrix's rows are bags of the same size.
        offsets: int32 or int64, the place in `ids` where each bag begins, as in `torch.nn.functional.embedding_bag`:
            the first is 0, none is less than the one before or above N.
        gradient: "exact" gives each row of a bag g/n, the derivative. "word2vec" gives it all of g, as word2vec.c and
            gensim do: their steps for the context words are n times as long. That is the gradient of the sum, not of
            the value computed here, so `gradcheck` rightly rejects it.
        empty: what a bag without ids is: an "error", or a row of "zero" without gradient. Looking for one makes the CPU
            wait for a GPU once, and cannot be done under `torch.compile` or where `torch.func.vmap` batches the
            offsets; with "zero" the offsets are looked at on the CPU only, and there not at all.
        sparse: give `weight` a sparse, uncoalesced gradient that holds only the picked rows, which costs no pass over
            the V rows. `torch.compile` and `torch.func.vmap` do not take it.

    Raises:
        TypeError: if `weight` is not a floating-point tensor, or `ids` or `offsets` is neither int32 nor int64.
        ValueError: if the shapes do not fit, an option is none of its choices, the offsets are not as said, or a bag
            is empty and `empty` is "error".
        RuntimeError, IndexError: if an id is outside [0, V). On CUDA it is a device-side assertion.

    Source: Mikolov, Chen, Corrado and Dean, "Efficient Estimation of Word Representations in Vector Space" (2013),
    §3.1; the gradient by option: word2vec.c, `TrainModelThread`.
    """
    if gradient not in ("exact", "word2vec"):
        raise ValueError(f"embedding_mean: gradient must be 'exact' or 'word2vec', but is {gradient!r}")
    ids, offsets = _checked_bags("embedding_mean", weight, ids, offsets, empty)
    full = gradient == "word2vec"
    means: Tensor = EmbeddingBagFunction.apply(weight, ids, offsets, True, full, sparse)  # type: ignore[no-untyped-call]
    return means


def embedding_sum(
    weight: Tensor, ids: Tensor, offsets: Tensor | None = None, *, empty: str = "error", sparse: bool = False
) -> Tensor:
    """Sum of the rows of `weight` in each bag: y_b = Σ_{i in bag b} W[id_i].

    Shape: weight (V, D), ids (B, C), or (N,) with offsets (B,) -> (B, D), in the dtype of `weight`.

    Args: as `embedding_mean`; each row of a bag gets g, exactly.

    Raises: as `embedding_mean`.
    """
    ids, offsets = _checked_bags("embedding_sum", weight, ids, offsets, empty)
    sums: Tensor = EmbeddingBagFunction.apply(weight, ids, offsets, False, False, sparse)  # type: ignore[no-untyped-call]
    return sums


def _checked_bags(
    function: str, weight: Tensor, ids: Tensor, offsets: Tensor | None, empty: str
) -> tuple[Tensor, Tensor]:
    """The ids, shape (N,), and the offsets, shape (B,)."""
    if not torch.is_floating_point(weight):
        raise TypeError(f"{function}: weight must be a floating-point tensor, but its dtype is {weight.dtype}")
    for name, integers in (("ids", ids), ("offsets", offsets)):
        if integers is not None:
            check_ids(function, name, integers)
    if weight.ndim != 2:
        raise ValueError(
            f"{function}: weight must be a (V, D) matrix, but its shape is {tuple(weight.shape)}"
            f" (the shape of ids is {tuple(ids.shape)})"
        )
    if empty not in ("error", "zero"):
        raise ValueError(f"{function}: empty must be 'error' or 'zero', but is {empty!r}")
    if offsets is None:
        if ids.ndim != 2:
            raise ValueError(
                f"{function}: without offsets ids must be a (B, C) matrix, but their shape is {tuple(ids.shape)}"
            )
        if empty == "error" and ids.shape[0] > 0 and ids.shape[1] == 0:
            raise ValueError(
                f"{function}: every bag is empty: the shape of ids is {tuple(ids.shape)};"
                " leave such bags out, or ask for rows of zero with empty='zero'"
            )
        return ids.flatten(), torch.arange(ids.shape[0], dtype=ids.dtype, device=ids.device) * ids.shape[1]
    if ids.ndim != 1 or offsets.ndim != 1 or (offsets.shape[0] == 0 and ids.shape[0] > 0):
        raise ValueError(
            f"{function}: with offsets ids must be (N,) and offsets (B,), B at least 1 if N is,"
            f" but their shapes are {tuple(ids.shape)} and {tuple(offsets.shape)}"
        )
    if offsets.shape[0] > 0 and (empty == "error" or offsets.device.type == "cpu"):
        values = readable(offsets)
        if values is not None:
            _check_offsets(function, ids.shape[0], values, empty)
        elif empty == "error":
            raise ValueError(
                f"{function}: torch.compile and torch.func.vmap over offsets cannot look for empty bags;"
                " use empty='zero'"
            )
    return ids, offsets


def _check_offsets(function: str, n: int, offsets: Tensor, empty: str) -> None:
    sizes = torch.diff(offsets, append=torch.full_like(offsets[:1], n))
    first, smallest = torch.stack((offsets[0], sizes.min())).tolist()
    if first != 0:
        raise ValueError(f"{function}: offsets must begin with 0, but begin with {first}")
    if smallest < 0:
        bag = int((sizes < 0).nonzero()[0])
        begin, end = [*offsets.tolist(), n][bag : bag + 2]
        where = "the next offset" if bag + 1 < offsets.shape[0] else "the number of ids"
        raise ValueError(f"{function}: offsets must not decrease, but bag {bag} begins at {begin} and {where} is {end}")
    if smallest == 0 and empty == "error":
        bag = int((sizes == 0).nonzero()[0])
        raise ValueError(
            f"{function}: bag {bag} of {offsets.shape[0]} is empty;"
            " leave such bags out, or ask for rows of zero with empty='zero'"
        )
