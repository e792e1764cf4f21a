"""What one thread writes to on the way, besides the matrices."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from torchw2v.kernels.aligned import CACHE_LINE
from torchw2v.kernels.cpu.copies import CopyTables
from torchw2v.kernels.cpu.plan import PAIR, Plan
from torchw2v.kernels.cpu.tile import Tile, tile_tables

Array = npt.NDArray[Any]

_TILE = 1024
_OUTPUTS_AT_ONCE = 1 << 14


class Addresses(NamedTuple):
    """Where in memory tables begin. Numbers instead of arrays, as each array would be seven values to a compiler.

    Attributes:
        rows: addresses of the input rows of a tile's words.
        outputs: addresses of output rows: of each target, of each place in its window, or of one target.
        labels: (blocks, lanes), see `emit_scores`.
        steps: (blocks, inputs, slots).
        loss: three vectors, see `emit_loss`.
        zero: a row of zeros.
        mean: the mean of a window.
        mean_row: the address of `mean`.
        input_changes: rows, zero between two windows.
        output_changes: rows, zero between two windows.
        unique: addresses of the input rows of a window, each once.
        input_copies: tables of this thread's copies of input rows.
        output_copies: tables of this thread's copies of output rows.
        steps_bytes: not an address: how many bytes after the steps of one block those of the next are.
    """

    rows: int
    outputs: int
    labels: int
    steps: int
    loss: int
    zero: int
    mean: int
    mean_row: int
    input_changes: int
    output_changes: int
    unique: int
    input_copies: CopyTables
    output_copies: CopyTables
    steps_bytes: int


class Scratch:
    """The tables of one thread.

    Args:
        plan: of the pass.
        reach: how many words a window can hold to each side.
        longest_path: inner nodes on a path, at most.
        with_copies: whether this is one of several threads, which have copies of some rows.

    Attributes:
        tile: the words.
        addresses: of all other tables; valid as long as this object is there.
    """

    def __init__(self, plan: Plan, reach: int, longest_path: int, *, with_copies: bool = True) -> None:
        number, address = np.dtype(f"f{plan.bits // 8}"), np.dtype(np.int64)
        blocks = plan.blocks or -(-longest_path // plan.rows)
        inputs = 2 * reach + plan.at_once
        size = tile_words(plan, reach) + 2 * reach + plan.at_once
        outputs = tile_words(plan, reach) * outputs_per_target(plan, reach)
        slots, width = plan.block.slots, plan.width
        tables = {
            "rows": _aligned((size,), address),
            "outputs": _aligned((max(outputs, blocks * plan.rows),), address),
            "labels": _aligned((blocks, plan.lanes), number),
            "steps": _aligned((blocks, inputs, slots), number),
            "loss": _aligned((3, plan.lanes), number),
            "zero": _aligned((width,), number),
            "mean": _aligned((width,), number),
            "mean_row": _aligned((1,), address),
            "input_changes": _aligned((inputs, width), number),
            "output_changes": _aligned((blocks * plan.rows, width), number),
            "unique": _aligned((inputs,), address),
        }
        if plan.num_negatives is not None:
            for row in range(plan.num_negatives + 1):
                tables["labels"][row // plan.rows, row % plan.rows :: slots] = 1 if row == 0 else -1
        tables["outputs"][:] = tables["zero"].ctypes.data  # what is no row of a matrix is zero
        tables["mean_row"][:] = tables["mean"].ctypes.data
        words = tile_tables(size)
        num_inputs, num_outputs = (plan.input_copies, plan.output_copies) if with_copies else (0, 0)
        input_copies = _copy_tables(num_inputs, width, number, most_due=size if num_inputs else 0)
        most_due = num_outputs + outputs // 2 if num_outputs else 0
        output_copies = _copy_tables(num_outputs, width, number, most_due=most_due)
        self._tables = [*tables.values(), *words.values(), *input_copies, *output_copies]
        self.tile = Tile(**{name: table.ctypes.data for name, table in words.items()})
        self.addresses = Addresses(
            **{name: table.ctypes.data for name, table in tables.items()},
            input_copies=CopyTables(*(table.ctypes.data for table in input_copies)),
            output_copies=CopyTables(*(table.ctypes.data for table in output_copies)),
            steps_bytes=inputs * slots * number.itemsize,
        )


def outputs_per_target(plan: Plan, reach: int) -> int:
    """Output rows that are chosen for each target, those that fill up the last block included."""
    return plan.blocks * plan.rows * (2 * reach if plan.inputs == PAIR else 1)


def tile_words(plan: Plan, reach: int) -> int:
    """Words of the corpus in a tile: what is written about them should stay in the cache."""
    return max(64, min(_TILE, _OUTPUTS_AT_ONCE // max(outputs_per_target(plan, reach), 1)))


def _copy_tables(copies: int, width: int, number: np.dtype[Any], most_due: int) -> tuple[Array, ...]:
    """Copies, what was seen, uses, and what is due: see `CopyTables`."""
    address = np.dtype(np.int64)
    rows = (copies, width)
    return (
        _aligned(rows, number),
        _aligned(rows, number),
        _aligned((copies + 1,), address),
        _aligned((most_due, 2), address),
    )


def _aligned(shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    """Zeros, the first of them where a cache line begins."""
    size = int(np.prod(shape)) * dtype.itemsize
    raw = np.zeros(size + CACHE_LINE, dtype=np.uint8)
    begin = -raw.ctypes.data % CACHE_LINE
    return raw[begin : begin + size].view(dtype).reshape(shape)
