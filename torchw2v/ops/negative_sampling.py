"""Negative-sampling loss: tell the word that was seen from K words that were drawn.

    loss = −log σ(u_o·v) − Σ_k log σ(−u_k·v)

    ∂loss/∂v   = (σ(u_o·v) − 1) u_o + Σ_k σ(u_k·v) u_k
    ∂loss/∂u_o = (σ(u_o·v) − 1) v
    ∂loss/∂u_k = σ(u_k·v) v

With the rows in one matrix, u_0 = u_o the one seen, and y_0 = 1, y_k = −1 for the others, it is one formula:

    m_l = y_l u_l·v     loss = −Σ_l log σ(m_l)     ∂loss/∂(u_l·v) = −y_l σ(−m_l) =: δ_l

    ∂loss/∂v = Σ_l δ_l u_l     ∂loss/∂u_l = δ_l v

δ_0 = −σ(−m_0) is σ(u_o·v) − 1, but keeps its precision where σ(u_o·v) rounds to 1.

Shapes: B batch, K negatives, D dimension.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from torchw2v.ops.arguments import check_one_dtype
from torchw2v.ops.function import Function
from torchw2v.ops.reduction import check_reduction, reduced


class NegativeSamplingLossFunction(Function):
    """Loss of each example, and the margins m it was computed from.

    The margins are an output so that backward need not multiply the vectors again and yet differentiates
    correctly a second time: autograd knows an output, not an intermediate, as a function of the inputs.
    σ and log σ are torch's own kernels: each is one pass, and our Functions inside this one would add a
    quarter to the time of a batch of 1000.
    """

    @staticmethod
    def forward(input: Tensor, outputs: Tensor) -> tuple[Tensor, Tensor]:
        # As a row times a matrix: 2.5 times faster on a CPU than the matrix times a column.
        scores = torch.bmm(input[:, None], outputs.mT).squeeze(1)  # (B, 1 + K)
        margins = scores.to(input.dtype) * _labels(input, scores.shape[1])  # autocast multiplies in less
        return -logsigmoid(margins).sum(1), margins

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, Tensor], output: tuple[Tensor, Tensor]) -> None:
        ctx.save_for_backward(*inputs, output[1])

    @staticmethod
    def backward(ctx: Any, grad_loss: Tensor, grad_margins: Tensor) -> tuple[Tensor | None, Tensor | None]:
        input, outputs, margins = ctx.saved_tensors
        delta = (grad_margins - grad_loss[:, None] * torch.sigmoid(-margins)) * _labels(
            input, margins.shape[1]
        )  # (B, 1 + K)
        grad_input = torch.bmm(delta[:, None], outputs).squeeze(1) if ctx.needs_input_grad[0] else None
        grad_outputs = delta[:, :, None] * input[:, None] if ctx.needs_input_grad[1] else None
        return grad_input, grad_outputs


def _labels(like: Tensor, n: int) -> Tensor:
    """y, shape (n,): 1 for the word that was seen, −1 for the others."""
    first = torch.arange(n, device=like.device) == 0
    return torch.where(first, 1.0, -1.0).to(like.dtype)


def negative_sampling_loss(input: Tensor, target: Tensor, negatives: Tensor, *, reduction: str = "mean") -> Tensor:
    """Negative-sampling loss: −log σ(u_o·v) − Σ_k log σ(−u_k·v), in nats.

    The negatives are an argument: who draws them decides whether they may equal the target, and the same
    arguments give the same loss. A word drawn twice counts twice.

    Shape: input (B, D), target (B, D), negatives (B, K, D) -> () or, with reduction "none", (B,), in the
    dtype of the vectors. B batch, K negatives (may be 0), D dimension.

    Args:
        input: v, the vector of the centre word (or the mean of the window, for CBOW).
        target: u_o, the output vector of the word that was seen.
        negatives: u_k, the output vectors of the words that were drawn.
        reduction: "mean" over the batch (nan for an empty one, as in `torch.nn.functional`), "sum", or
            "none" for the loss of each example.

    Raises:
        TypeError: if the arguments are not floating-point tensors of one dtype.
        ValueError: if the shapes do not fit, or `reduction` is not one of the three.

    Source: Mikolov, Sutskever, Chen, Corrado and Dean, "Distributed Representations of Words and Phrases and
    their Compositionality" (2013), eq. 4, of which this is the negative; derived in Goldberg and Levy,
    "word2vec Explained" (2014).
    """
    for name, vectors in (("input", input), ("target", target), ("negatives", negatives)):
        if not torch.is_floating_point(vectors):
            raise TypeError(
                f"negative_sampling_loss: {name} must be a floating-point tensor, but its dtype is {vectors.dtype}"
            )
    check_one_dtype("negative_sampling_loss", input=input, target=target, negatives=negatives)
    if input.ndim != 2 or target.shape != input.shape:
        raise ValueError(
            "negative_sampling_loss: input and target must both be (B, D),"
            f" but their shapes are {tuple(input.shape)} and {tuple(target.shape)}"
        )
    if negatives.ndim != 3 or negatives.shape[::2] != input.shape:
        raise ValueError(
            "negative_sampling_loss: input must be (B, D) and negatives (B, K, D),"
            f" but their shapes are {tuple(input.shape)} and {tuple(negatives.shape)}"
        )
    check_reduction("negative_sampling_loss", reduction)
    outputs = torch.cat((target[:, None], negatives), dim=1)
    return packed_negative_sampling_loss(input, outputs, reduction=reduction)


def packed_negative_sampling_loss(input: Tensor, outputs: Tensor, *, reduction: str = "mean") -> Tensor:
    """`negative_sampling_loss` where target and negatives are gathered as one tensor: no copy joins them.

    Shape: input (B, D), outputs (B, 1 + K, D), the target at [:, 0] and the negatives behind it -> () or (B,).

    Raises: as `negative_sampling_loss`.
    """
    for name, vectors in (("input", input), ("outputs", outputs)):
        if not torch.is_floating_point(vectors):
            raise TypeError(
                f"packed_negative_sampling_loss: {name} must be a floating-point tensor,"
                f" but its dtype is {vectors.dtype}"
            )
    check_one_dtype("packed_negative_sampling_loss", input=input, outputs=outputs)
    if input.ndim != 2 or outputs.ndim != 3 or outputs.shape[::2] != input.shape or outputs.shape[1] == 0:
        raise ValueError(
            "packed_negative_sampling_loss: input must be (B, D) and outputs (B, 1 + K, D),"
            f" but their shapes are {tuple(input.shape)} and {tuple(outputs.shape)}"
        )
    check_reduction("packed_negative_sampling_loss", reduction)
    loss: Tensor
    loss, _ = NegativeSamplingLossFunction.apply(input, outputs)  # type: ignore[no-untyped-call]
    return reduced(loss, reduction)
