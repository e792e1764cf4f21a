"""The fused passes as operations of torch, so that a device can have its own implementation.

`torch.ops.torchw2v.negative_sampling_pass` and `hierarchical_softmax_pass` train on a stretch of a corpus: they change
both matrices in place and return (3,) float64: the loss in nats, the number of examples, the number of words kept. The
CPU's implementation is in `torchw2v.kernels.cpu`; another device's is registered beside it with
`torch.library.impl("torchw2v::negative_sampling_pass", "cuda", function)`. The third operation is in
`torchw2v.kernels.full_softmax`.

Both take, beside what the function of each says:

    in_embeddings      (V, W) float32 or float64, W a whole number of cache lines: see `aligned_rows`
    out_embeddings     (V, W)
    ids                (n,) int32, the corpus; ids of V and more are words outside the vocabulary
    offsets            (s + 1,) int64, where sentences begin, and the end
    keep_units         (V + 1,) int64, how many of 2^32 draws keep each word; 0 for the last
    start, stop        the first place to train on, and the place after the last
    seed, epoch        of the draws
    window             the largest radius
    inputs             what makes one step: "pair", one of skip-gram's; "mean", CBOW's; with negative sampling also
                       "window", a window of skip-gram whose pairs share their negatives
    rate, slope        the learning rate of a target at place 0, and what it gains from one place to the next
    threads            how many
    mean               CBOW's vector is the mean of the window, not the sum
    share_gradient     each row of a window of n gets 1/n of the mean's gradient

Sizes, types and ranges of what they take are checked, and InputError says what is wrong; what stands in the tables
(ids below 0, offsets or points out of order) is not, as that would take as long as some training.

(`torch.library.custom_op` would do the same, but loads TorchDynamo, two seconds and 100 MB, at the first call.)
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchw2v.kernels.arguments import check_matrices, check_outputs, check_stretch, check_text

_MATRICES = "Tensor(a!) in_embeddings, Tensor(b!) out_embeddings"
_CORPUS = "Tensor ids, Tensor offsets, Tensor keep_units"
_STRETCH = "int start, int stop, int seed, int epoch, int window"
_STEP = "str inputs, float rate, float slope, int threads, bool mean=True, bool share_gradient=True"

torch.library.define(
    "torchw2v::negative_sampling_pass",
    f"({_MATRICES}, {_CORPUS}, Tensor noise_buckets, Tensor noise_cumulative, {_STRETCH}, int num_negatives, {_STEP})"
    " -> Tensor",
)
torch.library.define(
    "torchw2v::hierarchical_softmax_pass",
    f"({_MATRICES}, {_CORPUS}, Tensor path_begins, Tensor points, Tensor signs, {_STRETCH}, {_STEP}) -> Tensor",
)


def negative_sampling_pass(
    in_embeddings: Tensor, out_embeddings: Tensor, ids: Tensor, offsets: Tensor, keep_units: Tensor,
    noise_buckets: Tensor, noise_cumulative: Tensor,
    start: int, stop: int, seed: int, epoch: int, window: int, num_negatives: int,
    inputs: str, rate: float, slope: float, threads: int, mean: bool = True, share_gradient: bool = True,
) -> Tensor:  # fmt: skip
    """Train with negative sampling.

        noise_buckets      (V,) int64, threshold (upper half) and alias (lower half) of Walker's method
        noise_cumulative   (V,) int64, cumulative masses of the noise distribution
        num_negatives      K

    What both passes take, and give, stands at the top of this module.
    """
    return _train(
        num_negatives, inputs, in_embeddings, out_embeddings, ids, offsets, keep_units,
        (noise_buckets, noise_cumulative), start=start, stop=stop, seed=seed, epoch=epoch, window=window, rate=rate,
        slope=slope, threads=threads, mean=mean, share_gradient=share_gradient,
    )  # fmt: skip


def hierarchical_softmax_pass(
    in_embeddings: Tensor, out_embeddings: Tensor, ids: Tensor, offsets: Tensor, keep_units: Tensor,
    path_begins: Tensor, points: Tensor, signs: Tensor,
    start: int, stop: int, seed: int, epoch: int, window: int,
    inputs: str, rate: float, slope: float, threads: int, mean: bool = True, share_gradient: bool = True,
) -> Tensor:  # fmt: skip
    """Train with hierarchical softmax.

        out_embeddings     (V, W), the rows of the V − 1 inner nodes, and one more
        path_begins        (V + 1,) int64, where each word's path begins in `points`
        points             (p,) int32, the inner nodes on all paths
        signs              (p,) int8, 1 for the code 0, −1 for the code 1

    What both passes take, and give, stands at the top of this module.
    """
    return _train(
        None, inputs, in_embeddings, out_embeddings, ids, offsets, keep_units,
        (path_begins, points, signs), start=start, stop=stop, seed=seed, epoch=epoch, window=window, rate=rate,
        slope=slope, threads=threads, mean=mean, share_gradient=share_gradient,
    )  # fmt: skip


def _train(
    num_negatives: int | None, inputs: str, in_embeddings: Tensor, out_embeddings: Tensor, ids: Tensor, offsets: Tensor,
    keep_units: Tensor, outputs: tuple[Tensor, ...], **stretch: Any,
) -> Tensor:  # fmt: skip
    from torchw2v.kernels.cpu.train import make_plan, train_stretch

    size, width = in_embeddings.shape
    check_matrices(in_embeddings, out_embeddings)
    check_text(ids, offsets, keep_units, size)
    check_outputs(outputs, inputs, num_negatives, size)
    check_stretch(ids.numel(), **{name: stretch[name] for name in ("start", "stop", "window", "threads")})
    plan = make_plan(inputs, num_negatives, width, in_embeddings.dtype)
    return train_stretch(plan, in_embeddings, out_embeddings, ids, offsets, keep_units, outputs, **stretch)


def _totals(in_embeddings: Tensor, *arguments: object, **options: object) -> Tensor:
    return in_embeddings.new_empty(3, dtype=torch.float64)


for _pass in (negative_sampling_pass, hierarchical_softmax_pass):
    # not as decorators, which would leave None where the functions are
    torch.library.impl(f"torchw2v::{_pass.__name__}", "cpu", _pass)
    torch.library.register_fake(f"torchw2v::{_pass.__name__}", _totals)
