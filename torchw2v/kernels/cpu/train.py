"""A stretch of a corpus through a compiled pass, on several threads."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Thread
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from numba import typeof
from torch import Tensor

from torchw2v.data.counter_random import Purpose, stream_key
from torchw2v.errors import InputError
from torchw2v.kernels.aligned import padded_width
from torchw2v.kernels.cpu.compilation import compiled_pass, host_lanes
from torchw2v.kernels.cpu.draws import Noise
from torchw2v.kernels.cpu.passes import Paths, Stretch
from torchw2v.kernels.cpu.plan import Plan
from torchw2v.kernels.cpu.scratch import Scratch, tile_words
from torchw2v.kernels.cpu.tile import Text

# By all threads together, before the copies of a row come together, but 2 of each thread: with more, the threads' steps
# add up to too long a one. A step is a use; of an input row, each word that it reaches.
USES_OF_COPIES = 64
_SMALL_WINDOW = 32


def make_plan(inputs: str, num_negatives: int | None, embedding_dim: int, dtype: torch.dtype) -> Plan:
    """For matrices of such rows, on this machine."""
    bits = 8 * dtype.itemsize
    lanes = host_lanes() * 32 // bits
    return Plan(inputs, num_negatives, lanes, bits, stripes=padded_width(embedding_dim, dtype) // lanes)


def compile_pass(plan: Plan) -> None:
    """Compile what `train_stretch` runs, or find it in the cache."""
    key = np.uint64(0)
    text = Text(0, 0, 0, 0, 0, 1, 1, key, key)
    stretch = Stretch(0, 0, 1, 0, key, key, 0.0, 0.0, True, True, 0, 0, 2)
    scratch = Scratch(plan, reach=1, longest_path=1)
    outputs = Paths(0, 0, 0) if plan.num_negatives is None else Noise(0, 0, 0)
    compiled_pass(plan).compile(_types((text, stretch, outputs, 0, 0, scratch.tile, scratch.addresses, 0)))


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

    Raises:
        InputError: the tables of so wide a window do not fit into memory.
    """
    tensors = in_embeddings, out_embeddings, ids, offsets, keep_units, *outputs
    keys = {purpose: np.uint64(stream_key(seed, epoch, purpose)) for purpose in Purpose}
    text = Text(
        ids=ids.data_ptr(),
        offsets=offsets.data_ptr(),
        num_offsets=len(offsets),
        keep_units=keep_units.data_ptr(),
        vocab_size=len(in_embeddings),
        window=window,
        reach=_reach(window, offsets),
        keep_key=keys[Purpose.KEEP],
        radius_key=keys[Purpose.RADIUS],
    )
    words = tile_words(plan, text.reach)
    threads = max(1, min(threads, -(-(stop - start) // words)))
    output_rows = len(in_embeddings) - (plan.num_negatives is None)  # a tree of V words has V − 1 nodes
    counter, totals = np.zeros(1, dtype=np.int64), np.zeros((threads, 3))
    stretch = Stretch(
        start=start,
        stop=stop,
        tile_words=words,
        counter=counter.ctypes.data,
        negative_key=keys[Purpose.NEGATIVE],
        redraw_key=keys[Purpose.REDRAW],
        rate=rate,
        slope=slope,
        mean=mean,
        share_gradient=share_gradient,
        input_copies=min(plan.input_copies, len(in_embeddings)) if threads > 1 else 0,
        output_copies=min(plan.output_copies, output_rows) if threads > 1 else 0,
        uses=max(2, USES_OF_COPIES // threads),
    )
    scratches = _scratches(
        plan, text.reach, 0 if plan.num_negatives is not None else int(outputs[0].diff().max()), threads
    )
    shared = text, stretch, _addresses(plan, outputs), in_embeddings.data_ptr(), out_embeddings.data_ptr()
    arguments = [
        (*shared, scratch.tile, scratch.addresses, total.ctypes.data)
        for scratch, total in zip(scratches, totals, strict=True)
    ]
    run = compiled_pass(plan)
    if not run.overloads:  # one thread compiles, the others do not wait to do the same
        run.compile(_types(arguments[0]))
    _run_on_threads(run, arguments, counter, (tensors, scratches, totals))
    return torch.from_numpy(totals.sum(axis=0))


def _run_on_threads(
    run: Any, arguments: Sequence[tuple[Any, ...]], counter: npt.NDArray[np.int64], kept: object
) -> None:
    """A thread for each of `arguments`, this one for the first.

    Args:
        run: the compiled pass.
        arguments: of each thread.
        counter: of tiles.
        kept: what the addresses in `arguments` point to. Each thread holds it, so that it is there for as long as any
            of them runs, even if this one is interrupted.
    """
    failures: list[BaseException] = []

    def work(own: tuple[Any, ...], kept: object) -> None:
        try:
            run(*own)
        except BaseException as error:
            failures.append(error)

    others = [Thread(target=work, args=(own, kept), daemon=True) for own in arguments[1:]]
    try:
        for thread in others:
            thread.start()
        run(*arguments[0])
    except BaseException:
        counter[0] = np.iinfo(np.int64).max // 2  # no tile is left
        raise
    finally:
        for thread in others:
            if thread.ident is not None:
                thread.join()
    if failures:
        raise failures[0]


def _reach(window: int, offsets: Tensor) -> int:
    """How many words a window can hold to each side; where it is small, sentences are not looked at."""
    return window if window <= _SMALL_WINDOW else min(window, int(offsets.diff().max()))


def _scratches(plan: Plan, reach: int, longest_path: int, threads: int) -> list[Scratch]:
    try:
        return [Scratch(plan, reach, longest_path, with_copies=threads > 1) for _ in range(threads)]
    except MemoryError:
        raise InputError(
            f"the tables for windows of {reach:,} words to each side do not fit into memory; take a smaller window"
        ) from None


def _addresses(plan: Plan, outputs: Sequence[Tensor]) -> Noise | Paths:
    if plan.num_negatives is None:
        path_begins, points, signs = outputs
        return Paths(path_begins.data_ptr(), points.data_ptr(), signs.data_ptr())
    buckets, cumulative = outputs
    return Noise(buckets.data_ptr(), cumulative.data_ptr(), len(buckets))


def _types(arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(map(typeof, arguments))
