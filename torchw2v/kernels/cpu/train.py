"""A stretch of a corpus through a compiled pass, on several threads."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Thread

import numpy as np
import torch
from numba import typeof
from torch import Tensor

from torchw2v.data.counter_random import Purpose, stream_key
from torchw2v.kernels.aligned import padded_width
from torchw2v.kernels.cpu.compilation import compiled_pass, host_lanes
from torchw2v.kernels.cpu.passes import Noise, Paths, Stretch
from torchw2v.kernels.cpu.plan import Plan
from torchw2v.kernels.cpu.scratch import Scratch, most_copies, tile_words

# By all threads together, before the copies of a row come together: with more, the threads' steps add up to too long a
# one.
USES_OF_COPIES = 64
_STREAMS = (Purpose.KEEP, Purpose.RADIUS, Purpose.NEGATIVE, Purpose.REDRAW)


def make_plan(inputs: str, num_negatives: int | None, embedding_dim: int, dtype: torch.dtype) -> Plan:
    """For matrices of such rows, on this machine."""
    bits = 8 * dtype.itemsize
    lanes = host_lanes() * 32 // bits
    return Plan(inputs, num_negatives, lanes, bits, stripes=padded_width(embedding_dim, dtype) // lanes)


def compile_pass(plan: Plan, ids: Tensor, offsets: Tensor, keep_units: Tensor, outputs: Sequence[Tensor]) -> None:
    """Compile what `train_stretch` runs for such tensors, or find it in the cache; matrices are not needed for that."""
    nothing = Stretch(
        ids=ids.numpy(),
        offsets=offsets.numpy(),
        start=0,
        stop=0,
        tile_words=1,
        window=1,
        keep_units=keep_units.numpy(),
        keys=np.zeros(len(_STREAMS), dtype=np.uint64),
        rate=0.0,
        slope=0.0,
        mean=True,
        share_gradient=True,
        copies=0,
        uses=1,
    )
    scratch = Scratch(plan, window=1, longest_path=1)
    counter, totals = np.zeros(1, dtype=np.int64), np.zeros(3)
    arguments = nothing, _arrays(plan, outputs), 0, 0, scratch.tile, scratch.addresses, counter, totals
    compiled_pass(plan).compile(tuple(map(typeof, arguments)))


def train_stretch(
    plan: Plan,
    in_embeddings: Tensor,
    out_embeddings: Tensor,
    ids: Tensor,
    offsets: Tensor,
    keep_units: Tensor,
    outputs: Sequence[Tensor],
    *,
    start: int,
    stop: int,
    seed: int,
    epoch: int,
    window: int,
    rate: float,
    slope: float,
    threads: int,
    mean: bool = True,
    share_gradient: bool = True,
) -> Tensor:
    """Train both matrices, whose rows are filled up, in place.

    `outputs` are the tensors of `Noise` or `Paths`; for the rest see `torchw2v.kernels.library`.

    Returns: (3,) float64: the loss in nats, the number of examples, the number of words kept.
    """
    run, arrays = compiled_pass(plan), _arrays(plan, outputs)
    stretch = Stretch(
        ids=ids.numpy(),
        offsets=offsets.numpy(),
        start=start,
        stop=stop,
        tile_words=tile_words(plan, window),
        window=window,
        keep_units=keep_units.numpy(),
        keys=np.array([stream_key(seed, epoch, purpose) for purpose in _STREAMS], dtype=np.uint64),
        rate=rate,
        slope=slope,
        mean=mean,
        share_gradient=share_gradient,
        copies=min(most_copies(plan), len(in_embeddings) - 1) if threads > 1 else 0,
        uses=max(1, USES_OF_COPIES // threads),
    )
    longest = int(np.diff(arrays.begins).max()) if isinstance(arrays, Paths) else 0
    threads = max(1, min(threads, -(-(stop - start) // stretch.tile_words)))
    scratches = [Scratch(plan, window, longest) for _ in range(threads)]
    counter, totals = np.zeros(1, dtype=np.int64), np.zeros((threads, 3))
    matrices = in_embeddings.data_ptr(), out_embeddings.data_ptr()
    arguments = [
        (stretch, arrays, *matrices, scratch.tile, scratch.addresses, counter, total)
        for scratch, total in zip(scratches, totals, strict=True)
    ]
    others = [Thread(target=run, args=own) for own in arguments[1:]]
    if not run.overloads:  # one thread compiles, the others do not wait to do the same
        run.compile(tuple(map(typeof, arguments[0])))
    for thread in others:
        thread.start()
    run(*arguments[0])
    for thread in others:
        thread.join()
    return torch.from_numpy(totals.sum(axis=0))


def _arrays(plan: Plan, outputs: Sequence[Tensor]) -> Noise | Paths:
    """The same memory."""
    if plan.num_negatives is None:
        return Paths(*(tensor.numpy() for tensor in outputs))
    buckets, cumulative = outputs
    return Noise(buckets.numpy().view(np.uint64), cumulative.numpy())
