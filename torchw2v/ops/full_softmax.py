"""Full-softmax loss: tell the word that was seen from all V words ("naive softmax").

    s = U v     p = softmax(s)     loss = −log p_o = log Σ_j e^s_j − s_o

    ∂loss/∂v = Uᵀ(p − y) = Uᵀp − u_o
    ∂loss/∂U = (p − y) vᵀ = p vᵀ, and −v at row o

y is 1 at o and 0 elsewhere: it is never stored, but added at the one row it stands for.

A batch has a (B, V) matrix of p. Up to `BLOCK_NUMBERS` numbers it is kept for backward; a larger one is never made: the
vocabulary is cut into blocks, and backward computes p = e^(s − m − z) again from the saved m = max_j s_j and
z = log Σ_j e^(s_j − m). Both multiply the rows of D numbers by ∂L/∂loss, so there is no second matrix as large as p.

Shapes: B batch, V vocabulary, D dimension.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchw2v.ops.arguments import check_ids, check_one_dtype
from torchw2v.ops.function import Function
from torchw2v.ops.reduction import check_reduction, reduced

BLOCK_NUMBERS = 1 << 24  # 64 MB in float32


class FullSoftmaxLossFunction(Function):
    """Loss of each example, and the matrix p.

    p is an output so that backward need not compute it again and yet differentiates correctly a second time: autograd
    knows an output, not an intermediate, as a function of the inputs.
    """

    @staticmethod
    def forward(input: Tensor, out_embeddings: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        scores = _scores(input, out_embeddings)
        scores -= scores.amax(1, keepdim=True)
        target_scores = scores.gather(1, targets[:, None])
        p = scores.exp_()
        sums = p.sum(1, keepdim=True, dtype=_wide(p.dtype))
        return (sums.log() - target_scores).squeeze(1).to(input.dtype), p.div_(sums)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, ...], output: tuple[Tensor, ...]) -> None:
        ctx.set_materialize_grads(False)  # the gradient of p would be a second (B, V) matrix, all zero
        ctx.save_for_backward(*inputs, output[1])

    @staticmethod
    def backward(ctx: Any, grad_loss: Tensor | None, grad_p: Tensor | None) -> tuple[Tensor | None, ...]:
        input, out_embeddings, targets, p = ctx.saved_tensors
        grad_input = grad_out_embeddings = None
        if grad_loss is not None:
            # Times ones, because under vmap adding in place requires g to be batched when the targets are.
            g = (grad_loss * torch.ones_like(targets, dtype=grad_loss.dtype))[:, None]
            if ctx.needs_input_grad[0]:
                grad_input = g * (p @ out_embeddings - out_embeddings.index_select(0, targets))
            if ctx.needs_input_grad[1]:
                grad_out_embeddings = (p.mT @ (g * input)).to(p.dtype).index_add_(0, targets, -g * input)
        if grad_p is not None:  # only where backward is itself differentiated
            grad_scores = p * (grad_p - (grad_p * p).sum(1, keepdim=True))
            if ctx.needs_input_grad[0]:
                grad_input = _add(grad_input, grad_scores @ out_embeddings)
            if ctx.needs_input_grad[1]:
                grad_out_embeddings = _add(grad_out_embeddings, grad_scores.mT @ input)
        return grad_input, grad_out_embeddings, None


class BlockedFullSoftmaxLossFunction(Function):
    """Loss of each example, z and m, block by block of the vocabulary; backward makes each block's p again.

    m takes no part in the derivative: e^(s − m) / e^z is the same for every m.
    """

    @staticmethod
    def forward(input: Tensor, out_embeddings: Tensor, targets: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        ids = torch.arange(out_embeddings.shape[0], device=targets.device)
        targets = ids.index_select(0, targets)  # the same, but an error where one is outside [0, V)
        first, columns = 0, []
        for block in _blocks(input, out_embeddings):
            columns.append(_block_sums(input, block, targets - first))
            first += block.shape[0]
        ms, sums, target_scores = (torch.cat(column, 1) for column in zip(*columns, strict=True))  # (B, blocks)
        m = ms.amax(1, keepdim=True)
        z = (sums * (ms - m).exp()).sum(1, keepdim=True).log()
        return (z - (target_scores.sum(1, keepdim=True) - m)).squeeze(1).to(input.dtype), z, m

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, ...], output: tuple[Tensor, ...]) -> None:
        ctx.mark_non_differentiable(output[2])
        ctx.save_for_backward(*inputs, *output[1:])

    @staticmethod
    def backward(ctx: Any, grad_loss: Tensor, grad_z: Tensor, _: Any) -> tuple[Tensor | None, ...]:
        input, out_embeddings, targets, z, m = ctx.saved_tensors
        g = grad_loss[:, None]
        of_p = (g + grad_z).to(g.dtype)  # z = loss + s_o − m, so its gradient reaches p but not y
        grad_input = grad_out_embeddings = None
        if ctx.needs_input_grad[1]:
            # Written in place, block by block: under vmap it must be batched when anything is.
            zero = (of_p.new_zeros(()) + z.new_zeros(()) + targets.new_zeros(())).to(input.dtype)
            grad_out_embeddings = zero.new_empty(out_embeddings.shape)
        first = 0
        for block in _blocks(input, out_embeddings):
            p = _scores(input, block).sub_(m).sub_(z).exp_()
            if ctx.needs_input_grad[0]:
                grad_input = _add(grad_input, p @ block)
            if grad_out_embeddings is not None:
                grad_out_embeddings[first : first + block.shape[0]].copy_(p.mT @ (of_p * input))
            first += block.shape[0]
            del p  # before the next is made
        if grad_input is not None:
            grad_input = of_p * grad_input - g * out_embeddings.index_select(0, targets)
        if grad_out_embeddings is not None:
            grad_out_embeddings.index_add_(0, targets, -g * input)
        return grad_input, grad_out_embeddings, None


def _block_sums(input: Tensor, block: Tensor, targets: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Of the scores s of a block's words: m = max s, Σ e^(s − m), and s_o, 0 if o is in another block; all (B, 1)."""
    scores = _scores(input, block)
    inside = ((targets >= 0) & (targets < block.shape[0]))[:, None]
    target_scores = scores.gather(1, targets.clamp(0, block.shape[0] - 1)[:, None]).where(inside, 0)
    m = scores.amax(1, keepdim=True)
    return m, scores.sub_(m).exp_().sum(1, keepdim=True, dtype=_wide(scores.dtype)), target_scores


