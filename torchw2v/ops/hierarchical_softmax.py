"""Hierarchical-softmax loss: tell the word that was seen from all others by the turns on the way to it in a tree.

    p(o) = Π_l σ(y_l u_l·v)     loss = −log p(o) = −Σ_l log σ(y_l u_l·v)

l counts the inner nodes on the path from the root to word o; y_l = 1 where the path turns to the child with code 0 and
−1 where it turns to the one with code 1, so y = 1 − 2 code. The two children of a node share its probability, because
σ(x) + σ(−x) = 1; so the probabilities of all words add up to 1. As for negative sampling:

    m_l = y_l u_l·v     ∂loss/∂(u_l·v) = −y_l σ(−m_l) =: δ_l

    ∂loss/∂v = Σ_l δ_l u_l     ∂loss/∂u_l = δ_l v

Paths differ in length. Behind the end of one y = 0, and then m, δ and what is added to any gradient are 0; only the
loss must leave out log σ(0).

Shapes: B batch, L length of the longest path, V vocabulary, D dimension.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from torchw2v.ops.arguments import check_ids, check_one_dtype, readable
from torchw2v.ops.embedding import embedding
from torchw2v.ops.function import Function
from torchw2v.ops.reduction import check_reduction, reduced


class HierarchicalSoftmaxLossFunction(Function):
    """Loss of each example, and the margins m it was computed from, an output as in `NegativeSamplingLossFunction`."""

    @staticmethod
    def forward(input: Tensor, outputs: Tensor, codes: Tensor) -> tuple[Tensor, Tensor]:
        scores = torch.bmm(input[:, None], outputs.mT).squeeze(1)  # (B, L)
        margins = scores * _labels(codes, input.dtype)  # the labels' dtype, where autocast multiplies in less
        return -torch.where(codes < 0, 0, logsigmoid(margins)).sum(1), margins

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, ...], output: tuple[Tensor, Tensor]) -> None:
        ctx.save_for_backward(*inputs, output[1])

    @staticmethod
    def backward(ctx: Any, grad_loss: Tensor, grad_margins: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        input, outputs, codes, margins = ctx.saved_tensors
        delta = (grad_margins - grad_loss[:, None] * torch.sigmoid(-margins)) * _labels(codes, input.dtype)  # (B, L)
        grad_input = torch.bmm(delta[:, None], outputs).squeeze(1) if ctx.needs_input_grad[0] else None
        grad_outputs = delta[:, :, None] * input[:, None] if ctx.needs_input_grad[1] else None
        return grad_input, grad_outputs, None


def _labels(codes: Tensor, dtype: torch.dtype) -> Tensor:
    """y, shape (B, L): 1 for code 0, −1 for code 1, 0 for code −1, behind the end."""
    return torch.where(codes < 0, 0, 1 - 2 * codes).to(dtype)


def hierarchical_softmax_loss(
    input: Tensor,
    out_embeddings: Tensor,
    codes: Tensor,
    points: Tensor,
    *,
    reduction: str = "mean",
    sparse: bool = False,
) -> Tensor:
    """Hierarchical-softmax loss: −Σ_l log σ((1 − 2 code_l) u_l·v) along the path to a word, in nats.

    `torchw2v.data.HuffmanTree` has the codes and points of all words; here go the rows of those that were seen.

    Shape: input (B, D), out_embeddings (V', D), codes (B, L), points (B, L) -> () or, with reduction "none", (B,), in
    the dtype of the vectors. B batch, D dimension, V' at least the number of inner nodes, L length of the longest path
    (may be 0: the only word of a vocabulary costs nothing).

    Args:
        input: v, the vector of the centre word (or the mean of the window, for CBOW).
        out_embeddings: the vectors of the inner nodes.
        codes: any signed integer dtype; 0 or 1, and −1 behind the end of a path.
        points: int32 or int64, the inner nodes of the paths from the root on, in [0, V'); any of them, such as 0,
            behind the end.
        reduction: "mean" over the batch (nan for an empty one, as in `torch.nn.functional`), "sum", or "none" for the
            loss of each example.
        sparse: give `out_embeddings` a sparse, uncoalesced gradient that holds only the nodes on the paths, and
            nothing for what is behind their ends. `torch.compile` and `torch.func.vmap` do not take it, and a GPU makes
            the CPU wait once.

    Raises:
        TypeError: if the dtypes are not as said, or those of the vectors differ.
        ValueError: if the shapes do not fit, `reduction` is not one of the three, or a code is none of 0, 1 and −1. The
            codes are looked at on the CPU only, and there not under `torch.compile` or where `torch.func.vmap` batches
            them.
        IndexError: if a point is outside [0, V'). On CUDA it is a device-side assertion.

    Source: Morin and Bengio, "Hierarchical Probabilistic Neural Network Language Model" (2005); Mikolov, Sutskever,
    Chen, Corrado and Dean, "Distributed Representations of Words and Phrases and their Compositionality" (2013), eq. 3,
    of which this is the negative logarithm; code 0 for label 1 as in word2vec.c.
    """
    if not torch.is_floating_point(out_embeddings):
        raise TypeError(
            "hierarchical_softmax_loss: out_embeddings must be a floating-point tensor,"
            f" but its dtype is {out_embeddings.dtype}"
        )
    check_one_dtype("hierarchical_softmax_loss", input=input, out_embeddings=out_embeddings)
    check_ids("hierarchical_softmax_loss", "points", points)
    if out_embeddings.ndim != 2 or input.shape[-1:] != out_embeddings.shape[1:]:
        raise ValueError(
            "hierarchical_softmax_loss: input must be (B, D) and out_embeddings (V', D),"
            f" but their shapes are {tuple(input.shape)} and {tuple(out_embeddings.shape)}"
        )
    if codes.ndim != 2 or points.shape != codes.shape:
        raise ValueError(
            "hierarchical_softmax_loss: codes and points must both be (B, L),"
            f" but their shapes are {tuple(codes.shape)} and {tuple(points.shape)}"
        )
    if sparse:
        # Only the nodes on the paths are picked, so that the gradient says truly how often each was used.
        places = (codes.flatten() >= 0).nonzero().squeeze(1)
        rows = embedding(out_embeddings, points.flatten()[places], sparse=True)
        zeros = rows.new_zeros(points.numel(), rows.shape[1])
        outputs = zeros.index_copy(0, places, rows).view(*points.shape, rows.shape[1])
    else:
        outputs = embedding(out_embeddings, points)
    return packed_hierarchical_softmax_loss(input, outputs, codes, reduction=reduction)


def packed_hierarchical_softmax_loss(
    input: Tensor, outputs: Tensor, codes: Tensor, *, reduction: str = "mean"
) -> Tensor:
    """`hierarchical_softmax_loss` where the vectors of the nodes are gathered: for each path one row a node.

    Shape: input (B, D), outputs (B, L, D), codes (B, L) -> () or (B,). Behind the end of a path, where the code is −1,
    `outputs` may hold any finite numbers.

    Raises: as `hierarchical_softmax_loss`.
    """
    for name, vectors in (("input", input), ("outputs", outputs)):
        if not torch.is_floating_point(vectors):
            raise TypeError(
                f"packed_hierarchical_softmax_loss: {name} must be a floating-point tensor,"
                f" but its dtype is {vectors.dtype}"
            )
    check_one_dtype("packed_hierarchical_softmax_loss", input=input, outputs=outputs)
    if codes.dtype not in (torch.int8, torch.int16, torch.int32, torch.int64):
        raise TypeError(
            f"packed_hierarchical_softmax_loss: codes must be a tensor of signed integers, but are {codes.dtype}"
        )
    if input.ndim != 2 or outputs.ndim != 3 or outputs.shape[::2] != input.shape or outputs.shape[:2] != codes.shape:
        raise ValueError(
            "packed_hierarchical_softmax_loss: input must be (B, D), outputs (B, L, D) and codes (B, L),"
            f" but their shapes are {tuple(input.shape)}, {tuple(outputs.shape)} and {tuple(codes.shape)}"
        )
    check_reduction("packed_hierarchical_softmax_loss", reduction)
    values = readable(codes) if codes.device.type == "cpu" and codes.numel() else None
    if values is not None:
        least, largest = (int(code) for code in values.aminmax())
        if least < -1 or largest > 1:
            raise ValueError(
                "packed_hierarchical_softmax_loss: codes must be 0 or 1, and −1 behind the end of a path,"
                f" but go from {least} to {largest}"
            )
    loss: Tensor
    loss, _ = HierarchicalSoftmaxLossFunction.apply(input, outputs, codes)  # type: ignore[no-untyped-call]
    return reduced(loss, reduction)
