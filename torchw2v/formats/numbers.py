"""Matrices as text, several times faster than Python writes numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO

import numpy as np
import torch
from torch import Tensor

from torchw2v.threads import map_in_order

_NUMBERS_AT_ONCE = 1 << 15


def write_rows(file: IO[bytes], rows: Tensor, separator: str, *, names: Sequence[str] | None = None) -> None:
    """A line for each row of a floating-point matrix: its name, if there are names, and its numbers.

    A number has the fewest digits that give it back exactly, as float64 for a matrix of float64, else as float32.
    """
    step = max(1, _NUMBERS_AT_ONCE // max(1, rows.shape[1]))

    def format_rows(start: int) -> memoryview:
        return _lines(rows[start : start + step], separator, names and names[start : start + step])

    for lines in map_in_order(format_rows, range(0, len(rows), step)):
        file.write(lines)


def _lines(rows: Tensor, separator: str, names: Sequence[str] | None) -> memoryview:
    import pyarrow as pa
    import pyarrow.compute as pc

    values = rows.to("cpu", torch.float64 if rows.dtype == torch.float64 else torch.float32).numpy()
    pool = pa.system_memory_pool()  # the default one was seen to keep 50 MB of what was freed, and to begin with 2 MB
    numbers = pc.cast(pa.array(values.reshape(-1)), pa.string(), memory_pool=pool)
    ends = np.arange(len(rows) + 1, dtype=np.int32) * rows.shape[1]
    between, nothing, end = (pa.scalar(part, memory_pool=pool) for part in (separator, "", "\n"))
    lines = pc.binary_join(pa.ListArray.from_arrays(pa.array(ends), numbers, pool=pool), between, memory_pool=pool)
    if names is not None:
        words = pa.array(names, pa.string(), memory_pool=pool)
        lines = pc.binary_join_element_wise(words, lines, between, memory_pool=pool)
    lines = pc.binary_join_element_wise(lines, nothing, end, memory_pool=pool)  # a line feed after each
    return memoryview(lines.buffers()[2])
