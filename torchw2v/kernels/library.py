"""The fused passes as operations of torch, so that a device can have its own implementation.

`torch.ops.torchw2v.negative_sampling_pass` and `hierarchical_softmax_pass` change both matrices in place and return
(3,) float64: the loss in nats, the number of examples, the number of words kept. The CPU's implementation is in
`torchw2v.kernels.cpu`; another device's is registered beside it with
`torch.library.impl("torchw2v::negative_sampling_pass", "cuda")`. The third operation is in
`torchw2v.kernels.full_softmax`.

(`torch.library.custom_op` would do the same, but loads TorchDynamo, two seconds and 100 MB, at the first call.)
"""

from __future__ import annotations

import torch
from torch import Tensor

from torchw2v.errors import InputError
from torchw2v.kernels.aligned import padded_view

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


@torch.library.impl("torchw2v::negative_sampling_pass", "cpu")
def negative_sampling_pass(
    in_embeddings: Tensor,
    out_embeddings: Tensor,
    ids: Tensor,
    offsets: Tensor,
    keep_units: Tensor,
    noise_buckets: Tensor,
    noise_cumulative: Tensor,
    start: int,
    stop: int,
    seed: int,
    epoch: int,
    window: int,
    num_negatives: int,
    inputs: str,
    rate: float,
    slope: float,
    threads: int,
    mean: bool = True,
    share_gradient: bool = True,
) -> Tensor:
    """Train on the targets from `start` to `stop` of a corpus, with negative sampling.

    Args:
        in_embeddings: (V, W) float32 or float64, W a whole number of cache lines: see `aligned_rows`.
        out_embeddings: (V, W).
        ids: (n,) int32, the corpus; ids of V and more are words outside the vocabulary.
        offsets: (s + 1,) int64, where sentences begin, and the end.
        keep_units: (V + 1,) int64, how many of 2^32 draws keep each word; 0 for the last.
        noise_buckets: (V,) int64, threshold (upper half) and alias (lower half) of Walker's method.
        noise_cumulative: (V,) int64, cumulative masses of the noise distribution.
        start: the first place.
        stop: the place after the last.
        seed: of the draws.
        epoch: of the run.
        window: the largest radius.
        num_negatives: K.
        inputs: "window": skip-gram, a window is one step and shares its negatives; "pair": skip-gram, a pair is one
            step; "mean": CBOW.
        rate: the learning rate of a target at place 0.
        slope: what it gains from one place to the next.
        threads: how many.
        mean: CBOW's vector is the mean of the window, not the sum.
        share_gradient: each row of a window of n gets 1/n of the mean's gradient.
    """
    from torchw2v.kernels.cpu.passes import Noise
    from torchw2v.kernels.cpu.train import make_plan, train_stretch

    _check(in_embeddings, out_embeddings)
    noise = Noise(noise_buckets.numpy().view("u8"), noise_cumulative.numpy())
    return train_stretch(
        make_plan(inputs, num_negatives, in_embeddings), in_embeddings, out_embeddings, ids, offsets, keep_units, noise,
        start=start, stop=stop, seed=seed, epoch=epoch, window=window, rate=rate, slope=slope, threads=threads,
        mean=mean, share_gradient=share_gradient,
    )  # fmt: skip


@torch.library.impl("torchw2v::hierarchical_softmax_pass", "cpu")
def hierarchical_softmax_pass(
    in_embeddings: Tensor,
    out_embeddings: Tensor,
    ids: Tensor,
    offsets: Tensor,
    keep_units: Tensor,
    path_begins: Tensor,
    points: Tensor,
    signs: Tensor,
    start: int,
    stop: int,
    seed: int,
    epoch: int,
    window: int,
    inputs: str,
    rate: float,
    slope: float,
    threads: int,
    mean: bool = True,
    share_gradient: bool = True,
) -> Tensor:
    """Train on the targets from `start` to `stop` of a corpus, with hierarchical softmax.

    Args:
        in_embeddings: (V, W) float32 or float64, W a whole number of cache lines: see `aligned_rows`.
        out_embeddings: (V, W), the rows of the V − 1 inner nodes, and one more.
        ids: (n,) int32, the corpus; ids of V and more are words outside the vocabulary.
        offsets: (s + 1,) int64, where sentences begin, and the end.
        keep_units: (V + 1,) int64, how many of 2^32 draws keep each word; 0 for the last.
        path_begins: (V + 1,) int64, where each word's path begins in `points`.
        points: (p,) int32, the inner nodes on all paths.
        signs: (p,) int8, 1 for the code 0, −1 for the code 1.
        start: the first place.
        stop: the place after the last.
        seed: of the draws.
        epoch: of the run.
        window: the largest radius.
        inputs: "window": skip-gram, a window is one step; "mean": CBOW.
        rate: the learning rate of a target at place 0.
        slope: what it gains from one place to the next.
        threads: how many.
        mean: CBOW's vector is the mean of the window, not the sum.
        share_gradient: each row of a window of n gets 1/n of the mean's gradient.
    """
    from torchw2v.kernels.cpu.passes import Paths
    from torchw2v.kernels.cpu.train import make_plan, train_stretch

    _check(in_embeddings, out_embeddings)
    paths = Paths(path_begins.numpy(), points.numpy(), signs.numpy())
    return train_stretch(
        make_plan(inputs, None, in_embeddings), in_embeddings, out_embeddings, ids, offsets, keep_units, paths,
        start=start, stop=stop, seed=seed, epoch=epoch, window=window, rate=rate, slope=slope, threads=threads,
        mean=mean, share_gradient=share_gradient,
    )  # fmt: skip


def _totals(in_embeddings: Tensor, *arguments: object, **options: object) -> Tensor:
    return in_embeddings.new_empty(3, dtype=torch.float64)


for _name in ("negative_sampling_pass", "hierarchical_softmax_pass"):
    torch.library.register_fake(f"torchw2v::{_name}", _totals)


def _check(in_embeddings: Tensor, out_embeddings: Tensor) -> None:
    for name, matrix in (("in_embeddings", in_embeddings), ("out_embeddings", out_embeddings)):
        view = padded_view(matrix)
        if view is None or view.shape != matrix.shape:
            raise InputError(
                f"{name} must be float32 or float64 with rows of whole cache lines, as the base of `aligned_rows` is, "
                f"not {matrix.dtype} of shape {tuple(matrix.shape)} and strides {matrix.stride()}"
            )
    if in_embeddings.shape != out_embeddings.shape or in_embeddings.dtype != out_embeddings.dtype:
        raise InputError(
            f"in_embeddings of shape {tuple(in_embeddings.shape)} and out_embeddings of shape "
            f"{tuple(out_embeddings.shape)} must have the same shape and dtype"
        )
