"""Vectors of length 1, whose products are cosines."""

from __future__ import annotations

import torch
from torch import Tensor

_ROWS_AT_ONCE = 1 << 10


def row_lengths(rows: Tensor) -> Tensor:
    """Euclidean lengths, in float64, where no square of a float32 overflows. Shape: (N, D) -> (N,)."""
    parts = [torch.linalg.vector_norm(some, dim=1, dtype=torch.float64) for some in torch.split(rows, _ROWS_AT_ONCE)]
    return torch.cat(parts)


def divisors(rows: Tensor) -> Tensor:
    """The lengths, and 1 where a row is zero, at least in float32. Shape: (N, D) -> (N,)."""
    lengths = row_lengths(rows)
    return torch.where(lengths > 0, lengths, 1.0).to(torch.promote_types(rows.dtype, torch.float32))


def unit_rows(rows: Tensor) -> Tensor:
    """Rows of length 1, at least in float32; a row of zeros stays one. Shape: (N, D) -> (N, D)."""
    lengths = divisors(rows)
    return rows.to(lengths.dtype) / lengths[:, None]
