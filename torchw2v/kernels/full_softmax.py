"""One step of descent with the softmax over the whole vocabulary, as products of matrices.

    v_i = W_in[inputs_i], or the mean or sum of the rows of a window
    loss = Σ_i −log softmax(U v_i)_(o_i)
    D = softmax(V Uᵀ) − Y                              Y: 1 at the targets
    V ← V − rate · D U,   U ← U − rate · Dᵀ V          both right sides at the values before the step

A block of the vocabulary at a time, of at most `BLOCK_NUMBERS` scores, with one more array of that size while they are
added up: once for the largest and the sum of each row, once more for D. Where one block holds all, the scores are
computed once.

The derivation is docs/derivations/full_softmax.md.
"""

from __future__ import annotations

import torch
from torch import Tensor

from torchw2v.ops.full_softmax import BLOCK_NUMBERS

torch.library.define(
    "torchw2v::full_softmax_step",
    "(Tensor(a!) in_embeddings, Tensor(b!) out_embeddings, Tensor contexts, Tensor offsets, Tensor targets, float rate,"
    " bool mean=True, bool share_gradient=True) -> Tensor",
)


def full_softmax_step(
    in_embeddings: Tensor,
    out_embeddings: Tensor,
    contexts: Tensor,
    offsets: Tensor,
    targets: Tensor,
    rate: float,
    mean: bool = True,
    share_gradient: bool = True,
) -> Tensor:
    """One step of stochastic gradient descent, in place.

    Args:
        in_embeddings: (V, D).
        out_embeddings: (V, D).
        contexts: (N,) int64, the words of all windows; of pairs, the inputs.
        offsets: (B,) int64, where each window begins in `contexts`; none is empty.
        targets: (B,) int64.
        rate: the learning rate.
        mean: whether a window's vector is the mean, not the sum.
        share_gradient: whether each row of a window of n gets 1/n of the gradient of the mean.

    Returns: () float64, the loss summed over the samples, in nats, before the step.
    """
    sizes = torch.diff(offsets, append=offsets.new_full((1,), contexts.numel()))
    parts = sizes.to(in_embeddings.dtype).reciprocal() if mean else torch.ones_like(sizes, dtype=in_embeddings.dtype)
    rows = torch.repeat_interleave(torch.arange(targets.numel(), device=targets.device), sizes)
    vectors = torch.zeros(targets.numel(), in_embeddings.shape[1], dtype=in_embeddings.dtype, device=targets.device)
    vectors.index_add_(0, rows, in_embeddings[contexts]).mul_(parts[:, None])

    changes, losses = _descend_outputs(vectors, out_embeddings, targets, rate)
    if share_gradient:
        changes *= parts[:, None]
    in_embeddings.index_add_(0, contexts, changes[rows], alpha=-rate)
    return losses.sum(dtype=torch.float64)


torch.library.impl("torchw2v::full_softmax_step", "CompositeExplicitAutograd", full_softmax_step)


def _loss(in_embeddings: Tensor, *arguments: object, **options: object) -> Tensor:
    return in_embeddings.new_empty((), dtype=torch.float64)


torch.library.register_fake("torchw2v::full_softmax_step", _loss)


def _descend_outputs(vectors: Tensor, out_embeddings: Tensor, targets: Tensor, rate: float) -> tuple[Tensor, Tensor]:
    """New output rows; the gradients of the vectors and the losses."""
    size = max(1, BLOCK_NUMBERS // max(targets.numel(), 1))
    samples = torch.arange(targets.numel(), device=targets.device)
    blocks = torch.split(out_embeddings, size)
    scores = vectors @ blocks[0].T
    log_sums = scores.logsumexp(1)
    for block in blocks[1:]:
        del scores
        scores = vectors @ block.T
        log_sums = torch.logaddexp(log_sums, scores.logsumexp(1))
    grad_vectors = torch.zeros_like(vectors)
    losses = log_sums - (vectors * out_embeddings[targets]).sum(1)
    for number, block in enumerate(blocks):
        if len(blocks) > 1:
            del scores
            scores = vectors @ block.T
        difference = scores.sub_(log_sums[:, None]).exp_()
        here = (targets >= number * size) & (targets < number * size + len(block))
        difference[samples[here], targets[here] - number * size] -= 1
        grad_vectors.addmm_(difference, block)
        block.addmm_(difference.T, vectors, alpha=-rate)
    return grad_vectors, losses
