"""A stretch of a corpus through a compiled pass, on several threads."""

from __future__ import annotations

from threading import Thread

import numpy as np
import torch
from numba import typeof
from torch import Tensor

from torchw2v.data.counter_random import Purpose, stream_key
from torchw2v.kernels.cpu.compilation import compiled_pass, host_lanes
from torchw2v.kernels.cpu.passes import Noise, Paths, Stretch
from torchw2v.kernels.cpu.plan import Plan
from torchw2v.kernels.cpu.scratch import Scratch, most_copies, tile_words

# By all threads together, before the copies of a row come together: with more, the threads' steps add up to too long a
# one.
USES_OF_COPIES = 64
_STREAMS = (Purpose.KEEP, Purpose.RADIUS, Purpose.NEGATIVE, Purpose.REDRAW)


def make_plan(inputs: str, num_negatives: int | None, matrix: Tensor) -> Plan:
    """For matrices like this one, on this machine."""
    bits = 8 * matrix.element_size()
    lanes = host_lanes() * 32 // bits
    return Plan(inputs, num_negatives, lanes, bits, stripes=matrix.shape[1] // lanes)


def train_stretch(
    plan: Plan,
    in_embeddings: Tensor,
    out_embeddings: Tensor,
    ids: Tensor,
    offsets: Tensor,
    keep_units: Tensor,
    outputs: Noise | Paths,
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

    Returns: (3,) float64: the loss in nats, the number of examples, the number of words kept.
    """
    run = compiled_pass(plan)
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
    longest = int(np.diff(outputs.begins).max()) if isinstance(outputs, Paths) else 0
    threads = max(1, min(threads, -(-(stop - start) // stretch.tile_words)))
    scratches = [Scratch(plan, window, longest) for _ in range(threads)]
    counter, totals = np.zeros(1, dtype=np.int64), np.zeros((threads, 3))
    matrices = in_embeddings.data_ptr(), out_embeddings.data_ptr()
    arguments = [
        (stretch, outputs, *matrices, scratch.tile, scratch.addresses, counter, total)
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