def _scores(input: Tensor, out_embeddings: Tensor) -> Tensor:
    return (input @ out_embeddings.mT).to(input.dtype)  # autocast multiplies in less


def _wide(dtype: torch.dtype) -> torch.dtype:
    """For sums over the vocabulary: those of float16 end at 65,504, which as many equal scores reach."""
    return torch.promote_types(dtype, torch.float32)


def _blocks(input: Tensor, out_embeddings: Tensor) -> tuple[Tensor, ...]:
    """As many rows of `out_embeddings` as have `BLOCK_NUMBERS` scores, or numbers themselves, but at least one."""
    return torch.split(out_embeddings, max(1, BLOCK_NUMBERS // max(input.shape)))


def _add(x: Tensor | None, y: Tensor) -> Tensor:
    return y if x is None else x + y


def full_softmax_loss(input: Tensor, out_embeddings: Tensor, targets: Tensor, *, reduction: str = "mean") -> Tensor:
    """Full-softmax loss: −log softmax(U v)_o, in nats.

    Memory: one (B, V) matrix where that is at most `torchw2v.ops.full_softmax.BLOCK_NUMBERS` numbers (2^24), else
    blocks of so many, made again in backward, for a third more work. The gradient of `out_embeddings` is one (V, D)
    matrix, and there is no second one. Differentiating twice takes several (B, V) matrices.

    Shape: input (B, D), out_embeddings (V, D), targets (B,) -> () or, with reduction "none", (B,), in the dtype of the
    vectors. B batch, D dimension, V vocabulary.

    Args:
        input: v, the vector of the centre word (or the mean of the window, for CBOW).
        out_embeddings: U, the output vectors of all words.
        targets: o, the ids of the words that were seen: int32 or int64, in [0, V).
        reduction: "mean" over the batch (nan for an empty one, as in `torch.nn.functional`), "sum", or "none" for the
            loss of each example.

    Raises:
        TypeError: if `input` and `out_embeddings` are not floating-point tensors of one dtype, or `targets` is neither
            int32 nor int64.
        ValueError: if the shapes do not fit, or `reduction` is not one of the three.
        IndexError, RuntimeError: if a target is outside [0, V). On CUDA it is a device-side assertion.

    Source: Mikolov, Sutskever, Chen, Corrado and Dean, "Distributed Representations of Words and Phrases and their
    Compositionality" (2013), eq. 2, of which this is the negative logarithm.
    """
    for name, vectors in (("input", input), ("out_embeddings", out_embeddings)):
        if not torch.is_floating_point(vectors):
            raise TypeError(
                f"full_softmax_loss: {name} must be a floating-point tensor, but its dtype is {vectors.dtype}"
            )
    check_one_dtype("full_softmax_loss", input=input, out_embeddings=out_embeddings)
    check_ids("full_softmax_loss", "targets", targets)
    if input.ndim != 2 or out_embeddings.ndim != 2 or input.shape[1] != out_embeddings.shape[1]:
        raise ValueError(
            "full_softmax_loss: input must be (B, D) and out_embeddings (V, D),"
            f" but their shapes are {tuple(input.shape)} and {tuple(out_embeddings.shape)}"
        )
    if out_embeddings.shape[0] == 0:
        raise ValueError(f"full_softmax_loss: out_embeddings has no row: its shape is {tuple(out_embeddings.shape)}")
    if targets.shape != input.shape[:1]:
        raise ValueError(
            "full_softmax_loss: input must be (B, D) and targets (B,),"
            f" but their shapes are {tuple(input.shape)} and {tuple(targets.shape)}"
        )
    check_reduction("full_softmax_loss", reduction)
    fits = input.shape[0] * out_embeddings.shape[0] <= BLOCK_NUMBERS
    function = FullSoftmaxLossFunction if fits else BlockedFullSoftmaxLossFunction
    loss: Tensor
    loss, *_ = function.apply(input, out_embeddings, targets.long())  # type: ignore[no-untyped-call]
    return reduced(loss, reduction)
